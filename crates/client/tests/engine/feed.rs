//! What the platform tells, in every order and number: the state is right in the end, and
//! nothing is doubled.

use serde_json::{Value, json};
use tongban_contract::{case::CaseState, page::*};

use crate::{person::*, world::*};

fn told(topics: &mut tokio::sync::broadcast::Receiver<Topic>) -> Vec<String> {
    let mut told = Vec::new();
    while let Ok(topic) = topics.try_recv() {
        if let Topic::News { body, .. } = topic {
            told.push(body);
        }
    }
    told
}

/// The state that an account's second device comes to, that saw nothing go wrong.
async fn untroubled(world: &World) -> Vec<(String, String)> {
    world.wire.no_rule();
    let client = world.open("second-device").await;
    choose_county(&client).await.unwrap();
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    seen(&client).await
}

async fn seen(client: &tongban_client::Client) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for row in client.list_items(ListItems {}).await.unwrap().rows {
        let details = item(client, row.case).await.details.unwrap();
        seen.push((row.case.to_string(), serde_json::to_string(&details).unwrap()));
    }
    seen.sort();
    seen
}

/// Two cases with four changes that the device has not seen.
async fn news(world: &World, client: &tongban_client::Client) {
    let first = accepted(client).await;
    let second = accepted(client).await;
    for case in [first, second] {
        world.office(CITY, case, json!({ "action": "accept" })).await;
        world.office(CITY, case, json!({ "action": "pass" })).await;
    }
}

#[tokio::test]
async fn changes_that_come_twice_are_told_once() {
    let world = World::start().await;
    let client = world.device().await;
    news(&world, &client).await;
    let mut topics = client.topics();
    world.wire.replies(|mut reply| {
        let changes = reply["changes"].as_array().unwrap();
        let twice = changes.iter().flat_map(|change| [change.clone(), change.clone()]);
        reply["changes"] = twice.chain(changes.iter().cloned()).collect();
        Some(reply)
    });
    sync(&client).await.unwrap();
    let once = told(&mut topics);
    assert_eq!(once.len(), 4, "{once:?}");
    assert_eq!(seen(&client).await, untroubled(&world).await);
}

#[tokio::test]
async fn a_new_device_learns_what_has_happened_and_notifies_of_nothing_old() {
    let world = World::start().await;
    let client = world.device().await;
    news(&world, &client).await;
    sync(&client).await.unwrap();
    let other = world.open("other-device").await;
    world.sign_in(&other, LI).await;
    let mut topics = other.topics();
    sync(&other).await.unwrap();
    assert_eq!(seen(&other).await, seen(&client).await);
    assert_eq!(told(&mut topics), [""; 0]);
}

#[tokio::test]
async fn a_first_feed_of_several_pages_is_old_news_to_its_last_page() {
    let world = World::start().await;
    let client = world.device().await;
    news(&world, &client).await;
    let other = world.open("other-device").await;
    world.sign_in(&other, LI).await;
    let mut topics = other.topics();
    world.wire.replies(|mut reply| {
        let changes = reply["changes"].as_array_mut().unwrap();
        if changes.len() > 1 {
            changes.truncate(1);
            reply["more"] = json!(true);
        }
        Some(reply)
    });
    sync(&other).await.unwrap();
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(seen(&other).await, seen(&client).await);
    assert_eq!(told(&mut topics), [""; 0]);
    let case = accepted(&client).await;
    sync(&other).await.unwrap();
    assert_eq!(told(&mut topics).len(), 1, "{case}: what comes afterwards is news");
}

