//! The table of uploads.

use sqlx::{SqliteExecutor, SqlitePool};
use tongban_contract::identifiers::Digest;
use uuid::Uuid;

use super::protocol::Announced;
use crate::{Error, Result, identity::AccountId};

/// How long an unfinished upload is kept after its last byte, in milliseconds: a week
/// covers a worker's round through villages without any network.
pub(super) const LIFETIME: i64 = 7 * 24 * 60 * 60 * 1000;
/// Most unfinished uploads of one account, and most bytes they may come to.
const MOST_UNFINISHED: i64 = 200;
const MOST_UNFINISHED_BYTES: i64 = 1024 * 1024 * 1024;

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) digest: Digest,
    pub(super) bytes: u64,
    /// Bytes that are safe on disk.
    pub(super) received: u64,
    pub(super) finished: bool,
    pub(super) expires_at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    digest: String,
    bytes: i64,
    received: i64,
    finished: bool,
    expires_at: i64,
}

impl TryFrom<Row> for Upload {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let number =
            |n: i64| u64::try_from(n).map_err(|_| Error::Stored("an upload has a negative size"));
        Ok(Self {
            id: row.id,
            digest: row.digest.parse().map_err(|_| Error::Stored("an upload has no digest"))?,
            bytes: number(row.bytes)?,
            received: number(row.received)?,
            finished: row.finished,
            expires_at: row.expires_at,
        })
    }
}

/// The upload `id` of `account`.
pub(super) async fn read(
    pool: &SqlitePool,
    account: AccountId,
    id: &str,
) -> Result<Option<Upload>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, digest, bytes, received, finished, expires_at
         FROM uploads WHERE id = ? AND account = ?",
    )
    .bind(id)
    .bind(account)
    .fetch_optional(pool)
    .await?;
    row.map(Upload::try_from).transpose()
}

/// The upload of a file by `account`, whatever its state.
pub(super) async fn find(
    pool: &SqlitePool,
    account: AccountId,
    digest: &Digest,
) -> Result<Option<Upload>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, digest, bytes, received, finished, expires_at
         FROM uploads WHERE account = ? AND digest = ?",
    )
    .bind(account)
    .bind(digest.as_str())
    .fetch_optional(pool)
    .await?;
    row.map(Upload::try_from).transpose()
}

/// Whether `account` may begin another upload of so many bytes.
pub(super) async fn may_begin(pool: &SqlitePool, account: AccountId, bytes: u64) -> Result<bool> {
    let (count, sum): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM uploads WHERE account = ? AND finished = 0",
    )
    .bind(account)
    .fetch_one(pool)
    .await?;
    let after = sum.saturating_add_unsigned(bytes);
    Ok(count < MOST_UNFINISHED && after <= MOST_UNFINISHED_BYTES)
}

/// Begins an upload. Where the same one was begun at the same moment, nothing happens:
/// find it by its digest.
pub(super) async fn begin(
    pool: &SqlitePool,
    account: AccountId,
    id: &str,
    announced: &Announced,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO uploads
             (id, account, digest, name, media_type, bytes, received, finished, made_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?)
         ON CONFLICT (account, digest) DO NOTHING",
    )
    .bind(id)
    .bind(account)
    .bind(announced.digest.as_str())
    .bind(&announced.name)
    .bind(&announced.media_type)
    .bind(i64::try_from(announced.bytes).unwrap_or(i64::MAX))
    .bind(now)
    .bind(now + LIFETIME)
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes how many bytes are safe on disk.
pub(super) async fn note_received(
    db: impl SqliteExecutor<'_>,
    id: &str,
    received: u64,
    now: i64,
) -> Result<()> {
    sqlx::query("UPDATE uploads SET received = ?, expires_at = ? WHERE id = ? AND finished = 0")
        .bind(i64::try_from(received).unwrap_or(i64::MAX))
        .bind(now + LIFETIME)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that the whole file is in the store.
pub(super) async fn finish(db: impl SqliteExecutor<'_>, id: &str) -> Result<()> {
    sqlx::query("UPDATE uploads SET received = bytes, finished = 1 WHERE id = ?")
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes a whole file that came another way, in place of an upload that was begun. Answers
/// the id of the upload.
pub(super) async fn keep_whole(
    pool: &SqlitePool,
    account: AccountId,
    about: &Announced,
    now: i64,
) -> Result<String> {
    let id = sqlx::query_scalar(
        "INSERT INTO uploads
             (id, account, digest, name, media_type, bytes, received, finished, made_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, ?7, ?8)
         ON CONFLICT (account, digest) DO UPDATE SET bytes = excluded.bytes,
             received = excluded.received, finished = 1
         RETURNING id",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(account)
    .bind(about.digest.as_str())
    .bind(&about.name)
    .bind(&about.media_type)
    .bind(i64::try_from(about.bytes).unwrap_or(i64::MAX))
    .bind(now)
    .bind(now + LIFETIME)
    .fetch_one(pool)
    .await?;
    Ok(id)
}

/// Removes an upload.
pub(super) async fn remove(pool: &SqlitePool, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM uploads WHERE id = ?").bind(id).execute(pool).await?;
    Ok(())
}

/// Unfinished uploads that were given up.
pub(super) async fn expired(pool: &SqlitePool, now: i64) -> Result<Vec<String>> {
    let ids = sqlx::query_scalar("SELECT id FROM uploads WHERE finished = 0 AND expires_at <= ?")
        .bind(now)
        .fetch_all(pool)
        .await?;
    Ok(ids)
}
