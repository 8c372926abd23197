//! Signing out, sessions that end, accounts that are refused, and two people on one
//! device: nothing unsent is lost, and nobody sees another's.

use secrecy::ExposeSecret as _;
use tongban_client::Keyring as _;
use tongban_contract::page::*;

use crate::{person::*, wire::Turn, world::*};

#[tokio::test]
async fn signing_out_loses_nothing_and_shows_nothing_to_another_person() {
    let world = World::start().await;
    let client = world.device().await;
    let filed = sign_draft(&client).await;
    let half = sign_form(&client).await;
    let written = client.read_draft(ReadDraft { case: half }).await.unwrap();
    world.wire.cut();
    let receipt_before = submit(&client, filed).await;

    client.sign_out(SignOut {}).await.unwrap();
    assert_eq!(overview(&client).await.account, AccountView::SignedOut);
    assert_eq!(overview(&client).await.counts, Counts::default());
    assert_eq!(code(client.list_items(ListItems {}).await), "sign-in.needed");
    assert_eq!(code(client.read_draft(ReadDraft { case: half }).await), "sign-in.needed");
    let names = world.keyring.history.lock().unwrap().clone();
    let tokens = names.iter().find(|(name, _)| name.ends_with("/tokens")).unwrap();
    let left = world.keyring.read(&tokens.0).await.unwrap();
    assert!(left.is_none_or(|left| left.expose_secret().is_empty()), "no token is left");

    world.wire.restore();
    world.sign_in(&client, WANG).await;
    assert_eq!(client.list_items(ListItems {}).await.unwrap().rows, []);
    assert_eq!(overview(&client).await.counts, Counts::default());
    assert_eq!(code(client.read_draft(ReadDraft { case: half }).await), "item.not-here");
    assert_eq!(code(client.read_receipt(ReadReceipt { case: filed }).await), "item.not-here");
    assert_eq!(code(client.read_item(ReadItem { case: filed }).await), "item.unknown");
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await, [""; 0], "nothing of another's is sent");
    client.sign_out(SignOut {}).await.unwrap();

    world.sign_in(&client, LI).await;
    assert_eq!(client.read_draft(ReadDraft { case: half }).await.unwrap(), written);
    assert_eq!(receipt(&client, filed).await, receipt_before);
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, filed).await), "submitted");
}

#[tokio::test]
async fn signing_out_does_not_wait_for_a_network_that_never_answers() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.exchanges(|_| Turn::Hang);
    let syncing = tokio::spawn({
        let client = client.clone();
        async move { sync(&client).await }
    });
    until("it is being sent", async || kind(&state(&client, case).await) == "sending").await;
    let signing_out = client.sign_out(SignOut {});
    tokio::time::timeout(std::time::Duration::from_secs(10), signing_out).await.unwrap().unwrap();
    assert_eq!(code(syncing.await.unwrap()), "network.broken");

    world.wire.no_rule();
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn a_session_that_has_ended_keeps_everything_and_sending_resumes_after_the_next_sign_in() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    let half = sign_form(&client).await;
    world.change_platform("UPDATE oidc_grants SET revoked_at = 1").await;
    client.start();
    submit(&client, case).await;

    until("the session has ended", async || {
        matches!(overview(&client).await.account, AccountView::SessionEnded(_))
    })
    .await;
    assert_eq!(waits(&state(&client, case).await), "sign-in.expired");
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    // Everything but sending works.
    fill_in(&client, half, &[("/shop/name", "另一家店".into())]).await;
    assert_eq!(kind(&state(&client, half).await), "draft");
    assert_eq!(world.case_numbers().await.len(), 0);

    world.sign_in(&client, LI).await;
    until("it is sent without a call", async || kind(&state(&client, case).await) == "submitted")
        .await;
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
    assert_eq!(kind(&state(&client, half).await), "draft");
}

#[tokio::test]
async fn a_session_that_ended_is_still_ended_after_a_restart() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.change_platform("UPDATE oidc_grants SET revoked_at = 1").await;
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    drop(client);

    let client = world.open("device").await;
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    assert!(matches!(overview(&client).await.account, AccountView::SessionEnded(_)));
    assert_eq!(waits(&state(&client, case).await), "sign-in.expired");
}

#[tokio::test]
async fn an_account_that_the_platform_refuses_keeps_everything() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.change_platform("UPDATE accounts SET state = 'refused'").await;

    assert_eq!(code(sync(&client).await), "sign-in.refused");
    assert!(matches!(overview(&client).await.account, AccountView::SessionEnded(_)));
    assert_eq!(waits(&state(&client, case).await), "sign-in.refused");

    world.change_platform("UPDATE accounts SET state = 'active'").await;
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn a_token_that_ran_out_is_renewed_on_the_way() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    // The platform takes the access token no more, and the device does not know it yet.
    world.change_platform("UPDATE oidc_tokens SET expires_at = 1 WHERE kind = 'access'").await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn a_sign_in_can_be_given_up_and_the_browser_may_not_open() {
    let world = World::start().await;
    let mut surroundings = world.surroundings();
    surroundings.browser = std::sync::Arc::new(|_| Err(std::io::Error::other("no browser")));
    let options = world.options("other-device");
    let client = tongban_client::Client::open(options, surroundings).await.unwrap();
    assert_eq!(code(client.sign_in(SignIn { assurance: None }).await), "sign-in.browser");
    assert_eq!(overview(&client).await.account, AccountView::SignedOut);
    drop(client);

    let mut surroundings = world.surroundings();
    surroundings.browser = std::sync::Arc::new(|_| Ok(()));
    let options = world.options("other-device");
    let client = tongban_client::Client::open(options, surroundings).await.unwrap();
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.sign_in(SignIn { assurance: None }).await }
    });
    until("the browser is open", async || {
        overview(&client).await.account == AccountView::SigningIn
    })
    .await;
    client.cancel_sign_in(CancelSignIn {}).await.unwrap();
    assert_eq!(code(waiting.await.unwrap()), "sign-in.cancelled");
    assert_eq!(overview(&client).await.account, AccountView::SignedOut);
}
