//! The device's courier key, as far as it is no secret, and marking what was sealed.

use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    courier::{CourierKey, CourierRegistration},
    operation::Operation,
};

use super::{Vault, VaultError, parse};

/// What is known of this device's courier key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CourierEntry {
    pub(crate) key: CourierKey,
    /// What the platform calls the account; none as long as it does not know the key.
    pub(crate) account: Option<String>,
    /// Whether the next exchange names the key.
    pub(crate) to_name: bool,
}

#[derive(FromRow)]
struct Row {
    key: String,
    account: Option<String>,
    to_name: bool,
}

impl Vault {
    pub(crate) async fn courier(&self) -> Result<Option<CourierEntry>, VaultError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT key, account, to_name FROM courier WHERE one = 1")
                .fetch_optional(&self.pool)
                .await?;
        row.map(|row| {
            let key = parse("courier key", &row.key)?;
            Ok(CourierEntry { key, account: row.account, to_name: row.to_name })
        })
        .transpose()
    }

    /// Keeps a new key, which the platform does not know yet.
    pub(crate) async fn keep_courier_key(&self, key: &CourierKey) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO courier (one, key, account, to_name) VALUES (1, ?, NULL, 1)
             ON CONFLICT (one) DO UPDATE SET key = excluded.key, account = NULL, to_name = 1",
        )
        .bind(key.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Says that these operations leave the device, so that they can no longer be recalled,
    /// and answers which of them may: one that was recalled or taken a moment ago may not.
    /// They stay queued.
    pub(crate) async fn mark_sealed(
        &self,
        operations: Vec<Operation>,
    ) -> Result<Vec<Operation>, VaultError> {
        let mut marked = Vec::with_capacity(operations.len());
        let mut transaction = self.pool.begin().await?;
        for operation in operations {
            let done = sqlx::query(
                "UPDATE operation SET tries = tries + 1
                 WHERE id = ? AND phase IN ('queued', 'sending')",
            )
            .bind(operation.id.to_string())
            .execute(&mut *transaction)
            .await?;
            if done.rows_affected() > 0 {
                marked.push(operation);
            }
        }
        transaction.commit().await?;
        Ok(marked)
    }

    /// Takes the mark back: no courier came of it.
    pub(crate) async fn unmark_sealed(&self, operations: &[Operation]) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        for operation in operations {
            sqlx::query("UPDATE operation SET tries = MAX(tries - 1, 0) WHERE id = ?")
                .bind(operation.id.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// The platform knows the key now. It may have been another one that was sent.
pub(super) async fn confirm(
    connection: &mut SqliteConnection,
    known: &CourierRegistration,
) -> Result<(), VaultError> {
    sqlx::query("UPDATE courier SET account = ?, to_name = 0 WHERE key = ?")
        .bind(&known.account)
        .bind(known.key.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// The platform may have forgotten the key, as one restored from a backup.
pub(super) async fn doubt(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    sqlx::query("UPDATE courier SET account = NULL, to_name = 1").execute(connection).await?;
    Ok(())
}

/// The key is told once more: what the device files counts as the newest sign-in does.
pub(super) async fn name_again(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    sqlx::query("UPDATE courier SET to_name = 1").execute(connection).await?;
    Ok(())
}
