//! Couriers: taken once, whoever brings them and however often, and not at all where a
//! single byte is not what a device that is known has sealed.

mod bad;
mod foreign;
mod sealed;

use crate::node::{Node, PHOTO, file, filing, hex, number, submit, submit_with};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use sealed::Device;
use serde_json::{Value, json};
use tongban_contract::{courier::CourierReply, problem::Problem};
use tongban_platform::backup;
use uuid::Uuid;

pub(crate) const CITIZEN: &str = "lixiulan";
pub(crate) const OTHER: &str = "wangjianguo";

/// Brings a courier to the platform.
pub(crate) async fn bring(
    node: &Node,
    token: &str,
    courier: &[u8],
) -> Result<CourierReply, Problem> {
    let sent = node
        .client
        .post(format!("{}/v1/courier", node.address))
        .bearer_auth(token)
        .body(courier.to_vec())
        .send()
        .await
        .unwrap();
    let status = sent.status();
    let text = sent.text().await.unwrap();
    if status == StatusCode::OK {
        return Ok(serde_json::from_str(&text).unwrap());
    }
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(problem.status, status.as_u16());
    Err(problem)
}

/// The code with which a courier is refused; nothing of it is kept.
pub(crate) async fn refusal(node: &Node, token: &str, courier: &[u8]) -> String {
    let problem = bring(node, token, courier).await.expect_err("it is refused");
    assert_eq!(uploads(node).await, 0, "{}", problem.code);
    assert_eq!(node.count("operations").await, 0, "{}", problem.code);
    let held = std::fs::read_dir(node.data().join("couriers")).into_iter().flatten();
    assert_eq!(held.count(), 0, "{}: nothing stays on the disk", problem.code);
    problem.code
}

async fn uploads(node: &Node) -> i64 {
    let query = sqlx::query_scalar("SELECT count(*) FROM uploads");
    query.fetch_one(&node.platform.pool).await.unwrap()
}

/// A node, the owner of a device, the device, and somebody else who carries.
pub(crate) async fn world() -> (Node, String, Device, String) {
    let node = Node::start().await;
    let owner = node.sign_in(CITIZEN, 3).await;
    let device = Device::registered(&node, &owner, 7).await;
    let carrier = node.sign_in(OTHER, 2).await;
    (node, owner, device, carrier)
}

