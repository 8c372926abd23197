//! `drafts`: starting, filling in, attaching, checking, showing, deleting. Filing is in
//! `filing`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use bytes::Bytes;
use serde_json::{Value, json};
use tongban_client::Client;
use tongban_contract::{
    form::Node,
    identifiers::{AttachmentId, CaseId},
    page::{
        self, Answer as KeepAnswer, AnswerSituation, DiscardDraft, DraftView, ItemState,
        LARGEST_ATTACHMENT, ListItems, MaterialView, ReadDraft, StartDraft, UseLicence,
    },
};

use crate::{
    args,
    exit::{Exit, Failure},
    output::{Answer, cut, fields, section, table},
    words,
};

/// Widest label of a field: a statement to agree to can be a whole paragraph.
const LABEL: usize = 40;

pub(crate) async fn new(client: &Client, asked: args::Item) -> Result<Answer, Failure> {
    let args::Item { item, division } = asked;
    let case = client.start_draft(StartDraft { item, division }).await.map_err(say_where)?;
    let draft = client.read_draft(ReadDraft { case }).await?;
    let text = format!(
        "已新建“{}”的草稿，编号：\n{case}\n用 tongban drafts show {case} 查看要填的内容。",
        draft.item_name
    );
    Ok(Answer::done(
        json!({ "case": case, "item": draft.item, "item_name": draft.item_name }),
        text,
    ))
}

/// The guide's page is where a place is chosen; here it is an option.
fn say_where(error: tongban_client::Error) -> Failure {
    let mut failure = Failure::from(error);
    if failure.problem.code == "draft.place" {
        failure.problem.next =
            "请用 --division 写明您所在乡镇、街道的区划代码，代码见 guides show。".to_owned();
    }
    failure
}

pub(crate) async fn set(client: &Client, asked: args::Set) -> Result<Answer, Failure> {
    let case = asked.case;
    let from_file = match &asked.answers {
        Some(path) => answers(path)?,
        None => BTreeMap::new(),
    };
    let mut draft = client.read_draft(ReadDraft { case }).await?;
    for args::Chosen { situation, option } in asked.situation {
        draft = client.answer_situation(AnswerSituation { case, situation, option }).await?;
    }
    let given = asked.assignments.into_iter().map(|given| (given.pointer, given.value));
    for (pointer, value) in from_file.into_iter().chain(given) {
        let asked = KeepAnswer { case, pointer: pointer.clone(), value };
        draft = client.answer(asked).await.map_err(|error| at(error.into(), pointer))?;
    }
    Ok(kept(&draft))
}

/// The same failure, which says which answer it is about.
fn at(mut failure: Failure, pointer: String) -> Failure {
    failure.problem.detail = format!("{pointer}：{}", failure.problem.detail);
    failure.problem.pointer = Some(pointer);
    failure
}

fn answers(path: &Path) -> Result<BTreeMap<String, Value>, Failure> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| unreadable(&error))?;
    serde_json::from_slice(&bytes).map_err(|_| {
        Failure::usage(
            "--answers 的内容不是 JSON 对象。",
            "请写成 {\"/表单项\": 值, …}，表单项见 tongban drafts show。",
        )
    })
}

pub(crate) async fn attach(client: &Client, asked: args::Attach) -> Result<Answer, Failure> {
    let (case, material) = (asked.case, asked.material);
    let draft = match (asked.licence, asked.file) {
        (Some(licence), _) => {
            client.use_licence(UseLicence { case, material: material.clone(), licence }).await?
        }
        (None, Some(path)) => {
            let bytes = file(&path)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            client.attach(page::Attach { case, material: material.clone(), name }, bytes).await?
        }
        (None, None) => {
            return Err(Failure::usage(
                "没有写要添加的文件或证照。",
                "请加上文件名，或 --licence。",
            ));
        }
    };
    let shown = draft.materials.iter().find(|shown| shown.material.id == material);
    let added = shown.and_then(|shown| shown.attached.last());
    let text = match (shown, added) {
        (Some(shown), Some(added)) => format!(
            "已为“{}”添加：{}（附件编号 {}）。\n{}",
            shown.material.name,
            added.name,
            added.id,
            remaining(&draft)
        ),
        _ => format!("已添加；按现在的情形不需要这项材料，提交时不会带上。\n{}", remaining(&draft)),
    };
    let mut value = summary(&draft);
    if let Some(members) = value.as_object_mut() {
        members.insert("attached".to_owned(), json!(added));
    }
    Ok(Answer::done(value, text))
}

/// Reads a file, and of one that is too large no more than shows it.
fn file(path: &Path) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(LARGEST_ATTACHMENT + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Bytes::from(bytes)),
        Err(error) => Err(unreadable(&error)),
    }
}

fn unreadable(error: &io::Error) -> Failure {
    tracing::info!(%error, "a file named on the command line");
    Failure::usage("指定的文件读不出来。", "请核对文件路径和权限。")
}

pub(crate) async fn detach(
    client: &Client,
    case: CaseId,
    attachment: AttachmentId,
) -> Result<Answer, Failure> {
    let draft = client.detach(page::Detach { case, attachment }).await?;
    Ok(kept(&draft))
}

