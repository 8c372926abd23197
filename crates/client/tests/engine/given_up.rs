//! A forgotten PIN. Anybody at the device can say that it is forgotten: whoever it was, the
//! owner loses nothing that they come back for in time.

use tongban_client::{Client, Error};
use tongban_contract::{identifiers::CaseId, page::*};

use crate::{person::*, world::*};

const PIN: &str = "271828";
const OTHER: &str = "314159";
const DAY: i64 = 24 * 60 * 60;

/// A device with a PIN that the platform knows, a draft and a filing that waits.
async fn used(world: &World) -> (Client, CaseId, CaseId) {
    let client = world.device().await;
    sync(&client).await.unwrap();
    let half = sign_form(&client).await;
    set_pin(&client).await;
    world.wire.cut();
    let filed = sign_draft(&client).await;
    submit(&client, filed).await;
    client.lock(Lock {}).await.unwrap();
    (client, half, filed)
}

async fn set_pin(client: &Client) {
    client.set_pin(SetPin { current: None, pin: Pin::new(PIN) }).await.unwrap();
}

async fn forget(client: &Client) {
    client.forget_pin(ForgetPin {}).await.unwrap();
}

async fn take_back(client: &Client, pin: &str) -> Result<(), Error> {
    let given_up = overview(client).await.given_up;
    client.take_back(TakeBack { at: given_up[0].at, pin: Pin::new(pin) }).await
}

/// Files in the device's folder that hold something of a person.
fn kept(world: &World) -> usize {
    let names = std::fs::read_dir(world.folder("device")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".given-up-")).count()
}

#[tokio::test]
async fn the_next_user_of_a_device_can_neither_delete_nor_see_what_is_anothers() {
    let world = World::start().await;
    let (client, half, filed) = used(&world).await;
    let unsent = code(client.read_draft(ReadDraft { case: half }).await);
    assert_eq!(unsent, "vault.locked");
    world.wire.restore();
    world.sign_in(&client, WANG).await;
    let view = client.list_accounts(ListAccounts {}).await.unwrap();
    let li = view.accounts.into_iter().find(|row| row.label == "李**").unwrap().account;
    client.switch_account(SwitchAccount { account: li }).await.unwrap();
    forget(&client).await;
    assert_eq!(overview(&client).await.account, AccountView::SignedOut);
    world.sign_in(&client, WANG).await;
    assert_eq!(overview(&client).await.given_up, [], "nobody else learns of it");

    // Who is signed in carries what was filed, and learns nothing of it.
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await.len(), 1);
    assert_eq!(code(client.read_item(ReadItem { case: filed }).await), "item.unknown");

    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, filed).await), "submitted");
    assert_eq!(code(client.read_draft(ReadDraft { case: half }).await), "item.not-here");
    assert_eq!(code(take_back(&client, OTHER).await), "pin.wrong");
    take_back(&client, PIN).await.unwrap();
    client.read_draft(ReadDraft { case: half }).await.unwrap();
    assert_eq!(overview(&client).await.given_up, []);
    assert!(overview(&client).await.pinned);
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, filed).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1, "it is filed once");
    assert_eq!(kept(&world), 0);
}

#[tokio::test]
async fn what_is_written_meanwhile_is_never_replaced() {
    let world = World::start().await;
    let (client, half, _) = used(&world).await;
    forget(&client).await;
    world.wire.restore();
    world.sign_in(&client, LI).await;
    let new = sign_form(&client).await;
    assert_eq!(code(take_back(&client, PIN).await), "given-up.unsent");
    client.read_draft(ReadDraft { case: new }).await.unwrap();
    client.discard_draft(DiscardDraft { case: new }).await.unwrap();
    take_back(&client, PIN).await.unwrap();
    client.read_draft(ReadDraft { case: half }).await.unwrap();
    // It is what opens from now on.
    client.close().await;
    drop(client);
    let client = world.open("device").await;
    client.unlock(Unlock { pin: Pin::new(PIN) }).await.unwrap();
    client.read_draft(ReadDraft { case: half }).await.unwrap();
}

#[tokio::test]
async fn what_was_given_up_is_deleted_by_its_owner_or_when_its_time_is_over() {
    let world = World::start().await;
    let client = world.device().await;
    let arrived = accepted(&client).await;
    assert_eq!(code(client.forget_pin(ForgetPin {}).await), "pin.none");
    set_pin(&client).await;
    assert_eq!(code(client.forget_pin(ForgetPin {}).await), "pin.none");
    client.lock(Lock {}).await.unwrap();
    forget(&client).await;
    assert_eq!(client.list_accounts(ListAccounts {}).await.unwrap().accounts, []);
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, arrived).await), "submitted");
    let told = overview(&client).await.given_up;
    assert!(told.len() == 1 && kept(&world) > 0);
    client.delete_given_up(DeleteGivenUp { at: told[0].at }).await.unwrap();
    assert_eq!((overview(&client).await.given_up, kept(&world)), (vec![], 0));

    set_pin(&client).await;
    client.lock(Lock {}).await.unwrap();
    forget(&client).await;
    client.close().await;
    drop(client);
    for (days, is_kept) in [(29, true), (2, false)] {
        world.later(days * DAY);
        let client = world.open("device").await;
        assert_eq!(kept(&world) > 0, is_kept, "{days} days later");
        client.close().await;
        drop(client);
    }
}
