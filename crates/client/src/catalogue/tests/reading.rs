//! What is read of an installed catalogue besides searching.

use tongban_contract::{
    guide::Office,
    numbers::DivisionCode,
    page::{GuideFilter, SearchGuides},
};

use super::{
    publication::{Publication, form},
    server::Server,
};
use crate::{
    catalogue::{Catalogue, Source},
    transport::HttpTransport,
};

/// The small publication, installed for 夷陵区.
pub(super) async fn installed() -> (tempfile::TempDir, Catalogue) {
    let publication = Publication::small();
    let server = Server::start(publication.files()).await;
    let directory = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(directory.path()).await.unwrap();
    let transport = HttpTransport::new().unwrap();
    let now = "2026-09-02T08:00:00Z".parse().unwrap();
    let info = publication.info();
    let source =
        Source { transport: &transport, base: &server.base, info: &info, progress: &|_| {}, now };
    catalogue.update(source, vec!["420506".parse().unwrap()]).await.unwrap();
    (directory, catalogue)
}

#[tokio::test]
async fn divisions_are_chosen_level_by_level_and_named_as_in_an_address() {
    let (_directory, catalogue) = installed().await;
    let names = async |parent: Option<&str>| -> Vec<(String, bool)> {
        let parent = parent.map(|code| code.parse().unwrap());
        let divisions = catalogue.divisions(parent.as_ref()).await.unwrap();
        divisions.into_iter().map(|division| (division.name, division.has_children)).collect()
    };
    assert_eq!(names(None).await, [("湖北省".into(), true)]);
    assert_eq!(names(Some("4205")).await, [("西陵区".into(), false), ("夷陵区".into(), true)]);
    assert_eq!(names(Some("420506100")).await, []);
    for (code, name) in
        [("420506100", "湖北省宜昌市夷陵区樟村坪镇"), ("429004", "湖北省仙桃市"), ("42", "湖北省")]
    {
        assert_eq!(catalogue.division_name(&code.parse().unwrap()).await.unwrap(), name);
    }
    let error = catalogue.division_name(&"11".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.unknown-division");
}

#[tokio::test]
async fn themes_count_what_their_lists_show() {
    let (_directory, catalogue) = installed().await;
    let themes = catalogue.themes(None).await.unwrap();
    assert_eq!(themes.len(), 14);
    assert_eq!((themes[0].name.as_str(), themes[13].name.as_str()), ("教育", "公共安全"));
    for theme in themes {
        let request = super::search::request("", Some(theme.theme.code()), None);
        let list = catalogue.search(&request, None).await.unwrap();
        assert_eq!(list.total, theme.guides, "{}", theme.name);
    }
}

#[tokio::test]
async fn a_guide_is_the_item_as_the_nearest_place_carries_it_out() {
    let (_directory, catalogue) = installed().await;
    let licence = catalogue.guide("000131001000", None, None).await.unwrap();
    assert_eq!(licence.division_name, "夷陵区");
    assert_eq!(licence.guide.item.promised_days, Some(3));
    assert_eq!(licence.guide.item.aliases, ["办营业执照", "夷陵开店"]);
    assert_eq!(licence.badges, licence.guide.item.badges());
    for (item, division) in [("002014201000", "樟村坪镇"), ("000131023000", "宜昌市")] {
        assert_eq!(catalogue.guide(item, None, None).await.unwrap().division_name, division);
    }
    for item in ["000109004000", "", "'; DROP TABLE guide"] {
        let error = catalogue.guide(item, None, None).await.unwrap_err();
        assert_eq!(error.problem().code, "catalogue.unknown-item");
    }
    // Cancelled, but whoever has applied for it can still read it.
    assert_eq!(
        catalogue.guide("000109003000", None, None).await.unwrap().guide.item.state.code(),
        "3"
    );
}

const ALLOWANCE: &str = "000511011000";

fn division(code: &str) -> DivisionCode {
    code.parse().unwrap()
}

#[tokio::test]
async fn of_several_places_the_person_says_which_is_theirs() {
    let (_directory, catalogue) = installed().await;
    let open = catalogue.guide(ALLOWANCE, None, None).await.unwrap();
    assert!(!open.place_is_chosen());
    assert_eq!(open.division_name, "夷陵区各乡镇、街道");
    assert_eq!(open.guide.division, division("420506"));
    assert_eq!(open.guide.office, Office::default());
    assert_eq!(open.guide.item.promised_days, Some(10));
    let places: Vec<(&str, &str, &str)> = open
        .places
        .iter()
        .map(|p| (p.division.as_str(), p.division_name.as_str(), p.department.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            ("420506001", "小溪塔街道", "420506001办事处"),
            ("420506100", "樟村坪镇", "420506100办事处")
        ]
    );

    let (street, town) = (division("420506001"), division("420506100"));
    let village = division("420506100200");
    for (asked, home, days, department) in [
        (Some(&street), None, 10, "420506001办事处"),
        (None, Some(&town), 15, "420506100办事处"),
        // What is asked for comes before what is remembered.
        (Some(&street), Some(&town), 10, "420506001办事处"),
        (Some(&village), Some(&street), 15, "420506100办事处"),
    ] {
        let view = catalogue.guide(ALLOWANCE, asked, home).await.unwrap();
        assert!(view.place_is_chosen());
        assert_eq!(view.own, asked.is_none(), "another place is looked at");
        assert_eq!(view.guide.office.department, department);
        assert_eq!(view.guide.item.promised_days, Some(days));
        assert_eq!(view.places, open.places);
        assert!(view.guide.item.has_form);
    }
    // Whoever asks for their own place, or their own county, reads what they read without asking.
    let county = division("420506");
    for asked in [&town, &village, &county] {
        let view = catalogue.guide(ALLOWANCE, Some(asked), Some(&town)).await.unwrap();
        assert!(view.own && view.guide.division == town, "{asked}");
    }
    let view = catalogue.guide(ALLOWANCE, Some(&county), None).await.unwrap();
    assert_eq!(view, open);
    // A home that no place serves leaves the choice open; a wrong request is refused.
    let elsewhere = division("420502001");
    let view = catalogue.guide(ALLOWANCE, None, Some(&elsewhere)).await.unwrap();
    assert!(!view.place_is_chosen());
    for wrong in ["420502001", "420502", "420506002"] {
        let error = catalogue.guide(ALLOWANCE, Some(&division(wrong)), None).await.unwrap_err();
        assert_eq!(error.problem().code, "catalogue.no-place", "{wrong}");
    }
}

#[tokio::test]
async fn where_one_place_serves_there_is_nothing_to_choose() {
    let (_directory, catalogue) = installed().await;
    let town = division("420506100");
    // The county's own office, the only one in the county, and the city's. For the first the
    // town has an office of its own, and whoever asks for that gets it.
    for (item, place, of_town) in [
        ("000131001000", "420506", "420506100"),
        ("002014201000", "420506100", "420506100"),
        ("000131023000", "4205", "4205"),
    ] {
        for (asked, expected) in [(None, place), (Some(&town), of_town)] {
            let view = catalogue.guide(item, asked, None).await.unwrap();
            assert!(view.place_is_chosen() && view.places.is_empty());
            assert_eq!((view.own, view.guide.division), (expected == place, division(expected)));
        }
    }
    let street = division("420506001");
    let error = catalogue.guide("002014201000", Some(&street), None).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.no-place");
}

#[tokio::test]
async fn a_list_names_the_office_of_the_persons_own_place_or_none() {
    let (_directory, catalogue) = installed().await;
    for (home, department, name) in [
        (None, "", "夷陵区各乡镇、街道"),
        (Some("420506100"), "420506100办事处", "樟村坪镇"),
        (Some("420506001003"), "420506001办事处", "小溪塔街道"),
        (Some("420502001"), "", "夷陵区各乡镇、街道"),
    ] {
        let home = home.map(division);
        let request = super::search::request("高龄津贴", None, None);
        let found = catalogue.search(&request, home.as_ref()).await.unwrap();
        let row = &found.rows[0];
        assert_eq!((row.department.as_str(), row.division_name.as_str()), (department, name));
    }
}

/// Several townships carry the one out, one alone the other.
#[tokio::test]
async fn a_list_for_a_township_has_what_is_carried_out_for_it_and_nothing_else() {
    let (_directory, catalogue) = installed().await;
    for (region, allowance, alone) in [
        ("420506", true, true),
        ("420506001", true, false),
        ("420506100", true, true),
        ("420506100200", true, true),
        ("420506002", false, false),
    ] {
        let filter = GuideFilter { region: Some(division(region)), ..GuideFilter::default() };
        let request = SearchGuides { filter, ..super::search::request("", None, None) };
        let rows = catalogue.search(&request, None).await.unwrap().rows;
        for (item, expected) in [(ALLOWANCE, allowance), ("002014201000", alone)] {
            assert_eq!(rows.iter().any(|row| row.item == item), expected, "{item} in {region}");
            let read = catalogue.guide(item, Some(&division(region)), None).await;
            assert_eq!(read.is_ok(), expected, "{item} in {region}");
        }
    }
}

#[tokio::test]
async fn a_form_is_offered_where_the_guide_says_so_and_it_is_there() {
    let (_directory, catalogue) = installed().await;
    assert_eq!(catalogue.form("000131001000").await.unwrap(), Some(form()));
    assert_eq!(catalogue.form("002014205000").await.unwrap(), None);
    assert_eq!(catalogue.form("000131023000").await.unwrap(), None);
    assert!(catalogue.form("nothing").await.is_err());
}
