//! What is read of an installed catalogue besides searching.

use jiff::civil::date;

use super::{
    publication::{Publication, form},
    server::Server,
};
use crate::{catalogue::Catalogue, transport::HttpTransport};

/// The small publication, installed for 夷陵区.
pub(super) async fn installed() -> (tempfile::TempDir, Catalogue) {
    let publication = Publication::small();
    let server = Server::start(publication.files()).await;
    let directory = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(directory.path()).await.unwrap();
    let transport = HttpTransport::new().unwrap();
    let now = "2026-09-02T08:00:00Z".parse().unwrap();
    let county = "420506".parse().unwrap();
    catalogue
        .update(
            &transport,
            &server.base,
            &publication.info(),
            &county,
            &|_| {},
            now,
        )
        .await
        .unwrap();
    (directory, catalogue)
}

#[tokio::test]
async fn divisions_are_chosen_level_by_level_and_named_as_in_an_address() {
    let (_directory, catalogue) = installed().await;
    let names = async |parent: Option<&str>| -> Vec<(String, bool)> {
        let parent = parent.map(|code| code.parse().unwrap());
        let divisions = catalogue.divisions(parent.as_ref()).await.unwrap();
        divisions
            .into_iter()
            .map(|division| (division.name, division.has_children))
            .collect()
    };
    assert_eq!(names(None).await, [("湖北省".into(), true)]);
    assert_eq!(
        names(Some("4205")).await,
        [("西陵区".into(), false), ("夷陵区".into(), true)]
    );
    assert_eq!(names(Some("420506100")).await, []);
    for (code, name) in [
        ("420506100", "湖北省宜昌市夷陵区樟村坪镇"),
        ("429004", "湖北省仙桃市"),
        ("42", "湖北省"),
    ] {
        assert_eq!(
            catalogue
                .division_name(&code.parse().unwrap())
                .await
                .unwrap(),
            name
        );
    }
    let error = catalogue
        .division_name(&"11".parse().unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.problem().code, "catalogue.unknown-division");
}

#[tokio::test]
async fn themes_count_what_their_lists_show() {
    let (_directory, catalogue) = installed().await;
    let themes = catalogue.themes().await.unwrap();
    assert_eq!(themes.len(), 14);
    assert_eq!(
        (themes[0].name.as_str(), themes[13].name.as_str()),
        ("教育", "公共安全")
    );
    for theme in themes {
        let request = super::search::request("", Some(theme.theme.code()), None);
        let list = catalogue.search(&request).await.unwrap();
        assert_eq!(list.total, theme.guides, "{}", theme.name);
    }
}

#[tokio::test]
async fn a_guide_is_the_item_as_the_nearest_place_carries_it_out() {
    let (_directory, catalogue) = installed().await;
    let licence = catalogue.guide("000131001000").await.unwrap();
    assert_eq!(licence.division_name, "夷陵区");
    assert_eq!(licence.guide.item.promised_days, 3);
    assert_eq!(licence.guide.item.aliases, ["办营业执照", "夷陵开店"]);
    assert_eq!(licence.badges, licence.guide.item.badges());
    for (item, division) in [("002014201000", "樟村坪镇"), ("000131023000", "宜昌市")] {
        assert_eq!(catalogue.guide(item).await.unwrap().division_name, division);
    }
    for item in ["000109004000", "", "'; DROP TABLE guide"] {
        let error = catalogue.guide(item).await.unwrap_err();
        assert_eq!(error.problem().code, "catalogue.unknown-item");
    }
    // Cancelled, but whoever has applied for it can still read it.
    assert_eq!(
        catalogue
            .guide("000109003000")
            .await
            .unwrap()
            .guide
            .item
            .state
            .code(),
        "3"
    );
}

#[tokio::test]
async fn a_form_is_offered_where_the_guide_says_so_and_it_is_there() {
    let (_directory, catalogue) = installed().await;
    assert_eq!(catalogue.form("000131001000").await.unwrap(), Some(form()));
    assert_eq!(catalogue.form("002014205000").await.unwrap(), None);
    assert_eq!(catalogue.form("000131023000").await.unwrap(), None);
    assert!(catalogue.form("nothing").await.is_err());
}

#[tokio::test]
async fn working_days_are_counted_with_the_published_calendar() {
    let (_directory, catalogue) = installed().await;
    let due = catalogue.working_days().after(date(2026, 9, 28), 5);
    assert_eq!((due.date, due.estimated), (date(2026, 10, 10), false));
}
