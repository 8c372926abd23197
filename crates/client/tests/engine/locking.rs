//! PINs, locking, and several people on one device: whoever has not the PIN sees nothing
//! and loses nothing for the one who has it.

use secrecy::ExposeSecret as _;
use tongban_client::{Client, Error, Keyring as _};
use tongban_contract::{identifiers::CaseId, page::*};

use crate::{person::*, world::*};

const PIN: &str = "271828";
const OTHER: &str = "314159";

async fn set_pin(client: &Client, pin: &str) {
    let request = SetPin { current: None, pin: Pin::new(pin) };
    client.set_pin(request).await.unwrap();
}

async fn unlock(client: &Client, pin: &str) -> Result<(), Error> {
    client.unlock(Unlock { pin: Pin::new(pin) }).await
}

fn is_locked(account: &AccountView) -> bool {
    matches!(account, AccountView::Locked(_))
}

async fn read(client: &Client, case: CaseId) -> DraftView {
    client.read_draft(ReadDraft { case }).await.unwrap()
}

async fn share(client: &Client) {
    let settings = Settings { shared_device: true, ..overview(client).await.settings };
    client.change_settings(ChangeSettings { settings }).await.unwrap();
}

/// The account at which the device is, by the name that it has here.
async fn account_of(client: &Client, label: &str) -> String {
    let view = client.list_accounts(ListAccounts {}).await.unwrap();
    view.accounts.into_iter().find(|row| row.label == label).unwrap().account
}

/// From here on only who remembers a token has one.
fn lose_tokens(world: &World) {
    let mut entries = world.keyring.everything();
    entries.retain(|name, _| !name.ends_with("/tokens"));
    world.keyring.put_back(entries);
}

#[tokio::test]
async fn a_locked_vault_shows_and_sends_nothing_and_opens_with_its_pin_as_it_was() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    let half = sign_form(&client).await;
    let written = read(&client, half).await;
    world.wire.cut();
    let filed = sign_draft(&client).await;
    submit(&client, filed).await;
    client.lock(Lock {}).await.unwrap();

    let view = overview(&client).await;
    assert_eq!(
        view.account,
        AccountView::Locked(LockedView {
            label: "李**".into(),
            wait_until: None,
            sealed_copy: false,
        })
    );
    assert_eq!((view.counts, view.attention, view.pinned), (Counts::default(), vec![], false));
    assert_eq!(code(client.list_items(ListItems {}).await), "vault.locked");
    assert_eq!(code(client.read_draft(ReadDraft { case: half }).await), "vault.locked");
    world.wire.restore();
    assert_eq!(code(sync(&client).await), "vault.locked");
    assert_eq!(world.case_numbers().await.len(), 0);

    assert_eq!(code(unlock(&client, OTHER).await), "pin.wrong");
    assert!(is_locked(&overview(&client).await.account));
    unlock(&client, PIN).await.unwrap();
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
    assert_eq!(read(&client, half).await, written);
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, filed).await), "submitted");
}

#[tokio::test]
async fn a_restart_asks_for_the_pin_and_no_entry_of_the_keyring_opens_the_vault_without_it() {
    let world = World::start().await;
    let client = world.device().await;
    let account = account_of(&client, "李**").await;
    let key = world.keyring.read(&format!("{account}/vault-key")).await.unwrap().unwrap();
    set_pin(&client, PIN).await;
    client.close().await;
    drop(client);

    let client = world.open("device").await;
    assert!(is_locked(&overview(&client).await.account));
    let entries = world.keyring.everything();
    assert!(!entries.is_empty());
    for (name, value) in entries {
        assert!(!value.contains(key.expose_secret()), "{name} holds the key");
        assert!(!value.contains(PIN), "{name} holds the PIN");
    }
    unlock(&client, PIN).await.unwrap();
    assert!(overview(&client).await.pinned);
}

#[tokio::test]
async fn wrong_pins_wait_longer_and_longer_whatever_is_done_to_the_process_and_the_clock() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    client.lock(Lock {}).await.unwrap();
    for _ in 0..5 {
        assert_eq!(code(unlock(&client, OTHER).await), "pin.wrong");
    }
    // Not even the right one.
    assert_eq!(code(unlock(&client, PIN).await), "pin.wait");
    client.close().await;
    drop(client);
    let client = world.open("device").await;
    let AccountView::Locked(locked) = overview(&client).await.account else { panic!("not locked") };
    assert!(locked.wait_until.is_some());
    assert_eq!(code(unlock(&client, PIN).await), "pin.wait");
    world.later(-86_400);
    assert_eq!(code(unlock(&client, PIN).await), "pin.wait");
    world.later(29);
    assert_eq!(code(unlock(&client, PIN).await), "pin.wait");
    world.later(2);
    assert_eq!(code(unlock(&client, OTHER).await), "pin.wrong");
    world.later(31);
    assert_eq!(code(unlock(&client, PIN).await), "pin.wait");
    world.later(30);
    unlock(&client, PIN).await.unwrap();
    // The count begins anew.
    client.lock(Lock {}).await.unwrap();
    assert_eq!(code(unlock(&client, OTHER).await), "pin.wrong");
    unlock(&client, PIN).await.unwrap();
}

