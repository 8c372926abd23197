//! Several regions at once, and bringing them up to date by what changed.

use tongban_contract::{
    catalogue::{Record, Removed, Synonym},
    numbers::DivisionCode,
    page::{GuideChangeKind, GuideFilter, PlaceGroupView, SearchGuides},
    update::UpdateHead,
};

use super::{
    publication::{item, place, record},
    search::request,
    server::Fault,
    update::Setting,
};
use crate::catalogue::{Catalogue, Updated};

const CARD: &str = "002014205000";
const FOOD: &str = "000131023000";

fn division(code: &str) -> DivisionCode {
    code.parse().unwrap()
}

fn placed(item: &str, at: &str) -> Record {
    Record::Place(Box::new(place(item, at)))
}

async fn names(catalogue: &Catalogue, query: &str) -> Vec<String> {
    let found = catalogue.search(&request(query, None, None), None).await.unwrap();
    let name = |row: &tongban_contract::page::GuideRow| {
        row.name.iter().map(|piece| piece.text.as_str()).collect()
    };
    found.rows.iter().map(name).collect()
}

/// What version 2 changes of 夷陵区: one item goes, one comes, one says something else, and a
/// synonym comes.
fn changed() -> Vec<Record> {
    let mut card = item(CARD, "社会保障卡申领");
    card.aliases = vec!["三代社保卡".into()];
    vec![
        Record::Removed(Removed::Place { code: place(FOOD, "4205").code, division: None }),
        Record::Removed(Removed::Item { code: FOOD.into() }),
        record(card),
        record(item("000900000001", "共享单车停放点备案")),
        placed("000900000001", "420506"),
        Record::Synonym(Synonym { say: "小黄车".into(), means: vec!["共享单车".into()] }),
    ]
}

/// Publishes version 2 with an update from version 1.
fn publish_second(setting: &mut Setting, records: &[Record]) {
    setting.publication.version = 2;
    let update = setting.publication.update("420506", 1, records);
    setting.server.publish(setting.publication.files());
    setting.server.change(|files| {
        files.insert("/catalogue/updates/420506/1".into(), update.clone());
    });
}

#[tokio::test]
async fn what_changed_comes_in_one_round_trip() {
    let mut setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    setting.server.everything_asked();
    publish_second(&mut setting, &changed());
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);
    assert_eq!(setting.server.everything_asked(), ["/catalogue/updates/420506/1"]);

    let summary = catalogue.summary();
    assert_eq!((summary.version, summary.guides), (2, 7));
    assert_eq!(names(&catalogue, "三代社保卡").await[0], "社会保障卡申领");
    assert_eq!(names(&catalogue, "小黄车").await, ["共享单车停放点备案"]);
    assert!(catalogue.guide(FOOD, None, None).await.is_err());
    assert!(!names(&catalogue, "餐饮").await.contains(&"食品经营许可（餐饮店开办）".to_owned()));

    let changes = catalogue.changes().await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].version, 2);
    assert_eq!(Some(changes[0].published_at), catalogue.summary().published_at);
    let told: Vec<_> = changes[0].guides.iter().map(|g| (g.kind, g.item.as_str())).collect();
    assert_eq!(
        told,
        [
            (GuideChangeKind::Added, "000900000001"),
            (GuideChangeKind::Changed, CARD),
            (GuideChangeKind::Removed, FOOD)
        ]
    );

    // Opened again, and built again from what is kept, it is the same.
    drop(catalogue);
    for name in super::update::shelf(setting.path()) {
        if name.ends_with(".db") {
            std::fs::write(setting.path().join(name), b"damaged").unwrap();
        }
    }
    let again = setting.catalogue().await;
    assert_eq!((again.summary().version, again.summary().guides), (2, 7));
    assert_eq!(names(&again, "小黄车").await, ["共享单车停放点备案"]);
    assert!(again.guide(FOOD, None, None).await.is_err());
}

