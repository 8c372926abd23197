//! What is read of the open catalogue besides searching: divisions, themes, guides, forms.

use std::{collections::BTreeMap, path::Path};

use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use tongban_contract::{
    form::Form,
    guide::{Guide, Item, Office},
    numbers::DivisionCode,
    page::{DivisionView, GuideView, PlaceView, ThemeView},
    vocabulary::Theme,
};

use super::{
    build::{FORMAT, guide_at, read},
    error::CatalogueError,
    shelf::Database,
};
use crate::sqlite;

/// An open database. It has one connection, opened once and kept: the file may lose its
/// name while a reader goes on, and whoever holds the connection sees one catalogue for
/// all of its statements.
pub(super) struct Snapshot {
    connection: Mutex<SqliteConnection>,
}

impl Snapshot {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] where it is not there, cut off, or of another format.
    pub(super) async fn open(path: &Path, expected: &Database) -> Result<Self, CatalogueError> {
        match tokio::fs::metadata(path).await {
            Ok(found) if found.len() == expected.bytes => {}
            Ok(_) => return Err(CatalogueError::Damaged),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(CatalogueError::Damaged);
            }
            Err(error) => return Err(error.into()),
        }
        let mut connection =
            sqlite::options(path).read_only(true).immutable(true).connect().await?;
        let format: i64 =
            sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
        if format != FORMAT {
            return Err(CatalogueError::Damaged);
        }
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// The database, for as many statements as belong together.
    pub(super) async fn database(&self) -> MutexGuard<'_, SqliteConnection> {
        self.connection.lock().await
    }
}

pub(super) async fn divisions(
    database: &mut SqliteConnection,
    parent: Option<&DivisionCode>,
) -> Result<Vec<DivisionView>, CatalogueError> {
    let rows: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT code, name, has_children FROM division WHERE parent IS ? ORDER BY code",
    )
    .bind(parent.map(DivisionCode::as_str))
    .fetch_all(database)
    .await?;
    rows.into_iter()
        .map(|(code, name, has_children)| {
            let code = code.parse().map_err(|_| CatalogueError::Damaged)?;
            Ok(DivisionView { code, name, has_children })
        })
        .collect()
}

/// The names from the province down, as they are written in an address.
pub(super) async fn division_name(
    database: &mut SqliteConnection,
    code: &DivisionCode,
) -> Result<String, CatalogueError> {
    let mut names = Vec::new();
    let mut next = Some(code.clone());
    while let Some(division) = next {
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM division WHERE code = ?")
            .bind(division.as_str())
            .fetch_optional(&mut *database)
            .await?;
        match name {
            // Levels that only exist in the code tables are not part of an address.
            Some(name) if is_filler(&name) && division != *code => {}
            Some(name) => names.push(name),
            None if division == *code => return Err(CatalogueError::UnknownDivision),
            None => {}
        }
        next = division.parent();
    }
    names.reverse();
    Ok(names.concat())
}

fn is_filler(name: &str) -> bool {
    matches!(name, "市辖区" | "县") || name.ends_with("直辖县级行政区划")
}

pub(super) async fn themes(
    database: &mut SqliteConnection,
) -> Result<Vec<ThemeView>, CatalogueError> {
    let counts: Vec<(String, i64)> = sqlx::query_as(
        "SELECT t.theme, count(*) FROM guide_theme t JOIN guide g ON g.id = t.guide
         WHERE g.listed GROUP BY t.theme",
    )
    .fetch_all(database)
    .await?;
    Ok(all_themes(&counts.into_iter().collect()))
}

/// Every theme in its usual order; one that no guide has is shown empty.
pub(super) fn all_themes(counts: &BTreeMap<String, i64>) -> Vec<ThemeView> {
    Theme::ALL
        .iter()
        .map(|theme| ThemeView {
            theme: theme.clone(),
            name: theme.term().to_owned(),
            guides: counts
                .get(theme.code())
                .and_then(|count| u32::try_from(*count).ok())
                .unwrap_or_default(),
        })
        .collect()
}