#[tokio::test]
async fn guesses_at_once_are_counted_one_by_one() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    client.lock(Lock {}).await.unwrap();
    let guesses = (0..8).map(|guess| {
        let client = client.clone();
        tokio::spawn(async move { code(unlock(&client, &format!("10203{guess}")).await) })
    });
    let mut codes = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        codes.push(guess.await.unwrap());
    }
    codes.sort();
    assert_eq!(codes, [["pin.wait"; 3].as_slice(), &["pin.wrong"; 5]].concat());
}

#[tokio::test]
async fn a_guess_is_counted_before_it_is_known_to_be_wrong() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    client.lock(Lock {}).await.unwrap();
    world.keyring.history.lock().unwrap().clear();
    // Whoever kills the process at the right moment would have a guess for nothing.
    unlock(&client, PIN).await.unwrap();
    let history = world.keyring.history.lock().unwrap();
    assert!(history.iter().any(|(name, _)| name.ends_with("/pin-tries")), "{history:?}");
}

#[tokio::test]
async fn a_pin_is_changed_and_removed_by_who_knows_it() {
    let world = World::start().await;
    let client = world.device().await;
    for (pin, expected) in [("12345", "pin.shape"), ("111111", "pin.pattern"), ("", "pin.shape")] {
        let request = SetPin { current: None, pin: Pin::new(pin) };
        assert_eq!(code(client.set_pin(request).await), expected);
    }
    assert_eq!(code(client.lock(Lock {}).await), "lock.no-pin");
    assert_eq!(code(client.remove_pin(RemovePin { pin: Pin::new(PIN) }).await), "pin.none");
    set_pin(&client, PIN).await;
    for current in [None, Some(Pin::new(OTHER))] {
        let request = SetPin { current, pin: Pin::new(OTHER) };
        assert_eq!(code(client.set_pin(request).await), "pin.wrong");
    }
    let request = SetPin { current: Some(Pin::new(PIN)), pin: Pin::new(OTHER) };
    client.set_pin(request).await.unwrap();
    client.lock(Lock {}).await.unwrap();
    assert_eq!(code(unlock(&client, PIN).await), "pin.wrong");
    unlock(&client, OTHER).await.unwrap();

    assert_eq!(code(client.remove_pin(RemovePin { pin: Pin::new(PIN) }).await), "pin.wrong");
    client.remove_pin(RemovePin { pin: Pin::new(OTHER) }).await.unwrap();
    assert!(!overview(&client).await.pinned);
    client.close().await;
    drop(client);
    let client = world.open("device").await;
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
}

#[tokio::test]
async fn a_vault_that_nobody_uses_locks_itself_and_one_in_use_does_not() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    client.start();
    world.later(4 * 60);
    client.still_here(StillHere {}).await.unwrap();
    world.later(4 * 60);
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert!(!is_locked(&overview(&client).await.account), "somebody was there");
    world.later(60);
    until("it locks", async || is_locked(&overview(&client).await.account)).await;
    unlock(&client, PIN).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert!(!is_locked(&overview(&client).await.account), "it was just unlocked");
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_no_vault_open() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    client.start();
    // Wrong by ten years while the person was there, and set right.
    world.later(-10 * 365 * 86_400);
    until("it locks", async || {
        world.later(60);
        is_locked(&overview(&client).await.account)
    })
    .await;
}

#[tokio::test]
async fn what_is_locked_is_closed_and_its_tokens_have_left_the_process() {
    let world = World::start().await;
    let client = world.device().await;
    set_pin(&client, PIN).await;
    sync(&client).await.unwrap();
    client.lock(Lock {}).await.unwrap();
    // The log of a vault is there for as long as it is open.
    for entry in std::fs::read_dir(world.folder("device")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with("vault-") || name.ends_with(".db"), "{name}");
    }

    lose_tokens(&world);
    unlock(&client, PIN).await.unwrap();
    assert_eq!(code(sync(&client).await), "sign-in.needed");
}

