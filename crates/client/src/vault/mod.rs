//! The only module that speaks SQL about a person: one SQLCipher file per account.
//! It keeps and answers rows; what they mean is decided by its callers. A method is
//! one transaction. The file has exactly one connection (see the pragma comments).

mod answers;
mod applications;
mod attachments;
mod corrections;
mod courier;
mod error;
mod exchange;
mod followed;
pub(crate) mod given_up;
pub(crate) mod key;
mod notices;
mod outbox;
mod pages;
mod person;
mod rescue;
#[cfg(test)]
mod rescue_tests;
#[cfg(test)]
mod tests;
mod unread;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{
    ConnectOptions as _, SqlitePool,
    migrate::Migrator,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};
use tongban_contract::problem::Problem;
use zeroize::Zeroize as _;

pub(crate) use applications::{Application, Stage};
pub(crate) use attachments::{Attachment, PIECE};
pub use error::VaultError;
pub(crate) use error::lacks_files;
pub(crate) use exchange::{Applied, Rest};
pub(crate) use followed::Followed;
use outbox::Sending;
pub(crate) use outbox::{Phase, Queued, Receipt};
use pages::Look;
pub(crate) use rescue::move_aside;

use crate::sqlite;

/// What SQLCipher begins a vault's file with; another one in each.
pub(crate) type Salt = [u8; pages::SALT];

static MIGRATIONS: Migrator = sqlx::migrate!("src/vault/migrations");

/// An open vault. Clones share it; the last one closes it.
#[derive(Clone)]
pub(crate) struct Vault {
    pool: SqlitePool,
    /// How many rows of each kind could not be read the last time.
    unreadable: Arc<Mutex<BTreeMap<&'static str, usize>>>,
    sending: Arc<Mutex<Sending>>,
}

impl Vault {
    /// Opens the vault of an account with its key, or makes it. One that is damaged is rescued
    /// first. What a crash left as 'sending' is queued again: sending twice does no harm.
    ///
    /// Every page is looked at each time: what is damaged is found while the rest can still be
    /// read, and not in the middle of a filing. What SQLite itself finds wrong in tables that
    /// are not large is looked for too, as an old page in place of a new one is not damaged by
    /// itself.
    ///
    /// A file of which not one page was written with this key is not damaged: it is left as it
    /// is, unless one that was moved aside before is whole with this key and takes its place.
    ///
    /// # Errors
    /// Where the file was written by a newer version or with another key, or cannot be read or
    /// written.
    pub(crate) async fn open(
        directory: &Path,
        account: &str,
        key: &SecretString,
        salt: Option<Salt>,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        rescue::finish(directory, account).await?;
        let path = vault_path(directory, account);
        let mut look = look(&path, key, salt).await?;
        let kept_as = if look.is_of_another_key() {
            let kept_as = rescue::bring_back(directory, account, key, now).await?;
            look = self::look(&path, key, salt).await?;
            Some(kept_as.ok_or(VaultError::KeyMismatch)?)
        } else {
            None
        };
        if !look.exists {
            // Made under another name: a file in place is whole, and an empty one damaged.
            let new = rescue::beside(directory, account, "new");
            Self::create(&new, key).await?.close().await;
            // The log that comes next holds what changes, and stands on what is here.
            let made = tokio::fs::File::open(&new).await.map_err(VaultError::Backup)?;
            made.sync_all().await.map_err(VaultError::Backup)?;
            tokio::fs::rename(&new, &path).await.map_err(VaultError::Backup)?;
            rescue::sync_folder(directory).await.map_err(VaultError::Backup)?;
        }
        if look.is_damaged() {
            rescue::rescue(directory, account, key, &look, now).await?;
            return Self::open_whole(&path, key, now).await;
        }
        match Self::open_whole(&path, key, now).await {
            Err(error) if error.is_damage() => {
                let look = self::look(&path, key, salt).await?;
                rescue::rescue(directory, account, key, &look, now).await?;
                Self::open_whole(&path, key, now).await
            }
            Ok(vault) => {
                if let Some(kept_as) = kept_as {
                    rescue::tell_of_bringing_back(&vault, kept_as, now).await?;
                }
                Ok(vault)
            }
            opened => opened,
        }
    }

