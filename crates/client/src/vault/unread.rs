//! Changes that this version cannot read, of a kind that it does not know or with a body that
//! makes no sense to it: kept as they came, and read by the first version that can.
//!
//! What is kept is newer than what the vault has of the same thing: a change tells the whole
//! of it, so that a later one that can be read puts those before it away. That is why reading
//! them anew brings nothing old back.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::SqliteConnection;
use tongban_contract::{
    change::{Change, News},
    identifiers::FeedId,
    problem::Problem,
};

use super::{
    Vault, VaultError,
    exchange::{Applied, apply_change},
    from_json, parse, to_json,
};

impl Vault {
    /// Applies what this version can read of what an earlier one could not, in the order in
    /// which it was told. Nobody is notified: it is no news by now, and nobody listens yet.
    pub(super) async fn read_anew(&self, now: Timestamp) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        let rows: Vec<(String, i64, String)> = sqlx::query_as(
            "SELECT feed, seq, change_json FROM unknown_change
             WHERE feed = (SELECT feed FROM feed) ORDER BY seq",
        )
        .fetch_all(&mut *transaction)
        .await?;
        for (feed, seq, json) in rows {
            let Ok(change) = from_json::<Change>("change", &json) else { continue };
            if matches!(change.news, News::Unknown(_) | News::Malformed(_)) {
                continue;
            }
            let feed = parse("feed", &feed)?;
            apply_change(&mut transaction, feed, &change, now, &mut Applied::default()).await?;
            sqlx::query("DELETE FROM unknown_change WHERE seq = ?")
                .bind(seq)
                .execute(&mut *transaction)
                .await?;
            tracing::info!(seq, "a change that an earlier version kept has been read");
        }
        transaction.commit().await?;
        Ok(())
    }

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

