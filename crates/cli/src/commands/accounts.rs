//! `accounts`, `pin`: whose vault is used on this device, and what it takes to open it.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tongban_client::Client;
use tongban_contract::page::{
    AccountView, ForgetPin, ListAccounts, Overview, Pin, RemovePin, SetPin, SwitchAccount, Unlock,
};

use crate::{
    args::PinCommand,
    exit::{Exit, Failure},
    output::{Answer, table},
    pins,
};

pub(crate) async fn list(client: &Client) -> Result<Answer, Failure> {
    let view = client.list_accounts(ListAccounts {}).await?;
    let rows: Vec<[String; 4]> = view
        .accounts
        .iter()
        .map(|row| {
            [
                row.account.clone(),
                row.label.clone(),
                if row.pinned { "有解锁密码" } else { "无解锁密码" }.to_owned(),
                if row.current { "正在使用" } else { "" }.to_owned(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "本机还没有账号。请先登录：tongban sign-in".to_owned()
    } else {
        table(["账号", "姓名", "解锁密码", ""], &rows)
    };
    Ok(Answer::done(view, text))
}

pub(crate) async fn switch(client: &Client, account: String) -> Result<Answer, Failure> {
    client.switch_account(SwitchAccount { account }).await?;
    let account = client.overview(Overview {}).await?.account;
    let text = match &account {
        AccountView::Locked(locked) => format!("已换成 {}，使用时要输解锁密码。", locked.label),
        _ => "已换成这个账号。".to_owned(),
    };
    Ok(Answer::done(json!({ "account": account }), text))
}

pub(crate) async fn pin(
    client: &Client,
    pin: Option<&SecretString>,
    command: PinCommand,
) -> Result<Answer, Failure> {
    match command {
        PinCommand::Set { new_pin_file } => {
            let pinned = client.overview(Overview {}).await?.pinned;
            let current = if pinned { Some(typed(pins::current(pin).await?)) } else { None };
            let new = typed(pins::new(new_pin_file.as_deref()).await?);
            client.set_pin(SetPin { current, pin: new }).await?;
            Ok(Answer::done(json!({ "pinned": true }), "解锁密码已设好。忘了没法找回，请记牢。"))
        }
        PinCommand::Remove => {
            let pin = typed(pins::current(pin).await?);
            client.remove_pin(RemovePin { pin }).await?;
            Ok(Answer::done(json!({ "pinned": false }), "已取消解锁密码。"))
        }
        PinCommand::Forget { delete_everything: true } => {
            client.forget_pin(ForgetPin {}).await?;
            let text = "已删除这个账号在本机的内容。平台已经收到的，登录后都会回来。";
            Ok(Answer::done(json!({ "forgotten": true }), text))
        }
        PinCommand::Forget { delete_everything: false } => Err(Failure::usage(
            "这会删掉草稿，以及已经提交但还没有发出的申请，不能恢复。",
            "确定不要了，请加上 --delete-everything 再运行一次。",
        )),
    }
}

/// Opens a locked vault before a command that needs it, where there is a PIN to be had.
pub(crate) async fn unlock(client: &Client, pin: Option<&SecretString>) -> Result<(), Failure> {
    if !matches!(client.overview(Overview {}).await?.account, AccountView::Locked(_)) {
        return Ok(());
    }
    let pin = match pins::current(pin).await {
        Ok(pin) => typed(pin),
        // What needs no vault can still be done; everything else says that it is locked.
        Err(failure) if failure.exit == Exit::SignIn => return Ok(()),
        Err(failure) => return Err(failure),
    };
    Ok(client.unlock(Unlock { pin }).await?)
}

fn typed(pin: SecretString) -> Pin {
    Pin::new(pin.expose_secret())
}
