//! Rows of the guides that the person follows.

use jiff::Timestamp;
use sqlx::FromRow;
use tongban_contract::guide::Guide;

use super::{Vault, VaultError, from_json, from_millis, to_json, to_millis};

/// A guide that the person follows.
#[derive(Clone, Debug)]
pub(crate) struct Followed {
    /// As the person saw it last.
    pub(crate) guide: Guide,
    pub(crate) followed_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    /// Names the state that a notification told of; empty where none did.
    pub(crate) told: String,
}

#[derive(FromRow)]
struct Row {
    guide_json: String,
    followed_at: i64,
    seen_at: i64,
    told: String,
}

impl TryFrom<Row> for Followed {
    type Error = VaultError;

    fn try_from(row: Row) -> Result<Self, VaultError> {
        Ok(Self {
            guide: from_json("guide", &row.guide_json)?,
            followed_at: from_millis(row.followed_at)?,
            seen_at: from_millis(row.seen_at)?,
            told: row.told,
        })
    }
}

impl Vault {
    /// Every guide that is followed, as far as it can be read, the latest first.
    pub(crate) async fn followed(&self) -> Result<Vec<Followed>, VaultError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT guide_json, followed_at, seen_at, told FROM followed
             ORDER BY followed_at DESC, item",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(self.readable("followed", rows))
    }

    /// Follows a guide, as it is seen now. One that is followed already is seen anew.
    pub(crate) async fn follow(&self, guide: &Guide, now: Timestamp) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO followed (item, guide_json, followed_at, seen_at) VALUES (?1, ?2, ?3, ?3)
             ON CONFLICT (item) DO UPDATE
             SET guide_json = excluded.guide_json, seen_at = excluded.seen_at, told = ''",
        )
        .bind(&guide.item.code)
        .bind(to_json(guide)?)
        .bind(to_millis(now))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Follows the guide of an item no more.
    pub(crate) async fn unfollow(&self, item: &str) -> Result<(), VaultError> {
        sqlx::query("DELETE FROM followed WHERE item = ?").bind(item).execute(&self.pool).await?;
        Ok(())
    }

    /// Remembers that a notification told of this state of the guide.
    pub(crate) async fn keep_told(&self, item: &str, state: &str) -> Result<(), VaultError> {
        sqlx::query("UPDATE followed SET told = ? WHERE item = ?")
            .bind(state)
            .bind(item)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