#[tokio::test]
async fn whoever_another_takes_the_place_of_has_left_nothing_in_the_process() {
    let world = World::start().await;
    let client = world.device().await;
    let li = account_of(&client, "李**").await;
    sync(&client).await.unwrap();
    world.sign_in(&client, WANG).await;
    let wang = account_of(&client, "王**").await;
    sync(&client).await.unwrap();
    client.switch_account(SwitchAccount { account: li }).await.unwrap();
    lose_tokens(&world);
    assert_eq!(code(sync(&client).await), "sign-in.needed", "put away by a sign-in");
    client.switch_account(SwitchAccount { account: wang }).await.unwrap();
    assert_eq!(code(sync(&client).await), "sign-in.needed", "put away by a switch");
}

#[tokio::test]
async fn accounts_are_switched_without_a_network_and_see_nothing_of_each_other() {
    let world = World::start().await;
    let client = world.device().await;
    let of_li = sign_form(&client).await;
    set_pin(&client, PIN).await;
    world.sign_in(&client, WANG).await;
    let of_wang = sign_form(&client).await;
    world.wire.cut();

    let view = client.list_accounts(ListAccounts {}).await.unwrap();
    let mut seen: Vec<(&str, bool, bool)> =
        view.accounts.iter().map(|row| (row.label.as_str(), row.pinned, row.current)).collect();
    seen.sort();
    assert_eq!(seen, [("李**", true, false), ("王**", false, true)]);
    let (li, wang) = (account_of(&client, "李**").await, account_of(&client, "王**").await);
    assert_eq!(code(client.read_draft(ReadDraft { case: of_li }).await), "item.not-here");

    client.switch_account(SwitchAccount { account: li.clone() }).await.unwrap();
    assert_eq!(code(client.read_draft(ReadDraft { case: of_wang }).await), "vault.locked");
    unlock(&client, PIN).await.unwrap();
    read(&client, of_li).await;
    assert_eq!(code(client.read_draft(ReadDraft { case: of_wang }).await), "item.not-here");
    client.switch_account(SwitchAccount { account: wang }).await.unwrap();
    read(&client, of_wang).await;
    let unknown = SwitchAccount { account: "../device".to_owned() };
    assert_eq!(code(client.switch_account(unknown).await), "account.unknown");
    read(&client, of_wang).await;

    // Each sends its own, and as whoever it is.
    world.wire.restore();
    sync(&client).await.unwrap();
    client.switch_account(SwitchAccount { account: li }).await.unwrap();
    unlock(&client, PIN).await.unwrap();
    sync(&client).await.unwrap();
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
}

#[tokio::test]
async fn a_switch_that_fails_leaves_nobody_signed_in_also_after_a_restart() {
    let world = World::start().await;
    let client = world.device().await;
    let li = account_of(&client, "李**").await;
    world.sign_in(&client, WANG).await;
    world.keyring.delete(&format!("{li}/vault-key")).await.unwrap();
    let switched = client.switch_account(SwitchAccount { account: li }).await;
    assert_eq!(code(switched), "vault.key-lost");
    let lost = |view: OverviewView| match view.account {
        AccountView::Unavailable(view) => view.problem.code == "vault.key-lost",
        _ => false,
    };
    assert!(lost(overview(&client).await));
    client.close().await;
    drop(client);
    let client = world.open("device").await;
    assert!(lost(overview(&client).await));
    assert_eq!(code(client.list_items(ListItems {}).await), "vault.key-lost");
}

#[tokio::test]
async fn on_a_shared_device_everyone_needs_a_pin_and_notifications_name_nothing() {
    let world = World::start().await;
    let client = world.device().await;
    let draft = sign_form(&client).await;
    share(&client).await;
    assert!(matches!(overview(&client).await.account, AccountView::PinNeeded(_)));
    assert_eq!(code(client.read_draft(ReadDraft { case: draft }).await), "pin.needed");
    assert_eq!(code(sync(&client).await), "pin.needed");
    set_pin(&client, PIN).await;
    read(&client, draft).await;
    assert_eq!(
        code(client.remove_pin(RemovePin { pin: Pin::new(PIN) }).await),
        "pin.shared-device"
    );

    let case = accepted(&client).await;
    let mut topics = client.topics();
    world.office(CITY, case, serde_json::json!({ "action": "accept" })).await;
    sync(&client).await.unwrap();
    let mut told = Vec::new();
    while let Ok(topic) = topics.try_recv() {
        if let Topic::News { case, title, body } = topic {
            assert_eq!(case, None);
            told.push(format!("{title}{body}"));
        }
    }
    assert_eq!(told, ["有新消息请打开“通办”查看。"]);
}
