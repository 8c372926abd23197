//! Operations that wait to be sent, and receipts of what was filed.

use std::sync::PoisonError;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    identifiers::{CaseId, Digest, OperationId},
    operation::Operation,
    problem::Problem,
};

use super::{Vault, VaultError, from_json, from_millis, parse, to_json, to_millis};
use crate::waiting::Pause;

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Waits for its turn.
    Queued,
    /// Is being sent now.
    Sending,
    /// Was refused; waits for the person.
    Wedged,
}

/// What this process knows of the sync that runs, or ran last: no file can say that none
/// runs any more.
#[derive(Debug, Default)]
pub(super) struct Sending {
    runs: bool,
    /// Why the last one ended before it could write down what became of everything.
    trouble: Option<Problem>,
}

/// An operation that the platform has not taken yet.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) operation: Operation,
    pub(crate) case: CaseId,
    pub(crate) phase: Phase,
    /// How often it has left for the platform, which may have it since.
    pub(crate) tries: u32,
    /// How long it waits before the next try; none where it need not.
    pub(crate) pause: Option<Pause>,
    pub(crate) problem: Option<Problem>,
}

/// What the person was given when filing.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) case: CaseId,
    pub(crate) filed_at: Timestamp,
    pub(crate) digest: String,
    pub(crate) enclosures: Vec<String>,
    pub(crate) number: Option<String>,
    pub(crate) accepted_at: Option<Timestamp>,
}

impl Receipt {
    /// The receipt of a filing, which the platform has not taken yet.
    pub(crate) fn new(case: CaseId, filing: &Operation, enclosures: Vec<String>) -> Self {
        Self {
            case,
            filed_at: filing.made_at,
            digest: digest(filing),
            enclosures,
            number: None,
            accepted_at: None,
        }
    }
}

/// SHA-256 over the operation as it travels, so that a receipt can be compared later.
fn digest(operation: &Operation) -> String {
    let bytes = serde_json::to_vec(operation).unwrap_or_default();
    Digest::from_bytes(&Sha256::digest(&bytes).into()).to_string()
}

#[derive(FromRow)]
struct QueuedRow {
    case_id: String,
    operation_json: String,
    phase: String,
    tries: i64,
    next_try: Option<i64>,
    tried_at: Option<i64>,
    problem_json: Option<String>,
}

impl TryFrom<QueuedRow> for Queued {
    type Error = VaultError;

    fn try_from(row: QueuedRow) -> Result<Self, VaultError> {
        Ok(Self {
            operation: from_json("operation", &row.operation_json)?,
            case: parse("case id", &row.case_id)?,
            phase: match row.phase.as_str() {
                "queued" => Phase::Queued,
                "sending" => Phase::Sending,
                "wedged" => Phase::Wedged,
                _ => return Err(VaultError::Damaged("phase")),
            },
            tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
            pause: match (row.tried_at, row.next_try) {
                (Some(since), Some(until)) => {
                    Some(Pause { since: from_millis(since)?, until: from_millis(until)? })
                }
                _ => None,
            },
            problem: row.problem_json.map(|json| from_json("problem", &json)).transpose()?,
        })
    }
}

#[derive(FromRow)]
struct ReceiptRow {
    case_id: String,
    filed_at: i64,
    digest: String,
    enclosures_json: String,
    number: Option<String>,
    accepted_at: Option<i64>,
}

impl TryFrom<ReceiptRow> for Receipt {
    type Error = VaultError;

    fn try_from(row: ReceiptRow) -> Result<Self, VaultError> {
        Ok(Self {
            case: parse("case id", &row.case_id)?,
            filed_at: from_millis(row.filed_at)?,
            digest: row.digest,
            enclosures: from_json("enclosures", &row.enclosures_json)?,
            number: row.number,
            accepted_at: row.accepted_at.map(from_millis).transpose()?,
        })
    }
}

