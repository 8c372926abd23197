//! Every application is in exactly one visible state, in every stage of its life.

use serde_json::json;
use tongban_contract::{case::CaseState, identifiers::CaseId, page::*};

use crate::{person::*, wire::Turn, world::*};

/// The state of the only case, and in which of the counts it is found: exactly one.
async fn stands(client: &tongban_client::Client, case: CaseId) -> (&'static str, &'static str) {
    let view = overview(client).await;
    let counts = view.counts;
    let found: Vec<&str> = [
        ("drafts", counts.drafts),
        ("outbox", counts.outbox),
        ("open", counts.open_cases),
        ("attention", counts.attention),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(name, count)| {
        assert_eq!(count, 1, "{counts:?}");
        name
    })
    .collect();
    assert!(found.len() <= 1, "{counts:?}");
    assert_eq!(view.attention.len(), counts.attention as usize);
    assert_eq!(view.sync.waiting, counts.outbox);
    let shown = state(client, case).await;
    assert_eq!(item(client, case).await.row.state, shown);
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(draft.state, shown);
    (kind(&shown), found.first().copied().unwrap_or("ended"))
}

#[tokio::test]
async fn one_visible_state_from_the_first_draft_to_the_end() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    assert_eq!(stands(&client, case).await, ("draft", "drafts"));

    submit(&client, case).await;
    assert_eq!(stands(&client, case).await, ("queued", "outbox"));
    assert_eq!(waits(&state(&client, case).await), "");

    world.wire.exchanges(|_| Turn::Hang);
    let sending = tokio::spawn({
        let client = client.clone();
        async move { sync(&client).await }
    });
    until("it is being sent", async || kind(&state(&client, case).await) == "sending").await;
    assert_eq!(stands(&client, case).await, ("sending", "outbox"));
    world.wire.cut();
    assert_eq!(code(sending.await.unwrap()), "network.broken");
    assert_eq!(stands(&client, case).await, ("queued", "outbox"));
    assert_eq!(waits(&state(&client, case).await), "network.broken");

    world.wire.restore();
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(stands(&client, case).await, ("submitted", "open"));
    let received = ItemState::Submitted { case: Some(CaseState::Received) };
    assert_eq!(state(&client, case).await, received);

    world.office(CITY, case, json!({ "action": "accept" })).await;
    let correct = json!({
        "action": "correct", "remark": "请改好。",
        "faults": [{ "pointer": "/answers/sign/text", "sentence": "文字与执照不一致。" }],
    });
    world.office(CITY, case, correct).await;
    sync(&client).await.unwrap();
    assert_eq!(stands(&client, case).await, ("attention", "attention"));
    let ItemState::NeedsAttention { problem } = state(&client, case).await else { panic!() };
    assert_is_told_well(&problem);
    assert_eq!(problem.code, "case.correction");

    let draft = client.mend(Mend { case }).await.unwrap();
    assert_eq!(draft.notice.unwrap().faults.len(), 1);
    assert_eq!(stands(&client, case).await, ("attention", "attention"));
    fill_in(&client, case, &[("/sign/text", json!("秀兰面馆（总店）"))]).await;
    submit(&client, case).await;
    assert_eq!(stands(&client, case).await, ("queued", "outbox"));
    sync(&client).await.unwrap();
    assert_eq!(stands(&client, case).await, ("submitted", "open"));

    world.office(CITY, case, json!({ "action": "pass" })).await;
    world.office(CITY, case, json!({ "action": "pass" })).await;
    sync(&client).await.unwrap();
    assert_eq!(stands(&client, case).await, ("submitted", "ended"));
    let approved = ItemState::Submitted { case: Some(CaseState::Approved) };
    assert_eq!(state(&client, case).await, approved);
}

#[tokio::test]
async fn a_case_that_another_device_filed_is_shown_here_too() {
    let world = World::start().await;
    let client = world.device().await;
    let case = accepted(&client).await;
    let other = world.open("other-device").await;
    world.sign_in(&other, LI).await;
    sync(&other).await.unwrap();
    assert_eq!(state(&other, case).await, state(&client, case).await);
    let view = item(&other, case).await;
    assert!(view.can_withdraw && !view.can_mend && !view.can_recall, "{view:?}");
    assert_eq!(code(other.read_draft(ReadDraft { case }).await), "item.not-here");
}
