//! A client that nobody here wrote signs in: the stories of `relying_party.mjs`.

use jiff::Timestamp;
use tokio::process::Command;

use crate::node::Node;

/// Plays one story to its end.
async fn comes_true(story: &str) {
    let node = Node::start().await;
    // The library that checks the tokens looks at the real clock.
    *node.time.lock().unwrap() = Timestamp::now();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/identity/relying_party.mjs");
    let played = Command::new("node")
        .args([script, &node.address, story])
        .kill_on_drop(true)
        .output()
        .await
        .expect("Node does not start; `cargo xtask setup` installs it");
    let (said, wrong) =
        (String::from_utf8_lossy(&played.stdout), String::from_utf8_lossy(&played.stderr));
    assert!(played.status.success() && said.trim() == "done", "{story}: {said}{wrong}");
}

#[tokio::test]
async fn it_finds_its_way_from_discovery_to_revocation() {
    comes_true("from_discovery_to_revocation").await;
}

#[tokio::test]
async fn its_spent_refresh_token_ends_the_family() {
    comes_true("a_spent_refresh_token_ends_the_family").await;
}

#[tokio::test]
async fn its_code_used_twice_ends_the_sign_in() {
    comes_true("a_code_that_is_used_twice_ends_the_sign_in").await;
}

#[tokio::test]
async fn its_logout_ends_the_sign_in_and_leads_back() {
    comes_true("logging_out_ends_the_sign_in_and_leads_back").await;
}

#[tokio::test]
async fn its_browser_signs_nobody_in_by_itself() {
    comes_true("nobody_is_signed_in_by_the_browser_alone").await;
}

#[tokio::test]
async fn it_asks_for_a_level_by_acr_values() {
    comes_true("a_level_is_asked_for_by_acr_values").await;
}

#[tokio::test]
async fn it_is_told_nothing_that_it_did_not_ask_for() {
    comes_true("what_was_not_asked_for_is_not_told").await;
}

#[tokio::test]
async fn it_and_the_platform_refuse_what_does_not_belong_together() {
    comes_true("what_does_not_belong_together_is_refused").await;
}
