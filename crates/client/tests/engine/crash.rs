//! What is on the disk when an app dies in the middle, and how it goes on from there.

use std::time::Duration;

use tongban_contract::page::*;

use crate::{person::*, wire::Turn, world::*};

#[tokio::test]
async fn every_answer_is_on_the_disk_when_its_command_returns() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_form(&client).await;
    let written = attach(&client, case, "design", picture(7)).await.unwrap();

    // The first engine still runs, and has closed nothing.
    let found = world.open(&world.crash("device")).await;
    let draft = found.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(draft, written);
    let attached = draft.materials.iter().flat_map(|material| &material.attached);
    let attachment = attached.last().unwrap().id;
    let bytes = found.read_attachment(ReadAttachment { case, attachment }).await.unwrap();
    assert_eq!(bytes, picture(7));
    assert!(matches!(overview(&found).await.account, AccountView::SignedIn(_)));
}

#[tokio::test]
async fn a_filing_and_another_draft_are_there_after_the_app_was_dropped() {
    let world = World::start().await;
    let client = world.device().await;
    let filed = sign_draft(&client).await;
    let half = sign_form(&client).await;
    world.wire.cut();
    let receipt_before = submit(&client, filed).await;
    drop(client);

    let client = world.open("device").await;
    assert_eq!(kind(&state(&client, filed).await), "queued");
    assert_eq!(receipt(&client, filed).await, receipt_before);
    assert_eq!(kind(&state(&client, half).await), "draft");
    world.wire.restore();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, filed).await), "submitted");
}

#[tokio::test]
async fn what_was_being_sent_when_the_app_died_is_queued_again() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.exchanges(|_| Turn::Hang);
    let sending = tokio::spawn({
        let client = client.clone();
        async move { sync(&client).await }
    });
    until("it is being sent", async || kind(&state(&client, case).await) == "sending").await;

    world.wire.no_rule();
    let after = world.open(&world.crash("device")).await;
    assert_eq!(waits(&state(&after, case).await), "");
    sync(&after).await.unwrap();
    assert_eq!(kind(&state(&after, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
    sending.abort();
}

#[tokio::test]
async fn a_sync_that_is_given_up_in_the_middle_does_not_hold_the_filing_back() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.exchanges(|_| Turn::Hang);
    tokio::select! {
        done = sync(&client) => panic!("it hangs: {done:?}"),
        () = until("it is being sent", async || {
            kind(&state(&client, case).await) == "sending"
        }) => {}
    }

    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn an_app_that_is_closed_while_it_sends_does_not_wait_for_the_network() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    world.wire.exchanges(|_| Turn::Hang);
    client.start();
    submit(&client, case).await;
    until("it is being sent", async || kind(&state(&client, case).await) == "sending").await;
    tokio::time::timeout(Duration::from_secs(5), client.close()).await.unwrap();
    drop(client);

    world.wire.no_rule();
    // The loops let the folder go as soon as they have seen that it is closed.
    let opened = std::cell::RefCell::new(None);
    until("the folder is free", async || {
        let again = tongban_client::Client::open(world.options("device"), world.surroundings());
        match again.await {
            Ok(client) => opened.replace(Some(client)).is_none(),
            Err(_) => false,
        }
    })
    .await;
    let client = opened.into_inner().unwrap();
    assert_eq!(kind(&state(&client, case).await), "queued");
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await.len(), 1);
}
