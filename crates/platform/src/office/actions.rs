//! What a department does to a case: reads the request, checks what it points at, and
//! hands it to the plans.

use serde::Deserialize;
use tongban_contract::{
    calendar::WorkingDays,
    form::Fault,
    identifiers::{CaseId, NoticeId},
    problem::Problem,
};
use uuid::Uuid;

use super::{session::Staff, view};
use crate::{
    Error, Platform, Result,
    cases::{
        engine,
        plan::{self, Action, Event},
        record::CaseRecord,
        store,
    },
};

/// Longest remark and longest sentence of a fault in characters.
const LONGEST_REMARK: usize = 2000;
const LONGEST_SENTENCE: usize = 500;
/// Most faults of one notice.
const MOST_FAULTS: usize = 200;

/// Code of the faults that a department writes.
const OFFICE_FAULT: &str = "office.correction";

/// What a department asks for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub(super) struct ActionRequest {
    /// `accept`, `not_accept`, `pass`, `correct`, `deny`, `return`, `special_start` or
    /// `special_end`.
    pub(super) action: String,
    /// Place of the step to pass; absent means the department's own active one.
    #[serde(default)]
    pub(super) step: Option<usize>,
    /// Words to the person; the reason where the action needs one.
    #[serde(default)]
    pub(super) remark: String,
    /// Every fault, for `correct`.
    #[serde(default)]
    pub(super) faults: Vec<FaultRequest>,
}

/// One fault that is to be mended.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub(super) struct FaultRequest {
    /// `/answers/…`, `/materials/<id>` or `/situation/<id>`, as the case lists them.
    pub(super) pointer: String,
    /// One sentence for the person.
    pub(super) sentence: String,
}

/// Every action by its name, with its Chinese term, in the order of handling.
pub(super) const ACTIONS: [(&str, &str); 8] = [
    ("accept", "受理"),
    ("pass", "通过本环节"),
    ("correct", "一次性告知补正"),
    ("special_start", "开始特别程序"),
    ("special_end", "结束特别程序"),
    ("not_accept", "不予受理"),
    ("deny", "不予许可"),
    ("return", "退件"),
];

/// Names of the actions that the rules allow the department now: found by trying each.
pub(super) fn possible(
    record: &CaseRecord,
    department: &str,
    calendar: &WorkingDays,
    now: jiff::Timestamp,
) -> Vec<&'static str> {
    let sample = Fault {
        pointer: "/answers".to_owned(),
        code: OFFICE_FAULT.to_owned(),
        sentence: "……".to_owned(),
    };
    ACTIONS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| {
            let Some(action) = read(name, None, vec![sample.clone()]) else {
                return false;
            };
            let event = Event::Office {
                department: department.to_owned(),
                action,
                remark: "……".to_owned(),
            };
            plan::plan(record, event, calendar, now).is_ok()
        })
        .collect()
}

fn read(name: &str, step: Option<usize>, faults: Vec<Fault>) -> Option<Action> {
    Some(match name {
        "accept" => Action::Accept,
        "not_accept" => Action::NotAccept,
        "pass" => Action::Pass { step },
        "correct" => Action::Notify { notice: NoticeId(Uuid::now_v7()), faults },
        "deny" => Action::Deny,
        "return" => Action::Return,
        "special_start" => Action::SpecialStart,
        "special_end" => Action::SpecialEnd,
        _ => return None,
    })
}

/// Does what a department asks for. Answers the case as it is afterwards.
///
/// # Errors
/// A problem where there is no such case for this department, where the request cannot
/// be read, or where the rules refuse it.
pub(super) async fn act(
    platform: &Platform,
    staff: &Staff,
    case: CaseId,
    asked: ActionRequest,
) -> Result<CaseRecord> {
    let record = visible(platform, staff, case).await?;
    if let Some(pointer) = too_long(&asked) {
        return Err(Problem::new(
            "office.too-long",
            format!(
                "内容太长：意见最多 {LONGEST_REMARK} 字，补正最多 {MOST_FAULTS} 项、每项最多 {LONGEST_SENTENCE} 字。"
            ),
            "请写短一些再提交。",
        )
        .with_status(400)
        .at(pointer)
        .into());
    }
    let targets = view::targets(platform, &record).await?;
    let mut faults = Vec::with_capacity(asked.faults.len());
    for (at, fault) in asked.faults.into_iter().enumerate() {
        if !targets.iter().any(|target| target.pointer == fault.pointer) {
            return Err(Problem::new(
                "office.unknown-pointer",
                format!("补正的第 {} 项没有指到这件申请里的内容。", at + 1),
                "请从列表中选择需要补正的项目或材料。",
            )
            .with_status(400)
            .at(format!("/faults/{at}/pointer"))
            .into());
        }
        faults.push(Fault {
            pointer: fault.pointer,
            code: OFFICE_FAULT.to_owned(),
            sentence: fault.sentence.trim().to_owned(),
        });
    }
    let action = read(&asked.action, asked.step, faults).ok_or_else(|| {
        Error::from(
            Problem::new("office.unknown-action", "没有这种办理操作。", "请选择列出的操作。")
                .with_status(400)
                .at("/action"),
        )
    })?;
    let event =
        Event::Office { department: staff.department.clone(), action, remark: asked.remark };
    engine::act(platform, case, event).await
}

/// What of a request is longer than anybody can be expected to read, as a pointer.
fn too_long(asked: &ActionRequest) -> Option<String> {
    let longer = |text: &str, most: usize| text.chars().nth(most).is_some();
    if longer(&asked.remark, LONGEST_REMARK) {
        return Some("/remark".to_owned());
    }
    if asked.faults.len() > MOST_FAULTS {
        return Some("/faults".to_owned());
    }
    let at = asked.faults.iter().position(|fault| longer(&fault.sentence, LONGEST_SENTENCE))?;
    Some(format!("/faults/{at}/sentence"))
}

/// A case that the department may see.
///
/// # Errors
/// The same problem whether there is no such case or it is another department's.
pub(super) async fn visible(
    platform: &Platform,
    staff: &Staff,
    case: CaseId,
) -> Result<CaseRecord> {
    let found = store::find(&platform.pool, case).await?.map(|stored| stored.record);
    Ok(found
        .filter(|record| record.concerns(&staff.department) && staff.serves(&record.division))
        .ok_or_else(engine::no_such_case)?)
}
