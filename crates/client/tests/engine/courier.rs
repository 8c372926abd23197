//! What waits leaves as a sealed file, is carried by somebody else, and arrives once,
//! whatever else happens to it.

use std::{path::PathBuf, sync::Arc};

use http::Method;
use serde_json::{Value, json};
use tongban_client::{Client, Error, Exported, Progress};
use tongban_contract::{courier::CourierReply, identifiers::CaseId, page::*};

use crate::{person::*, wire::Turn, world::*};

fn unseen() -> Progress {
    Arc::new(|_, _| {})
}

/// The stick between the devices.
fn stick(world: &World) -> PathBuf {
    let folder = world.folder("stick");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join("给平台.courier")
}

async fn export(client: &Client, world: &World) -> Result<Exported, Error> {
    // On a task, as a window does it.
    let (client, to) = (client.clone(), stick(world));
    tokio::spawn(async move { client.export_courier(&to, unseen()).await }).await.unwrap()
}

async fn relay(client: &Client, world: &World) -> Result<CourierReply, Error> {
    let (client, from) = (client.clone(), stick(world));
    tokio::spawn(async move { client.relay_courier(&from, unseen()).await }).await.unwrap()
}

fn taken(taken: u32, known: u32, not_taken: u32) -> CourierReply {
    CourierReply { taken, known, not_taken }
}

/// The device of somebody who has nothing to do with what is carried.
async fn carrier(world: &World) -> Client {
    let carrier = world.open("carrier").await;
    world.sign_in(&carrier, WANG).await;
    carrier
}

/// A device that the platform has come to know, and a filing that waits on it without a
/// network.
async fn filed_offline(world: &World) -> (Client, CaseId) {
    let client = world.device().await;
    sync(&client).await.unwrap();
    world.wire.cut();
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    (client, case)
}

#[tokio::test]
async fn a_filing_made_offline_arrives_by_the_device_of_somebody_else() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    let made = export(&client, &world).await.unwrap();
    assert_eq!((made.operations, made.files, made.left_out), (1, 3, 0));
    assert_eq!(made.bytes, std::fs::metadata(stick(&world)).unwrap().len());
    assert_eq!(kind(&state(&client, case).await), "queued");

    world.wire.restore();
    let carrier = carrier(&world).await;
    assert_eq!(relay(&carrier, &world).await.unwrap(), taken(1, 0, 0));
    assert_eq!(relay(&carrier, &world).await.unwrap(), taken(0, 1, 0));
    let numbers = world.case_numbers().await;
    assert_eq!(numbers.len(), 1);
    let owned = "SELECT count(*) FROM cases c JOIN accounts a ON a.id = c.account
                 WHERE a.login = 'lixiulan'";
    assert_eq!(world.number(owned).await, 1);
    let files = "SELECT count(*) FROM uploads u JOIN accounts a ON a.id = u.account
                 WHERE a.login = 'lixiulan' AND u.finished = 1";
    assert_eq!(
        (world.number(files).await, world.number("SELECT count(*) FROM uploads").await),
        (3, 3)
    );
    // The carrier has carried, and nothing more.
    sync(&carrier).await.unwrap();
    assert_eq!(carrier.list_items(ListItems {}).await.unwrap().rows, []);

    world.wire.asked().clear();
    sync(&client).await.unwrap();
    assert_eq!(receipt(&client, case).await.number.as_ref(), numbers.first());
    assert_eq!(kind(&state(&client, case).await), "submitted");
    let sent_again = world.wire.asked().iter().filter(|one| one.method == Method::PATCH).count();
    assert_eq!(sent_again, 0, "no file goes twice");
    assert_eq!(world.case_numbers().await, numbers);
}

#[tokio::test]
async fn what_was_sent_directly_first_is_known_when_the_courier_comes() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    export(&client, &world).await.unwrap();
    world.wire.restore();
    sync(&client).await.unwrap();
    let number = receipt(&client, case).await.number;
    let carrier = carrier(&world).await;
    assert_eq!(relay(&carrier, &world).await.unwrap(), taken(0, 1, 0));
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await, [number.unwrap()]);
}

#[tokio::test]
async fn a_courier_and_its_own_device_at_the_same_moment_lead_to_one_case() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    let other = sign_draft(&client).await;
    submit(&client, other).await;
    export(&client, &world).await.unwrap();
    world.wire.restore();
    let carrier = carrier(&world).await;
    let (direct, first, second) =
        tokio::join!(sync(&client), relay(&carrier, &world), relay(&carrier, &world));
    direct.unwrap();
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.taken + first.known + second.taken + second.known, 4);
    sync(&client).await.unwrap();
    let mut numbers = Vec::new();
    for case in [case, other] {
        assert_eq!(kind(&state(&client, case).await), "submitted");
        numbers.push(receipt(&client, case).await.number.unwrap());
    }
    numbers.sort();
    assert_eq!(world.case_numbers().await, numbers);
    assert_eq!(world.number("SELECT count(*) FROM operations").await, 2);
}

