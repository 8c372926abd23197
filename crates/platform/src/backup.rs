//! Backing a node up while it runs, and restoring it. What a backup cannot know is what
//! people were told after it was made; restoring therefore begins every feed anew, so that
//! devices notice and tell again what was forgotten, and leaves out acceptance numbers that
//! may stand on somebody's receipt.

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteJournalMode};
use uuid::Uuid;

use crate::{
    Error, Result,
    cases::store,
    catalogue::{lock, publish},
    clock, database,
};

/// Name of the database within a data folder and a backup.
const DATABASE: &str = "platform.db";
/// Folders that are copied as they are. Their files are named after what is in them, and
/// are whole as soon as they have their name; unfinished uploads are begun again by devices.
const FOLDERS: [&str; 2] = ["objects", CATALOGUE];
const CATALOGUE: &str = "catalogue";
/// Numbers that are left out of every series, that of the catalogue's versions included: far more
/// than a node gives in a day.
const LEFT_OUT: i64 = 100_000;

/// Copies a node's data to a new folder, also while the node runs.
///
/// The database is copied in one transaction of SQLite's own (`VACUUM INTO`), and then the
/// files that it refers to, which are never changed.
///
/// # Errors
/// Where there is no node's data in `data`, something is at `to` already, or a file cannot
/// be read or written.
pub async fn back_up(data: &Path, to: &Path) -> Result<()> {
    let source = existing(data)?;
    new_folder(to)?;
    let options = database::options(&source).busy_timeout(database::PATIENCE);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let copy = to.join(DATABASE);
    sqlx::query("VACUUM INTO ?").bind(copy.to_string_lossy()).execute(&mut connection).await?;
    connection.close().await?;
    let (data, to) = (data.to_owned(), to.to_owned());
    tokio::task::spawn_blocking(move || {
        // A catalogue that is half published would be copied as it is.
        let _held = lock::hold(&data)?;
        copy_folders(&data, &to)
    })
    .await?
}

/// Makes a node's data folder from a backup.
///
/// # Errors
/// Where `from` is no backup, something is at `data` already, or a file cannot be read or
/// written.
pub async fn restore(from: &Path, data: &Path) -> Result<()> {
    let source = existing(from)?;
    new_folder(data)?;
    copy_folders(from, data)?;
    let copy = data.join(DATABASE);
    std::fs::copy(&source, &copy).map_err(Error::file(&copy))?;
    let (folder, now) = (data.join(CATALOGUE), clock::system()());
    publish::leave_versions_out(&folder, LEFT_OUT.unsigned_abs(), now)?;
    begin_anew(&copy).await
}

/// Gives every feed a new identity and every series of numbers a gap, in one transaction.
async fn begin_anew(database: &Path) -> Result<()> {
    let options =
        database::options(database).foreign_keys(true).journal_mode(SqliteJournalMode::Truncate);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut transaction = connection.begin().await?;
    let accounts: Vec<i64> =
        sqlx::query_scalar("SELECT account FROM feeds").fetch_all(&mut *transaction).await?;
    for account in accounts {
        sqlx::query("UPDATE feeds SET id = ?2 WHERE account = ?1")
            .bind(account)
            .bind(Uuid::now_v7().to_string())
            .execute(&mut *transaction)
            .await?;
    }
    store::leave_out_serials(&mut transaction, LEFT_OUT).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

fn existing(folder: &Path) -> Result<PathBuf> {
    let database = folder.join(DATABASE);
    // Asked for its own sake: opening would make a new, empty one.
    std::fs::metadata(&database).map_err(Error::file(&database))?;
    Ok(database)
}

fn new_folder(folder: &Path) -> Result<()> {
    if let Some(parent) = folder.parent() {
        std::fs::create_dir_all(parent).map_err(Error::file(parent))?;
    }
    // Never over something that is there.
    std::fs::create_dir(folder).map_err(Error::file(folder))
}

fn copy_folders(from: &Path, to: &Path) -> Result<()> {
    for folder in FOLDERS {
        let source = from.join(folder);
        if source.is_dir() {
            copy(&source, &to.join(folder))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).map_err(Error::file(to))?;
    for entry in std::fs::read_dir(from).map_err(Error::file(from))? {
        let entry = entry.map_err(Error::file(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).map_err(Error::file(&source))?;
        }
    }
    Ok(())
}
