//! What becomes of an answer to a correction notice that is awaited no longer: the application
//! was withdrawn, has ended, or was corrected on another device. The platform takes no such
//! answer, so that nobody may be asked for it; what the person wrote stays where it is.

use sqlx::SqliteConnection;
use tongban_contract::{
    case::{Case, Notice},
    identifiers::CaseId,
    operation::{Ask, Operation},
};

use super::{Vault, VaultError, exchange::Applied, from_json, to_json};

impl Vault {
    /// Settles what news of an earlier version of the app left open.
    pub(super) async fn settle_corrections(&self) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        settle(&mut transaction, &mut Applied::default()).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Settles every answer to a notice that the platform's last word does not ask for, and says
/// so once.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    applied: &mut Applied,
) -> Result<(), VaultError> {
    refused(connection, applied).await?;
    drafts(connection, applied).await
}

/// An answer that was refused is over where nothing is awaited: there is nothing to mend.
async fn refused(
    connection: &mut SqliteConnection,
    applied: &mut Applied,
) -> Result<(), VaultError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT operation.id, operation_json, case_json
         FROM operation JOIN case_news USING (case_id) WHERE phase = 'wedged'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (id, operation, case) in rows {
        // Whoever lists what cannot be read says so; nothing is decided of it here.
        let (Ok(operation), Ok(case)) =
            (from_json::<Operation>("operation", &operation), from_json::<Case>("case", &case))
        else {
            continue;
        };
        if !matches!(operation.ask, Ask::Correct(_)) || case.awaits_correction() {
            continue;
        }
        sqlx::query("UPDATE operation SET phase = 'done', problem_json = NULL WHERE id = ?")
            .bind(id)
            .execute(&mut *connection)
            .await?;
        // Its draft, where it was opened for mending already, is told of by itself.
        sqlx::query(
            "UPDATE application SET notice_json = NULL WHERE case_id = ? AND stage = 'filed'",
        )
        .bind(case.id.to_string())
        .execute(&mut *connection)
        .await?;
        tell(applied, &case);
    }
    Ok(())
}

/// A draft that answers a notice is one no longer where nothing is awaited, and answers the
/// newer notice where that is another.
async fn drafts(
    connection: &mut SqliteConnection,
    applied: &mut Applied,
) -> Result<(), VaultError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT notice_json, case_json FROM application JOIN case_news USING (case_id)
         WHERE stage = 'draft' AND notice_json IS NOT NULL",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (notice, case) in rows {
        let (Ok(notice), Ok(case)) =
            (from_json::<Notice>("notice", &notice), from_json::<Case>("case", &case))
        else {
            continue;
        };
        let (stage, answers) = match &case.notice {
            _ if !case.awaits_correction() => ("filed", None),
            Some(now) if now.id != notice.id => ("draft", Some(to_json(now)?)),
            Some(_) | None => continue,
        };
        sqlx::query("UPDATE application SET stage = ?, notice_json = ? WHERE case_id = ?")
            .bind(stage)
            .bind(answers)
            .bind(case.id.to_string())
            .execute(&mut *connection)
            .await?;
        if stage == "filed" {
            tell(applied, &case);
        }
        applied.cases.push(case.id);
    }
    Ok(())
}

fn tell(applied: &mut Applied, case: &Case) {
    let sentence = if case.state.is_final() {
        "这一件已经办结或撤件，没有交出的补正不用再交；您改过的内容仍保存在本机。"
    } else {
        "这一件已经不再等待补正，没有交出的补正不用再交；您改过的内容仍保存在本机。"
    };
    let news: (Option<CaseId>, String, String) =
        (Some(case.id), case.item_name.clone(), sentence.to_owned());
    if !applied.headlines.contains(&news) {
        applied.headlines.push(news);
    }
    applied.cases.push(case.id);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::vault::{
        Stage,
        tests::{Disk, application},
    };

    #[tokio::test]
    async fn an_answer_that_an_earlier_version_left_open_is_settled_at_the_next_start() {
        let disk = Disk::new();
        let vault = disk.open().await.unwrap();
        let case = application(1).case;
        let news = |state: &str| {
            json!({
                "id": case, "revision": 3, "number": "1", "item": "2", "item_name": "备案",
                "division": "420506", "office": "局", "state": state,
                "received_at": "2026-03-02T00:00:00Z",
            })
            .to_string()
        };
        let notice = json!({
            "id": case, "department": "局", "at": "2026-03-02T00:00:00Z", "faults": [],
        });
        vault.add_application(&application(1)).await.unwrap();
        sqlx::query("UPDATE application SET notice_json = ?, answers_json = '{\"改\":\"了\"}'")
            .bind(notice.to_string())
            .execute(&vault.pool)
            .await
            .unwrap();
        sqlx::query(
            "INSERT INTO case_news (case_id, revision, case_json, updated_at) VALUES (?, 3, ?, 0)",
        )
        .bind(case.to_string())
        .bind(news("correction_awaited"))
        .execute(&vault.pool)
        .await
        .unwrap();
        vault.close().await;

        let vault = disk.open().await.unwrap();
        let kept = vault.application(case).await.unwrap().unwrap();
        assert!(kept.stage == Stage::Draft && kept.notice.is_some(), "it is asked for");
        sqlx::query("UPDATE case_news SET case_json = ?")
            .bind(news("withdrawn"))
            .execute(&vault.pool)
            .await
            .unwrap();
        vault.close().await;

        let vault = disk.open().await.unwrap();
        let kept = vault.application(case).await.unwrap().unwrap();
        assert!(kept.stage == Stage::Filed && kept.notice.is_none(), "{kept:?}");
        assert_eq!(kept.answers, json!({"改": "了"}), "what was written stays");
    }
}
