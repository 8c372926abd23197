//! Drafts and filings on the device: keeping answers, taking back, withdrawing.

use serde_json::json;
use tongban_contract::{case::CaseState, identifiers::CaseId, page::*};

use crate::{person::*, wire::Turn, world::*};

#[tokio::test]
async fn answers_that_are_given_at_the_same_time_are_all_kept() {
    let world = World::start().await;
    let client = world.device().await;
    let case = start(&client, SIGN).await;
    let name = [("/shop/name", json!("秀兰面馆"))];
    let text = [("/sign/text", json!("面"))];
    for round in 0..5 {
        let area = [("/sign/area", json!(round + 1))];
        let option = if round % 2 == 0 { "food" } else { "other" };
        tokio::join!(
            fill_in(&client, case, &name),
            choose(&client, case, "trade", option),
            fill_in(&client, case, &area),
            choose(&client, case, "premises", "own"),
            fill_in(&client, case, &text),
        );
        let draft = client.read_draft(ReadDraft { case }).await.unwrap();
        let chosen: Vec<_> = draft.situations.iter().map(|s| s.chosen.as_deref()).collect();
        assert_eq!(chosen, [Some(option), Some("own")]);
        let missing = |pointer: &str| draft.faults.iter().any(|f| f.pointer == pointer);
        for pointer in ["/answers/shop/name", "/answers/sign/text", "/answers/sign/area"] {
            assert!(!missing(pointer), "{pointer}: {:?}", draft.faults);
        }
        assert!(missing("/answers/sign/installer"), "{:?}", draft.faults);
    }
}

#[tokio::test]
async fn a_filing_that_was_never_sent_can_be_taken_back_and_is_a_draft_again() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    assert!(item(&client, case).await.can_recall);
    let refused = fill_in_one(&client, case).await;
    assert_eq!(code(refused), "draft.filed");

    client.recall(Recall { case }).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "draft");
    fill_in_one(&client, case).await.unwrap();
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await.len(), 0);

    submit(&client, case).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn a_filing_that_found_no_network_has_not_left_and_can_be_taken_back() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    world.wire.cut();
    submit(&client, case).await;
    for _ in 0..2 {
        assert_eq!(code(sync(&client).await), "network.unreachable");
        assert_eq!(waits(&state(&client, case).await), "network.unreachable");
    }
    assert!(item(&client, case).await.can_recall);
    client.recall(Recall { case }).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "draft");
    world.wire.restore();
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await.len(), 0);
}

#[tokio::test]
async fn taking_back_does_not_wait_for_what_is_being_sent() {
    let world = World::start().await;
    let client = world.device().await;
    let sent = sign_draft(&client).await;
    let waiting = sign_draft(&client).await;
    submit(&client, sent).await;
    world.wire.exchanges(|_| Turn::Hang);
    let syncing = tokio::spawn({
        let client = client.clone();
        async move { sync(&client).await }
    });
    until("it is being sent", async || kind(&state(&client, sent).await) == "sending").await;
    submit(&client, waiting).await;
    client.recall(Recall { case: waiting }).await.unwrap();
    assert_eq!(kind(&state(&client, waiting).await), "draft");
    assert_eq!(code(client.recall(Recall { case: sent }).await), "recall.sent");
    syncing.abort();
}

async fn fill_in_one(
    client: &tongban_client::Client,
    case: tongban_contract::identifiers::CaseId,
) -> Result<DraftView, tongban_client::Error> {
    client.answer(Answer { case, pointer: "/shop/name".into(), value: json!("新店名") }).await
}

#[tokio::test]
async fn a_filing_that_may_have_arrived_cannot_be_taken_back() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.replies(|_| None);
    assert_eq!(code(sync(&client).await), "network.broken");
    assert!(!item(&client, case).await.can_recall);
    assert_eq!(code(client.recall(Recall { case }).await), "recall.sent");
    assert_eq!(kind(&state(&client, case).await), "queued");

    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(code(client.recall(Recall { case }).await), "recall.sent");
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn a_filing_on_which_the_platform_failed_may_have_arrived_too() {
    let world = World::start().await;
    let client = world.device().await;
    // Whoever says that may stand before a platform that has taken it.
    for status in [500, 502, 503] {
        let case = sign_draft(&client).await;
        submit(&client, case).await;
        world.wire.exchanges(move |_| Turn::Answer(status, vec![], String::new()));
        assert!(sync(&client).await.is_err(), "{status}");
        assert!(!item(&client, case).await.can_recall, "{status}");
        assert_eq!(code(client.recall(Recall { case }).await), "recall.sent", "{status}");
        assert_eq!(kind(&state(&client, case).await), "queued", "{status}");
        world.later(120);
    }
}

