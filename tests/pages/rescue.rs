//! What a person is told of a vault that was damaged or cannot be opened, and of news that
//! this version does not understand.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tongban_client::{Keyring as _, SystemKeyring};
use tongban_contract::page::{ListAccounts, SyncNow};
use tongban_tests::stage::LI_XIULAN;

use crate::{
    eye::Eye,
    papers,
    scene::{IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene},
};

/// Bytes of a page of the vault's file.
const PAGE: usize = 4096;

/// How long the platform may be writing itself.
const BUSY: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_opens_a_damaged_vault_is_told_what_was_rescued_until_they_have_read_it() {
    let scene = Scene::signed_in().await.unwrap();
    for name in ["店面门头.jpg", "扫描件.pdf"] {
        papers::restaurant(scene.client(), "秀兰小厨", name).await.unwrap();
    }
    scene.client().close().await;
    damage(&scene).unwrap();
    let scene = scene.reopen().await.unwrap();

    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/").await.unwrap();
    scene.page().says("有一部分坏了，能读的都已救回").await.unwrap();
    // The photo is attached four times. The other file, and all that was written, is there.
    scene.page().says("没能救回：附件 4 个。").await.unwrap();
    eye.look(&scene, "88-home-rescued").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/", "88-home-rescued").await.unwrap();
    scene.page().press("知道了").await.unwrap();
    scene.open("/").await.unwrap();
    assert!(!scene.page().says_now("能读的都已救回").await.unwrap());
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_key_the_keyring_has_lost_is_told_so_and_can_read_guides() {
    let scene = Scene::signed_in().await.unwrap();
    let accounts = scene.client().list_accounts(ListAccounts {}).await.unwrap();
    let account = &accounts.accounts[0].account;
    scene.client().close().await;
    let keyring = SystemKeyring::new().unwrap();
    let entry = format!("{account}/vault-key");
    let key = keyring.read(&entry).await.unwrap().unwrap();
    keyring.delete(&entry).await.unwrap();
    let scene = scene.reopen().await.unwrap();

    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/", "89-home-unavailable").await.unwrap();
    scene.page().says("找不到打开数据的钥匙").await.unwrap();
    eye.open(&scene, "/me", "89-me-unavailable").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/", "89-home-unavailable").await.unwrap();
    scene.page().press("钥匙找不回来了，重新开始").await.unwrap();
    scene.page().says("重新开始使用这个账号？").await.unwrap();
    eye.look(&scene, "89-begin-anew").await.unwrap();
    scene.page().press("取消").await.unwrap();
    scene.open("/guides").await.unwrap();
    scene.page().says("个体工商户设立登记").await.unwrap();

    // It is back, after the system's own recovery for instance.
    keyring.write(&entry, &key).await.unwrap();
    scene.open("/").await.unwrap();
    scene.page().press("再试一次").await.unwrap();
    scene.open("/me").await.unwrap();
    scene.page().says("李秀兰").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_of_a_later_version_is_told_of_at_home_until_the_app_is_updated() {
    let scene = Scene::signed_in().await.unwrap();
    // The platform keeps news for whoever has asked once.
    scene.client().sync_now(SyncNow {}).await.unwrap();
    tell_of_something_new(&scene).await.unwrap();
    scene.client().sync_now(SyncNow {}).await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/").await.unwrap();
    scene.page().says("更新").await.unwrap();
    eye.look(&scene, "90-home-unread").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/", "90-home-unread").await.unwrap();
    eye.judge().unwrap();
}

/// Has the platform tell the person something that no version knows yet.
async fn tell_of_something_new(scene: &Scene) -> Result<()> {
    let file = scene.stage.folder().join("platform/platform.db");
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(BUSY);
    let mut database = SqliteConnection::connect_with(&options).await?;
    let mut writing = database.begin_with("BEGIN IMMEDIATE").await?;
    let (account, seq): (i64, i64) = sqlx::query_as(
        "UPDATE feeds SET last_seq = last_seq + 1
         WHERE account = (SELECT id FROM accounts WHERE login = ?) RETURNING account, last_seq",
    )
    .bind(LI_XIULAN)
    .fetch_one(&mut *writing)
    .await?;
    let told = sqlx::query("INSERT INTO changes (account, seq, news) VALUES (?, ?, ?)")
        .bind(account)
        .bind(seq)
        .bind(r#"{"kind":"appointment","at":"2026-12-01T09:00:00Z"}"#)
        .execute(&mut *writing)
        .await?;
    ensure!(told.rows_affected() == 1);
    Ok(writing.commit().await?)
}

/// Flips bits of a page in the second half of the vault, where the files are.
fn damage(scene: &Scene) -> Result<()> {
    let vault = vault(scene)?;
    let mut bytes = std::fs::read(&vault)?;
    let at = bytes.len() / PAGE * 3 / 4 * PAGE + 100;
    for byte in bytes.iter_mut().skip(at).take(8) {
        *byte ^= 0xff;
    }
    Ok(std::fs::write(&vault, bytes)?)
}

fn vault(scene: &Scene) -> Result<PathBuf> {
    std::fs::read_dir(scene.stage.start.data())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("vault-") && name.ends_with(".db")
        })
        .context("no vault")
}
