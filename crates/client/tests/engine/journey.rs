//! The main job, from a filing without a network to a licence that the next filing uses,
//! with the engine's own loops running and nobody calling for a sync.

use serde_json::json;
use tongban_contract::{
    case::{CaseState, StepState},
    identifiers::CaseId,
    page::*,
};

use crate::{person::*, world::*};

async fn comes_to(client: &tongban_client::Client, case: CaseId, wanted: CaseState) {
    let wanted = ItemState::Submitted { case: Some(wanted) };
    until("the case comes to its state", async || state(client, case).await == wanted).await;
}

async fn attention(client: &tongban_client::Client, case: CaseId) {
    until("the person is needed", async || kind(&state(client, case).await) == "attention").await;
}

#[tokio::test]
async fn a_filing_made_offline_ends_with_a_licence_that_the_next_filing_hands_in() {
    let world = World::start().await;
    let client = world.device().await;
    let mut topics = client.topics();
    client.start();

    world.wire.cut();
    let found = client
        .search_guides(SearchGuides {
            query: "开饭店".to_owned(),
            filter: GuideFilter::default(),
            sort: GuideSort::default(),
            offset: 0,
            limit: 10,
        })
        .await
        .unwrap();
    assert_eq!(found.rows[0].item, FOOD);
    let case = food_draft(&client).await;
    let filed = submit(&client, case).await;
    assert_eq!((filed.number.as_deref(), filed.enclosures.len()), (None, 4));
    until("a try has failed", async || {
        waits_for(&client, case).await.as_deref() == Some("network.unreachable")
    })
    .await;

    world.wire.restore();
    comes_to(&client, case, CaseState::Received).await;
    let numbers = world.case_numbers().await;
    let accepted = receipt(&client, case).await;
    assert_eq!((accepted.number.as_ref(), numbers.len()), (numbers.first(), 1));
    assert_eq!((accepted.digest, accepted.filed_at), (filed.digest, filed.filed_at));

    world.office(MARKET, case, json!({ "action": "accept" })).await;
    comes_to(&client, case, CaseState::UnderReview).await;
    let steps = item(&client, case).await.details.unwrap().steps;
    let active = steps.iter().filter(|step| step.state == StepState::Active);
    assert_eq!(active.count(), 2, "two departments at once: {steps:?}");
    let correct = json!({
        "action": "correct", "remark": "请一次改好。",
        "faults": [
            { "pointer": "/materials/premises_photo", "sentence": "照片看不清门头，请重新拍摄。" },
            { "pointer": "/answers/shop/address/detail", "sentence": "请补上门牌号。" },
        ],
    });
    world.office(MARKET, case, correct).await;
    attention(&client, case).await;

    world.wire.cut();
    let draft = client.mend(Mend { case }).await.unwrap();
    assert_eq!(draft.notice.unwrap().faults.len(), 2);
    replace(&client, case, "premises_photo").await;
    fill_in(&client, case, &[("/shop/address/detail", json!("发展大道 12 号 101 室"))]).await;
    submit(&client, case).await;
    until("a try has failed", async || waits_for(&client, case).await.is_some()).await;
    world.wire.restore();
    comes_to(&client, case, CaseState::UnderReview).await;
    for department in [CITY, MARKET, APPROVAL] {
        world.office(department, case, json!({ "action": "pass" })).await;
    }
    comes_to(&client, case, CaseState::Approved).await;
    let numbers_after = world.case_numbers().await;
    assert_eq!(numbers_after, numbers, "one case with its first number");

    world.wire.cut();
    let wallet = client.list_licences(ListLicences {}).await.unwrap().licences;
    assert_eq!(wallet.len(), 1);
    let read = ReadLicence { licence: wallet[0].id.clone() };
    let licence = client.read_licence(read).await.unwrap();
    assert!(licence.signature_is_right);
    assert_eq!(licence.licence.holder, "李秀兰");
    assert_eq!(overview(&client).await.counts.licences, 1);

    let next = sign_form(&client).await;
    let draft = choose(&client, next, "trade", "food").await;
    let asked = draft.materials.into_iter().find(|view| view.material.id == "food_licence");
    let offers = asked.unwrap().offers;
    assert_eq!(offers.len(), 1);
    let licence = offers[0].licence.clone();
    let used = UseLicence { case: next, material: "food_licence".to_owned(), licence };
    let draft = client.use_licence(used.clone()).await.unwrap();
    let of = |view: &MaterialView| view.attached.iter().any(|a| a.licence.is_some());
    assert_eq!(draft.materials.iter().filter(|view| of(view)).count(), 1);
    let elsewhere = UseLicence { material: "design".to_owned(), ..used };
    assert_eq!(code(client.use_licence(elsewhere).await), "attachment.licence");
    for (number, material) in [(1, "design"), (2, "site_photo")] {
        attach(&client, next, material, picture(number)).await.unwrap();
    }
    submit(&client, next).await;
    world.wire.restore();
    comes_to(&client, next, CaseState::Received).await;

    let mut news = Vec::new();
    while let Ok(topic) = topics.try_recv() {
        if let Topic::News { case: of, title, body } = topic {
            assert!(!title.is_empty() && !body.is_empty());
            news.push((of, body));
        }
    }
    let own = news.iter().filter(|(of, _)| *of == Some(case)).count();
    assert!(own >= 5, "each piece of news is told: {news:?}");
    client.close().await;
}

#[tokio::test]
async fn a_licence_that_was_changed_on_the_way_is_shown_as_not_signed() {
    let world = World::start().await;
    let client = world.device().await;
    let case = food_draft(&client).await;
    submit(&client, case).await;
    sync(&client).await.unwrap();
    world.office(MARKET, case, json!({ "action": "accept" })).await;
    for department in [CITY, MARKET, APPROVAL] {
        world.office(department, case, json!({ "action": "pass" })).await;
    }
    world.wire.replies(|mut reply| {
        for change in reply["changes"].as_array_mut().unwrap() {
            if change["kind"] == "licence" {
                change["licence"]["holder"] = json!("别人");
            }
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    let wallet = client.list_licences(ListLicences {}).await.unwrap().licences;
    let read = ReadLicence { licence: wallet[0].id.clone() };
    assert!(!client.read_licence(read).await.unwrap().signature_is_right);
}
