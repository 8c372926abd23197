//! What waits in a vault with a PIN can be carried to the platform also where the PIN is
//! forgotten, and nothing that was taken back, or has arrived, goes with it.

use std::{path::PathBuf, sync::Arc};

use tongban_client::{Client, Error};
use tongban_contract::{courier::CourierReply, identifiers::CaseId, page::*};

use crate::{person::*, world::*};

const PIN: &str = "271828";

async fn set_pin(client: &Client) {
    client.set_pin(SetPin { current: None, pin: Pin::new(PIN) }).await.unwrap();
}

async fn lock(client: &Client) {
    client.lock(Lock {}).await.unwrap();
}

async fn unlock(client: &Client) {
    client.unlock(Unlock { pin: Pin::new(PIN) }).await.unwrap();
}

/// Whether the locked vault offers what waits in it.
async fn offers(client: &Client) -> bool {
    match overview(client).await.account {
        AccountView::Locked(locked) => locked.sealed_copy,
        other => panic!("not locked: {other:?}"),
    }
}

async fn take(client: &Client) -> Result<PathBuf, Error> {
    Ok(client.take_sealed_copy(TakeSealedCopy {}).await?.file.into())
}

async fn relayed(world: &World, file: PathBuf) -> CourierReply {
    let carrier = world.open("carrier").await;
    world.sign_in(&carrier, WANG).await;
    let hand = carrier.clone();
    let relay = async move { hand.relay_courier(&file, Arc::new(|_, _| {})).await };
    tokio::spawn(relay).await.unwrap().unwrap()
}

fn taken(taken: u32, known: u32) -> CourierReply {
    CourierReply { taken, known, not_taken: 0 }
}

/// Everything of spares in the device's folder.
fn spares(world: &World) -> Vec<String> {
    let names = std::fs::read_dir(world.folder("device")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("spare-")).collect()
}

/// A device with a PIN that the platform knows, and a filing that waits without a network.
async fn filed_offline(world: &World) -> (Client, CaseId) {
    let client = world.device().await;
    sync(&client).await.unwrap();
    set_pin(&client).await;
    world.wire.cut();
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    (client, case)
}

#[tokio::test]
async fn what_waits_behind_a_forgotten_pin_is_carried_and_comes_back_after_signing_in() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    lock(&client).await;
    assert!(offers(&client).await);
    let file = take(&client).await.unwrap();
    client.forget_pin(ForgetPin {}).await.unwrap();
    assert_eq!(spares(&world).len(), 1, "put aside, to be brought by this device as well");
    assert_eq!(code(take(&client).await), "courier.nothing");

    world.wire.restore();
    assert_eq!(relayed(&world, file).await, taken(1, 0));
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
    assert_eq!(spares(&world), Vec::<String>::new(), "brought, and known there");
}

#[tokio::test]
async fn what_was_taken_cannot_be_recalled_by_who_remembers_the_pin_after_all() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    lock(&client).await;
    let file = take(&client).await.unwrap();
    unlock(&client).await;
    assert_eq!(code(client.recall(Recall { case }).await), "recall.sent");
    world.wire.restore();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(relayed(&world, file).await, taken(0, 1));
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn a_process_that_dies_leaves_the_spare_of_what_was_filed_before() {
    let world = World::start().await;
    let (client, _) = filed_offline(&world).await;
    drop(client);
    let client = world.open("device").await;
    assert!(offers(&client).await);
    let file = take(&client).await.unwrap();
    world.wire.restore();
    assert_eq!(relayed(&world, file).await, taken(1, 0));
}

#[tokio::test]
async fn a_spare_holds_nothing_that_was_recalled_sent_or_needs_no_pin_any_more() {
    let world = World::start().await;
    let (client, case) = filed_offline(&world).await;
    assert_eq!(spares(&world).len(), 1);
    client.recall(Recall { case }).await.unwrap();
    assert_eq!(spares(&world), Vec::<String>::new(), "recalled");
    lock(&client).await;
    assert!(!offers(&client).await);
    assert_eq!(code(take(&client).await), "courier.nothing");
    unlock(&client).await;

    submit(&client, case).await;
    assert_eq!(spares(&world).len(), 1);
    client.remove_pin(RemovePin { pin: Pin::new(PIN) }).await.unwrap();
    assert_eq!(spares(&world), Vec::<String>::new(), "the vault opens without a PIN");
    set_pin(&client).await;
    assert_eq!(spares(&world).len(), 1);
    world.wire.restore();
    sync(&client).await.unwrap();
    assert_eq!(spares(&world), Vec::<String>::new(), "sent");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn a_spare_holds_all_that_waits_or_there_is_none() {
    let world = World::start().await;
    let (client, first) = filed_offline(&world).await;
    let second = sign_draft(&client).await;
    submit(&client, second).await;
    lock(&client).await;
    let file = take(&client).await.unwrap();
    unlock(&client).await;

    // Without its key nothing can be sealed; what was, holds what is taken back now.
    let third = sign_draft(&client).await;
    submit(&client, third).await;
    assert_eq!(spares(&world).len(), 1);
    let mut entries = world.keyring.everything();
    entries.retain(|name, _| !name.ends_with("/courier-key"));
    world.keyring.put_back(entries);
    client.recall(Recall { case: third }).await.unwrap();
    assert_eq!(spares(&world), Vec::<String>::new());

    world.wire.restore();
    assert_eq!(relayed(&world, file).await, taken(2, 0));
    sync(&client).await.unwrap();
    for case in [first, second] {
        assert_eq!(kind(&state(&client, case).await), "submitted");
    }
    assert_eq!(world.case_numbers().await.len(), 2);
}
