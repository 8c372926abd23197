//! Attached files and licences, and the bytes of the files.

use jiff::Timestamp;
use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    identifiers::{AttachmentId, CaseId, Digest},
    operation::Enclosure,
};

use super::{Vault, VaultError, from_json, from_millis, parse, to_json, to_millis};

/// Bytes of one piece of a file.
pub(crate) const PIECE: usize = 512 * 1024;

/// Something attached to an application.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: AttachmentId,
    pub(crate) material: String,
    /// Name the person knows it by.
    pub(crate) name: String,
    pub(crate) enclosure: Enclosure,
    pub(crate) attached_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: String,
    material: String,
    name: String,
    enclosure_json: String,
    attached_at: i64,
}

impl TryFrom<Row> for Attachment {
    type Error = VaultError;

    fn try_from(row: Row) -> Result<Self, VaultError> {
        Ok(Self {
            id: parse("attachment id", &row.id)?,
            material: row.material,
            name: row.name,
            enclosure: from_json("enclosure", &row.enclosure_json)?,
            attached_at: from_millis(row.attached_at)?,
        })
    }
}

impl Vault {
    /// Attaches a licence, or a file with its bytes.
    pub(crate) async fn attach(
        &self,
        case: CaseId,
        new: &Attachment,
        bytes: &[u8],
    ) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        let digest = match &new.enclosure {
            Enclosure::File { digest, .. } => Some(digest),
            Enclosure::Licence { .. } => None,
        };
        if let Some(digest) = digest {
            keep_bytes(&mut transaction, digest, bytes).await?;
        }
        sqlx::query(
            "INSERT INTO attachment
                 (id, case_id, material, name, enclosure_json, digest, attached_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.id.to_string())
        .bind(case.to_string())
        .bind(&new.material)
        .bind(&new.name)
        .bind(to_json(&new.enclosure)?)
        .bind(digest.map(Digest::as_str))
        .bind(to_millis(new.attached_at))
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE application SET saved_at = ? WHERE case_id = ?")
            .bind(to_millis(new.attached_at))
            .bind(case.to_string())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(crate) async fn attachments(&self, case: CaseId) -> Result<Vec<Attachment>, VaultError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, material, name, enclosure_json, attached_at
             FROM attachment WHERE case_id = ? ORDER BY attached_at, id",
        )
        .bind(case.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Attachment::try_from).collect()
    }

    pub(crate) async fn detach(
        &self,
        case: CaseId,
        attachment: AttachmentId,
    ) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM attachment WHERE id = ? AND case_id = ?")
            .bind(attachment.to_string())
            .bind(case.to_string())
            .execute(&mut *transaction)
            .await?;
        delete_orphans(&mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// One piece of a file; none past its end.
    pub(crate) async fn piece(
        &self,
        digest: &Digest,
        piece: u64,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(sqlx::query_scalar("SELECT bytes FROM chunk WHERE digest = ? AND piece = ?")
            .bind(digest.as_str())
            .bind(i64::try_from(piece).unwrap_or(i64::MAX))
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Every byte of a file.
    pub(crate) async fn bytes(&self, digest: &Digest) -> Result<Vec<u8>, VaultError> {
        let pieces: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT bytes FROM chunk WHERE digest = ? ORDER BY piece")
                .bind(digest.as_str())
                .fetch_all(&self.pool)
                .await?;
        if pieces.is_empty() {
            return Err(VaultError::Missing("file"));
        }
        Ok(pieces.concat())
    }

    pub(crate) async fn upload_location(
        &self,
        digest: &Digest,
    ) -> Result<Option<String>, VaultError> {
        Ok(sqlx::query_scalar("SELECT location FROM upload WHERE digest = ?")
            .bind(digest.as_str())
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Keeps where an upload stands, or (none) that it is over.
    pub(crate) async fn keep_upload_location(
        &self,
        digest: &Digest,
        location: Option<&str>,
    ) -> Result<(), VaultError> {
        match location {
            Some(location) => {
                sqlx::query(
                    "INSERT INTO upload (digest, location) VALUES (?, ?)
                     ON CONFLICT (digest) DO UPDATE SET location = excluded.location",
                )
                .bind(digest.as_str())
                .bind(location)
                .execute(&self.pool)
                .await?
            }
            None => {
                sqlx::query("DELETE FROM upload WHERE digest = ?")
                    .bind(digest.as_str())
                    .execute(&self.pool)
                    .await?
            }
        };
        Ok(())
    }
}

async fn keep_bytes(
    connection: &mut SqliteConnection,
    digest: &Digest,
    bytes: &[u8],
) -> Result<(), VaultError> {
    for (position, piece) in (0_i64..).zip(bytes.chunks(PIECE)) {
        sqlx::query(
            "INSERT INTO chunk (digest, piece, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(digest.as_str())
        .bind(position)
        .bind(piece)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Deletes bytes that nothing is attached with any more and that were never filed. What was
/// filed is kept even when it was replaced since: a platform that is set back to its backup
/// is told everything again, from the first filing on.
pub(super) async fn delete_orphans(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    sqlx::query(
        "DELETE FROM chunk
         WHERE digest NOT IN (SELECT digest FROM attachment WHERE digest IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM operation
               WHERE instr(operation_json, chunk.digest) > 0)",
    )
    .execute(connection)
    .await?;
    Ok(())
}
