//! A courier that was made from the description of the format, by another implementation of
//! every part of it; `foreign.mjs` tells how.

use tongban_contract::courier::CourierReply;

use super::{CITIZEN, bring};
use crate::node::Node;

const COURIER: &[u8] = include_bytes!("foreign.courier");

/// The line of `foreign.mjs` that names the identity for which it was made.
fn identity() -> &'static str {
    let script = include_str!("foreign.mjs");
    let line = script.lines().find(|line| line.starts_with("const identity = ")).unwrap();
    line.split('"').nth(1).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courier_of_another_implementation_is_taken() {
    let node = Node::start().await;
    let pool = &node.platform.pool;
    sqlx::query("UPDATE keys SET value = ? WHERE name = 'courier'")
        .bind(identity())
        .execute(pool)
        .await
        .unwrap();
    sqlx::query("UPDATE accounts SET subject = 'foreign' WHERE login = ?")
        .bind(CITIZEN)
        .execute(pool)
        .await
        .unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    let key = tongban_contract::courier::CourierKey::from_bytes(&key);
    let node = node.restart().await;
    let owner = node.sign_in(CITIZEN, 3).await;
    let named = serde_json::json!({ "version": 1, "cursor": 0, "courier_key": key });
    assert!(node.post_exchange(&owner, &named).await.status().is_success());

    let carrier = node.sign_in(super::OTHER, 2).await;
    let taken = bring(&node, &carrier, COURIER).await.unwrap();
    assert_eq!(taken, CourierReply { taken: 1, known: 0, not_taken: 0 });
    assert_eq!(node.count("cases").await, 1);
}
