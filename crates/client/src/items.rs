//! What the person has under way: every application in exactly one visible state,
//! derived from the vault's rows and never kept beside them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tongban_contract::{
    case::{Case, CaseState},
    identifiers::CaseId,
    operation::Ask,
    page::{Asked, Counts, ItemRow, ItemState, ItemView, ItemsView, ListItems, ReadItem},
    problem::Problem,
};

use crate::{
    client::Client,
    error::{Error, Result},
    vault::{Application, Phase, Queued, Stage, Vault, VaultError},
};

impl Client {
    /// Every application of the account, latest first.
    ///
    /// # Errors
    /// Where nobody is signed in, or the vault fails.
    pub async fn list_items(&self, _request: ListItems) -> Result<ItemsView> {
        Ok(ItemsView { rows: rows(&self.vault()?).await? })
    }

    /// One application that was filed.
    ///
    /// # Errors
    /// Where there is no such application.
    pub async fn read_item(&self, request: ReadItem) -> Result<ItemView> {
        let vault = self.vault()?;
        let row = rows(&vault).await?.into_iter().find(|row| row.case == request.case);
        let Some(row) = row else {
            return Err(Error::Vault(VaultError::Missing("case")));
        };
        let details = vault.case(request.case).await?;
        let here = vault.application(request.case).await?.is_some();
        let outbox = vault.outbox().await?;
        let waiting = outbox.iter().find(|queued| queued.case == row.case);
        Ok(ItemView {
            can_recall: waiting.is_some_and(|queued| {
                queued.phase == Phase::Queued
                    && queued.tries == 0
                    && (here || !queued.operation.ask.files())
            }),
            can_withdraw: waiting.is_none()
                && details.as_ref().is_some_and(|case| !case.state.is_final()),
            can_mend: here && matches!(row.state, ItemState::NeedsAttention { .. }),
            details,
            row,
        })
    }
}

/// The one state in which an application is shown.
pub(crate) fn state(
    application: Option<(Stage, bool)>,
    queued: Option<&Queued>,
    case: Option<&Case>,
) -> ItemState {
    if let Some(queued) = queued {
        return match (queued.phase, queued.problem.clone()) {
            (Phase::Wedged, problem) => ItemState::NeedsAttention {
                problem: Box::new(problem.unwrap_or_else(refused_without_reason)),
            },
            (Phase::Sending, _) => ItemState::Sending { what: asked(queued) },
            (Phase::Queued, waits) => {
                ItemState::Queued { what: asked(queued), waits: waits.map(Box::new) }
            }
        };
    }
    let needs_attention = || ItemState::NeedsAttention { problem: Box::new(correction(case)) };
    match (application, case) {
        (_, Some(case)) if case.awaits_correction() => needs_attention(),
        (Some((Stage::Draft, false)), _) => ItemState::Draft,
        // The platform's word on it was lost with a damaged page, and will come again.
        (Some((Stage::Draft, true)), None) => needs_attention(),
        // Its word counts, whatever answer to an earlier notice is still written here.
        (Some((Stage::Draft, true) | (Stage::Filed, _)) | None, case) => {
            ItemState::Submitted { case: case.map(|case| case.state.clone()) }
        }
    }
}

fn asked(queued: &Queued) -> Asked {
    if queued.operation.ask.files() { Asked::Filing } else { Asked::Withdrawal }
}

fn correction(case: Option<&Case>) -> Problem {
    let notice = case.and_then(|case| case.notice.as_ref());
    let (who, count) =
        notice.map_or(("受理部门", 0), |n| (n.department.as_str(), n.faults.len()));
    let sentence = if count > 0 {
        format!("{who}请您补正 {count} 处内容。")
    } else {
        format!("{who}请您补正。")
    };
    let next = match notice.and_then(|notice| notice.answer_by) {
        Some(day) => format!(
            "请在 {} 年 {} 月 {} 日前逐条改好后重新提交。",
            day.year(),
            day.month(),
            day.day()
        ),
        None => "请逐条改好后重新提交。".to_owned(),
    };
    Problem::new("case.correction", sentence, next)
}

fn refused_without_reason() -> Problem {
    Problem::new(
        "filing.refused",
        "平台没有受理这次提交。",
        "请打开修改后重新提交，或拨打 12345 咨询。",
    )
}

/// The state of one application.
pub(crate) async fn state_of(vault: &Vault, case: CaseId) -> Result<ItemState, VaultError> {
    let application = vault.application(case).await?;
    let outbox = vault.outbox().await?;
    let news = vault.case(case).await?;
    Ok(state(
        application.as_ref().map(standing),
        outbox.iter().find(|queued| queued.case == case),
        news.as_ref(),
    ))
}

fn standing(application: &Application) -> (Stage, bool) {
    (application.stage, application.notice.is_some())
}

/// Every application, latest first.
pub(crate) async fn rows(vault: &Vault) -> Result<Vec<ItemRow>, VaultError> {
    let applications = vault.applications().await?;
    let outbox = vault.outbox().await?;
    let mut cases: BTreeMap<CaseId, (Case, Timestamp)> =
        vault.cases().await?.into_iter().map(|(case, at)| (case.id, (case, at))).collect();
    let mut rows = Vec::new();
    for application in &applications {
        let news = cases.remove(&application.case);
        let queued = outbox.iter().find(|queued| queued.case == application.case);
        let case = news.as_ref().map(|(case, _)| case);
        rows.push(ItemRow {
            case: application.case,
            item_name: application.guide.item.name.clone(),
            office: application.guide.office.department.clone(),
            state: state(Some(standing(application)), queued, case),
            updated_at: news
                .as_ref()
                .map_or(application.saved_at, |(_, at)| application.saved_at.max(*at)),
            number: case.map(|case| case.number.clone()),
            due: case.and_then(|case| case.due),
        });
    }
    for (case, at) in cases.into_values() {
        let queued = outbox.iter().find(|queued| queued.case == case.id);
        rows.push(ItemRow {
            case: case.id,
            item_name: case.item_name.clone(),
            office: case.office.clone(),
            state: state(None, queued, Some(&case)),
            updated_at: at,
            number: Some(case.number.clone()),
            due: case.due,
        });
    }
    // An operation whose application was lost with a damaged page is all that is left of it.
    for queued in &outbox {
        if rows.iter().all(|row| row.case != queued.case) {
            rows.push(ItemRow {
                case: queued.case,
                item_name: nameless(queued),
                office: String::new(),
                state: state(None, Some(queued), None),
                updated_at: queued.operation.made_at,
                number: None,
                due: None,
            });
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.case)));
    Ok(rows)
}

/// What an application is called of which only its operation is left.
fn nameless(queued: &Queued) -> String {
    match &queued.operation.ask {
        Ask::Submit(submit) => format!("事项 {}", submit.item),
        Ask::Correct(_) | Ask::Withdraw { .. } | Ask::Unknown(_) | Ask::Malformed(_) => {
            "已提交的申请".to_owned()
        }
    }
}

/// How many applications there are in each state.
pub(crate) fn count(rows: &[ItemRow]) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        match &row.state {
            ItemState::Draft => counts.drafts += 1,
            ItemState::Queued { .. } | ItemState::Sending { .. } => counts.outbox += 1,
            ItemState::NeedsAttention { .. } => counts.attention += 1,
            ItemState::Submitted { case } => {
                counts.open_cases += u32::from(!case.as_ref().is_some_and(CaseState::is_final));
            }
        }
    }
    counts
}
