//! Transitions with their effects: the case, the change in its applicant's feed and the
//! licence are written in one transaction, and the event streams are told after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use sqlx::SqliteConnection;
use tongban_contract::{change::News, identifiers::CaseId, problem::Problem};
use tongban_forms::Condition;

use super::{
    flow::Flow,
    plan::{self, Effect, Event, Refusal},
    record::{CaseRecord, NewCase},
    store::{self, StoredCase},
};
use crate::{Error, Platform, Result, identity::AccountId, licences};

use super::feed;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code, refusal.sentence, refusal.next).with_status(409)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

/// The problem of a case that is not there, or not for the one who asks.
pub fn no_such_case() -> Problem {
    Problem::new("case.unknown", "没有找到这件申请。", "请核对后再试，或刷新办件列表。")
        .with_status(404)
}

/// Keeps a new case within the caller's transaction, who sends the news after its commit.
pub async fn receive(
    connection: &mut SqliteConnection,
    platform: &Platform,
    account: AccountId,
    new: NewCase,
    now: Timestamp,
) -> Result<CaseRecord> {
    let (mut record, effects) = plan::receive(new, &platform.catalogue.working_days, now);
    store::insert(connection, account, &record).await?;
    apply(connection, platform, account, &mut record, effects, now).await?;
    Ok(record)
}

/// Brings a case forward within the caller's transaction, who sends the news after its
/// commit. `stored` must have been read in that same transaction.
pub async fn advance(
    connection: &mut SqliteConnection,
    platform: &Platform,
    stored: &StoredCase,
    event: Event,
    now: Timestamp,
) -> Result<CaseRecord> {
    let (mut record, effects) =
        plan::plan(&stored.record, event, &platform.catalogue.working_days, now)?;
    let account = stored.account;
    apply(connection, platform, account, &mut record, effects, now).await?;
    store::update(connection, &record, now).await?;
    Ok(record)
}

/// Brings a case forward in a transaction of its own and tells the event streams.
///
/// # Errors
/// A problem where the rules refuse the event, or where there is no such case.
pub async fn act(platform: &Platform, case: CaseId, event: Event) -> Result<CaseRecord> {
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    let stored = store::find(&mut *transaction, case).await?.ok_or_else(no_such_case)?;
    let record = advance(&mut transaction, platform, &stored, event, platform.now()).await?;
    transaction.commit().await?;
    tell(platform, stored.account);
    Ok(record)
}

/// Tells the account's event streams that there is news.
pub fn tell(platform: &Platform, account: AccountId) {
    // Fails only where nobody listens.
    let _ = platform.news.send(account);
}

async fn apply(
    connection: &mut SqliteConnection,
    platform: &Platform,
    account: AccountId,
    record: &mut CaseRecord,
    effects: Vec<Effect>,
    now: Timestamp,
) -> Result<()> {
    // The licence comes first, so that the case that names it never comes alone.
    if effects.contains(&Effect::IssueLicence) {
        let licence = licences::issue(connection, platform, account, record, now).await?;
        record.licence = Some(licence.id.clone());
        let news = News::Licence { licence: Box::new(licence), headline: String::new() };
        feed::append(connection, account, &news).await?;
    }
    for effect in effects {
        if let Effect::Tell(headline) = effect {
            let case = Box::new(record.to_case(&platform.catalogue.working_days));
            feed::append(connection, account, &News::Case { case, headline }).await?;
        }
    }
    Ok(())
}

/// For each step of `flow` whether a filing needs it; `answers` are those in effect.
///
/// # Errors
/// Where a condition of the flow cannot be compiled; the catalogue checks that it can.
pub fn needed_steps(
    flow: &Flow,
    situation: &BTreeMap<String, String>,
    answers: &Value,
) -> Result<Vec<bool>> {
    flow.steps()
        .map(|step| match &step.when {
            None => Ok(true),
            Some(when) => Condition::compile(when)
                .map(|condition| condition.holds(situation, answers))
                .map_err(|_| Error::Stored("a condition of a flow cannot be compiled")),
        })
        .collect()
}
