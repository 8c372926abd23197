//! The two ends of a sync: marking what is being sent, and applying what came back in
//! the transaction that moves the cursor.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    case::Case,
    change::{Change, News},
    exchange::ExchangeReply,
    identifiers::{CaseId, Digest, FeedId, OperationId},
    licence::Licence,
    numbers::LicenceId,
    operation::{Ask, Operation, OperationResult, Outcome},
    problem::Problem,
};

use super::{
    Vault, VaultError, answers, corrections, courier, from_json, from_millis, parse, to_json,
    to_millis, unread,
};
use crate::waiting::Pause;

/// How far the feed has been applied.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(crate) feed: Option<FeedId>,
    pub(crate) cursor: u64,
    /// The platform's mark of that place; none where it gave none.
    pub(crate) mark: Option<String>,
    /// When everything the platform had to tell was applied last.
    pub(crate) last_success: Option<Timestamp>,
}

/// What applying a reply has changed.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Applications whose state may have changed.
    pub(crate) cases: Vec<CaseId>,
    /// Whether the wallet changed.
    pub(crate) licences: bool,
    /// News for the person: the application, a title, a sentence. A feed that is read for
    /// the first time holds what happened before, and is no news.
    pub(crate) headlines: Vec<(Option<CaseId>, String, String)>,
    /// Files the platform lacks, and the operation that needs them.
    pub(crate) lacking: Vec<(Operation, Vec<Digest>)>,
    /// What is left of the feed.
    pub(crate) rest: Rest,
}

/// What is left of the feed when a reply has been applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing: everything that the platform has to tell was applied.
    #[default]
    Nothing,
    /// More, which follows what was applied.
    More,
    /// Something, and nothing of this reply followed what was applied before: asking for it
    /// again at once is not known to help.
    Stuck,
}

#[derive(FromRow)]
struct FeedRow {
    feed: Option<String>,
    cursor: i64,
    mark: Option<String>,
    last_success: Option<i64>,
}

#[derive(FromRow)]
struct CaseRow {
    case_json: String,
    updated_at: i64,
}

impl TryFrom<CaseRow> for (Case, Timestamp) {
    type Error = VaultError;

    fn try_from(row: CaseRow) -> Result<Self, VaultError> {
        Ok((from_json("case", &row.case_json)?, from_millis(row.updated_at)?))
    }
}

impl Vault {
    pub(crate) async fn feed(&self) -> Result<Feed, VaultError> {
        let row: FeedRow =
            sqlx::query_as("SELECT feed, cursor, mark, last_success FROM feed WHERE one = 1")
                .fetch_one(&self.pool)
                .await?;
        Ok(Feed {
            feed: row.feed.map(|text| parse("feed", &text)).transpose()?,
            cursor: u64::try_from(row.cursor).map_err(|_| VaultError::Damaged("cursor"))?,
            mark: row.mark,
            last_success: row.last_success.map(from_millis).transpose()?,
        })
    }

    /// Says that these operations are being sent, and answers which of them may be: one
    /// that was recalled a moment ago may not. From now on they cannot be recalled.
    pub(crate) async fn mark_sending(
        &self,
        due: &[Operation],
    ) -> Result<Vec<Operation>, VaultError> {
        self.sending_begins();
        let mut marked = Vec::with_capacity(due.len());
        let mut transaction = self.pool.begin().await?;
        for operation in due {
            let done = sqlx::query(
                "UPDATE operation SET phase = 'sending', tries = tries + 1
                 WHERE id = ? AND phase = 'queued'",
            )
            .bind(operation.id.to_string())
            .execute(&mut *transaction)
            .await?;
            if done.rows_affected() > 0 {
                marked.push(operation.clone());
            }
        }
        transaction.commit().await?;
        Ok(marked)
    }

