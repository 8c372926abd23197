//! `sign-in`, `sign-out`, `status`.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::page::{self, Overview, OverviewView};

use crate::{
    exit::Failure,
    output::{Answer, fields, section},
    words,
};

/// The address is shown by the engine's browser, as soon as there is one.
pub(crate) async fn sign_in(client: &Client, assurance: Option<u8>) -> Result<Answer, Failure> {
    client.sign_in(page::SignIn { assurance }).await?;
    let account = client.overview(Overview {}).await?.account;
    let text = format!("已登录：{}", words::account(&account));
    Ok(Answer::done(json!({ "account": account }), text))
}

pub(crate) async fn sign_out(client: &Client, browser: bool) -> Result<Answer, Failure> {
    client.sign_out(page::SignOut {}).await?;
    if browser {
        client.sign_out_of_browser(page::SignOutOfBrowser {}).await?;
    }
    let account = client.overview(Overview {}).await?.account;
    let text = "已退出登录。草稿和未发送的内容都留在本机，再次登录就能看到。";
    Ok(Answer::done(json!({ "account": account }), text))
}

pub(crate) async fn status(client: &Client) -> Result<Answer, Failure> {
    let view = client.overview(Overview {}).await?;
    let text = described(&view);
    Ok(Answer::done(view, text))
}

fn described(view: &OverviewView) -> String {
    let catalogue = &view.catalogue;
    let published = match catalogue.version {
        0 => "还没有，请运行 tongban catalogue sync".to_owned(),
        version => format!(
            "第 {version} 版，{}，{} 项{}",
            match &catalogue.county {
                None => "未选县区",
                Some(_) if catalogue.county_is_missing() => "所选县区的还没有下载",
                Some(_) => &catalogue.county_name,
            },
            catalogue.guides,
            if catalogue.sample { "（样例，不能作为办事依据）" } else { "" }
        ),
    };
    let counts = &view.counts;
    let mut text = fields(&[
        ("版本", view.app_version.clone()),
        ("平台", view.platform.clone()),
        ("登录", words::account(&view.account)),
        ("上次同步", words::time_or(view.sync.last_success, "还没有同步过")),
        ("办事指南", published),
        ("指南核对", words::time_or(catalogue.checked_at, "")),
        (
            "我的事项",
            format!(
                "草稿 {}，等待发送 {}，办理中 {}，需要处理 {}，证照 {}",
                counts.drafts, counts.outbox, counts.open_cases, counts.attention, counts.licences
            ),
        ),
    ]);
    let attention: String = view
        .attention
        .iter()
        .map(|row| format!("{}  {}\n  {}\n", row.case, row.item_name, words::reason(&row.state)))
        .collect();
    text.push_str(&section("需要处理", &attention));
    let problems: String =
        view.problems.iter().map(|told| format!("{}\n  {}\n", told.detail, told.next)).collect();
    text.push_str(&section("需要知道", &problems));
    let rescues: String = view
        .rescues
        .iter()
        .map(|rescue| {
            let told = rescue.problem();
            format!("{}  {}\n  {}\n", words::time(rescue.at), told.detail, told.next)
        })
        .collect();
    text.push_str(&section("数据救回", &rescues));
    let given_up: String = view
        .given_up
        .iter()
        .map(|one| {
            let (at, until) = (words::time(one.at), words::time(one.until));
            format!("{at}  有人在这台设备上选了“忘了解锁密码”，您的内容已封存，保留到 {until}\n  取回请运行 tongban pin take-back\n")
        })
        .collect();
    text.push_str(&section("封存的内容", &given_up));
    text
}
