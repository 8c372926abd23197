//! Handing out access tokens, renewing them, signing out.

use secrecy::ExposeSecret as _;
use tokio::sync::Notify;

use super::{provider::Network, *};

impl World {
    async fn token(&self, account: &str) -> Result<String, IdentityError> {
        let token = self.identity.access_token(&self.info, account).await?;
        Ok(token.expose_secret().to_owned())
    }

    async fn code(&self, account: &str) -> String {
        self.token(account).await.unwrap_err().problem().code
    }

    fn kept(&self, account: &str) -> String {
        self.keyring.peek(&format!("{account}/tokens")).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_token_is_used_until_it_is_nearly_out_then_renewed_and_kept() {
    let mut world = World::new();
    let account = world.sign_in().await.account;
    world.provider.state().network = Network::Down;
    assert_eq!(world.token(&account).await.unwrap(), "access-1");
    world.pass(540);
    assert_eq!(world.token(&account).await.unwrap(), "access-1");
    world.restart();
    assert_eq!(world.token(&account).await.unwrap(), "access-1", "after a restart");

    world.provider.state().network = Network::Up;
    world.pass(1);
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    assert!(world.kept(&account).contains("refresh-2"));
    world.restart();
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    world.pass(600);
    assert_eq!(world.token(&account).await.unwrap(), "access-3", "the rotated one works");
}

#[tokio::test]
async fn many_who_ask_at_once_wait_for_one_renewal() {
    let world = World::new();
    let account = world.sign_in().await.account;
    world.pass(600);
    let before = world.provider.count("/oidc/token");
    let all = futures::future::join_all((0..8).map(|_| world.token(&account))).await;
    for token in all {
        assert_eq!(token.unwrap(), "access-2");
    }
    assert_eq!(world.provider.count("/oidc/token"), before + 1);
}

#[tokio::test]
async fn a_network_that_fails_costs_nothing() {
    let world = World::new();
    let account = world.sign_in().await.account;
    world.pass(600);
    let before = world.kept(&account);
    for (network, code) in
        [(Network::Down, "network.unreachable"), (Network::Portal, "network.captive-portal")]
    {
        world.provider.state().network = network;
        assert_eq!(world.code(&account).await, code);
    }
    world.provider.state().network = Network::Up;
    world.provider.state().refresh_error = Some("invalid_client");
    assert_eq!(world.code(&account).await, "sign-in.provider");
    assert_eq!(world.kept(&account), before);
    world.provider.state().refresh_error = None;
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
}

#[tokio::test]
async fn a_lost_reply_keeps_the_old_token_and_a_session_that_ended_is_named() {
    let mut world = World::new();
    let account = world.sign_in().await.account;
    world.pass(600);
    world.provider.state().network = Network::LosesReplies;
    assert_eq!(world.code(&account).await, "network.broken");
    assert!(world.kept(&account).contains("refresh-1"), "the old one is tried again");

    // This provider does not take a token twice.
    world.provider.state().network = Network::Up;
    assert_eq!(world.code(&account).await, "sign-in.expired");
    // From then on known without asking, after a restart as well.
    world.provider.state().network = Network::Down;
    assert_eq!(world.code(&account).await, "sign-in.expired");
    world.restart();
    assert_eq!(world.code(&account).await, "sign-in.expired");
    assert!(!world.kept(&account).contains("refresh-1"));

    world.provider.state().network = Network::Up;
    assert_eq!(world.sign_in().await.account, account);
    assert_eq!(world.token(&account).await.unwrap(), "access-3");
}

#[tokio::test]
async fn a_provider_that_takes_the_old_token_again_heals_a_lost_reply() {
    let world = World::new();
    let account = world.sign_in().await.account;
    world.pass(600);
    world.provider.state().network = Network::LosesReplies;
    assert_eq!(world.code(&account).await, "network.broken");
    world.provider.state().network = Network::Up;
    world.provider.state().refresh = Some("refresh-1".to_owned());
    assert_eq!(world.token(&account).await.unwrap(), "access-3");
}

#[tokio::test]
async fn a_renewal_goes_on_where_its_caller_stops_waiting() {
    let world = World::new();
    let account = world.sign_in().await.account;
    world.pass(600);
    let gate = Arc::new(Notify::new());
    world.provider.state().gate_of_replies = Some(Arc::clone(&gate));
    let asking = tokio::spawn({
        let (identity, info, account) =
            (world.identity.clone(), world.info.clone(), account.clone());
        async move { identity.access_token(&info, &account).await.map(drop) }
    });
    // The old token is spent by then: without the reply there would be none.
    while world.provider.count("/oidc/token") < 2 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());

    world.provider.state().gate_of_replies = None;
    gate.notify_one();
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    assert!(world.kept(&account).contains("refresh-2"));
}

#[tokio::test]
async fn another_process_that_was_faster_is_noticed() {
    let world = World::new();
    let account = world.sign_in().await.account;
    // Both know the first tokens.
    let mut other = World::new();
    other.provider = world.provider.clone();
    other.keyring = world.keyring.clone();
    other.clock = Arc::clone(&world.clock);
    other.restart();
    assert_eq!(other.token(&account).await.unwrap(), "access-1");
    world.pass(600);
    assert_eq!(other.token(&account).await.unwrap(), "access-2");
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    assert_eq!(world.provider.count("/oidc/token"), 2, "the spent one was not tried");
}

#[tokio::test]
async fn another_process_that_is_faster_at_the_same_moment_does_not_end_the_session() {
    let world = World::new();
    let account = world.sign_in().await.account;
    world.pass(600);
    let gate = Arc::new(Notify::new());
    world.provider.state().gate = Some(Arc::clone(&gate));
    // The keyring has been read, and the old token is on its way.
    let other = async {
        while world.identity.sessions.try_lock().is_ok() {
            tokio::task::yield_now().await;
        }
        world.provider.state().gate = None;
        let mut other = World::new();
        other.provider = world.provider.clone();
        other.keyring = world.keyring.clone();
        other.clock = Arc::clone(&world.clock);
        other.restart();
        assert_eq!(other.token(&account).await.unwrap(), "access-2");
        gate.notify_one();
    };
    let (token, ()) = tokio::join!(world.token(&account), other);
    assert_eq!(token.unwrap(), "access-2");
    assert!(world.kept(&account).contains("refresh-2"));
}

#[tokio::test]
async fn renewed_tokens_of_somebody_else_are_given_back_and_not_used() {
    let world = World::new();
    let account = world.sign_in().await.account;
    world.provider.state().renews_id_token = true;
    world.pass(600);
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    world.provider.state().claims = serde_json::json!({ "sub": "subject-2" });
    world.pass(600);
    assert_eq!(world.code(&account).await, "sign-in.id-token");
    assert_eq!(world.provider.state().revoked, ["refresh-3"]);
    assert!(!world.kept(&account).contains("refresh-3"));
}

#[tokio::test]
async fn tokens_that_are_put_away_are_in_the_keyring_alone() {
    let world = World::new();
    let account = world.sign_in().await.account;
    assert_eq!(world.token(&account).await.unwrap(), "access-1");
    world.identity.put_away(&account).await;
    let kept = world.kept(&account);
    world.keyring.clear();
    assert_eq!(world.code(&account).await, "sign-in.needed");

    // Where the keyring could not take them they are nowhere else.
    let kept = secrecy::SecretString::from(kept);
    let name = format!("{account}/tokens");
    crate::keyring::Keyring::write(&world.keyring, &name, &kept).await.unwrap();
    world.pass(600);
    let gate = Arc::new(Notify::new());
    world.provider.state().gate_of_replies = Some(Arc::clone(&gate));
    let locks = async {
        while world.provider.count("/oidc/token") < 2 {
            tokio::task::yield_now().await;
        }
        world.keyring.set_locked(true);
        gate.notify_one();
    };
    let (token, ()) = tokio::join!(world.token(&account), locks);
    assert_eq!(token.unwrap(), "access-2");
    world.identity.put_away(&account).await;
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
}

#[tokio::test]
async fn a_token_that_was_refused_is_not_handed_out_again() {
    let mut world = World::new();
    let account = world.sign_in().await.account;
    let refused = world.identity.access_token(&world.info, &account).await.unwrap();
    world.identity.forget_access_token(&account, &refused).await;
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    // Told late by a second request: the new one stays.
    world.identity.forget_access_token(&account, &refused).await;
    assert_eq!(world.token(&account).await.unwrap(), "access-2");

    world.restart();
    let refused = secrecy::SecretString::from("access-2");
    world.identity.forget_access_token(&account, &refused).await;
    assert_eq!(world.token(&account).await.unwrap(), "access-3", "right after a start");
}

#[tokio::test]
async fn a_keyring_that_locks_meanwhile_neither_fails_requests_nor_loses_tokens() {
    let mut world = World::new();
    let account = world.sign_in().await.account;
    assert_eq!(world.token(&account).await.unwrap(), "access-1");
    world.keyring.set_locked(true);
    assert_eq!(world.token(&account).await.unwrap(), "access-1");
    world.pass(600);
    // What another process may have done cannot be seen: nothing is spent blindly.
    assert_eq!(world.code(&account).await, "keyring.locked");
    assert_eq!(world.provider.count("/oidc/token"), 1);

    // Locks between reading the old and keeping the new.
    world.keyring.set_locked(false);
    let gate = Arc::new(Notify::new());
    world.provider.state().gate = Some(Arc::clone(&gate));
    let locks = async {
        while world.identity.sessions.try_lock().is_ok() {
            tokio::task::yield_now().await;
        }
        world.provider.state().gate = None;
        world.keyring.set_locked(true);
        gate.notify_one();
    };
    let (token, ()) = tokio::join!(world.token(&account), locks);
    assert_eq!(token.unwrap(), "access-2");
    assert!(world.kept(&account).contains("refresh-1"));
    assert_eq!(world.token(&account).await.unwrap(), "access-2");

    world.keyring.set_locked(false);
    assert_eq!(world.token(&account).await.unwrap(), "access-2");
    assert!(world.kept(&account).contains("refresh-2"));
    world.restart();
    world.pass(600);
    assert_eq!(world.token(&account).await.unwrap(), "access-3");
}

#[tokio::test]
async fn nobody_signed_in_and_unreadable_tokens_ask_for_sign_in() {
    use crate::keyring::Keyring as _;
    let world = World::new();
    assert_eq!(world.code("nobody").await, "sign-in.needed");
    let broken = secrecy::SecretString::from("{");
    world.keyring.write("a/tokens", &broken).await.unwrap();
    assert_eq!(world.code("a").await, "sign-in.needed");
    assert!(world.provider.state().requests.is_empty());
}

#[tokio::test]
async fn signing_out_forgets_and_tells_the_platform() {
    let world = World::new();
    let account = world.sign_in().await.account;
    let told = world.identity.sign_out(&world.info, &account).await.unwrap();
    assert_eq!(told, Revocation::Done);
    assert_eq!(world.provider.state().revoked, ["refresh-1"]);
    assert!(world.keyring.names().is_empty());
    assert_eq!(world.code(&account).await, "sign-in.needed");
}

#[tokio::test]
async fn signing_out_without_a_network_forgets_all_the_same() {
    let mut world = World::new();
    let account = world.sign_in().await.account;
    world.restart();
    world.provider.state().network = Network::Down;
    let told = world.identity.sign_out(&world.info, &account).await.unwrap();
    assert_eq!(told, Revocation::Pending);
    assert!(world.keyring.names().is_empty());

    world.provider.state().network = Network::Up;
    let account = world.sign_in().await.account;
    world.keyring.set_locked(true);
    let error = world.identity.sign_out(&world.info, &account).await.unwrap_err();
    assert_eq!(error.problem().code, "keyring.locked");
    assert!(world.provider.state().revoked.is_empty(), "still signed in, so nothing is revoked");
}