#[tokio::test]
async fn an_accepted_application_is_withdrawn_when_the_network_is_back() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    assert!(item(&client, case).await.can_withdraw);
    let withdraw = || client.withdraw(Withdraw { case, reason: "不办了".to_owned() });
    world.wire.cut();
    withdraw().await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "queued");
    assert_eq!(code(withdraw().await), "withdraw.not-now");

    world.wire.restore();
    sync(&client).await.unwrap();
    let withdrawn = ItemState::Submitted { case: Some(CaseState::Withdrawn) };
    assert_eq!(state(&client, case).await, withdrawn);
    assert_eq!(code(withdraw().await), "withdraw.not-now");
}

#[tokio::test]
async fn a_withdrawal_that_has_not_left_can_be_called_off_and_the_application_goes_on() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    client.withdraw(Withdraw { case, reason: String::new() }).await.unwrap();
    let view = item(&client, case).await;
    let waits = ItemState::Queued { what: Asked::Withdrawal, waits: None };
    assert!(view.can_recall && view.row.state == waits, "{view:?}");
    client.recall(Recall { case }).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(code(fill_in_one(&client, case).await), "draft.filed");
    sync(&client).await.unwrap();
    let received = ItemState::Submitted { case: Some(CaseState::Received) };
    assert_eq!(state(&client, case).await, received);
}

#[tokio::test]
async fn a_correction_that_is_taken_back_still_answers_its_notice() {
    let world = World::start().await;
    let client = world.device().await;
    let case = to_be_corrected(&world, &client).await;
    client.mend(Mend { case }).await.unwrap();
    submit(&client, case).await;
    client.recall(Recall { case }).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "attention");
    fill_in_one(&client, case).await.unwrap();
    submit(&client, case).await;
    sync(&client).await.unwrap();
    let details = item(&client, case).await.details.unwrap();
    assert_eq!(details.state, CaseState::UnderReview);
    assert!(details.notice.is_none(), "{details:?}");
}

/// A filed application that a department wants corrected, as this device knows.
async fn to_be_corrected(world: &World, client: &tongban_client::Client) -> CaseId {
    let case = accepted(client).await;
    let fault = json!({ "pointer": "/answers/shop/name", "sentence": "请写全称。" });
    world.office(CITY, case, json!({ "action": "accept" })).await;
    world.office(CITY, case, json!({ "action": "correct", "faults": [fault] })).await;
    sync(client).await.unwrap();
    assert_eq!(kind(&state(client, case).await), "attention");
    case
}

/// Sentences that notified the person.
fn notified(topics: &mut tokio::sync::broadcast::Receiver<Topic>) -> Vec<String> {
    let mut told = Vec::new();
    while let Ok(topic) = topics.try_recv() {
        if let Topic::News { body, .. } = topic {
            told.push(body);
        }
    }
    told
}

#[tokio::test]
async fn a_correction_being_written_is_not_asked_for_once_another_device_withdraws() {
    let world = World::start().await;
    let client = world.device().await;
    let case = to_be_corrected(&world, &client).await;
    client.mend(Mend { case }).await.unwrap();
    fill_in(&client, case, &[("/shop/name", json!("改到一半的店名"))]).await;

    let other = world.open("other-device").await;
    world.sign_in(&other, LI).await;
    sync(&other).await.unwrap();
    other.withdraw(Withdraw { case, reason: String::new() }).await.unwrap();
    sync(&other).await.unwrap();

    let mut topics = client.topics();
    sync(&client).await.unwrap();
    let withdrawn = ItemState::Submitted { case: Some(CaseState::Withdrawn) };
    assert_eq!(state(&client, case).await, withdrawn);
    assert_eq!(overview(&client).await.attention, []);
    let told = notified(&mut topics);
    assert!(told.iter().any(|sentence| sentence.contains("仍保存在本机")), "{told:?}");
    assert_eq!(code(client.submit(Submit { case }).await), "draft.filed");
    assert_eq!(code(client.mend(Mend { case }).await), "mend.not-asked");
    let kept = client.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(kept.notice, None);
    assert!(serde_json::to_string(&kept.form).unwrap().contains("改到一半的店名"));
    sync(&client).await.unwrap();
    assert_eq!(notified(&mut topics), [""; 0], "it is told once");
}

