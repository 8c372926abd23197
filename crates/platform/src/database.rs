//! Opening the database and bringing its tables up to date. What is in the tables
//! belongs to the modules that read and write them.

use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Result, catalogue::lock};

/// How long a statement waits for whoever else has the database.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Options for the file at `path`: where every SQLite file is opened from.
///
/// The node may end while sqlx's threads still close connections. OpenSSL, below the linked
/// SQLCipher, would tear itself down by `atexit` at that moment and bring the program down; it
/// is told not to. SQLCipher's own `atexit` is left out by `.cargo/config.toml`.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    // Before SQLite, which would start OpenSSL its own way.
    openssl_sys::init();
    SqliteConnectOptions::new().filename(path)
}

/// Opens the database of `folder`, making it where it is not there.
///
/// One connection reads and writes it: the linked SQLite 3.50.4 has a bug that resets a
/// write-ahead log used by two, and a rollback journal with full synchronisation is durable
/// without one. Whoever holds a transaction must therefore not ask the pool for another
/// connection: pass `&mut *transaction` on instead.
pub async fn open(folder: &Path) -> Result<SqlitePool> {
    // Two that bring a new database up to date would each make its tables.
    let data_dir = folder.to_owned();
    let held = tokio::task::spawn_blocking(move || lock::hold(&data_dir)).await??;
    let options = options(&folder.join("platform.db"))
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Truncate)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    sqlx::migrate!().run(&pool).await?;
    drop(held);
    Ok(pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasons given at [`open`] hold for this version. With another one, read its
    /// release notes and look at them again.
    #[tokio::test]
    async fn the_linked_sqlite_is_the_one_the_settings_were_chosen_for() {
        let folder = tempfile::tempdir().unwrap();
        let pool = open(folder.path()).await.unwrap();
        let version: String =
            sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&pool).await.unwrap();
        assert_eq!(version, "3.50.4");
        let journal: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&pool).await.unwrap();
        let synchronous: i64 =
            sqlx::query_scalar("PRAGMA synchronous").fetch_one(&pool).await.unwrap();
        assert_eq!((journal.as_str(), synchronous), ("truncate", 2));
    }

    #[tokio::test]
    async fn every_table_is_strict() {
        let folder = tempfile::tempdir().unwrap();
        let pool = open(folder.path()).await.unwrap();
        let loose: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM pragma_table_list
             WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'
               AND name <> '_sqlx_migrations'",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        assert_eq!(loose, Vec::<String>::new());
    }
}