#[tokio::test]
async fn changes_out_of_order_or_with_a_gap_are_asked_for_again() {
    let world = World::start().await;
    let client = world.device().await;
    news(&world, &client).await;
    let mut topics = client.topics();
    let current = overview(&client).await.sync.last_success;
    // First in the wrong order, then each time without the second of several.
    world.wire.replies(|mut reply| {
        reply["changes"].as_array_mut().unwrap().reverse();
        Some(reply)
    });
    let asked = world.wire.exchanges_sent().len();
    assert_eq!(code(sync(&client).await), "network.unreadable");
    assert!(world.wire.exchanges_sent().len() <= asked + 2, "it is not pressed");
    assert_eq!(overview(&client).await.sync.last_success, current, "it is not up to date");
    // What goes along is taken all the same, and waits for nothing that is not its own.
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    assert_eq!(code(sync(&client).await), "network.unreadable");
    assert_eq!(kind(&state(&client, case).await), "submitted");
    let last = world.number("SELECT max(seq) FROM changes").await;
    world.wire.replies(|mut reply| {
        let changes = reply["changes"].as_array_mut().unwrap();
        if changes.len() > 2 {
            changes.remove(1);
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    assert_ne!(overview(&client).await.sync.last_success, current);
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(world.wire.exchanges_sent().last().unwrap().json()["cursor"], last);
    let once = told(&mut topics);
    assert_eq!(once.len(), 5, "{once:?}");
    assert_eq!(seen(&client).await, untroubled(&world).await);
}

#[tokio::test]
async fn old_news_of_a_case_does_not_bring_it_back() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    let before = world.wire.exchanges_sent().last().unwrap().json();
    assert_eq!(before["operations"].as_array().unwrap().len(), 1);
    world.office(CITY, case, json!({ "action": "accept" })).await;
    // The same reply tells of the older state once more, behind the newer one.
    world.wire.replies(|mut reply| {
        let changes = reply["changes"].as_array_mut().unwrap();
        if let Some(newest) = changes.last().cloned() {
            let mut older = newest;
            older["seq"] = json!(older["seq"].as_u64().unwrap() + 1);
            older["case"]["revision"] = json!(1);
            older["case"]["state"] = json!("received");
            changes.push(older);
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    let under_review = ItemState::Submitted { case: Some(CaseState::UnderReview) };
    assert_eq!(state(&client, case).await, under_review);
}

#[tokio::test]
async fn changes_of_a_later_version_are_kept_and_the_cursor_moves_on() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    world.office(CITY, case, json!({ "action": "accept" })).await;
    world.office(CITY, case, json!({ "action": "pass" })).await;
    let last = world.number("SELECT max(seq) FROM changes").await;
    world.wire.replies(|mut reply| {
        if let Some(change) = reply["changes"].get_mut(0) {
            let seq = change["seq"].clone();
            *change = json!({ "seq": seq, "kind": "appointment", "day": "2027-01-04" });
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    world.wire.no_rule();
    sync(&client).await.unwrap();
    let asked = world.wire.exchanges_sent().last().unwrap().json();
    assert_eq!(asked["cursor"], last);
    assert_eq!(item(&client, case).await.details.unwrap().revision, 3);
    let kept = "SELECT count(*) FROM unknown_change
        WHERE json_extract(change_json, '$.day') = '2027-01-04'";
    assert_eq!(world.vault_number("device", kept).await, 1);
}

#[tokio::test]
async fn changes_that_make_no_sense_are_kept_and_told_and_hold_up_nothing() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    world.office(CITY, case, json!({ "action": "accept" })).await;
    world.office(CITY, case, json!({ "action": "pass" })).await;
    let last = world.number("SELECT max(seq) FROM changes").await;
    assert_eq!(overview(&client).await.problems, []);
    let mut topics = client.topics();
    // The second of the two is not readable, and does not say where it stands.
    world.wire.replies(|mut reply| {
        if reply["changes"].as_array().unwrap().len() == 2 {
            let change = &mut reply["changes"][1];
            change["case"]["revision"] = json!(u64::MAX);
            change["seq"] = json!("first");
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    let asked = world.wire.exchanges_sent();
    sync(&client).await.unwrap();
    assert_eq!(world.wire.exchanges_sent()[asked.len()].json()["cursor"], last);
    assert_eq!(item(&client, case).await.details.unwrap().revision, 2);
    let kept = "SELECT count(*) FROM unknown_change
        WHERE json_extract(change_json, '$.kind') = 'case'";
    assert_eq!(world.vault_number("device", kept).await, 1);
    let unread = overview(&client).await.problems.remove(0);
    assert_is_told_well(&unread);
    assert_eq!(unread.code, "news.unread");
    let told = told(&mut topics);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("更新应用"), "{told:?}");
    // The next news of the same application says everything that it said.
    world.office(CITY, case, json!({ "action": "pass" })).await;
    sync(&client).await.unwrap();
    assert_eq!(item(&client, case).await.details.unwrap().revision, 4);
    assert_eq!(overview(&client).await.problems, []);
}

#[tokio::test]
async fn a_result_that_makes_no_sense_leaves_the_filing_queued_and_says_so() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.replies(|mut reply| {
        for result in reply["results"].as_array_mut().unwrap() {
            if result["outcome"] == "accepted" {
                result["at"] = json!("yesterday");
            }
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    assert_eq!(waits(&state(&client, case).await), "answer.malformed");
    world.later(61);
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn a_platform_that_goes_on_lacking_what_it_was_brought_is_not_pressed_and_it_is_told() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    // Whatever is brought, it goes on asking for what it asked for first.
    let lacks = std::sync::Arc::new(std::sync::Mutex::new(None));
    let seen = std::sync::Arc::clone(&lacks);
    world.wire.replies(move |mut reply| {
        if reply["results"][0]["id"].is_string() {
            let first =
                seen.lock().unwrap().get_or_insert_with(|| reply["results"][0].clone()).clone();
            reply["results"][0] = first;
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    assert_eq!(lacks.lock().unwrap().as_ref().unwrap()["outcome"], "lacking");
    assert_eq!(waits(&state(&client, case).await), "answer.lacking");
    let asked = world.wire.exchanges_sent().len();
    assert!(asked <= 4, "it was asked {asked} times at once");
    world.wire.no_rule();
    world.later(61);
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn results_of_a_later_version_or_none_leave_the_filing_queued_and_say_why() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let put_off = json!([{ "outcome": "put_off_by_the_minister" }]);
    for (results, why) in [(json!([]), "answer.missing"), (put_off, "answer.unknown")] {
        world.wire.replies(move |mut reply| {
            let id = reply["results"][0]["id"].clone();
            let mut results = results.clone();
            if let Some(result) = results.get_mut(0) {
                result["id"] = id;
            }
            reply["results"] = results;
            Some(reply)
        });
        sync(&client).await.unwrap();
        assert_eq!(waits(&state(&client, case).await), why);
        world.later(61);
    }
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn a_platform_restored_from_a_backup_is_told_everything_again_and_nothing_is_doubled() {
    let mut world = World::start().await;
    let client = world.device().await;
    let kept = accepted(&client).await;
    let backup = world.folder("backup");
    world.stop_platform().await;
    copy_folder(&world.platform_data(), &backup);
    world.start_platform().await;

    let lost = accepted(&client).await;
    world.office(CITY, lost, json!({ "action": "accept" })).await;
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await.len(), 2);
    world.stop_platform().await;
    copy_folder(&backup, &world.platform_data());
    world.start_platform().await;
    assert_eq!(world.case_numbers().await.len(), 1);

    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await.len(), 2);
    let received = ItemState::Submitted { case: Some(CaseState::Received) };
    for case in [kept, lost] {
        assert_eq!(state(&client, case).await, received);
        let number = receipt(&client, case).await.number.unwrap();
        assert_eq!(item(&client, case).await.row.number, Some(number.clone()));
        assert!(world.case_numbers().await.contains(&number));
    }
    let operations = world.number("SELECT count(*) FROM operations").await;
    sync(&client).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM operations").await, operations);
    assert_eq!(operations, 2);
    let sent: Vec<Value> = world.wire.exchanges_sent().iter().map(|one| one.json()).collect();
    assert_eq!(sent.last().unwrap()["operations"], json!([]), "there is an end to telling again");
}

#[tokio::test]
async fn a_platform_restored_to_before_a_correction_gets_the_first_filing_and_the_rest_is_told() {
    let mut world = World::start().await;
    let client = world.device().await;
    let backup = world.folder("backup");
    world.stop_platform().await;
    copy_folder(&world.platform_data(), &backup);
    world.start_platform().await;

    // A photo is replaced, as a department asks for it.
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    sync(&client).await.unwrap();
    let fault = json!({ "pointer": "/answers/sign/text", "sentence": "请写全称。" });
    world.office(CITY, case, json!({ "action": "accept" })).await;
    world.office(CITY, case, json!({ "action": "correct", "faults": [fault] })).await;
    sync(&client).await.unwrap();
    client.mend(Mend { case }).await.unwrap();
    replace(&client, case, "site_photo").await;
    submit(&client, case).await;
    sync(&client).await.unwrap();
    let reviewed = ItemState::Submitted { case: Some(CaseState::UnderReview) };
    assert_eq!(state(&client, case).await, reviewed);

    world.stop_platform().await;
    copy_folder(&backup, &world.platform_data());
    world.start_platform().await;
    let mut topics = client.topics();
    sync(&client).await.unwrap();
    let received = ItemState::Submitted { case: Some(CaseState::Received) };
    assert_eq!(state(&client, case).await, received);
    assert_eq!(world.case_numbers().await.len(), 1);
    let told = told(&mut topics).join("");
    assert!(told.contains("不再等待补正"), "{told}");
}
