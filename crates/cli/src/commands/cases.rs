//! `cases list`, `cases show`, `cases mend`.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    case::Case,
    identifiers::CaseId,
    page::{Asked, ItemState, ItemView, ListItems, Mend, ReadItem},
};

use crate::{
    commands::drafts,
    exit::Failure,
    output::{Answer, fields, section, table},
    words,
};

pub(crate) async fn list(client: &Client) -> Result<Answer, Failure> {
    let mut rows = client.list_items(ListItems {}).await?.rows;
    rows.retain(|row| row.state != ItemState::Draft);
    let lines: Vec<[String; 6]> = rows
        .iter()
        .map(|row| {
            [
                row.case.to_string(),
                row.item_name.clone(),
                words::item_state(&row.state).to_owned(),
                row.number.clone().unwrap_or_default(),
                words::day(row.due),
                words::time(row.updated_at),
            ]
        })
        .collect();
    let text = if lines.is_empty() {
        "还没有提交过申请。".to_owned()
    } else {
        table(["编号", "事项", "状态", "收件编号", "承诺办结日", "最近进展"], &lines)
    };
    Ok(Answer::done(json!({ "cases": rows }), text))
}

pub(crate) async fn show(client: &Client, case: CaseId) -> Result<Answer, Failure> {
    let view = client.read_item(ReadItem { case }).await?;
    let text = described(&view);
    Ok(Answer::done(view, text))
}

pub(crate) async fn mend(client: &Client, case: CaseId) -> Result<Answer, Failure> {
    let draft = client.mend(Mend { case }).await?;
    let text = format!(
        "已打开修改。改好后用 tongban drafts submit {case} 重新提交。\n\n{}",
        drafts::described(&draft)
    );
    Ok(Answer::done(draft, text))
}

fn described(view: &ItemView) -> String {
    let row = &view.row;
    let mut text = fields(&[
        ("编号", row.case.to_string()),
        ("事项", row.item_name.clone()),
        ("部门", row.office.clone()),
        ("状态", words::item_state(&row.state).to_owned()),
        ("说明", words::reason(&row.state)),
        ("收件编号", row.number.clone().unwrap_or_default()),
        ("承诺办结日", due(view)),
        ("最近进展", words::time(row.updated_at)),
        ("现在可以", possible(view)),
    ]);
    if let Some(case) = &view.details {
        text.push_str(&told(case));
    }
    text
}

fn due(view: &ItemView) -> String {
    let estimated = view.details.as_ref().is_some_and(|case| case.due_estimated);
    let day = words::day(view.row.due);
    if estimated && !day.is_empty() { format!("{day}（预计）") } else { day }
}

fn possible(view: &ItemView) -> String {
    let mut possible = Vec::new();
    if view.can_recall {
        possible.push(match view.row.state {
            ItemState::Queued { what: Asked::Withdrawal, .. } => "不撤了（drafts recall）",
            _ => "收回（drafts recall）",
        });
    }
    if view.can_mend {
        possible.push("修改（cases mend）");
    }
    if view.can_withdraw {
        possible.push("撤件（cases withdraw）");
    }
    possible.join("、")
}

/// What the platform told of it.
fn told(case: &Case) -> String {
    let mut text = String::new();
    if let Some(notice) = &case.notice {
        let heading = format!("{}的补正通知", notice.department);
        let notice = format!("{}{}\n", words::faults(&notice.faults), notice.remark);
        text.push_str(&section(&heading, &notice));
    }
    let steps: Vec<[String; 4]> = case
        .steps
        .iter()
        .map(|step| {
            [
                step.department.clone(),
                step.name.clone(),
                words::step_state(&step.state).to_owned(),
                words::day(step.due),
            ]
        })
        .collect();
    if !steps.is_empty() {
        text.push_str(&section("部门办理", &table(["部门", "环节", "状态", "期限"], &steps)));
    }
    let events: Vec<[String; 4]> = case
        .events
        .iter()
        .map(|event| {
            [words::time(event.at), event.actor.clone(), event.title.clone(), event.remark.clone()]
        })
        .collect();
    if !events.is_empty() {
        text.push_str(&section("办理经过", &table(["时间", "经办", "进展", "说明"], &events)));
    }
    if let Some(licence) = &case.licence {
        text.push_str(&section("颁发证照", &format!("{licence}\n")));
    }
    text
}