/// Each region's update tells its own half of a move, in an order of its own.
#[tokio::test]
async fn a_place_that_moves_from_one_kept_region_to_another_is_there_once() {
    let mut setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    let both = ["420506", "420502"];
    setting.update_regions(&catalogue, &both, &|_| {}).await.unwrap();
    let places = async || -> Vec<String> {
        let groups = catalogue.places(CARD, Some(&division("420506"))).await.unwrap();
        groups.into_iter().flat_map(|group| group.places).map(|place| place.division_name).collect()
    };
    assert_eq!(places().await, ["湖北省宜昌市夷陵区", "湖北省宜昌市西陵区"]);

    let mut moved = place(CARD, "420506");
    moved.division = division("420502");
    let code = moved.code.clone();
    let left = Removed::Place { code, division: Some(division("420506")) };
    setting.publication.version = 2;
    let updates = [("420502", Record::Place(Box::new(moved))), ("420506", Record::Removed(left))]
        .map(|(region, record)| (region, setting.publication.update(region, 1, &[record])));
    setting.server.publish(setting.publication.files());
    setting.server.change(|files| {
        for (region, update) in updates {
            files.insert(format!("/catalogue/updates/{region}/1"), update);
        }
    });
    setting.server.everything_asked();
    setting.update_regions(&catalogue, &both, &|_| {}).await.unwrap();
    assert_eq!(setting.server.everything_asked().len(), 2, "nothing was fetched as a whole");
    assert_eq!(places().await, ["湖北省宜昌市西陵区", "湖北省宜昌市西陵区"]);
}

#[tokio::test]
async fn an_update_that_says_that_nothing_changed_costs_one_question() {
    let mut setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    setting.server.everything_asked();
    publish_second(&mut setting, &[]);
    let before = super::update::shelf(setting.path());
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Unchanged);
    assert_eq!(setting.server.everything_asked().len(), 1);
    assert_eq!(catalogue.summary().version, 2);
    assert_eq!(super::update::shelf(setting.path()), before);
    assert!(catalogue.changes().await.unwrap().is_empty());
}

/// Whatever is wrong with an update, what is published as a whole is taken instead.
#[tokio::test]
async fn an_update_that_cannot_be_believed_is_fetched_as_a_whole() {
    type Spoil = fn(&Setting, &mut Vec<u8>);
    let spoils: [Spoil; 6] = [
        |_, update| *update.last_mut().unwrap() ^= 1,
        |_, update| update.truncate(update.len() / 2),
        |_, update| update[30] ^= 1,
        |setting, update| *update = setting.publication.update("420502", 1, &changed()),
        |setting, update| *update = setting.publication.update("420506", 7, &changed()),
        |setting, update| {
            // Signed, and unpacks to more than it says.
            let packed = zstd::encode_all(vec![b'\n'; 1 << 20].as_slice(), 3).unwrap();
            let whole = setting.publication.update("420506", 1, &[]);
            let head = tongban_contract::update::Update::read(&whole).unwrap().head;
            let head: UpdateHead = serde_json::from_slice(head).unwrap();
            let head = UpdateHead {
                bytes: packed.len() as u64,
                digest: tongban_contract::identifiers::Digest::from_bytes(
                    &<sha2::Sha256 as sha2::Digest>::digest(&packed).into(),
                ),
                unpacked_bytes: 1000,
                ..head
            };
            *update = setting.publication.signed_update(&head, &packed);
        },
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let mut setting = Setting::new().await;
        let catalogue = setting.catalogue().await;
        setting.update(&catalogue).await.unwrap();
        setting.publish_next();
        let mut update = setting.publication.update("420506", 1, &changed());
        spoil(&setting, &mut update);
        setting.server.change(|files| {
            files.insert("/catalogue/updates/420506/1".into(), update.clone());
        });
        assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed, "{number}");
        // The whole publication has the item that it publishes, and nothing of the update.
        assert_eq!(names(&catalogue, "新的事项").await, ["新的事项"], "{number}");
        assert!(catalogue.guide(FOOD, None, None).await.is_ok(), "{number}");
        assert_eq!(catalogue.summary().version, 2);
        let changes = catalogue.changes().await.unwrap();
        assert_eq!((changes[0].version, changes[0].guides.len()), (2, 1), "{number}");
    }
}

