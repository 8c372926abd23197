//! What is read of the open catalogue besides searching: divisions, themes, guides, forms.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use sqlx::{ConnectOptions as _, FromRow, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use tongban_contract::{
    form::Form,
    guide::{Guide, Item, Office, Place},
    numbers::DivisionCode,
    page::{DivisionView, GuideView, KeptView, PlaceView, ThemeView},
    vocabulary::Theme,
};

use super::{
    build::{FORMAT, guide_at, read},
    error::CatalogueError,
    listing::{Entries, Listing},
    nearness::{Here, Nearest, parts_of},
    packed::Unpacker,
    shelf::Database,
};
use crate::sqlite;

/// An open database. It has one connection, opened once and kept: the file may lose its
/// name while a reader goes on, and whoever holds the connection sees one catalogue for
/// all of its statements.
pub(super) struct Snapshot {
    connection: Mutex<SqliteConnection>,
    /// What lists need, read when the first of them is asked for.
    entries: tokio::sync::OnceCell<Arc<Entries>>,
    /// The regions whose guides it holds, with their names.
    pub(super) kept: Vec<KeptView>,
    /// Names of counties and what is above them, in full.
    pub(super) names: BTreeMap<DivisionCode, String>,
    /// For where people are, the latest last.
    listings: std::sync::Mutex<Vec<(Here, Arc<Listing>)>>,
}

/// Places for which listings are kept: a county, a home in it, and those that are looked at.
const LISTINGS: usize = 6;

