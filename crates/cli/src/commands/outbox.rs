//! `outbox`, `sync`.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::page::{ItemState, ListItems, Overview, SyncNow};

use crate::{
    exit::{Exit, Failure},
    output::{Answer, Output, section, table},
    progress, words,
};

pub(crate) async fn list(client: &Client) -> Result<Answer, Failure> {
    let mut rows = client.list_items(ListItems {}).await?.rows;
    rows.retain(|row| matches!(row.state, ItemState::Queued { .. } | ItemState::Sending { .. }));
    let lines: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            [
                row.case.to_string(),
                row.item_name.clone(),
                words::item_state(&row.state).to_owned(),
                words::reason(&row.state),
            ]
        })
        .collect();
    let text = if lines.is_empty() {
        "没有等待发送的申请。".to_owned()
    } else {
        table(["编号", "事项", "状态", "说明"], &lines)
    };
    Ok(Answer::done(json!({ "outbox": rows }), text))
}

pub(crate) async fn sync(client: &Client, output: Output) -> Result<Answer, Failure> {
    let work = async { client.sync_now(SyncNow {}).await };
    progress::spin(output, "正在同步", work).await?;
    let view = client.overview(Overview {}).await?;
    let attention: String = view
        .attention
        .iter()
        .map(|row| format!("{}  {}\n  {}\n", row.case, row.item_name, words::reason(&row.state)))
        .collect();
    let (exit, first) = match (view.sync.waiting, view.attention.len()) {
        (0, 0) => (Exit::Done, "已同步，没有等待发送的申请。".to_owned()),
        (0, count) => (Exit::Attention, format!("已同步，有 {count} 件需要您处理。")),
        (waiting, _) => {
            (Exit::Offline, format!("已同步，还有 {waiting} 件等待发送，原因见 tongban outbox。"))
        }
    };
    let text = format!("{first}\n{}", section("需要处理", &attention));
    let value = json!({ "sync": view.sync, "counts": view.counts, "attention": view.attention });
    Ok(Answer::ending(exit, value, text))
}