    /// Opens a file of which every page is good.
    async fn open_whole(
        path: &Path,
        key: &SecretString,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        let vault = Self::connect(options(path, key)).await?;
        let opened = async {
            vault.check_structure().await?;
            vault.migrate(path).await?;
            vault.read_anew(now).await?;
            vault.settle_corrections().await?;
            vault.queue_what_was_being_sent().await
        };
        if let Err(error) = opened.await {
            vault.close().await;
            return Err(error);
        }
        Ok(vault)
    }

    /// Makes a vault at a place that is not its own. It is not waited for the disk: whoever
    /// gives it its name has it written first.
    async fn create(path: &Path, key: &SecretString) -> Result<Self, VaultError> {
        let options =
            options(path, key).create_if_missing(true).synchronous(SqliteSynchronous::Off);
        let vault = Self::connect(options).await?;
        if let Err(error) = vault.migrate(path).await {
            vault.close().await;
            return Err(error);
        }
        Ok(vault)
    }

    async fn connect(options: SqliteConnectOptions) -> Result<Self, VaultError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        Ok(Self { pool, unreadable: Arc::default(), sending: Arc::default() })
    }

    /// Looks for what SQLite finds wrong, in all tables but that of the files' bytes: it is
    /// large, and a file is checked by its digest wherever it goes.
    async fn check_structure(&self) -> Result<(), VaultError> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'chunk'
               AND name NOT LIKE 'sqlite_%'",
        )
        .fetch_all(&self.pool)
        .await?;
        for table in tables {
            let check = format!("PRAGMA quick_check('{table}')");
            let found: Vec<String> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(check)).fetch_all(&self.pool).await?;
            if found != ["ok"] {
                tracing::warn!(table, faults = found.len(), "a table is damaged");
                return Err(VaultError::Damaged("table"));
            }
        }
        Ok(())
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

    /// Those rows that can be read: one that cannot blocks no other. It stays where it is, and
    /// the person is told ([`Vault::unreadable`]).
    fn readable<Row, T>(&self, kind: &'static str, rows: Vec<Row>) -> Vec<T>
    where
        T: TryFrom<Row, Error = VaultError>,
    {
        let all = rows.len();
        let log = |error: &VaultError| tracing::warn!(%error, kind, "a row was left out");
        let read: Vec<T> =
            rows.into_iter().filter_map(|row| T::try_from(row).inspect_err(log).ok()).collect();
        let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        unreadable.insert(kind, all - read.len());
        read
    }

    /// What the person is told of rows that could not be read when their lists were read last;
    /// nothing where all could.
    pub(crate) fn unreadable(&self) -> Option<Problem> {
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        let count: usize = unreadable.values().sum();
        (count > 0).then(|| error::unreadable(count))
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

/// How a vault's file is opened.
fn options(path: &Path, key: &SecretString) -> SqliteConnectOptions {
    let mut pragma = format!("\"x'{}'\"", key.expose_secret());
    let options = sqlite::options(path)
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
    options
}

/// The salt of an account's vault.
pub(crate) async fn salt(directory: &Path, account: &str) -> Result<Option<Salt>, VaultError> {
    let path = vault_path(directory, account);
    let reading = tokio::task::spawn_blocking(move || pages::salt(&path));
    let read = reading.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    read.map_err(VaultError::Backup)
}

/// Looks at every page of a vault.
async fn look(path: &Path, key: &SecretString, salt: Option<Salt>) -> Result<Look, VaultError> {
    let (path, key) = (path.to_owned(), key.clone());
    let looking = tokio::task::spawn_blocking(move || pages::look(&path, &key, salt));
    let looked = looking.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    looked.map_err(VaultError::Backup)
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
        let Some(account) = account else { continue };
        match account.split_once('.') {
            None => accounts.push(account.to_owned()),
            // A rescued one that has not got its name yet.
            Some((account, what)) if what.starts_with("rescued-") => {
                accounts.push(account.to_owned());
            }
            // Copies made before a migration, and what was moved aside.
            Some(_) => {}
        }
    }
    accounts.sort();
    accounts.dedup();
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