#[tokio::test]
async fn regions_are_kept_beside_each_other_and_leave_without_a_network() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    let of_one = catalogue.summary();
    setting.server.asked();
    let both = ["420506", "420502"];
    setting.update_regions(&catalogue, &both, &|_| {}).await.unwrap();
    assert_eq!(setting.server.asked().len(), 1, "what is there already is not fetched again");

    let kept: Vec<_> = catalogue.summary().kept.into_iter().map(|kept| kept.name).collect();
    assert_eq!(kept, ["湖北省宜昌市西陵区", "湖北省宜昌市夷陵区"]);
    // Each item once, with the place of the person's own county, or else the nearest.
    let home = division("420506");
    let found = catalogue.search(&request("社会保障卡", None, None), Some(&home)).await.unwrap();
    assert_eq!(found.rows.iter().filter(|row| row.item == CARD).count(), 1);
    let row = &found.rows[0];
    assert_eq!((row.item.as_str(), row.also, row.serves), (CARD, 1, true));
    assert_eq!(row.division, Some(home.clone()));
    let guide = catalogue.guide(CARD, None, Some(&home)).await.unwrap();
    assert_eq!((guide.guide.division, guide.also), (home.clone(), 1));
    let other = division("420502");
    let guide = catalogue.guide(CARD, Some(&other), Some(&home)).await.unwrap();
    assert_eq!(guide.guide.division, other);
    let elsewhere = catalogue.guide("000109004000", None, Some(&home)).await.unwrap();
    assert_eq!(elsewhere.division_name, "湖北省宜昌市西陵区");
    assert!(elsewhere.own);
    // Whoever asks for it there does not ask for their own.
    let there = catalogue.guide("000109004000", Some(&other), Some(&home)).await.unwrap();
    assert!(!there.own);

    catalogue.keep_only(vec![home]).await.unwrap();
    let left = catalogue.summary();
    assert_eq!((left.kept.len(), left.guides), (1, of_one.guides));
    assert!(left.bytes <= of_one.bytes + 4096, "{} of {}", left.bytes, of_one.bytes);
    assert!(catalogue.guide("000109004000", None, None).await.is_err());
    assert!(catalogue.changes().await.unwrap().is_empty(), "a region more or less is no news");
}

#[tokio::test]
async fn whoever_asks_for_a_citys_guide_gets_that_citys_whatever_else_is_kept() {
    let mut setting = Setting::new().await;
    let records = setting.publication.counties.entry("420102".to_owned()).or_default();
    records.extend([record(item(FOOD, "食品经营许可（餐饮店开办）")), placed(FOOD, "4201")]);
    setting.server.publish(setting.publication.files());
    let catalogue = setting.catalogue().await;
    // The first of them is another city's.
    setting.update_regions(&catalogue, &["420102", "420506"], &|_| {}).await.unwrap();
    for city in ["4201", "4205"].map(division) {
        let view = catalogue.guide(FOOD, None, Some(&city)).await.unwrap();
        assert_eq!(view.guide.division, city);
    }
}