/// The guide of an item at the place that serves `asked`, or else `home`, or else the one
/// place that serves the whole county; at no office where several serve a part each and
/// neither says which.
pub(super) async fn guide(
    database: &mut SqliteConnection,
    item: &str,
    asked: Option<&DivisionCode>,
    home: Option<&DivisionCode>,
) -> Result<GuideView, CatalogueError> {
    let row: Option<(String, Option<String>, String, String, bool)> = sqlx::query_as(
        "SELECT i.body, p.body, g.division, g.division_name, g.has_form
         FROM guide g JOIN item i ON i.code = g.item
         LEFT JOIN place p ON p.item = g.item AND p.code = g.place
         WHERE g.item = ?",
    )
    .bind(item)
    .fetch_optional(&mut *database)
    .await?;
    let Some((body, place, division, mut division_name, has_form)) = row else {
        return Err(CatalogueError::UnknownItem);
    };
    let whole: Item = read(&body)?;
    let division: DivisionCode = division.parse().map_err(|_| CatalogueError::Damaged)?;
    let mut places = Vec::new();
    let mut guide = match place {
        Some(place) => {
            if asked.is_some_and(|asked| !division.contains(asked) && !asked.contains(&division)) {
                return Err(CatalogueError::NoPlace);
            }
            Guide::at(&whole, &read(&place)?)
                .map_err(|error| CatalogueError::Broken(error.to_string()))?
        }
        None => {
            let mut parts = parts(database, &whole, &division).await?;
            places = parts
                .iter()
                .map(|(guide, name)| PlaceView {
                    division: guide.division.clone(),
                    division_name: name.clone(),
                    department: guide.office.department.clone(),
                })
                .collect();
            let mut serving = |wanted: &DivisionCode| {
                let found = parts.iter().rposition(|(g, _)| g.division.contains(wanted));
                found.map(|index| parts.swap_remove(index))
            };
            let chosen = match asked {
                Some(asked) => Some(serving(asked).ok_or(CatalogueError::NoPlace)?),
                None => home.and_then(&mut serving),
            };
            match chosen {
                Some((guide, name)) => {
                    division_name = name;
                    guide
                }
                None => {
                    Guide { item: whole, code: String::new(), division, office: Office::default() }
                }
            }
        }
    };
    // What is promised but was not published cannot be filed.
    guide.item.has_form = has_form;
    let badges = guide.item.badges();
    Ok(GuideView { guide, division_name, badges, places })
}

/// The item as each place in the county carries it out, with the name of the place's
/// division. One in another comes after it.
async fn parts(
    database: &mut SqliteConnection,
    item: &Item,
    county: &DivisionCode,
) -> Result<Vec<(Guide, String)>, CatalogueError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT p.body, coalesce(d.name, p.division)
         FROM place p LEFT JOIN division d ON d.code = p.division
         WHERE p.item = ? AND p.division LIKE ? || '%' ORDER BY p.division, p.code",
    )
    .bind(&item.code)
    .bind(county.as_str())
    .fetch_all(database)
    .await?;
    let mut parts = Vec::new();
    for (body, name) in rows {
        if let Some(guide) = guide_at(item, &read(&body)?) {
            parts.push((guide, name));
        }
    }
    Ok(parts)
}

pub(super) async fn form(
    database: &mut SqliteConnection,
    item: &str,
) -> Result<Option<Form>, CatalogueError> {
    let row: Option<Option<String>> = sqlx::query_scalar(
        "SELECT f.body FROM guide g LEFT JOIN form f ON f.item = g.item AND g.has_form
         WHERE g.item = ?",
    )
    .bind(item)
    .fetch_optional(database)
    .await?;
    match row {
        None => Err(CatalogueError::UnknownItem),
        Some(None) => Ok(None),
        Some(Some(body)) => read(&body).map(Some),
    }
}