#[tokio::test]
async fn an_answer_that_is_lost_on_the_way_to_the_carrier_does_no_harm() {
    let world = World::start().await;
    let (client, _) = filed_offline(&world).await;
    export(&client, &world).await.unwrap();
    world.wire.restore();
    let carrier = carrier(&world).await;
    world.wire.rule(|_| Turn::After(Box::new(|_| None)));
    assert_eq!(code(relay(&carrier, &world).await), "network.broken");
    world.wire.no_rule();
    assert_eq!(relay(&carrier, &world).await.unwrap(), taken(0, 1, 0));
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn what_was_sealed_cannot_be_recalled_as_it_may_arrive() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    assert!(item(&client, case).await.can_recall);
    export(&client, &world).await.unwrap();
    assert!(!item(&client, case).await.can_recall);
    assert_eq!(code(client.recall(Recall { case }).await), "recall.sent");
    assert_eq!(kind(&state(&client, case).await), "queued");
}

#[tokio::test]
async fn a_courier_that_could_not_be_written_has_left_nothing_and_everything_can_be_recalled() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    let nowhere = world.folder("no-such-folder").join("x.courier");
    let failed = client.export_courier(&nowhere, unseen()).await;
    assert_eq!(code(failed), "device.file");
    assert!(item(&client, case).await.can_recall);
    client.recall(Recall { case }).await.unwrap();
    assert_eq!(code(export(&client, &world).await), "courier.nothing");
    assert!(!stick(&world).exists());
}

#[tokio::test]
async fn nothing_of_what_was_written_can_be_read_in_the_file() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    export(&client, &world).await.unwrap();
    let sealed = std::fs::read(stick(&world)).unwrap();
    let subject: String = {
        let query = "SELECT subject FROM accounts WHERE login = 'lixiulan'";
        sqlx::query_scalar(query).fetch_one(&world.platform().pool).await.unwrap()
    };
    let case = case.to_string();
    let picture = picture(0);
    let secrets: [&[u8]; 8] = [
        LI_ID.as_bytes(),
        "李秀兰".as_bytes(),
        "秀兰面馆".as_bytes(),
        b"13812345678",
        b"operations",
        case.as_bytes(),
        subject.as_bytes(),
        &picture[..40],
    ];
    for secret in secrets {
        assert!(!sealed.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn a_device_that_has_never_synced_says_that_it_must_be_online_once() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    assert_eq!(code(export(&client, &world).await), "courier.not-registered");
    assert!(item(&client, case).await.can_recall, "nothing has left");

    // A sync that reaches a platform which takes no couriers changes nothing of that.
    world.wire.replies(|mut reply| {
        reply.as_object_mut().unwrap().remove("courier");
        Some(reply)
    });
    sync(&client).await.unwrap();
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    assert_eq!(code(export(&client, &world).await), "courier.not-registered");
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(code(export(&client, &world).await), "courier.nothing");
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    assert_eq!(export(&client, &world).await.unwrap().operations, 1);
    assert_eq!(code(export(&client, &world).await), "courier.exists");
}

#[tokio::test]
async fn the_key_is_named_until_it_is_confirmed_and_again_after_a_sign_in() {
    let world = World::start().await;
    let client = world.device().await;
    let named = || {
        let sent = world.wire.exchanges_sent();
        sent.iter().filter(|one| one.json().get("courier_key").is_some()).count()
    };
    world.wire.replies(|reply| reply["courier"].is_null().then_some(reply));
    assert_eq!(code(sync(&client).await), "network.broken");
    world.wire.no_rule();
    sync(&client).await.unwrap();
    sync(&client).await.unwrap();
    assert_eq!(named(), 2);
    world.change_platform("UPDATE courier_keys SET acr = 1").await;
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    sync(&client).await.unwrap();
    assert_eq!(named(), 3);
    assert_eq!(world.number("SELECT min(acr) FROM courier_keys").await, 3);
    assert_eq!(world.number("SELECT count(*) FROM courier_keys").await, 1);
}

#[tokio::test]
async fn a_platform_that_has_forgotten_the_key_is_told_it_again() {
    let world = World::start().await;
    let client = world.device().await;
    sync(&client).await.unwrap();
    // As one that was restored from a backup.
    world.change_platform("DELETE FROM courier_keys").await;
    world.change_platform("UPDATE feeds SET id = '01920000-0000-7000-8000-000000000001'").await;
    sync(&client).await.unwrap();
    sync(&client).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM courier_keys").await, 1);
}

#[tokio::test]
async fn a_key_that_the_keyring_has_lost_is_replaced_at_the_next_sync() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    let names: Vec<String> = {
        let history = world.keyring.history.lock().unwrap();
        history
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|n| n.ends_with("/courier-key"))
            .collect()
    };
    assert_eq!(names.len(), 1, "made once");
    tongban_client::Keyring::delete(&world.keyring, &names[0]).await.unwrap();
    assert_eq!(code(export(&client, &world).await), "courier.not-registered");
    world.wire.restore();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    let next = sign_draft(&client).await;
    submit(&client, next).await;
    export(&client, &world).await.unwrap();
    assert_eq!(relay(&carrier(&world).await, &world).await.unwrap(), taken(1, 0, 0));
}

