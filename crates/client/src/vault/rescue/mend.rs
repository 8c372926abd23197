//! Making a whole of what was rescued, so that nothing half is ever sent and nothing is sent
//! twice:
//!
//! - An operation is whole in itself. One whose application is lost is sent all the same: the
//!   person has filed it. What was being sent is queued again under its own id.
//! - A filing with a file of which a piece is lost, and that has certainly not left, waits for
//!   the person. One that may have left is asked for again as it is, as the platform may have
//!   it with its files; where it lacks them, the sync has it wait for the person then.
//! - A file of which a piece is lost is attached no longer: its material is asked for again.
//! - An application that was filed, and of which neither the operation nor the platform's word
//!   is left, is a draft again. Nobody knows whether it was sent; filing it again does no harm,
//!   as the platform takes one application once, and when it tells of the case it is filed.
//! - A receipt that is lost is made again from the operation.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;
use tongban_contract::operation::{Enclosure, Operation, Outcome};

use crate::vault::{PIECE, Receipt, VaultError, error, from_json, outbox, to_json};

/// What had to be changed.
#[derive(Debug, Default)]
pub(super) struct Mended {
    /// Files that are attached no longer.
    pub(super) files: u32,
    /// Filings that wait for the person, as they lack a file.
    pub(super) held_back: u32,
    /// Applications that are drafts again.
    pub(super) reopened: u32,
    /// Operations that could not be read, whatever they asked for.
    pub(super) unreadable: u32,
}

/// Makes a whole of it, in one transaction.
pub(super) async fn mend(connection: &mut SqliteConnection) -> Result<Mended, VaultError> {
    let unreadable = delete_unreadable(connection).await?;
    let whole = whole_files(connection).await?;
    let files = detach(connection, &whole).await?;
    let mut mended = Mended { files, unreadable, ..Mended::default() };
    let operations: Vec<(i64, String, String, i64, Option<String>)> = sqlx::query_as(
        "SELECT position, operation_json, phase, tries, outcome_json FROM operation
         ORDER BY position DESC",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (position, json, phase, tries, outcome) in operations {
        let operation: Operation = from_json("operation", &json)?;
        if !operation.ask.files() {
            continue;
        }
        let outcome = outcome.map(|json| from_json("outcome", &json)).transpose()?;
        give_receipt(connection, &operation, outcome).await?;
        let lacking: Vec<&str> = operation
            .ask
            .enclosures()
            .filter_map(|enclosure| match enclosure {
                Enclosure::File { digest, name, .. } if !whole.contains(digest.as_str()) => {
                    Some(name.as_str())
                }
                _ => None,
            })
            .collect();
        if !lacking.is_empty() && tries == 0 && matches!(phase.as_str(), "queued" | "sending") {
            sqlx::query(
                "UPDATE operation SET phase = 'wedged', problem_json = ? WHERE position = ?",
            )
            .bind(to_json(&error::lacks_files(&lacking))?)
            .bind(position)
            .execute(&mut *connection)
            .await?;
            mended.held_back += 1;
        }
    }
    let reopened = sqlx::query(
        "UPDATE application SET stage = 'draft'
         WHERE stage = 'filed'
           AND NOT EXISTS (SELECT 1 FROM operation WHERE case_id = application.case_id)
           AND NOT EXISTS (SELECT 1 FROM case_news WHERE case_id = application.case_id)",
    )
    .execute(&mut *connection)
    .await?;
    mended.reopened = u32::try_from(reopened.rows_affected()).unwrap_or(u32::MAX);
    // The platform is told the courier's key once more.
    sqlx::query("UPDATE courier SET to_name = 1").execute(&mut *connection).await?;
    Ok(mended)
}

/// Digests of the files of which every piece is here.
async fn whole_files(connection: &mut SqliteConnection) -> Result<BTreeSet<String>, VaultError> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT digest, count(*), max(piece), sum(length(bytes)) FROM chunk GROUP BY digest",
    )
    .fetch_all(&mut *connection)
    .await?;
    let sizes: Vec<(String, i64)> = sqlx::query_as(
        "SELECT DISTINCT digest, enclosure_json ->> '$.bytes' FROM attachment
         WHERE digest IS NOT NULL
         UNION
         SELECT value ->> '$.digest', value ->> '$.bytes'
         FROM operation, json_tree(operation_json, '$.filing.materials')
         WHERE type = 'object' AND value ->> '$.digest' IS NOT NULL",
    )
    .fetch_all(&mut *connection)
    .await?;
    let sizes: BTreeSet<(String, i64)> = sizes.into_iter().collect();
    Ok(rows
        .into_iter()
        .filter(|(digest, count, last, bytes)| {
            let full = u64::try_from(*bytes).unwrap_or(0).div_ceil(PIECE as u64);
            *count == last + 1
                && u64::try_from(*count).is_ok_and(|count| count == full)
                && sizes.contains(&(digest.clone(), *bytes))
        })
        .map(|(digest, ..)| digest)
        .collect())
}

/// Takes off what is attached and not whole any more. Answers how many that were.
async fn detach(
    connection: &mut SqliteConnection,
    whole: &BTreeSet<String>,
) -> Result<u32, VaultError> {
    let digests: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT digest FROM attachment WHERE digest IS NOT NULL")
            .fetch_all(&mut *connection)
            .await?;
    let mut files = 0;
    for digest in digests.iter().filter(|digest| !whole.contains(*digest)) {
        let done = sqlx::query("DELETE FROM attachment WHERE digest = ?")
            .bind(digest)
            .execute(&mut *connection)
            .await?;
        files += u32::try_from(done.rows_affected()).unwrap_or(u32::MAX);
        sqlx::query("DELETE FROM chunk WHERE digest = ?")
            .bind(digest)
            .execute(&mut *connection)
            .await?;
    }
    Ok(files)
}

/// Deletes what a damaged tree led to and is no row of ours. Answers how many operations that
/// were.
async fn delete_unreadable(connection: &mut SqliteConnection) -> Result<u32, VaultError> {
    let mut unreadable = 0;
    let operations: Vec<(i64, String, Option<String>)> =
        sqlx::query_as("SELECT position, operation_json, outcome_json FROM operation")
            .fetch_all(&mut *connection)
            .await?;
    for (position, json, outcome) in operations {
        let outcome = outcome.map(|json| from_json::<Outcome>("outcome", &json)).transpose();
        if from_json::<Operation>("operation", &json).is_err() || outcome.is_err() {
            tracing::warn!("an operation that cannot be read was left out");
            unreadable += 1;
            sqlx::query("DELETE FROM operation WHERE position = ?")
                .bind(position)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(unreadable)
}

async fn give_receipt(
    connection: &mut SqliteConnection,
    operation: &Operation,
    outcome: Option<Outcome>,
) -> Result<(), VaultError> {
    let Some(case) = operation.ask.case() else { return Ok(()) };
    let known: i64 = sqlx::query_scalar("SELECT count(*) FROM receipt WHERE case_id = ?")
        .bind(case.to_string())
        .fetch_one(&mut *connection)
        .await?;
    if known > 0 {
        return Ok(());
    }
    let names = operation.ask.enclosures().filter_map(|enclosure| match enclosure {
        Enclosure::File { name, .. } => Some(name.clone()),
        Enclosure::Licence { .. } => None,
    });
    let mut receipt = Receipt::new(case, operation, names.collect());
    if let Some(Outcome::Accepted { at, number }) = outcome {
        receipt.number = Some(number);
        receipt.accepted_at = Some(at);
    }
    outbox::keep_receipt(connection, &receipt).await
}
