//! Couriers that are not what a device that is known has sealed. None leaves a trace.

use futures::{StreamExt as _, stream};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};
use tongban_contract::courier::{LARGEST_HEAD, MOST_FILES, MOST_OPERATIONS};
use uuid::Uuid;

use super::{
    bring, refusal,
    sealed::{Device, lead, seal},
    world,
};
use crate::node::{
    Node, PHOTO, file, filing, hex,
    program::{begin, request_head},
    submit, submit_with,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_byte_changed_anywhere_or_cut_off_or_added_is_noticed() {
    let (node, _, device, carrier) = world().await;
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    let first_line = courier.iter().position(|byte| *byte == b'\n').unwrap();
    let header = courier.windows(5).position(|window| window == b"\n--- ").unwrap() + 50;
    // Every byte of the header and many of the rest; every length in steps.
    let flips = (0..header).chain((header..courier.len()).step_by(11)).map(|at| {
        let mut changed = courier.clone();
        changed[at] ^= 1 << (at % 8);
        (format!("changed at {at}"), at > first_line && at < header, changed)
    });
    let cuts = (0..courier.len())
        .step_by(23)
        .chain(courier.len() - 20..courier.len())
        .map(|at| (format!("cut at {at}"), false, courier[..at].to_vec()));
    let longer = [1, 16, 17, 70_000].map(|more| {
        let more = [courier.clone(), vec![0; more]].concat();
        (format!("longer: {}", more.len()), false, more)
    });
    for (what, in_stanza, courier) in flips.chain(cuts).chain(longer) {
        let code = refusal(&node, &carrier, &courier).await;
        // Where the key inside the seal does not open, nobody can tell why.
        let told = code == "courier.damaged" || (in_stanza && code == "courier.sealed-for-another");
        assert!(told, "{what}: {code}");
    }
    assert_eq!(bring(&node, &carrier, &courier).await.unwrap().taken, 1, "as it was, it is taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_stands_in_a_seal_is_refused_in_a_sentence() {
    let (node, _, device, carrier) = world().await;
    let right = device.signed(&device.draft(&[submit(Uuid::now_v7())]));
    let mut runner = TestRunner::deterministic();
    let whatever = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        // A lead of any length, and any head.
        (any::<u32>(), "\\PC{0,80}")
            .prop_map(|(length, head)| { [lead(length % 200), head.into_bytes()].concat() }),
        // Right but for one byte, which age does not notice as it was sealed so.
        (0..right.len(), 0..8_u32).prop_map({
            let right = right.clone();
            move |(at, bit)| {
                let mut plain = right.clone();
                plain[at] ^= 1_u8 << bit;
                plain
            }
        }),
        (0..right.len()).prop_map({
            let right = right.clone();
            move |at| right[..at].to_vec()
        }),
    ];
    for _ in 0..300 {
        let plain = whatever.new_tree(&mut runner).unwrap().current();
        let code = refusal(&node, &carrier, &seal(&device.recipient, &plain)).await;
        assert!(code.starts_with("courier."), "{code}");
    }
    for unsealed in [b"".as_slice(), b"age-encryption.org/v2\nx\n", &right, &[b'\n'; 100_000]] {
        assert_eq!(refusal(&node, &carrier, unsealed).await, "courier.damaged");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sealed_for_another_platform_is_not_opened_and_not_believed() {
    let (node, _, device, carrier) = world().await;
    let other = Node::start().await;
    let there = other.sign_in(super::CITIZEN, 3).await;
    let abroad = Device::registered(&other, &there, 7).await;
    let courier = abroad.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(refusal(&node, &carrier, &courier).await, "courier.sealed-for-another");
    // The other platform opens it, and seals it anew for this one.
    let plain = abroad.signed(&abroad.draft(&[submit(Uuid::now_v7())]));
    let again = seal(&device.recipient, &plain);
    assert_eq!(refusal(&node, &carrier, &again).await, "courier.sealed-for-another");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_key_has_signed_is_nobodys() {
    let (node, _, device, carrier) = world().await;
    let draft = device.draft(&[submit(Uuid::now_v7())]);
    let mut thief = device.clone();
    thief.secret = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
    // In the name of the device, by its own key, and in its own name.
    for courier in [thief.seal(&draft), thief.sealed(&[submit(Uuid::now_v7())])] {
        assert_eq!(refusal(&node, &carrier, &courier).await, "courier.unknown-device");
    }
    // The right signature over another head.
    let (right, other) = (device.signed(&draft), device.draft(&[submit(Uuid::now_v7())]));
    let mut mixed = device.signed(&other);
    let at = mixed.len() - PHOTO.len() - 64;
    let signature = &right[right.len() - PHOTO.len() - 64..right.len() - PHOTO.len()];
    mixed[at..at + 64].copy_from_slice(signature);
    let courier = seal(&device.recipient, &mixed);
    assert_eq!(refusal(&node, &carrier, &courier).await, "courier.unknown-device");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_not_what_was_signed_are_not_taken() {
    let (node, _, device, carrier) = world().await;
    let right = device.draft(&[submit(Uuid::now_v7())]);
    let size = PHOTO.len();
    let with = |change: &dyn Fn(&mut Value, &mut Vec<u8>)| {
        let mut draft = right.clone();
        change(&mut draft.head, &mut draft.files);
        device.seal(&draft)
    };
    let swapped = with(&|_, files| *files = b"\xff\xd8\xff a photograph of the snop".to_vec());
    let longer = with(&|_, files| files.push(0));
    let shorter = with(&|_, files| files.truncate(5));
    let too_small = with(&|head, _| head["files"][0]["bytes"] = json!(size - 1));
    let too_big = with(&|head, _| head["files"][0]["bytes"] = json!(size + 1));
    let empty = with(&|head, _| head["files"][0]["bytes"] = json!(0));
    let negative = with(&|head, _| head["files"][0]["bytes"] = json!(-1));
    let nobodys = with(&|head, _| head["files"][0]["digest"] = json!(hex(b"another")));
    let twice = with(&|head, files| {
        let one = head["files"][0].clone();
        head["files"].as_array_mut().unwrap().push(one);
        files.extend(PHOTO);
    });
    let nameless = with(&|head, _| {
        head["operations"][0].as_object_mut().unwrap().remove("id");
    });
    for (what, courier) in [
        ("swapped", swapped),
        ("longer", longer),
        ("shorter", shorter),
        ("too small", too_small),
        ("too big", too_big),
        ("empty", empty),
        ("negative", negative),
        ("nobody's", nobodys),
        ("twice", twice),
        ("nameless", nameless),
    ] {
        assert_eq!(refusal(&node, &carrier, &courier).await, "courier.damaged", "{what}");
    }
    let version = with(&|head, _| head["version"] = json!(2));
    assert_eq!(refusal(&node, &carrier, &version).await, "courier.version");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_is_taken_is_refused_before_it_is_read() {
    let (node, _, device, carrier) = world().await;
    let many: Vec<Value> = (0..=MOST_OPERATIONS)
        .map(|_| json!({ "id": Uuid::now_v7(), "kind": "withdraw", "case": Uuid::now_v7() }))
        .collect();
    let mut operations = device.draft(&many);
    operations.head["files"] = json!([]);
    let mut files = device.draft(&[]);
    let one = files.head["files"][0].clone();
    files.head["files"] = json!(vec![one; MOST_FILES + 1]);
    let mut huge = device.draft(&[]);
    huge.head["files"] = json!([{ "digest": hex(PHOTO), "bytes": 52_428_801 }]);
    let mut overflow = device.draft(&[]);
    let one = json!({ "digest": hex(PHOTO), "bytes": u64::MAX });
    overflow.head["files"] = json!([one, one]);
    let mut sum = device.draft(&[]);
    let one = json!({ "digest": hex(PHOTO), "bytes": 52_428_800 });
    sum.head["files"] = json!(vec![one; 21]);
    for draft in [operations, files, huge, overflow, sum] {
        let courier = device.seal(&draft);
        assert_eq!(refusal(&node, &carrier, &courier).await, "courier.too-large");
    }
    let head = u32::try_from(LARGEST_HEAD + 1).unwrap();
    let courier = seal(&device.recipient, &lead(head));
    assert_eq!(refusal(&node, &carrier, &courier).await, "courier.damaged");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_breaks_off_leaves_nothing_and_its_place_is_free_again() {
    let (node, _, device, carrier) = world().await;
    let photo = vec![1; 400_000];
    let mut whole = filing();
    whole["materials"] = json!({ "photo": [file(&photo)] });
    let mut draft = device.draft(&[submit_with(Uuid::now_v7(), whole)]);
    draft.head["files"] = json!([{ "digest": hex(&photo), "bytes": photo.len() }]);
    draft.files = photo;
    let courier = device.seal(&draft);
    for _ in 0..6 {
        let half = bytes::Bytes::copy_from_slice(&courier[..courier.len() / 2]);
        let pieces = stream::iter([Ok(half), Err(std::io::Error::other("the line broke"))]);
        let sent = node
            .client
            .post(format!("{}/v1/courier", node.address))
            .bearer_auth(&carrier)
            .body(reqwest::Body::wrap_stream(pieces.boxed()))
            .send()
            .await;
        assert!(sent.is_err() || !sent.unwrap().status().is_success());
    }
    let mut tries = 0;
    // The platform may still be about to notice the last one.
    let taken = loop {
        match bring(&node, &carrier, &courier).await {
            Ok(taken) => break taken,
            Err(busy) if busy.code == "courier.busy" && tries < 100 => tries += 1,
            Err(other) => panic!("{other:?}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(taken.taken, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_so_many_are_read_at_a_time() {
    let (node, _, device, carrier) = world().await;
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    let host = node.address.trim_start_matches("http://");
    let head = request_head("POST", "/v1/courier", &carrier, courier.len(), "");
    let half = [head.as_bytes(), &courier[..courier.len() / 2]].concat();
    let mut waiting = Vec::new();
    // One is turned away as soon as every place is taken.
    for _ in 0..100 {
        waiting.push(begin(host, &half).await);
        if let Err(busy) = bring(&node, &carrier, &courier).await {
            assert_eq!((busy.code.as_str(), busy.status), ("courier.busy", 429));
            return;
        }
    }
    panic!("{} are read at a time", waiting.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_signed_in_carries_nothing() {
    let (node, _, device, _) = world().await;
    let courier = device.sealed(&[submit(Uuid::now_v7())]);
    assert_eq!(refusal(&node, "no token", &courier).await, "sign-in.expired");
}
