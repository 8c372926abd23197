//! When the catalogue is brought up to date, with nobody asking for it.

use std::time::Duration;

use tongban_contract::{catalogue::MANIFEST_PATH, numbers::DivisionCode, page::*};

use crate::{
    person::*,
    wire::Turn,
    world::{World, choose_county, until},
};

/// As long as some tries would take, were there any: the shortest wait is 100 ms here.
const SOME_TRIES: Duration = Duration::from_millis(1000);

#[tokio::test]
async fn what_failed_for_want_of_a_network_comes_with_it() {
    let world = World::start().await;
    world.wire.cut();
    let client = world.open("device").await;
    client.start();
    until("it was tried", async || overview(&client).await.catalogue.problem.is_some()).await;
    assert_eq!(code(choose_county(&client).await), "network.unreachable");
    world.wire.restore();
    until("the county is there", async || {
        let catalogue = overview(&client).await.catalogue;
        !catalogue.county_is_missing() && catalogue.problem.is_none()
    })
    .await;
    // What is new is left alone for hours.
    let before = world.wire.asked().len();
    tokio::time::sleep(SOME_TRIES).await;
    assert_eq!(world.wire.asked().len(), before);
}

#[tokio::test]
async fn a_platform_that_asks_to_be_left_alone_is_asked_for_no_guides_either() {
    let world = World::start().await;
    world.wire.rule(|_| Turn::Answer(503, vec![("retry-after", "120")], String::new()));
    let client = world.open("device").await;
    client.start();
    until("it was tried", async || overview(&client).await.catalogue.problem.is_some()).await;
    tokio::time::sleep(SOME_TRIES).await;
    assert_eq!(world.wire.asked().len(), 1, "it was asked to wait");
    // Whoever presses the button is not held back.
    world.wire.no_rule();
    choose_county(&client).await.unwrap();
}

/// Each try could be a whole download.
#[tokio::test]
async fn what_is_not_what_the_platform_signed_is_not_fetched_again_and_again() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    world.wire.rule(|asked| match asked.path.ends_with(MANIFEST_PATH) {
        true => Turn::Answer(200, vec![("content-type", "application/json")], "{}".to_owned()),
        false => Turn::Pass,
    });
    let division = "4205".parse().unwrap();
    let refused = code(client.keep_region(KeepRegion { division }).await);
    assert!(refused.starts_with("catalogue."), "{refused}");
    client.start();
    let before = world.wire.asked().len();
    tokio::time::sleep(SOME_TRIES).await;
    assert_eq!(world.wire.asked().len(), before);
}

#[tokio::test]
async fn removing_guides_waits_for_no_network_and_the_update_that_runs_goes_on() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let city: DivisionCode = "4205".parse().unwrap();
    // It is not published in this world, so nothing ever comes.
    world.wire.rule(|_| Turn::Hang);
    world.wire.asked().clear();
    let updating = {
        let client = client.clone();
        tokio::spawn(async move { client.update_catalogue(UpdateCatalogue {}).await })
    };
    until("the update waits for an answer", async || !world.wire.asked().is_empty()).await;
    let removed = client.drop_region(DropRegion { division: city });
    tokio::time::timeout(Duration::from_secs(10), removed).await.unwrap().unwrap();
    until("it is asked again", async || world.wire.asked().len() == 2).await;
    assert!(!updating.is_finished());
    client.stop_update(StopUpdate {}).await.unwrap();
    assert_eq!(code(updating.await.unwrap()), "catalogue.stopped");
}

#[tokio::test]
async fn a_region_that_could_not_be_fetched_is_shown_as_awaited_and_can_be_called_off() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let province: DivisionCode = "42".parse().unwrap();
    world.wire.cut();
    let refused = code(client.keep_region(KeepRegion { division: province.clone() }).await);
    assert_eq!(refused, "network.unreachable");
    let awaited = overview(&client).await.catalogue.awaited;
    let named: Vec<_> = awaited.iter().map(|one| (one.division.as_str(), &*one.name)).collect();
    assert_eq!(named, [("42", "湖北省")]);
    client.drop_region(DropRegion { division: province }).await.unwrap();
    world.wire.restore();
    client.update_catalogue(UpdateCatalogue {}).await.unwrap();
    let catalogue = overview(&client).await.catalogue;
    assert_eq!((catalogue.awaited, catalogue.kept.len()), (Vec::new(), 1));
}

#[tokio::test]
async fn what_was_called_off_on_its_way_is_not_told_as_fetched() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let province: DivisionCode = "42".parse().unwrap();
    let mut first = true;
    world.wire.rule(move |_| match std::mem::take(&mut first) {
        true => Turn::Hang,
        false => Turn::Pass,
    });
    world.wire.asked().clear();
    let keeping = {
        let (client, division) = (client.clone(), province.clone());
        tokio::spawn(async move { client.keep_region(KeepRegion { division }).await })
    };
    until("it is under way", async || !world.wire.asked().is_empty()).await;
    client.drop_region(DropRegion { division: province }).await.unwrap();
    assert_eq!(code(keeping.await.unwrap()), "catalogue.stopped");
    assert_eq!(overview(&client).await.catalogue.kept.len(), 1);
}

#[tokio::test]
async fn whoever_could_not_see_the_regions_is_told_when_they_can() {
    let world = World::start().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    client.start();
    until("all is new", async || overview(&client).await.sync.network == NetworkView::Online).await;
    world.wire.cut();
    client.list_regions(ListRegions { parent: None }).await.unwrap_err();
    assert_ne!(overview(&client).await.sync.network, NetworkView::Online);
    world.wire.restore();
    until("it is heard", async || overview(&client).await.sync.network == NetworkView::Online)
        .await;
}
