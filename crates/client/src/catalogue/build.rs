//! Builds the database of a catalogue from its verified files, in one transaction, into a file
//! of its own that nobody else has open: from nothing, or from a copy of the one in use.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::mpsc;
use tongban_contract::{
    catalogue::{CatalogueFile, Record},
    guide::{Guide, Item, Place},
    numbers::DivisionCode,
};

use super::{changes, error::CatalogueError, shelf::Held, unpack, write::Writer};
use crate::sqlite;

/// Format of the database: the schema and the tokens. Raised with either.
pub(super) const FORMAT: i64 = 8;

/// Records that are written with one statement.
const BATCH: usize = 200;

/// A verified file.
pub(super) type Brought = (PathBuf, CatalogueFile);

/// What is to be built.
pub(super) struct Plan {
    /// Where the new database goes. What lies there is replaced.
    pub(super) target: PathBuf,
    /// The database that it is a copy of at first; none begins with nothing.
    pub(super) copy_of: Option<PathBuf>,
    /// The database that is in use now, where what differs from it is news.
    pub(super) compared_with: Option<PathBuf>,
    /// Published version, and when that was.
    pub(super) version: (u64, Timestamp),
    /// The regions whose guides are kept; what is of use in none of them goes.
    pub(super) regions: Vec<DivisionCode>,
}

/// Builds the database of the files, in the order in which they come, and answers how many
/// guides it lists. Dropping the future leaves an unfinished file that nothing points at.
pub(super) async fn build(
    plan: Plan,
    mut files: mpsc::Receiver<Brought>,
    held: &Held,
) -> Result<u64, CatalogueError> {
    let Plan { target, copy_of, compared_with, version, regions } = plan;
    let is_new = copy_of.is_none();
    let fresh = target.clone();
    held.blocking(move || {
        remove_if_there(&fresh)?;
        if let Some(base) = copy_of {
            std::fs::copy(base, fresh)?;
        }
        Ok(())
    })
    .await?;
    let mut database = sqlite::options(&target)
        .create_if_missing(true)
        // Nobody reads it before it is whole, and it is written to disk as a whole below.
        .pragma("journal_mode", "OFF")
        .pragma("synchronous", "OFF")
        .connect()
        .await?;
    if let Some(before) = &compared_with {
        changes::attach(&mut database, before).await?;
    }
    if is_new {
        // What putting the index together frees is given back at the end. Told only now that
        // there is no journal, which a build that was given up might take away from this one.
        sqlx::raw_sql("PRAGMA auto_vacuum = FULL").execute(&mut database).await?;
    }
    sqlx::raw_sql("BEGIN").execute(&mut database).await?;
    if is_new {
        sqlx::raw_sql(include_str!("schema.sql")).execute(&mut database).await?;
    }
    let mut writer = Writer::new(&mut database).await?;
    while let Some((path, file)) = files.recv().await {
        read_file(&mut writer, path, file, held).await?;
    }
    finish_divisions(&mut database).await?;
    prune(&mut database, &regions).await?;
    if compared_with.is_some() {
        changes::compare(&mut database, version).await?;
    }
    changes::forget_what_is_away(&mut database).await?;
    if is_new {
        sqlx::raw_sql("INSERT INTO guide_index (guide_index) VALUES ('optimize')")
            .execute(&mut database)
            .await?;
    }
    let guides: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE listed")
        .fetch_one(&mut database)
        .await?;
    let end = format!("PRAGMA user_version = {FORMAT}; COMMIT");
    sqlx::raw_sql(sqlx::AssertSqlSafe(end)).execute(&mut database).await?;
    database.close().await?;
    held.blocking(move || Ok(std::fs::File::open(&target)?.sync_all()?)).await?;
    Ok(u64::try_from(guides).unwrap_or_default())
}

fn remove_if_there(path: &Path) -> Result<(), CatalogueError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Unpacks a file on a thread of its own and writes its records batch by batch; the
/// channel holds the unpacking back while the database is busy.
async fn read_file(
    writer: &mut Writer<'_>,
    path: PathBuf,
    file: CatalogueFile,
    held: &Held,
) -> Result<(), CatalogueError> {
    let (sender, batches) = mpsc::channel::<Vec<Record>>(2);
    let unpacking = held.blocking(move || {
        let mut batch = Vec::with_capacity(BATCH);
        unpack::unpack(&path, &file, |record| {
            batch.push(record);
            // A closed channel means that nobody waits any more.
            batch.len() < BATCH || sender.blocking_send(std::mem::take(&mut batch)).is_ok()
        })?;
        // The same holds for the last one.
        let _ = sender.blocking_send(batch);
        Ok(())
    });
    let writing = async move {
        // Owned here: where writing ends early, the closed channel ends the unpacking.
        let mut batches = batches;
        while let Some(batch) = batches.recv().await {
            writer.write(batch).await?;
        }
        Ok::<_, CatalogueError>(())
    };
    let (unpacked, written) = tokio::join!(unpacking, writing);
    written?;
    unpacked
}

async fn finish_divisions(database: &mut SqliteConnection) -> Result<(), CatalogueError> {
    for statement in [
        // The levels are told by the length of the code; a parent that is missing is none.
        "UPDATE division SET parent = above.parent FROM (
             SELECT child.code, parent.code AS parent
             FROM division child LEFT JOIN division parent ON parent.code = substr(child.code, 1,
                 CASE length(child.code) WHEN 2 THEN 0 WHEN 4 THEN 2 WHEN 6 THEN 4
                     WHEN 9 THEN 6 ELSE 9 END)) above
         WHERE above.code = division.code AND above.parent IS NOT division.parent",
        "UPDATE division SET has_children = NOT has_children
         WHERE has_children <> (code IN (SELECT parent FROM division WHERE parent IS NOT NULL))",
    ] {
        sqlx::query(statement).execute(&mut *database).await?;
    }
    Ok(())
}

/// Takes out what is of no use in any of the regions: places elsewhere, then what nobody
/// carries out, and what belongs to places that are gone.
async fn prune(
    database: &mut SqliteConnection,
    regions: &[DivisionCode],
) -> Result<(), CatalogueError> {
    sqlx::query(
        "DELETE FROM place WHERE NOT EXISTS (
             SELECT 1 FROM json_each(?) region
             WHERE substr(division, 1, length(region.value)) = region.value
                OR substr(region.value, 1, length(division)) = division)",
    )
    .bind(json!(regions).to_string())
    .execute(&mut *database)
    .await?;
    for statement in [
        "DELETE FROM guide_index WHERE rowid IN (
             SELECT id FROM item WHERE code NOT IN (SELECT item FROM place))",
        "DELETE FROM item WHERE code NOT IN (SELECT item FROM place)",
        "DELETE FROM form WHERE item NOT IN (SELECT code FROM item)",
        "DELETE FROM place WHERE item NOT IN (SELECT code FROM item)",
        "DELETE FROM office WHERE id NOT IN (SELECT office FROM place)",
        "DELETE FROM patch WHERE id NOT IN (SELECT patch FROM place WHERE patch IS NOT NULL)",
    ] {
        sqlx::query(statement).execute(&mut *database).await?;
    }
    Ok(())
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, CatalogueError> {
    serde_json::from_str(body).map_err(|error| CatalogueError::Broken(error.to_string()))
}

/// The guide of an item at a place; none where the place's differences make no item.
pub(super) fn guide_at(item: &Item, place: &Place) -> Option<Guide> {
    Guide::at(item, place)
        .inspect_err(|error| {
            tracing::warn!(place = place.code, %error, "a place's differences make no item");
        })
        .ok()
}
