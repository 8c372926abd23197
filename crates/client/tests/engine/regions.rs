//! Keeping the guides of more than one's own county.

use tongban_contract::page::*;

use crate::{
    person::*,
    wire::Turn,
    world::{FOOD, World, choose_county, until},
};

fn kept(view: &CatalogueView) -> Vec<&str> {
    view.kept.iter().map(|kept| kept.division.as_str()).collect()
}

#[tokio::test]
async fn the_province_takes_the_county_in_and_gives_it_back() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let before = overview(&client).await.catalogue;
    let county = before.county.clone().unwrap();
    assert_eq!(kept(&before), [county.as_str()]);
    let province: tongban_contract::numbers::DivisionCode = "42".parse().unwrap();

    let offered = client.list_regions(ListRegions { parent: None }).await.unwrap();
    assert_eq!(offered.len(), 1);
    assert!(!offered[0].kept && offered[0].bytes > 0, "{offered:?}");
    client.keep_region(KeepRegion { division: province.clone() }).await.unwrap();
    let whole = overview(&client).await.catalogue;
    assert_eq!(kept(&whole), ["42"]);
    assert_eq!(whole.county_name, before.county_name);
    assert!(whole.guides >= before.guides);
    let below = client.list_regions(ListRegions { parent: Some(province.clone()) }).await.unwrap();
    assert!(!below.is_empty() && below.iter().all(|region| region.kept), "{below:?}");

    client.drop_region(DropRegion { division: province }).await.unwrap();
    client.update_catalogue(UpdateCatalogue {}).await.unwrap();
    let after = overview(&client).await.catalogue;
    assert_eq!((kept(&after), after.guides), (vec![county.as_str()], before.guides));
    assert_eq!(after.county_name, before.county_name);
}

#[tokio::test]
async fn a_region_that_is_not_published_is_refused_and_disturbs_no_later_update() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    for (wrong, expected) in
        [("420506001", "catalogue.not-a-region"), ("11", "catalogue.county-not-published")]
    {
        let division = wrong.parse().unwrap();
        assert_eq!(code(client.keep_region(KeepRegion { division }).await), expected);
    }
    client.update_catalogue(UpdateCatalogue {}).await.unwrap();
    assert_eq!(overview(&client).await.catalogue.kept.len(), 1);
}

/// Another county's office must not get it without the person having named it.
#[tokio::test]
async fn nothing_is_begun_where_the_guides_of_ones_own_county_did_not_come() {
    let world = World::start().await;
    let client = world.device().await;
    let division = "420502".parse().unwrap();
    client.choose_county(ChooseCounty { division }).await.unwrap_err();
    let of = |division: Option<&str>| StartDraft {
        item: FOOD.to_owned(),
        division: division.map(|division| division.parse().unwrap()),
    };
    assert_eq!(code(client.start_draft(of(None)).await), "draft.county-missing");
    client.start_draft(of(Some("420506"))).await.unwrap();
}

#[tokio::test]
async fn a_list_of_regions_that_cannot_be_had_says_in_the_frame_that_there_is_no_network() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    assert_eq!(overview(&client).await.sync.network, NetworkView::Online);
    world.wire.cut();
    let told = code(client.list_regions(ListRegions { parent: None }).await);
    assert!(told.starts_with("network."), "{told}");
    let network = overview(&client).await.sync.network;
    assert!(matches!(&network, NetworkView::Offline { problem } if problem.code == told));
    // A page that asks again when something is heard of the network must not hear of itself.
    let mut topics = client.topics();
    assert_eq!(code(client.list_regions(ListRegions { parent: None }).await), told);
    assert!(topics.try_recv().is_err(), "nothing is new");
    world.wire.restore();
    client.list_regions(ListRegions { parent: None }).await.unwrap();
    assert_eq!(overview(&client).await.sync.network, NetworkView::Online);
}

#[tokio::test]
async fn every_place_of_every_item_of_the_province_is_listed() {
    let world = World::with_every_item().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    client.keep_region(KeepRegion { division: "42".parse().unwrap() }).await.unwrap();
    let everything = SearchGuides {
        query: String::new(),
        filter: GuideFilter::default(),
        sort: GuideSort::default(),
        offset: 0,
        limit: u32::MAX,
    };
    let rows = client.search_guides(everything).await.unwrap().rows;
    assert!(rows.len() > 20, "{}", rows.len());
    for row in rows {
        let asked = ListPlaces { item: row.item.clone() };
        let groups = client.list_places(asked).await.unwrap();
        let places: Vec<&OfficeView> = groups.iter().flat_map(|group| &group.places).collect();
        let asked = ReadGuide { item: row.item.clone(), division: None };
        let guide = client.read_guide(asked).await.unwrap();
        let shown = guide.places.len().max(1);
        assert_eq!(places.len(), guide.also as usize + shown, "{}", row.item);
        assert!(
            guide
                .places
                .iter()
                .all(|shown| { places.iter().any(|place| place.division == shown.division) })
        );
        if let Some(division) = &row.division {
            let named = places.iter().find(|place| place.division == *division).unwrap();
            assert_eq!(named.department, row.department);
            let name = client.division_name(division).await.unwrap();
            assert_eq!(named.division_name, name);
            assert!(!row.serves || name.ends_with(&row.division_name), "{name}");
        }
    }
    let nowhere = ListPlaces { item: "999999999999".to_owned() };
    assert_eq!(code(client.list_places(nowhere).await), "catalogue.unknown-item");
}

#[tokio::test]
async fn a_download_that_is_stopped_leaves_what_was_there_and_is_not_begun_again() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let before = overview(&client).await.catalogue;
    // Nothing ever comes of it.
    world.wire.rule(|_| Turn::Hang);
    world.wire.asked().clear();
    let keeping = {
        let client = client.clone();
        let division = "42".parse().unwrap();
        tokio::spawn(async move { client.keep_region(KeepRegion { division }).await })
    };
    let waiting = {
        let client = client.clone();
        tokio::spawn(async move { client.update_catalogue(UpdateCatalogue {}).await })
    };
    until("an answer is waited for", async || !world.wire.asked().is_empty()).await;
    client.stop_update(StopUpdate {}).await.unwrap();
    assert_eq!(code(keeping.await.unwrap()), "catalogue.stopped");
    assert_eq!(code(waiting.await.unwrap()), "catalogue.stopped");
    // Once more there is nothing to stop.
    client.stop_update(StopUpdate {}).await.unwrap();
    let after = overview(&client).await.catalogue;
    assert_eq!((after.progress, after.problem, after.guides), (None, None, before.guides));

    // The next update does not want it any more, and whoever chooses it again gets it.
    world.wire.no_rule();
    client.update_catalogue(UpdateCatalogue {}).await.unwrap();
    assert_eq!(kept(&overview(&client).await.catalogue), ["420506"]);
    client.keep_region(KeepRegion { division: "42".parse().unwrap() }).await.unwrap();
    assert_eq!(kept(&overview(&client).await.catalogue), ["42"]);
}