#[tokio::test]
async fn a_correction_that_another_device_gave_first_leaves_nothing_to_mend() {
    let world = World::start().await;
    let client = world.device().await;
    let case = to_be_corrected(&world, &client).await;
    let other = world.open(&world.crash("device")).await;
    world.sign_in(&other, LI).await;
    for device in [&client, &other] {
        device.mend(Mend { case }).await.unwrap();
        fill_in(device, case, &[("/shop/name", json!("秀兰面馆（总店）"))]).await;
        submit(device, case).await;
    }
    sync(&other).await.unwrap();
    let mut topics = client.topics();
    sync(&client).await.unwrap();
    let under_review = ItemState::Submitted { case: Some(CaseState::UnderReview) };
    assert_eq!(state(&client, case).await, under_review);
    assert_eq!(state(&other, case).await, under_review);
    let told = notified(&mut topics);
    assert!(told.iter().any(|sentence| sentence.contains("不再等待补正")), "{told:?}");
    assert!(item(&client, case).await.can_withdraw, "the application goes on");
}

#[tokio::test]
async fn a_withdrawal_that_comes_too_late_is_told_and_leaves_the_application_as_it_is() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    world.wire.cut();
    client.withdraw(Withdraw { case, reason: String::new() }).await.unwrap();
    let not_accepted = json!({ "action": "not_accept", "remark": "不在本区。" });
    world.office(CITY, case, not_accepted).await;

    world.wire.restore();
    let mut topics = client.topics();
    sync(&client).await.unwrap();
    let ended = ItemState::Submitted { case: Some(CaseState::NotAccepted) };
    assert_eq!(state(&client, case).await, ended);
    assert_eq!(code(client.mend(Mend { case }).await), "mend.not-asked");
    let mut told = Vec::new();
    while let Ok(topic) = topics.try_recv() {
        if let Topic::News { title, .. } = topic {
            told.push(title);
        }
    }
    assert!(told.contains(&"撤件没有办成".to_owned()), "{told:?}");
}

#[tokio::test]
async fn a_filing_that_the_platform_refuses_is_mended_and_sent_again() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    // The platform finds what the device let through.
    world.wire.exchanges(|asked| {
        let mut body = asked.json();
        for operation in body["operations"].as_array_mut().unwrap() {
            operation["filing"]["answers"]["applicant"]["id_number"] = json!("110105194912310021");
        }
        Turn::Send(body)
    });
    sync(&client).await.unwrap();
    let ItemState::NeedsAttention { problem } = state(&client, case).await else { panic!() };
    assert_is_told_well(&problem);
    assert_eq!(problem.faults.len(), 1, "{problem:?}");
    assert!(overview(&client).await.attention.iter().any(|row| row.case == case));

    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "attention", "it waits for the person");
    client.mend(Mend { case }).await.unwrap();
    fill_in(&client, case, &[("/applicant/id_number", json!(LI_ID))]).await;
    submit(&client, case).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn an_application_whose_correction_was_refused_can_be_withdrawn() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    let fault = json!({ "pointer": "/answers/sign/text", "sentence": "请写全称。" });
    world.office(CITY, case, json!({ "action": "accept" })).await;
    world.office(CITY, case, json!({ "action": "correct", "faults": [fault] })).await;
    sync(&client).await.unwrap();
    client.mend(Mend { case }).await.unwrap();
    submit(&client, case).await;
    // As a platform of a later version, which does not take such an answer.
    world.wire.exchanges(|asked| {
        let mut body = asked.json();
        for operation in body["operations"].as_array_mut().unwrap() {
            operation["kind"] = json!("answer_of_old");
        }
        Turn::Send(body)
    });
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "attention");

    world.wire.no_rule();
    client.withdraw(Withdraw { case, reason: String::new() }).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "queued");
    sync(&client).await.unwrap();
    let withdrawn = ItemState::Submitted { case: Some(CaseState::Withdrawn) };
    assert_eq!(state(&client, case).await, withdrawn);
}