#[tokio::test]
async fn a_platform_that_was_pinned_before_it_took_couriers_is_asked_for_its_recipient_alone() {
    let world = World::start().await;
    let client = world.device().await;
    client.close().await;
    drop(client);
    let file = world.folder("device").join("device.json");
    let pinned = |change: &dyn Fn(&mut Value)| {
        let mut device: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        change(&mut device["platform"]);
        std::fs::write(&file, device.to_string()).unwrap();
        device["platform"].clone()
    };
    let recipient = pinned(&|_| {})["courier_recipient"].clone();
    assert!(recipient.as_str().unwrap().starts_with("age1"));
    pinned(&|platform| {
        platform.as_object_mut().unwrap().remove("courier_recipient");
        platform["name"] = json!("从前的名字");
    });
    let client = world.open("device").await;
    sync(&client).await.unwrap();
    let now = pinned(&|_| {});
    assert_eq!((&now["courier_recipient"], &now["name"]), (&recipient, &json!("从前的名字")));
    client.close().await;
    drop(client);

    // Somebody with another key answers at the well-known address.
    let key = now["public_key"].clone();
    pinned(&|platform| {
        platform.as_object_mut().unwrap().remove("courier_recipient");
        platform["public_key"] = json!("another");
    });
    let client = world.open("device").await;
    sync(&client).await.unwrap();
    assert_eq!(pinned(&|_| {}).get("courier_recipient"), None);
    pinned(&|platform| platform["public_key"] = key.clone());
}

#[tokio::test]
async fn what_waits_for_the_person_is_not_sealed_and_what_waits_beside_it_is() {
    let world = World::start().await;
    let client = world.device().await;
    let refused = sign_draft(&client).await;
    submit(&client, refused).await;
    world.wire.replies(|mut reply| {
        for result in reply["results"].as_array_mut().unwrap() {
            let problem = json!({ "type": "/problems/x.y", "code": "x.y", "detail": "不行。", "next": "请改。" });
            *result = json!({ "id": result["id"], "outcome": "refused", "problem": problem });
        }
        Some(reply)
    });
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, refused).await), "attention");
    world.wire.no_rule();
    world.wire.cut();
    assert_eq!(code(export(&client, &world).await), "courier.nothing");
    let next = sign_draft(&client).await;
    submit(&client, next).await;
    assert_eq!(export(&client, &world).await.unwrap().operations, 1);
}

#[tokio::test]
async fn what_is_no_courier_is_not_sent_and_what_is_damaged_is_not_taken() {
    let world = World::start().await;
    let (client, _) = filed_offline(&world).await;
    export(&client, &world).await.unwrap();
    assert_eq!(code(relay(&client, &world).await), "network.unreachable");
    world.wire.restore();
    let carrier = carrier(&world).await;
    let mut sealed = std::fs::read(stick(&world)).unwrap();
    let last = sealed.len() - 1;
    sealed[last] ^= 1;
    std::fs::write(stick(&world), &sealed).unwrap();
    assert_eq!(code(relay(&carrier, &world).await), "courier.damaged");
    world.wire.asked().clear();
    for other in [b"".as_slice(), b"%PDF-1.7 and so on, long enough to be read"] {
        std::fs::write(stick(&world), other).unwrap();
        assert_eq!(code(relay(&carrier, &world).await), "courier.not-a-courier");
    }
    std::fs::remove_file(stick(&world)).unwrap();
    assert_eq!(code(relay(&carrier, &world).await), "courier.unreadable");
    assert_eq!(world.wire.asked().len(), 0);
    carrier.sign_out(SignOut {}).await.unwrap();
    assert_eq!(code(relay(&carrier, &world).await), "sign-in.needed");
}

#[tokio::test]
async fn a_carrier_whose_token_is_not_taken_any_more_gets_a_new_one_on_the_way() {
    let world = World::start().await;
    let (client, _) = filed_offline(&world).await;
    export(&client, &world).await.unwrap();
    world.wire.restore();
    let carrier = carrier(&world).await;
    world.change_platform("UPDATE oidc_tokens SET expires_at = 1 WHERE kind = 'access'").await;
    assert_eq!(relay(&carrier, &world).await.unwrap(), taken(1, 0, 0));
}