#[tokio::test]
async fn every_count_is_that_of_the_list_it_stands_for() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update_regions(&catalogue, &["420506", "420502"], &|_| {}).await.unwrap();
    let home = division("420506");
    let listed = async |filter: GuideFilter| {
        let request = SearchGuides { filter, ..request("", None, None) };
        catalogue.search(&request, Some(&home)).await.unwrap().total
    };
    let regions = [None, Some("420502"), Some("420506100"), Some("420506100200"), Some("4205")];
    for region in regions.map(|region| region.map(division)) {
        let everything = GuideFilter { region, ..GuideFilter::default() };
        let themed = GuideFilter { theme: Some("social-security".into()), ..everything.clone() };
        for filter in [everything, themed] {
            let view = catalogue.browse(&filter, Some(&home)).await.unwrap();
            assert_eq!(listed(filter.clone()).await, view.total, "{filter:?}");
            type Set = fn(&mut GuideFilter, String);
            let facets: [(&[_], Set); 5] = [
                (&view.themes, |filter, code| filter.theme = Some(code)),
                (&view.audiences, |filter, code| filter.audience = Some(code)),
                (&view.item_types, |filter, code| filter.item_type = Some(code)),
                (&view.badges, |filter, code| filter.badge = Some(code)),
                (&view.departments, |filter, code| filter.department = Some(code)),
            ];
            for (choices, set) in facets {
                for facet in choices {
                    let mut narrowed = filter.clone();
                    set(&mut narrowed, facet.code.clone());
                    assert_eq!(listed(narrowed.clone()).await, facet.guides, "{narrowed:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_list_is_in_the_order_that_was_asked_for() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    let request =
        SearchGuides { sort: tongban_contract::page::GuideSort::Days, ..request("", None, None) };
    let rows = catalogue.search(&request, None).await.unwrap().rows;
    assert!(rows.is_sorted_by_key(|row| row.promised_days), "{rows:?}");
    assert_eq!(rows[0].promised_days, Some(3), "as the place changes it");
}

#[tokio::test]
async fn the_places_of_an_item_are_listed_by_city_the_nearest_first() {
    let mut setting = Setting::new().await;
    for (county, at) in [("420602", "420602"), ("429004", "429004"), ("420502", "4205")] {
        let records = setting.publication.counties.entry(county.to_owned()).or_default();
        records.extend([record(item(CARD, "社会保障卡申领")), placed(CARD, at)]);
    }
    setting.server.publish(setting.publication.files());
    let catalogue = setting.catalogue().await;
    let regions = ["420502", "420506", "420602", "429004"];
    setting.update_regions(&catalogue, &regions, &|_| {}).await.unwrap();
    let listed = async |item: &str, home: &str| -> Vec<(String, Vec<String>)> {
        let groups = catalogue.places(item, Some(&division(home))).await.unwrap();
        let names = |group: &PlaceGroupView| {
            group.places.iter().map(|place| place.division_name.clone()).collect()
        };
        groups.iter().map(|group| (group.name.clone(), names(group))).collect()
    };
    let group = |name: &str, places: &[&str]| {
        (name.to_owned(), places.iter().map(|place| (*place).to_owned()).collect())
    };
    assert_eq!(
        listed(CARD, "420506100").await,
        [
            group("宜昌市夷陵区", &["湖北省宜昌市夷陵区"]),
            group("宜昌市", &["湖北省宜昌市", "湖北省宜昌市西陵区"]),
            // What the divisions leave out has its code.
            group("4206", &["420602"]),
            group("仙桃市", &["湖北省仙桃市"]),
        ]
    );
    let from_elsewhere: Vec<_> =
        listed(CARD, "429004").await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(from_elsewhere, ["仙桃市", "宜昌市", "4206"]);
    assert_eq!(
        listed("000131001000", "420506").await,
        [
            group("宜昌市夷陵区", &["湖北省宜昌市夷陵区", "湖北省宜昌市夷陵区樟村坪镇"]),
            group("湖北省", &["湖北省"]),
        ]
    );
    let error = catalogue.places("nothing", None).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.unknown-item");
}

#[tokio::test]
async fn the_places_of_an_item_are_as_many_as_its_row_and_its_guide_say() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update_regions(&catalogue, &["420506", "420502"], &|_| {}).await.unwrap();
    let (mut parts, mut elsewhere) = (0, 0);
    for home in ["420506", "420506100", "420502", "420502001"].map(division) {
        for row in catalogue.search(&request("", None, None), Some(&home)).await.unwrap().rows {
            let groups = catalogue.places(&row.item, Some(&home)).await.unwrap();
            let places: usize = groups.iter().map(|group| group.places.len()).sum();
            let guide = catalogue.guide(&row.item, None, Some(&home)).await.unwrap();
            let chosen_from = guide.places.len().max(1);
            assert_eq!(guide.also as usize + chosen_from, places, "{}", row.item);
            let named = if row.division.is_some() { 1 } else { chosen_from };
            assert_eq!(row.also as usize + named, places, "{}", row.item);
            parts += usize::from(row.division.is_none());
            elsewhere += usize::from(!row.serves);
        }
    }
    assert!(parts > 0 && elsewhere > 0, "every kind of row was among them");
}

#[tokio::test]
async fn what_is_told_as_changed_is_there_to_be_read_also_after_a_region_has_left() {
    let mut setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    let both = ["420506", "420502"];
    setting.update_regions(&catalogue, &both, &|_| {}).await.unwrap();
    setting.publish_next();
    setting.update_regions(&catalogue, &both, &|_| {}).await.unwrap();
    let told = async || -> Vec<String> {
        let changes = catalogue.changes().await.unwrap();
        let guides = changes.into_iter().flat_map(|change| change.guides);
        guides.filter(|one| one.kind != GuideChangeKind::Removed).map(|one| one.item).collect()
    };
    let before = told().await;
    assert!(!before.is_empty());
    catalogue.keep_only(vec![division("420502")]).await.unwrap();
    let after = told().await;
    assert!(after.len() < before.len(), "{after:?} of {before:?}");
    for item in after {
        catalogue.guide(&item, None, None).await.unwrap();
    }
}

/// What is ordered may never come, or take hours.
#[tokio::test]
async fn what_lies_in_a_larger_region_that_is_ordered_stays_until_that_is_here() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    let both = ["420506", "420502"];
    setting.update_regions(&catalogue, &both, &|_| {}).await.unwrap();
    let before = catalogue.summary();
    setting.server.fail(Fault::Elsewhere);
    setting.update_regions(&catalogue, &["420502", "4205"], &|_| {}).await.unwrap_err();
    assert_eq!(catalogue.summary(), before);
    // Whoever wants the county alone again still has it.
    catalogue.keep_only(vec![division("420506")]).await.unwrap();
    assert_eq!(catalogue.regions(), [division("420506")]);
}
