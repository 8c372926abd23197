//! Why an operation waits to which the platform's answer put no end: what the person is told.
//! What the platform itself gives as a reason (`Later`) is told in its own words.

use std::time::Duration;

use sqlx::SqliteConnection;
use tongban_contract::{
    identifiers::{Digest, OperationId},
    operation::Outcome,
    problem::Problem,
};

use super::{Vault, VaultError, from_json, to_json};

/// How long an operation waits that cannot be helped by sending it again at once.
pub(super) const WAIT: Duration = Duration::from_secs(60);

/// The answer is of a kind that is known, and makes no sense.
pub(super) fn malformed() -> Problem {
    Problem::new(
        "answer.malformed",
        "平台的答复没有读懂，这一件还不能算办成，仍在本机排队。",
        "不用重复提交，稍后会自动再交；如长时间如此，请更新应用。",
    )
}

/// The answer is of a kind that this version does not know.
pub(super) fn unknown() -> Problem {
    Problem::new(
        "answer.unknown",
        "平台的答复要新版应用才能读懂，这一件仍在本机排队。",
        "请更新应用；不用重复提交，稍后会自动再交。",
    )
}

/// There is no answer to it.
pub(super) fn missing() -> Problem {
    Problem::new(
        "answer.missing",
        "平台应答了，却没有说这一件办得怎样，仍在本机排队。",
        "不用重复提交，稍后会自动再交；如长时间如此，请拨打 12345 反映。",
    )
}

/// The platform lacks files that were brought to it.
fn lacking() -> Problem {
    Problem::new(
        "answer.lacking",
        "附件已经传过，平台却说还没有收到，这一件仍在本机排队。",
        "附件都在本机，稍后会自动再传；如长时间如此，请拨打 12345 反映。",
    )
}

/// Why an operation waits for which the platform lacks files; nothing where they are only to
/// be brought now. Where it asks for one that it was brought since it asked first, or for none
/// at all, asking again at once is not known to help.
pub(super) fn waits_for_files(lacks: &[Digest], brought: &[Digest]) -> Option<Problem> {
    let again = lacks.is_empty() || lacks.iter().any(|digest| brought.contains(digest));
    again.then(lacking)
}

impl Vault {
    /// Remembers that the platform was brought a file which it lacked for an operation.
    pub(crate) async fn file_was_brought(
        &self,
        id: OperationId,
        digest: &Digest,
    ) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        let mut digests = brought(&mut transaction, id).await?;
        if !digests.contains(digest) {
            digests.push(digest.clone());
        }
        sqlx::query(
            "UPDATE operation SET outcome_json = ? WHERE id = ? AND phase IN ('queued', 'sending')",
        )
        .bind(to_json(&Outcome::Lacking { digests })?)
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Files that the platform was brought for an operation since it last said something else than
/// that it lacks some.
pub(super) async fn brought(
    connection: &mut SqliteConnection,
    id: OperationId,
) -> Result<Vec<Digest>, VaultError> {
    let json: Option<Option<String>> =
        sqlx::query_scalar("SELECT outcome_json FROM operation WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?;
    let outcome = json.flatten().map(|json| from_json("outcome", &json)).transpose()?;
    Ok(match outcome {
        Some(Outcome::Lacking { digests }) => digests,
        _ => Vec::new(),
    })
}
