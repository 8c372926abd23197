//! What must hold after every step, and what at the end: *every item is in exactly one
//! visible state, and the platform holds at most one copy.*

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use sqlx::Row as _;
use tongban_client::{Client, Error};
use tongban_contract::{
    identifiers::CaseId,
    page::{ItemState, ListItems, ReadDraft, ReadReceipt},
    problem::Problem,
};

use crate::{item, model::Model, world::World};

/// What the platform keeps of one case.
struct Held {
    number: String,
    note: String,
    state: String,
}

/// After every step.
pub(crate) async fn all(world: &World, model: &Model) -> Result<()> {
    let held = held(world).await?;
    if let Some(held) = &held {
        platform(held, model)?;
    }
    for (number, client) in world.clients.iter().enumerate() {
        device(client, number, model).await.with_context(|| format!("device {number}"))?;
    }
    Ok(())
}

/// At the end, when nothing is left to do.
pub(crate) async fn peace(world: &World, model: &Model) -> Result<()> {
    all(world, model).await?;
    let held = held(world).await?.context("the platform is down")?;
    for (case, application) in &model.applications {
        match held.get(case) {
            None => {
                ensure!(application.statements.is_empty(), "{case} was filed and never arrived")
            }
            Some(held) if application.filed => {
                let last = application.statements.last();
                ensure!(
                    Some(&held.note) == last || is_final(&held.state) || model.set_back,
                    "{case} stands there with “{}” where “{last:?}” was filed last",
                    held.note
                );
            }
            Some(_) => {}
        }
        let ended = held.get(case).is_none_or(|held| is_final(&held.state));
        ensure!(!application.withdrawn || ended, "{case} was withdrawn, and goes on");
    }
    let mut seen = Vec::new();
    for client in &world.clients {
        let mut rows = BTreeMap::new();
        let shown = client.list_items(ListItems {}).await?.rows;
        for case in held.keys() {
            ensure!(shown.iter().any(|row| row.case == *case), "{case} is there and not shown");
        }
        for row in shown {
            if let ItemState::Submitted { case } = row.state {
                rows.insert(row.case, (row.number, format!("{case:?}")));
            }
        }
        for (case, held) in &held {
            if let Some((number, _)) = rows.get(case) {
                ensure!(
                    number.as_deref() == Some(held.number.as_str()),
                    "{case} is {} there and {number:?} here",
                    held.number
                );
            }
        }
        seen.push(rows);
    }
    for (case, state) in seen.iter().flatten() {
        for rows in &seen {
            ensure!(
                rows.get(case).is_none_or(|other| other == state),
                "the devices see {case} differently: {state:?}, {:?}",
                rows.get(case)
            );
            ensure!(held.contains_key(case), "{case} is shown as submitted and is not there");
        }
    }
    Ok(())
}

fn is_final(state: &str) -> bool {
    matches!(state, "withdrawn" | "denied" | "approved" | "not_accepted" | "returned")
}

/// The platform holds nothing that was not filed, and nothing twice.
fn platform(held: &BTreeMap<CaseId, Held>, model: &Model) -> Result<()> {
    let numbers: BTreeSet<&str> = held.values().map(|held| held.number.as_str()).collect();
    ensure!(numbers.len() == held.len(), "two cases have one number");
    for (case, held) in held {
        let Some(application) = model.applications.get(case) else {
            bail!("the platform holds {case}, which nobody filed");
        };
        ensure!(!application.recalled, "the platform holds {case}, which was taken back");
        ensure!(
            application.statements.contains(&held.note),
            "the platform holds {case} with “{}”, which was never filed",
            held.note
        );
    }
    Ok(())
}

/// Every application is shown once, in a state that fits what the person did, and what was
/// written is there.
async fn device(client: &Client, number: usize, model: &Model) -> Result<()> {
    let rows = client.list_items(ListItems {}).await?.rows;
    let mut shown = BTreeMap::new();
    for row in &rows {
        ensure!(shown.insert(row.case, &row.state).is_none(), "{} is shown twice", row.case);
        if let ItemState::Queued { waits: Some(problem), .. }
        | ItemState::NeedsAttention { problem } = &row.state
        {
            is_a_good_sentence(problem)?;
        }
    }
    for (case, application) in &model.applications {
        if application.device != number {
            continue;
        }
        let state = shown.get(case).with_context(|| format!("{case} is not shown"))?;
        let fits = match state {
            ItemState::Draft => !application.filed,
            ItemState::NeedsAttention { .. } => true,
            ItemState::Queued { .. } | ItemState::Submitted { .. } => application.filed,
            // Nothing is being sent between two steps.
            ItemState::Sending { .. } => false,
        };
        ensure!(fits, "{case} is shown as {state:?}, and filed is {}", application.filed);
        if !application.filed {
            let draft = client.read_draft(ReadDraft { case: *case }).await?;
            let text = serde_json::to_string(&draft)?;
            let note = application.note.as_deref().unwrap_or_default();
            ensure!(text.contains(&format!("\"{note}\"")), "{case} has lost “{note}”: {text}");
        } else {
            client.read_receipt(ReadReceipt { case: *case }).await?;
        }
    }
    Ok(())
}

async fn held(world: &World) -> Result<Option<BTreeMap<CaseId, Held>>> {
    let Some(platform) = world.platform() else { return Ok(None) };
    let rows = sqlx::query("SELECT id, number, state, record FROM cases").fetch_all(&platform.pool);
    let mut held = BTreeMap::new();
    for row in rows.await? {
        let record: Value = serde_json::from_str(row.try_get("record")?)?;
        let note = record.pointer(&format!("/filing/answers{}", item::NOTE));
        let note = note.and_then(Value::as_str).context("a case without its answer")?.to_owned();
        let (number, state) = (row.try_get("number")?, row.try_get("state")?);
        held.insert(row.try_get::<&str, _>("id")?.parse()?, Held { number, note, state });
    }
    Ok(Some(held))
}

/// Every failure is told in one sentence with what to do next.
pub(crate) fn is_told_well(error: Error) -> Result<()> {
    is_a_good_sentence(&Problem::from(error))
}

fn is_a_good_sentence(problem: &Problem) -> Result<()> {
    for text in [&problem.detail, &problem.next] {
        let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        ensure!(chinese && text.ends_with('。'), "{problem:?} is not told well");
    }
    ensure!(problem.code.contains('.'), "{problem:?} has no code");
    Ok(())
}
