//! What the person is to be told of a rescue, until they have read it.

use sqlx::SqlitePool;
use tongban_contract::page::RescueView;

use super::{Vault, VaultError, from_json, to_json};

impl Vault {
    /// Every rescue of this vault that the person has not put away, oldest first.
    pub(crate) async fn rescues(&self) -> Result<Vec<RescueView>, VaultError> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT rescue_json FROM rescue ORDER BY position")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(|json| from_json("rescue", json)).collect()
    }

    /// Forgets what was told.
    pub(crate) async fn dismiss_rescues(&self) -> Result<(), VaultError> {
        sqlx::query("DELETE FROM rescue").execute(&self.pool).await?;
        Ok(())
    }
}

/// Keeps what is to be told.
pub(super) async fn add(pool: &SqlitePool, notice: &RescueView) -> Result<(), VaultError> {
    sqlx::query("INSERT INTO rescue (rescue_json) VALUES (?)")
        .bind(to_json(notice)?)
        .execute(pool)
        .await?;
    Ok(())
}
