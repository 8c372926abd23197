//! Following a guide: being told of what changes, once, and seeing what it was before.

use std::path::Path;

use serde_json::{Value, json};
use tongban_client::Client;
use tongban_contract::{
    difference::{GuideField, Said},
    numbers::DivisionCode,
    page::*,
};

use crate::{
    person::*,
    world::{COUNTY, FOOD, LI, SIGN, WANG, World, choose_county},
};

async fn follow(client: &Client, item: &str) {
    let item = item.to_owned();
    client.follow_guide(FollowGuide { item, division: None }).await.unwrap();
}

async fn followed(client: &Client) -> Vec<FollowedGuide> {
    client.list_followed(ListFollowed {}).await.unwrap().guides
}

async fn only(client: &Client) -> FollowedGuide {
    let mut all = followed(client).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// What is told of a guide: which field, before and after.
fn told(guide: &FollowedGuide) -> Vec<(GuideField, Option<Said>, Option<Said>)> {
    match &guide.standing {
        FollowedStanding::Changed { differences, .. } => differences
            .iter()
            .map(|one| (one.field, one.before.clone(), one.after.clone()))
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// The platform publishes the item with other contents.
async fn publish(world: &mut World, item: &str, change: impl FnOnce(&mut Value)) {
    world.stop_platform().await;
    let file = world.folder("assets").join(format!("catalogue/items/{item}.json"));
    let mut published: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    change(&mut published["item"]);
    std::fs::write(&file, serde_json::to_vec(&published).unwrap()).unwrap();
    world.start_platform().await;
}

async fn update(client: &Client) {
    client.update_catalogue(UpdateCatalogue {}).await.unwrap();
}

async fn see(client: &Client, guide: &FollowedGuide) {
    let FollowedStanding::Changed { now, .. } = &guide.standing else { panic!("{guide:?}") };
    let (item, now) = (guide.item.clone(), now.clone());
    client.see_followed(SeeFollowed { item, now }).await.unwrap();
}

/// Notifications that were shown.
fn news(topics: &mut tokio::sync::broadcast::Receiver<Topic>) -> Vec<String> {
    let mut all = Vec::new();
    while let Ok(topic) = topics.try_recv() {
        if let Topic::News { title, body, case: None } = topic {
            all.push(format!("{title}：{body}"));
        }
    }
    all
}

#[tokio::test]
async fn what_changed_is_told_once_and_shown_until_it_was_seen() {
    let mut world = World::start().await;
    let client = world.device().await;
    follow(&client, FOOD).await;
    let before = only(&client).await;
    assert_eq!((before.item.as_str(), &before.standing), (FOOD, &FollowedStanding::Same));
    assert_eq!(before.division_name, "湖北省宜昌市夷陵区");
    let mut topics = client.topics();

    publish(&mut world, FOOD, |item| item["promised_days"] = json!(7)).await;
    update(&client).await;
    let changed = only(&client).await;
    let expected = (GuideField::PromisedDays, Some(Said::Number(10.0)), Some(Said::Number(7.0)));
    assert_eq!(told(&changed), std::slice::from_ref(&expected));
    let said =
        "您关注的指南有变化：《食品经营许可（餐饮店开办）》的办事指南有变化，请查看后再办理。";
    assert_eq!(news(&mut topics), [said]);

    // Nothing new is told of the same; also not after the app was closed.
    update(&client).await;
    client.close().await;
    drop(client);
    let client = world.open("device").await;
    let mut topics = client.topics();
    update(&client).await;
    assert_eq!(news(&mut topics), [""; 0]);
    assert_eq!(told(&only(&client).await), [expected]);

    see(&client, &changed).await;
    assert_eq!(only(&client).await.standing, FollowedStanding::Same);
    update(&client).await;
    assert_eq!(news(&mut topics), [""; 0]);
}

#[tokio::test]
async fn what_changed_while_the_person_was_reading_stays_to_be_seen() {
    let mut world = World::start().await;
    let client = world.device().await;
    follow(&client, FOOD).await;
    publish(&mut world, FOOD, |item| item["promised_days"] = json!(7)).await;
    update(&client).await;
    let read = only(&client).await;
    publish(&mut world, FOOD, |item| item["visits"] = json!(1)).await;
    update(&client).await;
    see(&client, &read).await;
    let fields: Vec<GuideField> =
        told(&only(&client).await).into_iter().map(|(field, ..)| field).collect();
    assert_eq!(fields, [GuideField::PromisedDays, GuideField::Visits]);
}

#[tokio::test]
async fn a_guide_that_is_published_no_more_is_told_as_gone_and_can_be_let_go() {
    let mut world = World::start().await;
    let client = world.device().await;
    follow(&client, SIGN).await;
    follow(&client, FOOD).await;
    world.stop_platform().await;
    let file = world.folder("assets").join(format!("catalogue/items/{SIGN}.json"));
    std::fs::remove_file(file).unwrap();
    world.start_platform().await;
    let mut topics = client.topics();
    update(&client).await;
    update(&client).await;
    let said = "您关注的指南有变化：《户外招牌设置备案》的办事指南有变化，请查看后再办理。";
    assert_eq!(news(&mut topics), [said]);
    let all = followed(&client).await;
    let standings: Vec<(&str, &FollowedStanding)> =
        all.iter().map(|guide| (guide.item.as_str(), &guide.standing)).collect();
    assert_eq!(standings, [(SIGN, &FollowedStanding::Gone), (FOOD, &FollowedStanding::Same)]);
    assert_eq!(all[0].name, "户外招牌设置备案");
    client.unfollow_guide(UnfollowGuide { item: SIGN.to_owned() }).await.unwrap();
    assert_eq!(only(&client).await.item, FOOD);
    // Once more does no harm.
    client.unfollow_guide(UnfollowGuide { item: SIGN.to_owned() }).await.unwrap();
}

#[tokio::test]
async fn what_somebody_follows_is_theirs_alone() {
    let mut world = World::start().await;
    let client = world.device().await;
    follow(&client, FOOD).await;
    client.sign_out(SignOut {}).await.unwrap();
    assert_eq!(code(client.list_followed(ListFollowed {}).await), "sign-in.needed");
    let asked = FollowGuide { item: FOOD.to_owned(), division: None };
    assert_eq!(code(client.follow_guide(asked).await), "sign-in.needed");
    world.sign_in(&client, WANG).await;
    assert_eq!(followed(&client).await, []);
    // Nobody is told of what another person follows.
    let mut topics = client.topics();
    publish(&mut world, FOOD, |item| item["promised_days"] = json!(7)).await;
    update(&client).await;
    assert_eq!(news(&mut topics), [""; 0]);
    world.sign_in(&client, LI).await;
    assert_eq!(told(&only(&client).await).len(), 1);
    // Whoever comes back is told.
    update(&client).await;
    assert_eq!(news(&mut topics).len(), 1);
}

#[tokio::test]
async fn a_guide_that_nobody_has_cannot_be_followed() {
    let world = World::start().await;
    let client = world.device().await;
    let asked = FollowGuide { item: "999999999999".to_owned(), division: None };
    assert_eq!(code(client.follow_guide(asked).await), "catalogue.unknown-item");
    assert_eq!(followed(&client).await, []);
}

/// Departments' own list of the same item in two counties, with other hours in each.
fn list(hours: &str) -> Value {
    let row = |division: &str, hours: &str| {
        json!({ "basic_code": "001001001000", "name": "临时占道许可", "type": "01",
            "division": division, "department": "城市管理局", "hours": hours,
            "code": format!("1142{division}001001001000") })
    };
    json!([row(COUNTY, "9:00—17:00"), row("420502", hours)])
}

async fn import(world: &mut World, list: &Value) {
    world.stop_platform().await;
    let file = world.folder("list.json");
    std::fs::write(&file, serde_json::to_vec(list).unwrap()).unwrap();
    let (data, assets) = (world.platform_data(), world.folder("assets"));
    let report = tongban_platform::catalogue::import::import(&data, Path::new(&assets), &file);
    let report = report.unwrap();
    assert!(report.left_out.is_empty(), "{report}");
    world.start_platform().await;
}

#[tokio::test]
async fn the_guide_of_another_place_is_followed_there_as_long_as_it_is_kept() {
    let other: DivisionCode = "420502".parse().unwrap();
    let mut world = World::start().await;
    let divisions = world.folder("assets").join("generated/divisions.jsonl");
    let more = std::fs::read_to_string(&divisions).unwrap();
    let more = more + r#"{"code":"420502","name":"西陵区"}"# + "\n";
    std::fs::write(&divisions, more).unwrap();
    import(&mut world, &list("8:30—12:00")).await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    world.sign_in(&client, LI).await;
    client.keep_region(KeepRegion { division: other.clone() }).await.unwrap();
    let asked = FollowGuide { item: "001001001000".into(), division: Some(other.clone()) };
    client.follow_guide(asked).await.unwrap();
    assert_eq!(only(&client).await.division, other);

    import(&mut world, &list("8:30—17:00")).await;
    update(&client).await;
    let hours = |hours: &str| Some(Said::Text(hours.into()));
    let expected = (GuideField::Hours, hours("8:30—12:00"), hours("8:30—17:00"));
    assert_eq!(told(&only(&client).await), [expected]);

    client.drop_region(DropRegion { division: other }).await.unwrap();
    assert_eq!(only(&client).await.standing, FollowedStanding::NotKept);
}
