//! Rows of applications as this device states them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use sqlx::FromRow;
use tongban_contract::{case::Notice, form::Form, guide::Guide, identifiers::CaseId};

use super::{Vault, VaultError, from_json, from_millis, parse, to_json, to_millis};

/// Whether an application is being written or was filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Draft,
    Filed,
}

/// An application as this device states it.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) case: CaseId,
    pub(crate) stage: Stage,
    pub(crate) guide: Guide,
    pub(crate) form: Form,
    pub(crate) situation: BTreeMap<String, String>,
    pub(crate) answers: Value,
    /// The correction notice that the next filing answers.
    pub(crate) notice: Option<Notice>,
    pub(crate) created_at: Timestamp,
    pub(crate) saved_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    case_id: String,
    stage: String,
    guide_json: String,
    form_json: String,
    situation_json: String,
    answers_json: String,
    notice_json: Option<String>,
    created_at: i64,
    saved_at: i64,
}

impl TryFrom<Row> for Application {
    type Error = VaultError;

    fn try_from(row: Row) -> Result<Self, VaultError> {
        Ok(Self {
            case: parse("case id", &row.case_id)?,
            stage: match row.stage.as_str() {
                "draft" => Stage::Draft,
                "filed" => Stage::Filed,
                _ => return Err(VaultError::Damaged("stage")),
            },
            guide: from_json("guide", &row.guide_json)?,
            form: from_json("form", &row.form_json)?,
            situation: from_json("situation", &row.situation_json)?,
            answers: from_json("answers", &row.answers_json)?,
            notice: row.notice_json.map(|json| from_json("notice", &json)).transpose()?,
            created_at: from_millis(row.created_at)?,
            saved_at: from_millis(row.saved_at)?,
        })
    }
}

impl Vault {
    pub(crate) async fn add_application(&self, new: &Application) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO application
                 (case_id, stage, guide_json, form_json, situation_json, answers_json,
                  notice_json, created_at, saved_at)
             VALUES (?, 'draft', ?, ?, ?, ?, NULL, ?, ?)",
        )
        .bind(new.case.to_string())
        .bind(to_json(&new.guide)?)
        .bind(to_json(&new.form)?)
        .bind(to_json(&new.situation)?)
        .bind(to_json(&new.answers)?)
        .bind(to_millis(new.created_at))
        .bind(to_millis(new.saved_at))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(crate) async fn application(
        &self,
        case: CaseId,
    ) -> Result<Option<Application>, VaultError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT case_id, stage, guide_json, form_json, situation_json, answers_json,
                    notice_json, created_at, saved_at
             FROM application WHERE case_id = ?",
        )
        .bind(case.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(Application::try_from).transpose()
    }

    /// Every application, as far as it can be read.
    pub(crate) async fn applications(&self) -> Result<Vec<Application>, VaultError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT case_id, stage, guide_json, form_json, situation_json, answers_json,
                    notice_json, created_at, saved_at
             FROM application ORDER BY saved_at DESC, case_id",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(self.readable("application", rows))
    }

    /// Keeps what the person has stated in a draft. Changes nothing that was filed.
    pub(crate) async fn keep_statement(
        &self,
        case: CaseId,
        situation: &BTreeMap<String, String>,
        answers: &Value,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let done = sqlx::query(
            "UPDATE application SET situation_json = ?, answers_json = ?, saved_at = ?
             WHERE case_id = ? AND stage = 'draft'",
        )
        .bind(to_json(situation)?)
        .bind(to_json(answers)?)
        .bind(to_millis(now))
        .bind(case.to_string())
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 0 { Err(VaultError::Missing("draft")) } else { Ok(()) }
    }

    /// Opens a filed application for mending: its wedged operation goes, its answers stay.
    pub(crate) async fn reopen(
        &self,
        case: CaseId,
        notice: Option<&Notice>,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM operation WHERE case_id = ? AND phase IN ('queued', 'wedged')")
            .bind(case.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "UPDATE application SET stage = 'draft', notice_json = coalesce(?, notice_json),
                    saved_at = ?
             WHERE case_id = ?",
        )
        .bind(notice.map(to_json).transpose()?)
        .bind(to_millis(now))
        .bind(case.to_string())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes a draft that was never filed, with everything attached to it.
    pub(crate) async fn delete_draft(&self, case: CaseId) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "DELETE FROM application
             WHERE case_id = ?1 AND stage = 'draft' AND notice_json IS NULL
               AND NOT EXISTS (SELECT 1 FROM case_news WHERE case_id = ?1)",
        )
        .bind(case.to_string())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(VaultError::Missing("draft"));
        }
        sqlx::query("DELETE FROM receipt WHERE case_id = ?")
            .bind(case.to_string())
            .execute(&mut *transaction)
            .await?;
        super::attachments::delete_orphans(&mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
