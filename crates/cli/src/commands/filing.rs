//! `drafts submit`, `drafts recall`, `cases withdraw`: queues first, then tries one sync,
//! and tells what became of it. What could not be sent is safe and waits.

use serde_json::json;
use tongban_client::{Client, Error};
use tongban_contract::{
    identifiers::CaseId,
    page::{self, ItemState, ReadItem, ReadReceipt, ReceiptView, SyncNow},
};

use crate::{
    exit::{Exit, Failure},
    output::{Answer, Output, fields},
    progress, words,
};

pub(crate) async fn submit(
    client: &Client,
    output: Output,
    case: CaseId,
) -> Result<Answer, Failure> {
    client.submit(page::Submit { case }).await?;
    let tried = send(client, output).await;
    let receipt = client.read_receipt(ReadReceipt { case }).await?;
    let exit = ending(&receipt.state, tried.as_ref());
    let text = described(&receipt, tried.as_ref());
    Ok(Answer::ending(exit, json!({ "receipt": receipt, "sync": outcome(tried) }), text))
}

pub(crate) async fn recall(client: &Client, case: CaseId) -> Result<Answer, Failure> {
    client.recall(page::Recall { case }).await?;
    let item = client.read_item(ReadItem { case }).await?;
    let text = match item.row.state {
        ItemState::Submitted { .. } => "撤件已取消，申请照常办理。",
        _ => "已收回，现在是草稿，可以继续修改。",
    };
    Ok(Answer::done(json!({ "case": case }), text))
}

pub(crate) async fn withdraw(
    client: &Client,
    output: Output,
    case: CaseId,
    reason: String,
) -> Result<Answer, Failure> {
    client.withdraw(page::Withdraw { case, reason }).await?;
    let tried = send(client, output).await;
    let item = client.read_item(ReadItem { case }).await?;
    let exit = ending(&item.row.state, tried.as_ref());
    let text = fields(&[
        ("事项", item.row.item_name.clone()),
        ("状态", words::item_state(&item.row.state).to_owned()),
        ("说明", why(&item.row.state, tried.as_ref())),
    ]);
    Ok(Answer::ending(exit, json!({ "item": item.row, "sync": outcome(tried) }), text))
}

/// One sync; why it was not done, where it was not.
async fn send(client: &Client, output: Output) -> Option<Failure> {
    let sync = async { client.sync_now(SyncNow {}).await };
    let done: Result<(), Error> = progress::spin(output, "正在发送", sync).await;
    done.err().map(Failure::from)
}

/// How the program ends with an application in this state, after this sync.
fn ending(state: &ItemState, tried: Option<&Failure>) -> Exit {
    match (state, tried) {
        (ItemState::Submitted { .. }, _) => Exit::Done,
        (ItemState::NeedsAttention { .. }, _) => Exit::Attention,
        (
            ItemState::Queued { .. } | ItemState::Sending { .. } | ItemState::Draft,
            Some(failure),
        ) => failure.exit,
        // The platform answered and asked for it to be sent again later.
        (ItemState::Queued { .. } | ItemState::Sending { .. }, None) => Exit::Offline,
        (ItemState::Draft, None) => Exit::Failed,
    }
}

/// What a script reads of the sync: `{"problem": …}`, null where it was done.
fn outcome(tried: Option<Failure>) -> serde_json::Value {
    json!({ "problem": tried.map(|failure| failure.problem) })
}

/// Why an application is where it is.
fn why(state: &ItemState, tried: Option<&Failure>) -> String {
    match (words::reason(state), tried, state) {
        (reason, _, _) if !reason.is_empty() => reason,
        (_, Some(failure), ItemState::Queued { .. } | ItemState::Sending { .. }) => {
            failure.problem.detail.clone()
        }
        (reason, _, _) => reason,
    }
}

fn described(receipt: &ReceiptView, tried: Option<&Failure>) -> String {
    let first = match &receipt.state {
        ItemState::Submitted { .. } => "已提交，平台已收到。",
        ItemState::NeedsAttention { .. } => "平台没有接收，需要您处理。",
        ItemState::Queued { .. } | ItemState::Sending { .. } | ItemState::Draft => {
            "已存在本机等待发送，内容不会丢。联网后运行 tongban sync 发送。"
        }
    };
    let details = fields(&[
        ("事项", receipt.item_name.clone()),
        ("部门", receipt.office.clone()),
        ("收件编号", receipt.number.clone().unwrap_or_default()),
        ("收件时间", words::time_or(receipt.accepted_at, "")),
        ("提交时间", words::time(receipt.filed_at)),
        ("状态", words::item_state(&receipt.state).to_owned()),
        ("说明", why(&receipt.state, tried)),
        ("随附材料", receipt.enclosures.join("、")),
        ("回执校验", receipt.digest.clone()),
    ]);
    format!("{first}\n{details}")
}
