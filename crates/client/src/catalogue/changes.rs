//! What a version changed of the guides on this device: found by comparing the database that
//! is being built with the one in use, however the new one came about.

use std::path::Path;

use jiff::Timestamp;
use sqlx::SqliteConnection;
use tongban_contract::page::{CatalogueChangeView, GuideChange, GuideChangeKind};

use super::error::CatalogueError;

/// Versions whose changes are kept.
const KEPT: i64 = 60;

/// Makes the database in use known to the one that is being built. Not within a transaction.
pub(super) async fn attach(
    database: &mut SqliteConnection,
    before: &Path,
) -> Result<(), CatalogueError> {
    sqlx::query("ATTACH ? AS before").bind(before.to_string_lossy()).execute(database).await?;
    Ok(())
}

/// Keeps what differs, as what this version changed, behind what is known of those before.
pub(super) async fn compare(
    database: &mut SqliteConnection,
    (version, published_at): (u64, Timestamp),
) -> Result<(), CatalogueError> {
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    for statement in [
        "INSERT OR IGNORE INTO version SELECT * FROM before.version",
        "INSERT OR IGNORE INTO change SELECT * FROM before.change",
    ] {
        sqlx::raw_sql(statement).execute(&mut *database).await?;
    }
    sqlx::query("INSERT OR REPLACE INTO version (version, published_at) VALUES (?, ?)")
        .bind(version)
        .bind(published_at.as_millisecond())
        .execute(&mut *database)
        .await?;
    for statement in [
        "INSERT OR REPLACE INTO change (version, item, name, kind)
         SELECT ?, code, name, 'added' FROM item
         WHERE listed AND code NOT IN (SELECT code FROM before.item WHERE listed)",
        "INSERT OR REPLACE INTO change (version, item, name, kind)
         SELECT ?, code, name, 'removed' FROM before.item
         WHERE listed AND code NOT IN (SELECT code FROM main.item WHERE listed)",
        "INSERT OR REPLACE INTO change (version, item, name, kind)
         SELECT ?, new.code, new.name, 'changed'
         FROM main.item new JOIN before.item old ON old.code = new.code
         WHERE new.listed AND old.listed AND (new.digest <> old.digest OR new.code IN (
             SELECT item FROM (SELECT item, division, code, office, patch FROM main.place
                 EXCEPT SELECT item, division, code, office, patch FROM before.place)
             UNION SELECT item FROM (SELECT item, division, code, office, patch FROM before.place
                 EXCEPT SELECT item, division, code, office, patch FROM main.place)))",
    ] {
        sqlx::query(statement).bind(version).execute(&mut *database).await?;
    }
    for statement in
        ["DELETE FROM change WHERE version <= ?", "DELETE FROM version WHERE version <= ?"]
    {
        let oldest = version.saturating_sub(KEPT);
        sqlx::query(statement).bind(oldest).execute(&mut *database).await?;
    }
    Ok(())
}

/// Forgets what is told as there though it is not, or not any more: what was removed later is
/// told as that, and what went with a region that was let go concerns nobody here.
pub(super) async fn forget_what_is_away(
    database: &mut SqliteConnection,
) -> Result<(), CatalogueError> {
    sqlx::query(
        "DELETE FROM change WHERE kind <> 'removed'
             AND item NOT IN (SELECT code FROM item WHERE listed)",
    )
    .execute(database)
    .await?;
    Ok(())
}

/// What each version changed, newest first.
pub(super) async fn read(
    database: &mut SqliteConnection,
) -> Result<Vec<CatalogueChangeView>, CatalogueError> {
    let rows: Vec<(i64, i64, String, String, String)> = sqlx::query_as(
        "SELECT version, published_at, item, name, kind FROM change JOIN version USING (version)
         ORDER BY version DESC, kind, item",
    )
    .fetch_all(database)
    .await?;
    let mut versions: Vec<CatalogueChangeView> = Vec::new();
    for (version, published_at, item, name, kind) in rows {
        let version = u64::try_from(version).unwrap_or_default();
        let kind = match kind.as_str() {
            "added" => GuideChangeKind::Added,
            "removed" => GuideChangeKind::Removed,
            _ => GuideChangeKind::Changed,
        };
        let change = GuideChange { item, name, kind };
        match versions.last_mut() {
            Some(last) if last.version == version => last.guides.push(change),
            _ => versions.push(CatalogueChangeView {
                version,
                published_at: Timestamp::from_millisecond(published_at)
                    .map_err(|_| CatalogueError::Damaged)?,
                guides: vec![change],
            }),
        }
    }
    Ok(versions)
}