impl Vault {
    /// Files an application: its operation is queued, its receipt kept, and it can no
    /// longer be changed, all at once. A later filing of the same case keeps the number.
    pub(crate) async fn file(
        &self,
        operation: &Operation,
        receipt: &Receipt,
    ) -> Result<(), VaultError> {
        let case = receipt.case.to_string();
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "UPDATE application SET stage = 'filed', saved_at = ?
             WHERE case_id = ? AND stage = 'draft'",
        )
        .bind(to_millis(receipt.filed_at))
        .bind(&case)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(VaultError::Missing("draft"));
        }
        insert(&mut transaction, receipt.case, operation).await?;
        keep_receipt(&mut transaction, receipt).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Queues a withdrawal. What was refused before is not mended any more: it would stand in
    /// its way for ever.
    pub(crate) async fn withdraw(
        &self,
        case: CaseId,
        operation: &Operation,
    ) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM operation WHERE case_id = ? AND phase = 'wedged'")
            .bind(case.to_string())
            .execute(&mut *transaction)
            .await?;
        insert(&mut transaction, case, operation).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes an operation back that has never left. Answers whether that was so. A filing is
    /// a draft again; a withdrawal leaves its application as it was. A sync that runs sends
    /// only what it could mark, so that it need not be waited for.
    pub(crate) async fn recall(&self, case: CaseId, now: Timestamp) -> Result<bool, VaultError> {
        let mut transaction = self.pool.begin().await?;
        let taken_back: Option<String> = sqlx::query_scalar(
            "DELETE FROM operation WHERE case_id = ? AND phase = 'queued' AND tries = 0
             RETURNING operation_json",
        )
        .bind(case.to_string())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(json) = taken_back else { return Ok(false) };
        if from_json::<Operation>("operation", &json)?.ask.files() {
            let done = sqlx::query(
                "UPDATE application SET stage = 'draft', saved_at = ? WHERE case_id = ?",
            )
            .bind(to_millis(now))
            .bind(case.to_string())
            .execute(&mut *transaction)
            .await?;
            if done.rows_affected() == 0 {
                // Its application is lost: what is queued is all that is left of it.
                return Err(VaultError::Missing("application"));
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Has an operation wait for the person, who alone can help.
    pub(crate) async fn hold_back(
        &self,
        id: OperationId,
        problem: &Problem,
    ) -> Result<(), VaultError> {
        sqlx::query(
            "UPDATE operation SET phase = 'wedged', problem_json = ?
             WHERE id = ? AND phase IN ('queued', 'sending')",
        )
        .bind(to_json(problem)?)
        .bind(id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Every operation that the platform has not taken yet, oldest first, as far as it can be
    /// read.
    pub(crate) async fn outbox(&self) -> Result<Vec<Queued>, VaultError> {
        let rows: Vec<QueuedRow> = sqlx::query_as(
            "SELECT case_id, operation_json, phase, tries, next_try, tried_at, problem_json
             FROM operation WHERE phase <> 'done' ORDER BY position",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut outbox: Vec<Queued> = self.readable("operation", rows);
        let sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        // Where the end of a sync could not be written, as the disk is full, its traces stay.
        if !sending.runs {
            for left in outbox.iter_mut().filter(|queued| queued.phase == Phase::Sending) {
                left.phase = Phase::Queued;
                left.problem = sending.trouble.clone().or(left.problem.take());
            }
        }
        Ok(outbox)
    }

    /// Something is being sent from now on.
    pub(super) fn sending_begins(&self) {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        *sending = Sending { runs: true, trouble: None };
    }

    /// Nothing is being sent any more, whatever could be written of it.
    pub(crate) fn sending_has_ended(&self, trouble: Option<Problem>) {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        *sending = Sending { runs: false, trouble };
    }

    /// Lets everything that waits for a time of its own go at once: who has signed in anew
    /// may have put an end to what it waited for.
    pub(crate) async fn send_without_waiting(&self) -> Result<(), VaultError> {
        sqlx::query("UPDATE operation SET next_try = NULL WHERE phase = 'queued'")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn receipt(&self, case: CaseId) -> Result<Option<Receipt>, VaultError> {
        let row: Option<ReceiptRow> = sqlx::query_as(
            "SELECT case_id, filed_at, digest, enclosures_json, number, accepted_at
             FROM receipt WHERE case_id = ?",
        )
        .bind(case.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(Receipt::try_from).transpose()
    }

    /// Queues what a crash or a full disk left as 'sending'. Only while nothing is sent.
    pub(crate) async fn queue_what_was_being_sent(&self) -> Result<(), VaultError> {
        sqlx::query("UPDATE operation SET phase = 'queued' WHERE phase = 'sending'")
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Keeps a receipt in place of the one before, whose number stays.
pub(super) async fn keep_receipt(
    connection: &mut SqliteConnection,
    receipt: &Receipt,
) -> Result<(), VaultError> {
    sqlx::query(
        "INSERT INTO receipt
             (case_id, filed_at, digest, enclosures_json, number, accepted_at)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (case_id) DO UPDATE SET filed_at = excluded.filed_at,
             digest = excluded.digest, enclosures_json = excluded.enclosures_json",
    )
    .bind(receipt.case.to_string())
    .bind(to_millis(receipt.filed_at))
    .bind(&receipt.digest)
    .bind(to_json(&receipt.enclosures)?)
    .bind(&receipt.number)
    .bind(receipt.accepted_at.map(to_millis))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert(
    connection: &mut SqliteConnection,
    case: CaseId,
    operation: &Operation,
) -> Result<(), VaultError> {
    sqlx::query(
        "INSERT INTO operation (id, case_id, operation_json, phase) VALUES (?, ?, ?, 'queued')",
    )
    .bind(operation.id.to_string())
    .bind(case.to_string())
    .bind(to_json(operation)?)
    .execute(connection)
    .await?;
    Ok(())
}