/// Puts away what was kept of the same thing before this change, which was read and tells the
/// whole of it.
pub(super) async fn supersede(
    connection: &mut SqliteConnection,
    change: &Change,
) -> Result<(), VaultError> {
    let (kind, id) = match &change.news {
        News::Case { case, .. } => ("case", case.id.to_string()),
        News::Licence { licence, .. } => ("licence", licence.id.as_str().to_owned()),
        News::Unknown(_) | News::Malformed(_) => return Ok(()),
    };
    let seq = i64::try_from(change.seq).map_err(|_| VaultError::Damaged("seq"))?;
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT seq, change_json FROM unknown_change WHERE seq < ?")
            .bind(seq)
            .fetch_all(&mut *connection)
            .await?;
    for (seq, json) in rows {
        let change = from_json::<Change>("change", &json).map(|change| change.news);
        let Ok(News::Malformed(kept)) = change else { continue };
        let about = kept.get::<Value>(kind).and_then(|it| Some(it.get("id")?.as_str()? == id));
        if kept.get::<String>("kind").as_deref() == Some(kind) && about == Some(true) {
            sqlx::query("DELETE FROM unknown_change WHERE seq = ?")
                .bind(seq)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

/// Forgets what was kept of a feed in whose place another has begun: it tells everything again.
pub(super) async fn forget(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    sqlx::query("DELETE FROM unknown_change").execute(connection).await?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tongban_contract::{
        case::CaseState,
        exchange::{EXCHANGE_VERSION, ExchangeReply},
        identifiers::CaseId,
    };
    use uuid::Uuid;

    use super::*;
    use crate::vault::tests::Disk;

    fn case(seq: u64, number: u128, revision: u64, state: &str) -> Value {
        json!({
            "seq": seq, "kind": "case",
            "case": {
                "id": Uuid::from_u128(number), "revision": revision, "number": "1", "item": "2",
                "item_name": "备案", "division": "420506", "office": "城市管理局",
                "state": state, "received_at": "2026-03-02T00:00:00Z",
            },
        })
    }

    fn licence(seq: u64, state: &str) -> Value {
        json!({
            "seq": seq, "kind": "licence",
            "licence": {
                "id": "11100000000013338W011.11430000006122244L.20230000403.001.U",
                "licence_type": "11100000000013338W011", "name": "食品经营许可证", "state": state,
                "holder": "李秀兰", "issuer": "局", "issued_at": "2026-03-02T00:00:00Z",
                "valid_from": "2026-03-02", "fields": [],
            },
        })
    }

    async fn tell(vault: &Vault, changes: &[Value]) -> Applied {
        let reply: ExchangeReply = serde_json::from_value(json!({
            "version": EXCHANGE_VERSION, "feed": Uuid::from_u128(5), "results": [],
            "changes": changes, "cursor": changes.last().unwrap()["seq"],
            "server_time": "2026-03-02T00:00:00Z",
        }))
        .unwrap();
        vault.apply(&[], &reply, Timestamp::UNIX_EPOCH).await.unwrap()
    }

    /// What a version kept that could not read it.
    async fn was_kept(vault: &Vault, feed: u128, change: Value) {
        sqlx::query("INSERT INTO unknown_change (feed, seq, change_json) VALUES (?, ?, ?)")
            .bind(Uuid::from_u128(feed).to_string())
            .bind(change["seq"].as_i64())
            .bind(change.to_string())
            .execute(&vault.pool)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn what_an_earlier_version_could_not_read_is_applied_in_order_at_the_next_start() {
        let disk = Disk::new();
        let vault = disk.open().await.unwrap();
        let ahead = case(2, 2, 9, "under_review");
        tell(&vault, &[case(1, 1, 1, "received"), ahead]).await;
        was_kept(&vault, 5, case(3, 1, 2, "accepted")).await;
        was_kept(&vault, 5, case(4, 1, 3, "under_review")).await;
        was_kept(&vault, 5, case(5, 2, 8, "accepted")).await;
        was_kept(&vault, 5, json!({"seq": 6, "kind": "of_a_still_later_version"})).await;
        was_kept(&vault, 4, case(7, 1, 7, "approved")).await;
        vault.close().await;

        let vault = disk.open().await.unwrap();
        for (number, revision) in [(1, 3), (2, 9)] {
            let case = vault.case(CaseId(Uuid::from_u128(number))).await.unwrap().unwrap();
            assert_eq!((case.revision, case.state), (revision, CaseState::UnderReview));
        }
        let unread = vault.unread().await.unwrap().unwrap();
        assert!(unread.detail.contains(" 1 条"), "{unread:?}");
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM unknown_change")
            .fetch_one(&vault.pool)
            .await
            .unwrap();
        assert_eq!(left, 2, "one of a later version, one of a feed that is over");
    }

    #[tokio::test]
    async fn what_was_kept_goes_as_soon_as_newer_news_of_the_same_thing_can_be_read() {
        let disk = Disk::new();
        let vault = disk.open().await.unwrap();
        let mut bad_case = case(2, 1, 2, "accepted");
        bad_case["case"]["office"] = json!(7);
        let mut bad_licence = licence(3, "1");
        bad_licence["licence"]["fields"] = json!("none");
        let applied = tell(&vault, &[case(1, 1, 1, "received"), bad_case, bad_licence]).await;
        assert_eq!(applied.headlines, [], "a feed that is read for the first time is no news");
        assert!(vault.unread().await.unwrap().is_some());
        tell(&vault, &[case(4, 2, 1, "received")]).await;
        assert!(vault.unread().await.unwrap().unwrap().detail.contains(" 2 条"), "of another case");
        tell(&vault, &[case(5, 1, 3, "approved"), licence(6, "1")]).await;
        assert_eq!(vault.unread().await.unwrap(), None);
        assert_eq!(vault.licences().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_feed_that_is_begun_again_tells_again_what_could_not_be_read() {
        let disk = Disk::new();
        let vault = disk.open().await.unwrap();
        tell(&vault, &[case(1, 1, 1, "received")]).await;
        was_kept(&vault, 5, json!({"seq": 2, "kind": "of_a_later_version"})).await;
        assert!(vault.unread().await.unwrap().is_some());
        sqlx::query("UPDATE feed SET feed = ?")
            .bind(Uuid::from_u128(6).to_string())
            .execute(&vault.pool)
            .await
            .unwrap();
        tell(&vault, &[case(1, 1, 1, "received")]).await;
        assert_eq!(vault.unread().await.unwrap(), None);
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM unknown_change")
            .fetch_one(&vault.pool)
            .await
            .unwrap();
        assert_eq!(left, 0);
    }
}
