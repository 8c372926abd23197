//! The feed of an account: what it is told, in order, counted from 1 without gaps.
//! Written in the transaction of what it tells; the caller sends the news after the commit.

use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, SqliteConnection};
use tongban_contract::{
    change::{Change, News},
    identifiers::{Digest, FeedId},
};
use uuid::Uuid;

use crate::{Error, Result, identity::AccountId};

/// Most changes in one reply.
pub const PAGE: u32 = 100;

/// How far a device has come, as it says.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The feed it read.
    pub feed: Option<FeedId>,
    /// `seq` of the last change it applied.
    pub cursor: u64,
    /// The mark that it was given there; none where it was given none.
    pub mark: Option<&'a str>,
}

/// A part of a feed.
#[derive(Debug)]
pub struct Page {
    /// The feed.
    pub feed: FeedId,
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// `seq` of the last one, or the place asked for.
    pub cursor: u64,
    /// Mark of that place; none at the start.
    pub mark: Option<String>,
    /// Whether there are more.
    pub more: bool,
}

/// Adds a change to the account's feed.
pub async fn append(
    connection: &mut SqliteConnection,
    account: AccountId,
    news: &News,
) -> Result<u64> {
    let body = serde_json::to_string(news).map_err(Error::json("change"))?;
    let seq: i64 = sqlx::query_scalar(
        "INSERT INTO feeds (account, id, last_seq) VALUES (?1, ?2, 1)
         ON CONFLICT (account) DO UPDATE SET last_seq = last_seq + 1
         RETURNING last_seq",
    )
    .bind(account)
    .bind(Uuid::now_v7().to_string())
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO changes (account, seq, news) VALUES (?1, ?2, ?3)")
        .bind(account)
        .bind(seq)
        .bind(body)
        .execute(connection)
        .await?;
    u64::try_from(seq).map_err(|_| Error::Stored("a change has a negative place"))
}

/// Reads at most `limit` changes after `cursor`, in a transaction that may write.
///
/// Another feed is answered from its start. So is a place that this feed does not have,
/// beyond its end or with another change at it: the platform was restored from a backup
/// and has forgotten what the device already knows, so the feed gets a new identity by
/// which the device notices.
pub async fn read(
    connection: &mut SqliteConnection,
    account: AccountId,
    asked: Place<'_>,
    limit: u32,
) -> Result<Page> {
    let row = sqlx::query("SELECT id, last_seq FROM feeds WHERE account = ?1")
        .bind(account)
        .fetch_optional(&mut *connection)
        .await?;
    let (mut feed, last) = match row {
        Some(row) => {
            let id = row.try_get::<&str, _>("id")?.parse();
            let last = u64::try_from(row.try_get::<i64, _>("last_seq")?).unwrap_or_default();
            (id.map_err(|_| Error::Stored("a feed has no valid id"))?, last)
        }
        None => {
            let feed = FeedId(Uuid::now_v7());
            sqlx::query("INSERT INTO feeds (account, id, last_seq) VALUES (?1, ?2, 0)")
                .bind(account)
                .bind(feed.to_string())
                .execute(&mut *connection)
                .await?;
            (feed, 0)
        }
    };

    let same = asked.feed == Some(feed);
    let known = same
        && asked.cursor <= last
        && match asked.mark {
            Some(mark) => {
                mark_at(connection, account, asked.cursor).await?.as_deref() == Some(mark)
            }
            None => true,
        };
    if same && !known {
        feed = FeedId(Uuid::now_v7());
        sqlx::query("UPDATE feeds SET id = ?2 WHERE account = ?1")
            .bind(account)
            .bind(feed.to_string())
            .execute(&mut *connection)
            .await?;
        tracing::warn!("a device knows what this database does not: its feed is begun again");
    }
    let start = if known { asked.cursor } else { 0 };
    let rows = sqlx::query(
        "SELECT seq, news FROM changes WHERE account = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )
    .bind(account)
    .bind(i64::try_from(start).unwrap_or(i64::MAX))
    .bind(i64::from(limit))
    .fetch_all(&mut *connection)
    .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let seq = u64::try_from(row.try_get::<i64, _>("seq")?).unwrap_or_default();
        let news = serde_json::from_str(row.try_get::<&str, _>("news")?)
            .map_err(Error::json("stored change"))?;
        changes.push(Change { seq, news });
    }
    let cursor = changes.last().map_or(start, |change| change.seq);
    let mark = mark_at(connection, account, cursor).await?;
    Ok(Page { feed, changes, cursor, mark, more: cursor < last })
}

/// Tells the change at a place from every other: a digest of its stored text, which names
/// ids and instants. None where there is no change.
async fn mark_at(
    connection: &mut SqliteConnection,
    account: AccountId,
    seq: u64,
) -> Result<Option<String>> {
    let news: Option<String> =
        sqlx::query_scalar("SELECT news FROM changes WHERE account = ?1 AND seq = ?2")
            .bind(account)
            .bind(i64::try_from(seq).unwrap_or(i64::MAX))
            .fetch_optional(connection)
            .await?;
    Ok(news.map(|news| Digest::from_bytes(&Sha256::digest(news.as_bytes()).into()).to_string()))
}
