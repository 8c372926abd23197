//! Changes that this version cannot read, of a kind that it does not know or with a body that
//! makes no sense to it: kept as they came, for a version that can.

use sqlx::SqliteConnection;
use tongban_contract::{change::Change, identifiers::FeedId, problem::Problem};

use super::{Vault, VaultError, to_json};

impl Vault {
    /// What the person is told as long as such changes are kept; nothing where there are none.
    pub(crate) async fn unread(&self) -> Result<Option<Problem>, VaultError> {
        let kept: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM unknown_change WHERE feed = (SELECT feed FROM feed)",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((kept > 0).then(|| {
            Problem::new(
                "news.unread",
                format!("平台发来的消息有 {kept} 条没有读懂，办件进度可能不是最新的。"),
                "消息已保存在本机，请更新应用后再看；急用时请拨打 12345 查询。",
            )
        }))
    }
}

/// What a notification says of them.
pub(super) fn headline() -> (String, String) {
    ("有一条消息没有读懂".to_owned(), "消息已保存，请更新应用后再看。".to_owned())
}

/// Keeps a change. Answers whether it had not been kept before.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    feed: FeedId,
    change: &Change,
) -> Result<bool, VaultError> {
    let done = sqlx::query(
        "INSERT INTO unknown_change (feed, seq, change_json) VALUES (?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(feed.to_string())
    .bind(i64::try_from(change.seq).map_err(|_| VaultError::Damaged("seq"))?)
    .bind(to_json(change)?)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}
