//! One account whose vault cannot be opened: that is told, and shuts out nobody else.

use tongban_client::{Client, KeyringError};
use tongban_contract::page::*;

use crate::{person::*, world::*};

async fn restarted(world: &World, client: Client) -> Client {
    client.close().await;
    drop(client);
    world.open("device").await
}

/// Why the account's vault cannot be opened.
async fn unavailable(client: &Client) -> UnavailableView {
    match overview(client).await.account {
        AccountView::Unavailable(view) => {
            assert_is_told_well(&view.problem);
            view
        }
        other => panic!("{other:?}"),
    }
}

async fn guides_are_found(client: &Client) {
    let request = SearchGuides {
        query: String::new(),
        filter: GuideFilter::default(),
        sort: GuideSort::default(),
        offset: 0,
        limit: 10,
    };
    assert!(!client.search_guides(request).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_keyring_that_is_locked_or_gone_leaves_an_app_that_opens_and_is_tried_again() {
    let troubles: [(Trouble, &str); 3] = [
        (|| KeyringError::Locked, "keyring.locked"),
        (|| KeyringError::Absent("no service".to_owned()), "keyring.absent"),
        (|| KeyringError::TimedOut, "keyring.timed-out"),
    ];
    let world = World::start().await;
    let mut client = world.device().await;
    let half = sign_form(&client).await;
    for (trouble, expected) in troubles {
        world.keyring.in_trouble(Some(trouble));
        client = restarted(&world, client).await;
        let view = unavailable(&client).await;
        assert_eq!((view.problem.code.as_str(), view.key_gone), (expected, false));
        guides_are_found(&client).await;
        assert_eq!(code(client.list_items(ListItems {}).await), expected);
        assert_eq!(code(client.read_draft(ReadDraft { case: half }).await), expected);
        assert_eq!(client.list_accounts(ListAccounts {}).await.unwrap().accounts.len(), 1);
        let again = SwitchAccount { account: view.account };
        assert_eq!(code(client.switch_account(again.clone()).await), expected);
        assert_eq!(unavailable(&client).await.problem.code, expected);

        world.keyring.in_trouble(None);
        client.switch_account(again).await.unwrap();
        client.read_draft(ReadDraft { case: half }).await.unwrap();
    }
}

#[tokio::test]
async fn a_vault_without_its_key_shuts_out_no_other_account() {
    let world = World::start().await;
    let client = world.device().await;
    let of_li = sign_form(&client).await;
    let li = client.list_accounts(ListAccounts {}).await.unwrap().accounts.remove(0).account;
    world.sign_in(&client, WANG).await;
    let of_wang = sign_form(&client).await;
    let accounts = client.list_accounts(ListAccounts {}).await.unwrap().accounts;
    let wang = accounts.into_iter().find(|row| row.current).unwrap().account;
    let whole = world.keyring.everything();
    let mut without = whole.clone();
    without.remove(&format!("{li}/vault-key")).unwrap();
    world.keyring.put_back(without);
    let to_li = SwitchAccount { account: li };
    assert_eq!(code(client.switch_account(to_li.clone()).await), "vault.key-lost");
    let client = restarted(&world, client).await;
    let view = unavailable(&client).await;
    assert_eq!((view.problem.code.as_str(), view.label.as_str()), ("vault.key-lost", "李**"));
    assert!(view.key_gone);

    guides_are_found(&client).await;
    client.switch_account(SwitchAccount { account: wang }).await.unwrap();
    client.read_draft(ReadDraft { case: of_wang }).await.unwrap();
    sync(&client).await.unwrap();
    world.keyring.put_back(whole);
    client.switch_account(to_li).await.unwrap();
    client.read_draft(ReadDraft { case: of_li }).await.unwrap();
}

#[tokio::test]
async fn whose_key_is_gone_begins_anew_and_has_everything_when_it_comes_back() {
    let world = World::start().await;
    let client = world.device().await;
    let before = sign_form(&client).await;
    let account = client.list_accounts(ListAccounts {}).await.unwrap().accounts.remove(0).account;
    let begin = BeginAnew { account: account.clone() };
    assert_eq!(code(client.begin_anew(begin.clone()).await), "account.key-there");
    let whole = world.keyring.everything();
    let mut without = whole.clone();
    without.remove(&format!("{account}/vault-key")).unwrap();
    world.keyring.put_back(without);
    let client = restarted(&world, client).await;
    assert!(unavailable(&client).await.key_gone);

    client.begin_anew(begin.clone()).await.unwrap();
    assert_eq!(overview(&client).await.account, AccountView::SignedOut);
    assert_eq!(code(client.begin_anew(begin).await), "account.key-there");
    let client = restarted(&world, client).await;
    assert_eq!(overview(&client).await.account, AccountView::SignedOut);
    world.sign_in(&client, LI).await;
    client.read_draft(ReadDraft { case: before }).await.unwrap_err();
    let after = sign_form(&client).await;
    sync(&client).await.unwrap();

    // With the keyring of that time both are there: one open, the other beside it, and told.
    world.keyring.put_back(whole);
    let client = restarted(&world, client).await;
    client.read_draft(ReadDraft { case: before }).await.unwrap();
    client.read_draft(ReadDraft { case: after }).await.unwrap_err();
    let told = overview(&client).await.rescues;
    assert!(told.iter().any(|rescue| rescue.readable && rescue.drafts == 1), "{told:?}");
}