impl Snapshot {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] where it is not there, cut off, or of another format.
    pub(super) async fn open(
        path: &Path,
        expected: &Database,
        regions: &[DivisionCode],
    ) -> Result<Self, CatalogueError> {
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
        let names = region_names(&mut connection).await?;
        let kept = |region: &DivisionCode| KeptView {
            division: region.clone(),
            // One that the divisions leave out still has its guides.
            name: names.get(region).cloned().unwrap_or_else(|| region.to_string()),
        };
        let kept = regions.iter().map(kept).collect();
        Ok(Self {
            connection: Mutex::new(connection),
            kept,
            names,
            entries: tokio::sync::OnceCell::new(),
            listings: std::sync::Mutex::default(),
        })
    }

    /// What lists need of every item.
    pub(super) async fn entries(
        &self,
        database: &mut SqliteConnection,
    ) -> Result<Arc<Entries>, CatalogueError> {
        let entries = self.entries.get_or_try_init(async || {
            Ok::<_, CatalogueError>(Arc::new(Entries::read(database).await?))
        });
        Ok(entries.await?.clone())
    }

    /// What lists show to somebody who is `here`.
    pub(super) async fn listing(
        &self,
        database: &mut SqliteConnection,
        entries: &Entries,
        here: &Here,
    ) -> Result<Arc<Listing>, CatalogueError> {
        let listings = || self.listings.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = listings().iter().find(|(of, _)| of == here).map(|(_, found)| found.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let made = Arc::new(Listing::new(database, entries, here).await?);
        let mut kept = listings();
        if kept.len() >= LISTINGS {
            kept.remove(0);
        }
        kept.push((here.clone(), made.clone()));
        Ok(made)
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
    // A code begins with that of the division above, and '~' sorts after every digit.
    let rows: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT code, name, has_children FROM division
         WHERE parent IS ?1 AND code > ?2 AND code < ?2 || '~' ORDER BY code",
    )
    .bind(parent.map(DivisionCode::as_str))
    .bind(parent.map_or("", DivisionCode::as_str))
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

pub(super) fn is_filler(name: &str) -> bool {
    matches!(name, "市辖区" | "县") || name.ends_with("直辖县级行政区划")
}

/// Every theme in its usual order, with its guides counted; one that no guide has is empty.
pub(super) fn themes(counts: &BTreeMap<String, u32>) -> Vec<ThemeView> {
    Theme::ALL
        .iter()
        .map(|theme| ThemeView {
            theme: theme.clone(),
            name: theme.term().to_owned(),
            guides: counts.get(theme.code()).copied().unwrap_or_default(),
        })
        .collect()
}

/// A place that carries an item out.
#[derive(FromRow)]
struct Row {
    code: String,
    division: String,
    division_name: String,
    department: String,
    office: Vec<u8>,
    patch: Option<Vec<u8>>,
}

impl Row {
    /// The item as this place carries it out; none where its differences make no item.
    fn guide(&self, item: &Item, texts: &mut Unpacker) -> Result<Option<Guide>, CatalogueError> {
        let place = Place {
            code: self.code.clone(),
            item: item.code.clone(),
            division: self.division.parse().map_err(|_| CatalogueError::Damaged)?,
            office: texts.read(&self.office)?,
            patch: self.patch.as_deref().map(|p| texts.read(p)).transpose()?.unwrap_or_default(),
        };
        Ok(guide_at(item, &place))
    }
}

/// The guide of an item at the place that serves `asked`, or else who is `here`; at no office
/// where several of the region serve a part of it each and nothing says which is the person's.
pub(super) async fn guide(
    database: &mut SqliteConnection,
    item: &str,
    asked: Option<&DivisionCode>,
    here: &Here,
) -> Result<GuideView, CatalogueError> {
    let row: Option<(Vec<u8>, bool)> = sqlx::query_as(
        "SELECT body, has_form AND EXISTS (SELECT 1 FROM form f WHERE f.item = i.code)
         FROM item i WHERE code = ?",
    )
    .bind(item)
    .fetch_optional(&mut *database)
    .await?;
    let Some((body, has_form)) = row else {
        return Err(CatalogueError::UnknownItem);
    };
    let mut texts = Unpacker::of(database).await?;
    let item: Item = texts.read(&body)?;
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT p.code, p.division, coalesce(d.name, p.division) division_name, o.department,
             o.body office, c.body patch
         FROM place p JOIN office o ON o.id = p.office LEFT JOIN patch c ON c.id = p.patch
         LEFT JOIN division d ON d.code = p.division
         WHERE p.item = ? ORDER BY p.division, p.code",
    )
    .bind(&item.code)
    .fetch_all(&mut *database)
    .await?;
    let mut places = Vec::new();
    for row in rows {
        // One whose differences make no item is passed over.
        if let Some(guide) = row.guide(&item, &mut texts)? {
            places.push((row, guide));
        }
    }
    let divisions: Vec<&str> = places.iter().map(|(row, _)| row.division.as_str()).collect();
    let asked_here = asked.map(|asked| around(here, asked));
    let nearest = asked_here.as_ref().unwrap_or(here).nearest(&divisions);
    let chosen = match nearest {
        None => return Err(CatalogueError::UnknownItem),
        Some(Nearest::Elsewhere(_) | Nearest::InParts) if asked.is_some() => {
            return Err(CatalogueError::NoPlace);
        }
        Some(Nearest::At(at) | Nearest::Own(at) | Nearest::Elsewhere(at)) => Some(at),
        Some(Nearest::InParts) => None,
    };
    let serves = |at: &usize, asked: &DivisionCode| {
        let there = places.get(*at).map(|(_, guide)| &guide.division);
        there.is_some_and(|there| there.contains(asked) || asked.contains(there))
    };
    if chosen.zip(asked).is_some_and(|(at, asked)| !serves(&at, asked)) {
        return Err(CatalogueError::NoPlace);
    }
    let region = &asked_here.as_ref().unwrap_or(here).region;
    // Where each of several serves a part, the person may choose another.
    let parts: Vec<PlaceView> = match nearest {
        Some(Nearest::Own(_) | Nearest::InParts) => places
            .iter()
            .filter(|(_, guide)| region.contains(&guide.division))
            .map(|(row, guide)| PlaceView {
                division: guide.division.clone(),
                division_name: row.division_name.clone(),
                department: row.department.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    let also = places.len().saturating_sub(parts.len().max(1));
    let chosen = chosen.filter(|at| *at < places.len()).map(|at| places.swap_remove(at));
    let (mut guide, division_name) = match chosen {
        Some((row, guide)) => match nearest {
            Some(Nearest::Elsewhere(_)) => (guide, named(database, &row.division).await?),
            _ => (guide, row.division_name),
        },
        None => {
            let name = own_name(database, region).await?;
            let guide = Guide {
                item,
                code: String::new(),
                division: region.clone(),
                office: Office::default(),
            };
            (guide, format!("{name}{}", parts_of(region)))
        }
    };
    // What is promised but was not published cannot be filed.
    guide.item.has_form = has_form;
    let badges = guide.item.badges();
    let also = u32::try_from(also).unwrap_or(u32::MAX);
    Ok(GuideView { guide, division_name, badges, places: parts, also })
}

/// Where somebody who is `here` asks about: a place in their region, or somewhere else.
fn around(here: &Here, asked: &DivisionCode) -> Here {
    if here.region.contains(asked) && *asked != here.region {
        Here { region: here.region.clone(), home: Some(asked.clone()) }
    } else {
        Here::at(asked)
    }
}

async fn named(database: &mut SqliteConnection, division: &str) -> Result<String, CatalogueError> {
    match division.parse() {
        Ok(code) => name_or_code(database, &code).await,
        Err(_) => Ok(division.to_owned()),
    }
}

/// The name of a division with those above it; one that the divisions leave out has its code.
async fn name_or_code(
    database: &mut SqliteConnection,
    code: &DivisionCode,
) -> Result<String, CatalogueError> {
    match division_name(database, code).await {
        Err(CatalogueError::UnknownDivision) => Ok(code.to_string()),
        name => name,
    }
}

/// Names of counties and of what is above them, with the names above.
async fn region_names(
    database: &mut SqliteConnection,
) -> Result<BTreeMap<DivisionCode, String>, CatalogueError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT code, name FROM division WHERE length(code) <= 6 ORDER BY length(code), code",
    )
    .fetch_all(database)
    .await?;
    let mut names: BTreeMap<DivisionCode, String> = BTreeMap::new();
    let mut above: BTreeMap<DivisionCode, String> = BTreeMap::new();
    for (code, name) in rows {
        let code: DivisionCode = code.parse().map_err(|_| CatalogueError::Damaged)?;
        let parent = code.parent().and_then(|parent| above.get(&parent)).cloned();
        let parent = parent.unwrap_or_default();
        // Levels that only exist in the code tables are not part of an address.
        let in_others = if is_filler(&name) { parent.clone() } else { format!("{parent}{name}") };
        names.insert(code.clone(), format!("{parent}{name}"));
        above.insert(code, in_others);
    }
    Ok(names)
}

/// The name of a division by itself.
async fn own_name(
    database: &mut SqliteConnection,
    code: &DivisionCode,
) -> Result<String, CatalogueError> {
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM division WHERE code = ?")
        .bind(code.as_str())
        .fetch_optional(database)
        .await?;
    Ok(name.unwrap_or_default())
}

pub(super) async fn form(
    database: &mut SqliteConnection,
    item: &str,
) -> Result<Option<Form>, CatalogueError> {
    let row: Option<Option<String>> = sqlx::query_scalar(
        "SELECT f.body FROM item i LEFT JOIN form f ON f.item = i.code AND i.has_form
         WHERE i.code = ?",
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
