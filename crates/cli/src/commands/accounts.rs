//! `accounts`, `pin`: whose vault is used on this device, and what it takes to open it.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tongban_client::Client;
use tongban_contract::page::{
    AccountView, BeginAnew, ForgetPin, ListAccounts, Overview, Pin, RemovePin, SetPin,
    SwitchAccount, TakeBack, Unlock,
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

pub(crate) async fn begin_anew(client: &Client, account: String) -> Result<Answer, Failure> {
    client.begin_anew(BeginAnew { account: account.clone() }).await?;
    let text = "可以重新开始了，请登录：tongban sign-in。打不开的数据原样留在本机，找回钥匙后会自动换回来。";
    Ok(Answer::done(json!({ "begun_anew": account }), text))
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
        PinCommand::Forget { sealed_copy, start_over } => {
            forget(client, sealed_copy.as_deref(), start_over).await
        }
        PinCommand::TakeBack => {
            let Some(newest) = client.overview(Overview {}).await?.given_up.pop() else {
                return Err(Failure::usage("没有封存的内容可以取回。", "请先登录封存时的账号。"));
            };
            let pin = typed(pins::current(pin).await?);
            client.take_back(TakeBack { at: newest.at, pin }).await?;
            Ok(Answer::done(json!({ "taken_back": newest }), "已取回封存的内容。"))
        }
    }
}

/// Gives up the vault whose PIN is forgotten, or takes along what waits in it, or both.
async fn forget(
    client: &Client,
    sealed_copy: Option<&Path>,
    start_over: bool,
) -> Result<Answer, Failure> {
    let copy = match sealed_copy {
        Some(file) => Some(client.take_sealed_copy_to(file).await?),
        None => None,
    };
    let mut text = String::new();
    if let Some(copy) = &copy {
        text =
            format!("没有发出的申请已导出成密封件 {}，请交给人带到有网络的地方转交。", copy.file);
    }
    if start_over {
        client.forget_pin(ForgetPin {}).await?;
        text.push_str(
            "已封存这个账号在本机的内容，30 天内登录后可用以前的解锁密码取回（tongban pin take-back）。平台已经收到的，登录后都会回来。",
        );
    } else if copy.is_none() {
        let account = client.overview(Overview {}).await?.account;
        let next = if matches!(&account, AccountView::Locked(locked) if locked.sealed_copy) {
            "没有发出的申请，联网后会由这台设备发出，也可以先导出：请加上 --sealed-copy 文件名；确定封存，请加上 --start-over。"
        } else {
            "确定重新开始，请加上 --start-over 再运行一次。"
        };
        return Err(Failure::usage(
            "这会封存这个账号在本机的内容；30 天内没有取回，其中的草稿就会删掉。",
            next,
        ));
    }
    Ok(Answer::done(json!({ "forgotten": start_over, "sealed_copy": copy }), text))
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