fn taken(taken: u32, known: u32, not_taken: u32) -> CourierReply {
    CourierReply { taken, known, not_taken }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courier_is_filed_in_its_owners_account_once_and_the_carrier_learns_only_numbers() {
    let (node, owner, device, carrier) = world().await;
    let case = Uuid::now_v7();
    let refused = submit_with(Uuid::now_v7(), json!({ "answers": {} }));
    let courier = device.sealed(&[submit(case), refused.clone()]);

    let sent = node.client.post(format!("{}/v1/courier", node.address)).bearer_auth(&carrier);
    let text = sent.body(courier.clone()).send().await.unwrap().text().await.unwrap();
    // What was accepted and what was refused is the owner's matter.
    assert_eq!(text, r#"{"taken":2,"known":0,"not_taken":0}"#);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(0, 2, 0));
    assert_eq!(bring(&node, &owner, &courier).await.unwrap(), taken(0, 2, 0));

    assert_eq!((node.count("cases").await, node.count("operations").await), (1, 2));
    assert_eq!(node.case(&owner, case).await.id.0, case);
    assert_eq!(node.everything(&carrier).await, []);
    let owned = "SELECT count(*) FROM uploads u JOIN accounts a ON a.id = u.account
                 WHERE a.login = 'lixiulan' AND u.finished = 1";
    let owned: i64 = sqlx::query_scalar(owned).fetch_one(&node.platform.pool).await.unwrap();
    assert_eq!((owned, uploads(&node).await), (1, 1));
    let object = node.data().join("objects").join(&hex(PHOTO)[..2]).join(&hex(PHOTO)[2..]);
    assert_eq!(std::fs::read(object).unwrap(), PHOTO);
    // The device hears what became of them as if it had sent them itself.
    let again = node.exchange(&owner, &[refused]).await;
    assert_eq!(crate::node::refusal(&again.results[0].outcome).code, "filing.faults");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courier_and_the_device_itself_at_once_lead_to_one_case() {
    let (node, owner, device, carrier) = world().await;
    node.upload(&owner, PHOTO).await;
    for _ in 0..10 {
        let operations = [submit(Uuid::now_v7())];
        let courier = device.sealed(&operations);
        let (one, other, direct) = tokio::join!(
            bring(&node, &carrier, &courier),
            bring(&node, &owner, &courier),
            node.exchange(&owner, &operations),
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.known + one.taken + other.known + other.taken, 2);
        assert!(!number(&direct.results[0].outcome).is_empty());
    }
    assert_eq!((node.count("cases").await, node.count("operations").await), (10, 10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_which_a_part_was_uploaded_comes_whole_by_courier() {
    let (node, owner, device, carrier) = world().await;
    let begun = node
        .client
        .post(format!("{}/v1/files", node.address))
        .bearer_auth(&owner)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", PHOTO.len())
        .header("Upload-Metadata", format!("sha256 {}", STANDARD.encode(hex(PHOTO))))
        .send()
        .await
        .unwrap();
    let location = begun.headers()["location"].to_str().unwrap().to_owned();
    let part = node.client.patch(&location).bearer_auth(&owner).header("Tus-Resumable", "1.0.0");
    let part =
        part.header("Upload-Offset", 0).header("Content-Type", "application/offset+octet-stream");
    assert_eq!(
        part.body(PHOTO[..5].to_vec()).send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );

    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(1, 0, 0));
    let state = node.client.head(&location).bearer_auth(&owner).header("Tus-Resumable", "1.0.0");
    let state = state.send().await.unwrap();
    assert_eq!(state.headers()["upload-offset"], PHOTO.len().to_string().as_str());
    assert_eq!(std::fs::read_dir(node.data().join("uploads")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lacks_its_file_or_a_higher_sign_in_is_left_to_the_device() {
    let (node, owner, device, carrier) = world().await;
    let mut without = device.draft(&[submit(Uuid::now_v7())]);
    without.head["files"] = json!([]);
    without.files.clear();
    assert_eq!(bring(&node, &carrier, &device.seal(&without)).await.unwrap(), taken(0, 0, 1));
    assert_eq!(node.count("operations").await, 0);

    // The item asks for level 2; the device was last signed in to at level 1.
    let low = node.sign_in(CITIZEN, 1).await;
    Device::registered(&node, &low, 7).await;
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(0, 0, 1));
    Device::registered(&node, &owner, 7).await;
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_refused_files_nothing_by_courier_and_nobody_is_told_why() {
    let (node, _, device, carrier) = world().await;
    let refuse = sqlx::query("UPDATE accounts SET state = 'refused' WHERE login = 'lixiulan'");
    refuse.execute(&node.platform.pool).await.unwrap();
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(0, 0, 1));
    assert_eq!((node.count("cases").await, uploads(&node).await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_node_opens_couriers_that_were_sealed_before() {
    let (node, _, device, carrier) = world().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("backup");
    backup::back_up(&node.data(), &copy).await.unwrap();
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(1, 0, 0));
    let node = node.restored_from(&copy).await;
    let carrier = node.sign_in(OTHER, 2).await;
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(1, 0, 0));
    assert_eq!(node.count("cases").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_of_the_account_that_named_it_and_one_that_cannot_be_read_holds_nothing_up() {
    let (node, owner, device, carrier) = world().await;
    // Somebody else names the same key: what the device seals is still its owner's.
    let thief = Device::registered(&node, &carrier, 7).await;
    assert_ne!(thief.account, device.account);
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(1, 0, 0));
    assert_eq!(node.everything(&carrier).await, []);

    let other = submit_with(Uuid::now_v7(), filing());
    let body = json!({
        "version": 1, "cursor": 0, "courier_key": "no key", "operations": [other],
    });
    let reply: Value = node.post_exchange(&owner, &body).await.json().await.unwrap();
    assert_eq!(reply["results"][0]["outcome"], "accepted");
    assert_eq!(reply.get("courier"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_has_so_many_keys_and_the_oldest_gives_way() {
    let (node, owner, device, carrier) = world().await;
    for seed in 100..130 {
        node.set_day(&format!("2026-10-{:02}", seed - 99));
        Device::registered(&node, &owner, seed).await;
    }
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(refusal(&node, &carrier, &courier).await, "courier.unknown-device");
    let again = Device::registered(&node, &owner, 7).await;
    assert_eq!(again.account, device.account);
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap(), taken(1, 0, 0));
    let keys = sqlx::query_scalar("SELECT count(*) FROM courier_keys");
    let keys: i64 = keys.fetch_one(&node.platform.pool).await.unwrap();
    assert_eq!(keys, 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_comes_through_in_pieces() {
    let (node, _, device, carrier) = world().await;
    let photo: Vec<u8> = (0..3_000_001_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
    let materials = json!({ "photo": [file(&photo)] });
    let mut whole = filing();
    whole["materials"] = materials;
    let mut draft = device.draft(&[submit_with(Uuid::now_v7(), whole)]);
    draft.head["files"] = json!([{ "digest": hex(&photo), "bytes": photo.len() }]);
    draft.files = photo;
    assert_eq!(bring(&node, &carrier, &device.seal(&draft)).await.unwrap(), taken(1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_is_described() {
    let (node, ..) = world().await;
    let at = format!("{}/openapi.json", node.address);
    let description: Value = node.client.get(at).send().await.unwrap().json().await.unwrap();
    let post = &description["paths"]["/v1/courier"]["post"];
    let media = &post["requestBody"]["content"]["application/vnd.tongban.courier"];
    assert!(media.is_object(), "{post}");
    assert_eq!(post["security"], json!([{ "bearer": [] }]));
}