#[tokio::test]
async fn large_files_go_in_pieces_and_their_way_is_told() {
    let world = World::start().await;
    let client = world.device().await;
    sync(&client).await.unwrap();
    let case = sign_draft(&client).await;
    // Noise, which no format makes smaller.
    let noise = |x: u32, y: u32| {
        let mixed = (x * 7919 + y).wrapping_mul(2_654_435_761).wrapping_mul(x ^ (y << 7) | 1);
        image::Rgb([(mixed >> 8) as u8, (mixed >> 16) as u8, (mixed >> 24) as u8])
    };
    let photo = png(image::RgbImage::from_fn(900, 900, noise));
    assert!(photo.len() > 2_000_000, "{}", photo.len());
    attach(&client, case, "site_photo", photo).await.unwrap();
    world.wire.cut();
    submit(&client, case).await;

    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = Arc::clone(&seen);
    let progress: Progress = Arc::new(move |done, all| heard.lock().unwrap().push((done, all)));
    let made = client.export_courier(&stick(&world), Arc::clone(&progress)).await.unwrap();
    assert_eq!(made.files, 4);
    let told = std::mem::take(&mut *seen.lock().unwrap());
    assert!(told.len() >= 7 && told.is_sorted() && told.last().unwrap().0 == told[0].1);
    world.wire.restore();
    let carrier = carrier(&world).await;
    let done = carrier.relay_courier(&stick(&world), progress).await.unwrap();
    assert_eq!(done, taken(1, 0, 0));
    let told = seen.lock().unwrap().clone();
    assert!(told.len() >= 30, "read in pieces: {}", told.len());
    assert_eq!(told.last(), Some(&(made.bytes, made.bytes)));
}

/// Hands a file over as a page does, in pieces of this size.
async fn pieces(client: &Client, file: &[u8], size: usize) -> Result<(), Error> {
    let total = file.len() as u64;
    for (at, bytes) in file.chunks(size).enumerate() {
        let piece = CourierPiece { offset: (at * size) as u64, total };
        client.courier_piece(piece, bytes.to_vec().into()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_page_seals_into_the_downloads_and_hands_on_in_pieces() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    let made = client.seal_courier(SealCourier {}).await.unwrap();
    assert_eq!((made.operations, made.files, made.left_out), (1, 3, 0));
    let file = PathBuf::from(&made.file);
    assert_eq!(file.parent(), Some(world.folder("exports").as_path()));
    let sealed = std::fs::read(&file).unwrap();
    assert_eq!(sealed.len() as u64, made.bytes);
    world.wire.restore();

    let carrier = carrier(&world).await;
    world.wire.cut();
    pieces(&carrier, &sealed, sealed.len()).await.unwrap();
    let told = carrier.hand_on_courier(HandOnCourier {}).await.unwrap_err();
    let told = tongban_contract::problem::Problem::from(told);
    assert_eq!(told.code, "network.unreachable");
    assert!(told.next.contains("再选一次"), "nothing tries it again by itself: {}", told.next);
    world.wire.restore();
    pieces(&carrier, &sealed, sealed.len() / 3).await.unwrap();
    assert_eq!(carrier.hand_on_courier(HandOnCourier {}).await.unwrap(), taken(1, 0, 0));
    let kept = world.folder("carrier").join("incoming.courier");
    assert!(!kept.exists(), "nothing of it stays with the carrier");
    assert_eq!(code(carrier.hand_on_courier(HandOnCourier {}).await), "courier.unreadable");
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn pieces_that_are_missing_or_too_many_are_not_handed_on_and_leave_nothing() {
    let world = World::start().await;
    let carrier = carrier(&world).await;
    let kept = world.folder("carrier").join("incoming.courier");
    let piece = |offset, total| CourierPiece { offset, total };
    let hand = |piece, bytes: usize| carrier.courier_piece(piece, vec![7; bytes].into());

    assert_eq!(code(hand(piece(4, 8), 4).await), "courier.pieces", "the first is missing");
    hand(piece(0, 12), 4).await.unwrap();
    assert_eq!(code(hand(piece(8, 12), 4).await), "courier.pieces", "one between is missing");
    assert_eq!(code(hand(piece(4, 6), 4).await), "courier.not-a-courier", "more than was said");
    let too_large = piece(0, tongban_contract::courier::LARGEST_COURIER + 1);
    assert_eq!(code(hand(too_large, 4).await), "courier.not-a-courier");
    hand(piece(4, 12), 4).await.unwrap();
    assert_eq!(code(carrier.hand_on_courier(HandOnCourier {}).await), "courier.not-a-courier");
    assert!(!kept.exists());

    hand(piece(0, 12), 4).await.unwrap();
    assert!(kept.exists());
    drop(carrier);
    let _carrier = world.open("carrier").await;
    assert!(!kept.exists(), "what a process left that ended is gone");
}