    /// Puts an operation back that has certainly not left: it can be recalled as before.
    pub(crate) async fn put_back_unsent(
        &self,
        id: OperationId,
        problem: Option<&Problem>,
    ) -> Result<(), VaultError> {
        sqlx::query(
            "UPDATE operation SET phase = 'queued', tries = MAX(tries - 1, 0), next_try = NULL,
                 problem_json = ?
             WHERE id = ? AND phase = 'sending'",
        )
        .bind(problem.map(to_json).transpose()?)
        .bind(id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Puts an operation back into the queue, with why it waits and until when.
    pub(crate) async fn put_back(
        &self,
        id: OperationId,
        pause: Option<Pause>,
        problem: Option<&Problem>,
    ) -> Result<(), VaultError> {
        sqlx::query(
            "UPDATE operation SET phase = 'queued', next_try = ?, tried_at = ?, problem_json = ?
             WHERE id = ? AND phase IN ('queued', 'sending')",
        )
        .bind(pause.map(|pause| to_millis(pause.until)))
        .bind(pause.map(|pause| to_millis(pause.since)))
        .bind(problem.map(to_json).transpose()?)
        .bind(id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Applies a reply to the operations that were sent: results, changes and cursor in
    /// one transaction.
    pub(crate) async fn apply(
        &self,
        sent: &[Operation],
        reply: &ExchangeReply,
        now: Timestamp,
    ) -> Result<Applied, VaultError> {
        let before = self.feed().await?;
        let same_feed = before.feed == Some(reply.feed);
        // A feed read for the first time tells what happened before, down to its last page.
        let caught_up_before = same_feed && before.last_success.is_some();
        let mut applied = Applied::default();
        let mut transaction = self.pool.begin().await?;
        if !same_feed && before.feed.is_some() {
            tell_again(&mut transaction).await?;
        }
        if let Some(known) = &reply.courier {
            courier::confirm(&mut transaction, known).await?;
        }
        for operation in sent {
            let result = reply.results.iter().find(|result| result.id == operation.id);
            apply_result(&mut transaction, operation, result, now, &mut applied).await?;
        }
        let start = if same_feed { before.cursor } else { 0 };
        let headlines = applied.headlines.len();
        let cursor = apply_changes(&mut transaction, reply, start, now, &mut applied).await?;
        if !caught_up_before {
            applied.headlines.truncate(headlines);
        }
        corrections::settle(&mut transaction, &mut applied).await?;
        applied.rest = if !reply.more && cursor >= reply.cursor {
            Rest::Nothing
        } else if cursor > start || !same_feed {
            Rest::More
        } else {
            Rest::Stuck
        };
        let last_success = match applied.rest {
            Rest::Nothing => Some(now),
            Rest::More | Rest::Stuck => before.last_success.filter(|_| same_feed),
        };
        let mark = if cursor == reply.cursor {
            reply.mark.clone()
        } else {
            // Stopped at a gap: the mark is of another place.
            before.mark.filter(|_| same_feed && cursor == before.cursor)
        };
        sqlx::query(
            "UPDATE feed SET feed = ?, cursor = ?, mark = ?, last_success = ? WHERE one = 1",
        )
        .bind(reply.feed.to_string())
        .bind(i64::try_from(cursor).map_err(|_| VaultError::Damaged("cursor"))?)
        .bind(mark)
        .bind(last_success.map(to_millis))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(applied)
    }

    pub(crate) async fn case(&self, case: CaseId) -> Result<Option<Case>, VaultError> {
        let json: Option<String> =
            sqlx::query_scalar("SELECT case_json FROM case_news WHERE case_id = ?")
                .bind(case.to_string())
                .fetch_optional(&self.pool)
                .await?;
        json.map(|json| from_json("case", &json)).transpose()
    }

    /// Every case the platform told of, with when its last news was applied.
    pub(crate) async fn cases(&self) -> Result<Vec<(Case, Timestamp)>, VaultError> {
        let rows: Vec<CaseRow> = sqlx::query_as(
            "SELECT case_json, updated_at FROM case_news ORDER BY updated_at DESC, case_id",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(self.readable("case", rows))
    }

    pub(crate) async fn licences(&self) -> Result<Vec<Licence>, VaultError> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT licence_json FROM licence ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|json| from_json("licence", json)).collect()
    }

    pub(crate) async fn licence(&self, id: &LicenceId) -> Result<Option<Licence>, VaultError> {
        let json: Option<String> =
            sqlx::query_scalar("SELECT licence_json FROM licence WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        json.map(|json| from_json("licence", &json)).transpose()
    }
}

/// The platform began its feed again, as after a restored backup: tell it everything
/// once more. What it still knows, it answers as before.
async fn tell_again(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    sqlx::query("UPDATE operation SET phase = 'queued', next_try = NULL WHERE phase = 'done'")
        .execute(&mut *connection)
        .await?;
    // Its revisions may count from the start again: whatever it tells now is newer.
    sqlx::query("UPDATE case_news SET revision = 0").execute(&mut *connection).await?;
    unread::forget(connection).await?;
    courier::doubt(connection).await
}

async fn apply_result(
    connection: &mut SqliteConnection,
    operation: &Operation,
    result: Option<&OperationResult>,
    now: Timestamp,
    applied: &mut Applied,
) -> Result<(), VaultError> {
    let mut outcome_json = None;
    let mut problem_json = None;
    let mut pause = None;
    let phase = match result.map(|result| &result.outcome) {
        Some(outcome @ Outcome::Accepted { at, number }) => {
            outcome_json = Some(to_json(outcome)?);
            if let Some(case) = operation.ask.case() {
                // What was asked for has been mended.
                sqlx::query("UPDATE application SET notice_json = NULL WHERE case_id = ?")
                    .bind(case.to_string())
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("UPDATE receipt SET number = ?, accepted_at = ? WHERE case_id = ?")
                    .bind(number)
                    .bind(to_millis(*at))
                    .bind(case.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            "done"
        }
        Some(outcome @ Outcome::Refused { problem }) => {
            outcome_json = Some(to_json(outcome)?);
            if let Some(title) = only_told(&operation.ask, problem) {
                let (title, sentence) = (title.to_owned(), problem.detail.clone());
                applied.headlines.push((operation.ask.case(), title, sentence));
                "done"
            } else {
                problem_json = Some(to_json(problem)?);
                "wedged"
            }
        }
        Some(Outcome::Lacking { digests }) => {
            let brought = answers::brought(connection, operation.id).await?;
            let waits = answers::waits_for_files(digests, &brought);
            pause = waits.as_ref().map(|_| Pause::new(now, answers::WAIT));
            problem_json = waits.as_ref().map(to_json).transpose()?;
            outcome_json = Some(to_json(&Outcome::Lacking { digests: brought })?);
            applied.lacking.push((operation.clone(), digests.clone()));
            "queued"
        }
        Some(Outcome::Later { problem, retry_after }) => {
            problem_json = Some(to_json(problem)?);
            pause = Some(Pause::new(now, Duration::from_secs((*retry_after).clamp(1, 86_400))));
            "queued"
        }
        // The operation stays, and is sent again: it may have been taken or not.
        unclear @ (Some(Outcome::Malformed(_) | Outcome::Unknown(_)) | None) => {
            let waits = match unclear {
                Some(Outcome::Malformed(_)) => answers::malformed(),
                Some(_) => answers::unknown(),
                None => answers::missing(),
            };
            problem_json = Some(to_json(&waits)?);
            pause = Some(Pause::new(now, answers::WAIT));
            "queued"
        }
    };
    sqlx::query(
        "UPDATE operation SET phase = ?, next_try = ?, tried_at = ?, problem_json = ?,
             outcome_json = ?
         WHERE id = ?",
    )
    .bind(phase)
    .bind(pause.map(|pause| to_millis(pause.until)))
    .bind(pause.map(|pause| to_millis(pause.since)))
    .bind(problem_json)
    .bind(outcome_json)
    .bind(operation.id.to_string())
    .execute(connection)
    .await?;
    applied.cases.extend(operation.ask.case());
    Ok(())
}

/// Under which title a refusal is told that leaves nothing to mend: the platform has the
/// application, which goes on as it was. What becomes of a refused correction depends on
/// whether one is awaited: see `corrections`.
fn only_told(ask: &Ask, problem: &Problem) -> Option<&'static str> {
    match (ask, problem.code.as_str()) {
        (Ask::Withdraw { .. }, _) => Some("撤件没有办成"),
        (Ask::Submit(_), "case.filed-already") => Some("这次的改动没有交上"),
        _ => None,
    }
}

/// Applies what follows `start` without a gap, and answers how far that was.
async fn apply_changes(
    connection: &mut SqliteConnection,
    reply: &ExchangeReply,
    start: u64,
    now: Timestamp,
    applied: &mut Applied,
) -> Result<u64, VaultError> {
    let mut cursor = start;
    let mut place = start;
    for change in &reply.changes {
        // One whose place cannot be read stands behind the one before.
        place = if change.seq == 0 { place.saturating_add(1) } else { change.seq };
        if place <= cursor {
            continue;
        }
        if place != cursor + 1 {
            tracing::warn!(cursor, seq = place, "gap in the feed; the rest is asked again");
            break;
        }
        let change = Change { seq: place, ..change.clone() };
        apply_change(connection, reply.feed, &change, now, applied).await?;
        cursor = place;
    }
    Ok(cursor)
}

pub(super) async fn apply_change(
    connection: &mut SqliteConnection,
    feed: FeedId,
    change: &Change,
    now: Timestamp,
    applied: &mut Applied,
) -> Result<(), VaultError> {
    match &change.news {
        News::Case { case, headline } => {
            let done = sqlx::query(
                "INSERT INTO case_news (case_id, revision, case_json, updated_at)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (case_id) DO UPDATE SET revision = excluded.revision,
                     case_json = excluded.case_json, updated_at = excluded.updated_at
                 WHERE excluded.revision > case_news.revision",
            )
            .bind(case.id.to_string())
            .bind(i64::try_from(case.revision).map_err(|_| VaultError::Damaged("revision"))?)
            .bind(to_json(case)?)
            .bind(to_millis(now))
            .execute(&mut *connection)
            .await?;
            // What the platform tells of was filed. It is a draft only where the person answers
            // a notice, or where the vault was damaged and nobody knew that it had been sent.
            sqlx::query(
                "UPDATE application SET stage = 'filed'
                 WHERE case_id = ? AND stage = 'draft' AND notice_json IS NULL",
            )
            .bind(case.id.to_string())
            .execute(&mut *connection)
            .await?;
            applied.cases.push(case.id);
            unread::supersede(connection, change).await?;
            if done.rows_affected() > 0 && !headline.is_empty() {
                let title = case.item_name.clone();
                applied.headlines.push((Some(case.id), title, headline.clone()));
            }
        }
        News::Licence { licence, headline } => {
            sqlx::query(
                "INSERT INTO licence (id, licence_type, licence_json) VALUES (?, ?, ?)
                 ON CONFLICT (id) DO UPDATE SET licence_json = excluded.licence_json",
            )
            .bind(licence.id.as_str())
            .bind(&licence.licence_type)
            .bind(to_json(licence)?)
            .execute(&mut *connection)
            .await?;
            applied.licences = true;
            unread::supersede(connection, change).await?;
            if !headline.is_empty() {
                applied.headlines.push((licence.case, licence.name.clone(), headline.clone()));
            }
        }
        News::Unknown(_) | News::Malformed(_) => {
            if unread::keep(connection, feed, change).await? {
                tracing::warn!(seq = change.seq, "a change cannot be read and is kept");
                let (title, sentence) = unread::headline();
                applied.headlines.push((None, title, sentence));
            }
        }
    }
    Ok(())
}