pub(crate) async fn check(client: &Client, case: CaseId) -> Result<Answer, Failure> {
    let draft = client.read_draft(ReadDraft { case }).await?;
    let value = summary(&draft);
    if draft.faults.is_empty() {
        return Ok(Answer::done(value, "没有发现问题，可以提交。"));
    }
    let text = format!("{}{}", remaining(&draft), section("请处理", &words::faults(&draft.faults)));
    Ok(Answer::ending(Exit::Attention, value, text))
}

pub(crate) async fn show(client: &Client, case: CaseId) -> Result<Answer, Failure> {
    let draft = client.read_draft(ReadDraft { case }).await?;
    let text = described(&draft);
    Ok(Answer::done(draft, text))
}

pub(crate) async fn list(client: &Client) -> Result<Answer, Failure> {
    let mut rows = client.list_items(ListItems {}).await?.rows;
    rows.retain(|row| row.state == ItemState::Draft);
    let lines: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            [
                row.case.to_string(),
                row.item_name.clone(),
                row.office.clone(),
                words::time(row.updated_at),
            ]
        })
        .collect();
    let text = if lines.is_empty() {
        "没有草稿。".to_owned()
    } else {
        table(["编号", "事项", "部门", "保存时间"], &lines)
    };
    Ok(Answer::done(json!({ "drafts": rows }), text))
}

pub(crate) async fn discard(client: &Client, case: CaseId) -> Result<Answer, Failure> {
    client.discard_draft(DiscardDraft { case }).await?;
    Ok(Answer::done(json!({ "case": case }), "草稿已删除。"))
}

/// The answer after a draft was changed.
pub(crate) fn kept(draft: &DraftView) -> Answer {
    let text = format!("已保存（{}）。{}", words::time(draft.saved_at), remaining(draft));
    Answer::done(summary(draft), text)
}

fn summary(draft: &DraftView) -> Value {
    json!({ "case": draft.case, "saved_at": draft.saved_at, "faults": draft.faults })
}

fn remaining(draft: &DraftView) -> String {
    match draft.faults.len() {
        0 => "没有发现问题，可以提交。".to_owned(),
        count => format!("提交前还有 {count} 处需要填写或修改。"),
    }
}

/// The whole draft for a person.
pub(crate) fn described(draft: &DraftView) -> String {
    let mut text = fields(&[
        ("编号", draft.case.to_string()),
        ("事项", format!("{}（{}）", draft.item_name, draft.item)),
        ("部门", draft.office.clone()),
        ("状态", words::item_state(&draft.state).to_owned()),
        ("说明", words::reason(&draft.state)),
        ("保存时间", words::time(draft.saved_at)),
        ("指南变化", draft.guide_changes.join("；")),
    ]);
    if let Some(notice) = &draft.notice {
        let heading = format!("{}的补正通知", notice.department);
        let notice = format!("{}{}\n", words::faults(&notice.faults), notice.remark);
        text.push_str(&section(&heading, &notice));
    }
    text.push_str(&section("情形", &situations(draft)));
    let mut rows = Vec::new();
    controls(&draft.form, &mut rows);
    text.push_str(&section("表单（* 为必填）", &table(["表单项", "名称", "现在的内容"], &rows)));
    text.push_str(&section("材料", &materials(&draft.materials)));
    text.push_str(&section("提交前请处理", &words::faults(&draft.faults)));
    text
}

fn situations(draft: &DraftView) -> String {
    let mut text = String::new();
    for shown in &draft.situations {
        text.push_str(&format!("{}  {}\n", shown.situation.id, shown.situation.question));
        for option in &shown.situation.options {
            let mark = if shown.chosen.as_ref() == Some(&option.value) { "●" } else { "○" };
            text.push_str(&format!("  {mark} {}  {}\n", option.value, option.label));
        }
    }
    text
}

fn controls(nodes: &[Node], rows: &mut Vec<[String; 3]>) {
    for node in nodes {
        match node {
            Node::Vertical { children }
            | Node::Horizontal { children }
            | Node::Group { children, .. } => controls(children, rows),
            Node::Label { .. } => {}
            Node::Control(control) => {
                let mark = if control.required { " *" } else { "" };
                rows.push([
                    control.pointer.clone(),
                    format!("{}{mark}", cut(&control.label, LABEL)),
                    words::answer(&control.value, &control.input),
                ]);
            }
            Node::List(list) => {
                rows.push([
                    list.pointer.clone(),
                    list.label.clone(),
                    format!("{} 条", list.entries.len()),
                ]);
                controls(&list.entries, rows);
            }
        }
    }
}

fn materials(materials: &[MaterialView]) -> String {
    let mut text = String::new();
    for shown in materials {
        let material = &shown.material;
        let necessity =
            if material.exempt { "免提交".to_owned() } else { material.necessity.to_string() };
        text.push_str(&format!("{}  {}（{necessity}）\n", material.id, material.name));
        for attached in &shown.attached {
            let kind = match &attached.licence {
                Some(licence) => format!("证照 {licence}"),
                None => words::size(attached.bytes),
            };
            text.push_str(&format!(
                "  已添加 {}（{kind}），附件编号 {}\n",
                attached.name, attached.id
            ));
        }
        for offer in &shown.offers {
            text.push_str(&format!(
                "  可用证照 {}（{}）{}\n",
                offer.name, offer.holder, offer.licence
            ));
        }
    }
    text
}
