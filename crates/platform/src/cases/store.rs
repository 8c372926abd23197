//! Cases in the database. Knows tables, no rule.

use jiff::Timestamp;
use sqlx::{FromRow, SqliteConnection, SqliteExecutor};
use tongban_contract::identifiers::CaseId;

use super::record::CaseRecord;
use crate::{Error, Result, identity::AccountId};

/// A case and whose it is.
#[derive(Clone, Debug)]
pub struct StoredCase {
    /// The applicant's account.
    pub account: AccountId,
    /// The case.
    pub record: CaseRecord,
}

#[derive(FromRow)]
struct CaseRow {
    account: AccountId,
    record: String,
}

impl CaseRow {
    fn read(self) -> Result<StoredCase> {
        Ok(StoredCase {
            account: self.account,
            record: serde_json::from_str(&self.record).map_err(Error::json("stored case"))?,
        })
    }
}

/// A case by its id.
pub async fn find(executor: impl SqliteExecutor<'_>, id: CaseId) -> Result<Option<StoredCase>> {
    sqlx::query_as::<_, CaseRow>("SELECT account, record FROM cases WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(executor)
        .await?
        .map(CaseRow::read)
        .transpose()
}

/// Keeps a case that is new. Fails on its key where another was quicker.
pub async fn insert(
    connection: &mut SqliteConnection,
    account: AccountId,
    record: &CaseRecord,
) -> Result<()> {
    let body = serde_json::to_string(record).map_err(Error::json("case"))?;
    sqlx::query(
        "INSERT INTO cases
             (id, account, number, item, division, state, open, revision, record, received_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
    )
    .bind(record.id.to_string())
    .bind(account)
    .bind(&record.number)
    .bind(&record.item)
    .bind(record.division.as_str())
    .bind(state_name(record))
    .bind(!record.state.is_final())
    .bind(i64::try_from(record.revision).unwrap_or(i64::MAX))
    .bind(body)
    .bind(record.received_at.as_millisecond())
    .execute(&mut *connection)
    .await?;
    for step in &record.steps {
        sqlx::query(
            "INSERT INTO case_departments (department, case_id) VALUES (?1, ?2)
             ON CONFLICT (department, case_id) DO NOTHING",
        )
        .bind(&step.department)
        .bind(record.id.to_string())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Keeps the next revision of a case.
pub async fn update(
    connection: &mut SqliteConnection,
    record: &CaseRecord,
    now: Timestamp,
) -> Result<()> {
    let body = serde_json::to_string(record).map_err(Error::json("case"))?;
    let revision = i64::try_from(record.revision).unwrap_or(i64::MAX);
    // The revision in the condition would notice a second writer, were there ever one.
    let changed = sqlx::query(
        "UPDATE cases SET state = ?2, open = ?3, revision = ?4, record = ?5, updated_at = ?6
         WHERE id = ?1 AND revision = ?4 - 1",
    )
    .bind(record.id.to_string())
    .bind(state_name(record))
    .bind(!record.state.is_final())
    .bind(revision)
    .bind(body)
    .bind(now.as_millisecond())
    .execute(connection)
    .await?
    .rows_affected();
    if changed == 1 { Ok(()) } else { Err(Error::Stored("a case changed under its transition")) }
}

/// Cases in which `department` has a step, in divisions whose code begins with `division`; the open ones
/// first, those with the oldest news before others.
pub async fn of_department(
    executor: impl SqliteExecutor<'_>,
    department: &str,
    division: &str,
    limit: u32,
) -> Result<Vec<StoredCase>> {
    sqlx::query_as::<_, CaseRow>(
        "SELECT c.account, c.record FROM case_departments d JOIN cases c ON c.id = d.case_id
         WHERE d.department = ?1 AND substr(c.division, 1, length(?2)) = ?2
         ORDER BY c.open DESC, CASE c.open WHEN 1 THEN c.received_at END, c.updated_at DESC
         LIMIT ?3",
    )
    .bind(department)
    .bind(division)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(CaseRow::read)
    .collect()
}

/// Every case that has not ended, those with the oldest news first.
pub async fn open(executor: impl SqliteExecutor<'_>) -> Result<Vec<StoredCase>> {
    sqlx::query_as::<_, CaseRow>(
        "SELECT account, record FROM cases WHERE open = 1 ORDER BY updated_at",
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(CaseRow::read)
    .collect()
}

/// Name of the count whose value every new count begins at: 0, and more after a restore.
const FIRST_SERIAL: &str = "first";

/// The next number of a count, from 1.
pub async fn next_serial(connection: &mut SqliteConnection, name: &str) -> Result<u64> {
    let value: i64 = sqlx::query_scalar(
        "INSERT INTO serials (name, value)
         VALUES (?1, coalesce((SELECT value FROM serials WHERE name = ?2), 0) + 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1
         RETURNING value",
    )
    .bind(name)
    .bind(FIRST_SERIAL)
    .fetch_one(connection)
    .await?;
    u64::try_from(value).map_err(|_| Error::Stored("a count is negative"))
}

/// Leaves so many numbers out of every count, of those that have begun and of those that
/// will: a database that was restored does not know which were given since its backup.
pub async fn leave_out_serials(connection: &mut SqliteConnection, many: i64) -> Result<()> {
    sqlx::query("INSERT INTO serials (name, value) VALUES (?1, 0) ON CONFLICT DO NOTHING")
        .bind(FIRST_SERIAL)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE serials SET value = value + ?1").bind(many).execute(connection).await?;
    Ok(())
}

/// The state as it is written on the wire.
fn state_name(record: &CaseRecord) -> String {
    match serde_json::to_value(&record.state) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
