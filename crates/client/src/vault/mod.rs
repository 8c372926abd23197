//! The only module that speaks SQL about a person: one SQLCipher file per account.
//! It keeps and answers rows; what they mean is decided by its callers. A method is
//! one transaction. The file has exactly one connection (see the pragma comments).

mod applications;
mod attachments;
mod courier;
mod error;
mod exchange;
pub(crate) mod key;
mod outbox;
mod person;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{
    ConnectOptions as _, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous},
};
use zeroize::Zeroize as _;

pub(crate) use applications::{Application, Stage};
pub(crate) use attachments::{Attachment, PIECE};
pub use error::VaultError;
pub(crate) use exchange::Applied;
pub(crate) use outbox::{Pause, Phase, Queued, Receipt};

use crate::sqlite;

static MIGRATIONS: Migrator = sqlx::migrate!("src/vault/migrations");

/// An open vault. Clones share it; the last one closes it.
#[derive(Clone)]
pub(crate) struct Vault {
    pool: SqlitePool,
}

impl Vault {
    /// Opens the vault of an account with its key, or makes it. What a crash left as
    /// 'sending' is queued again: sending twice does no harm.
    ///
    /// # Errors
    /// Where the file is not readable with the key, is damaged, or was written by a newer
    /// version.
    pub(crate) async fn open(
        directory: &Path,
        account: &str,
        key: &SecretString,
    ) -> Result<Self, VaultError> {
        let path = vault_path(directory, account);
        let mut pragma = format!("\"x'{}'\"", key.expose_secret());
        let options = sqlite::options(&path)
            .create_if_missing(true)
            .pragma("key", pragma.clone())
            .foreign_keys(true)
            // One connection, held exclusively: SQLite 3.50.4 has a fault in resetting
            // the WAL that needs two.
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // Sorting must not leave plain text in a temporary file.
            .pragma("temp_store", "memory")
            .pragma("secure_delete", "fast")
            // A log of statements would hold the key.
            .disable_statement_logging();
        pragma.zeroize();
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        let vault = Self { pool };
        vault.migrate(&path).await?;
        vault.queue_what_was_being_sent().await?;
        Ok(vault)
    }

    /// Brings the schema up to date, with a copy of the file put beside it before.
    async fn migrate(&self, path: &Path) -> Result<(), VaultError> {
        let known: i64 = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
        let has_history: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        )
        .fetch_one(&self.pool)
        .await?;
        if has_history > 0 {
            let applied: i64 =
                sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
                    .fetch_one(&self.pool)
                    .await?;
            if applied > known {
                return Err(VaultError::Newer);
            }
            if applied < known {
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await?;
                let copy = path.with_extension(format!("before-{known}.db"));
                tokio::fs::copy(path, copy).await.map_err(VaultError::Backup)?;
            }
        }
        MIGRATIONS.run(&self.pool).await?;
        Ok(())
    }

    /// Closes the file, so that another process can open it.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Versions of SQLite and SQLCipher, for the page 'about' and a test.
    #[cfg(test)]
    pub(crate) async fn versions(&self) -> Result<(String, String), VaultError> {
        let sqlite = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&self.pool).await?;
        let cipher = sqlx::query_scalar("PRAGMA cipher_version").fetch_one(&self.pool).await?;
        Ok((sqlite, cipher))
    }
}

/// The file of an account's vault.
pub(crate) fn vault_path(directory: &Path, account: &str) -> PathBuf {
    directory.join(format!("vault-{account}.db"))
}

/// Accounts that have a vault in this folder.
pub(crate) fn accounts(directory: &Path) -> std::io::Result<Vec<String>> {
    let mut accounts = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let name = entry?.file_name();
        let account =
            name.to_str().and_then(|name| name.strip_prefix("vault-")?.strip_suffix(".db"));
        // Copies made before a migration have a dot in the middle.
        if let Some(account) = account.filter(|name| !name.contains('.')) {
            accounts.push(account.to_owned());
        }
    }
    accounts.sort();
    Ok(accounts)
}

fn to_millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn from_millis(millis: i64) -> Result<Timestamp, VaultError> {
    Timestamp::from_millisecond(millis).map_err(|_| VaultError::Damaged("time"))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, VaultError> {
    serde_json::to_string(value).map_err(|_| VaultError::Damaged("value"))
}

fn from_json<T: serde::de::DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, VaultError> {
    serde_json::from_str(text).map_err(|_| VaultError::Damaged(what))
}

fn parse<T: std::str::FromStr>(what: &'static str, text: &str) -> Result<T, VaultError> {
    text.parse().map_err(|_| VaultError::Damaged(what))
}
