//! What is read of the open catalogue besides searching: divisions, themes, guides, forms.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use tongban_contract::{
    form::Form,
    guide::{Guide, Item, Office},
    numbers::{DivisionCode, DivisionLevel},
    page::{DivisionView, GuideView, KeptView, PlaceGroupView, PlaceView, ThemeView},
    vocabulary::Theme,
};

use super::{
    build::{FORMAT, read},
    error::CatalogueError,
    listing::{Entries, Listing},
    names::Names,
    nearness::{Here, Nearest, parts_of},
    packed::Unpacker,
    places,
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
    /// Names of counties and what is above them.
    pub(super) names: Names,
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
        let names = Names::of_regions(&mut connection).await?;
        let kept = |region: &DivisionCode| KeptView {
            division: region.clone(),
            // One that the divisions leave out still has its guides.
            name: names.in_full(region).unwrap_or_else(|| region.to_string()),
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

/// The guide of an item at the place that serves `asked`, or else who is `here`; at no office
/// where several of the region serve a part of it each and nothing says which is the person's.
pub(super) async fn guide(
    database: &mut SqliteConnection,
    item: &str,
    asked: Option<&DivisionCode>,
    here: &Here,
) -> Result<GuideView, CatalogueError> {
    let (item, mut guides) = carried_out(database, item).await?;
    let divisions: Vec<&str> = guides.iter().map(|guide| guide.division.as_str()).collect();
    let nearest_here = here.nearest(&divisions).ok_or(CatalogueError::UnknownItem)?;
    let there = asked.map_or_else(|| here.clone(), |asked| here.asking_about(asked));
    let nearest = match asked {
        None => nearest_here,
        Some(asked) => there.serving(asked, &divisions).ok_or(CatalogueError::NoPlace)?,
    };
    // Nobody's own is a place elsewhere, unless nothing else was asked for.
    let own = match (asked, nearest_here, nearest.place()) {
        (None, _, _) => true,
        (Some(_), Nearest::Elsewhere(_), _) => false,
        (Some(_), _, None) => nearest == nearest_here && there.region == here.region,
        (Some(_), _, place) => place == nearest_here.place(),
    };
    let own_region = &here.region;
    let here = there;
    let choices = here.choices(nearest, &divisions);
    let named = guides.iter().map(|guide| guide.division.clone());
    let names = Names::leading_to(database, named.chain([here.region.clone()])).await?;
    let choices = choices.into_iter().filter_map(|at| guides.get(at));
    let called = |division: &DivisionCode| called(&names, division, own_region);
    let choices: Vec<PlaceView> = choices.map(|guide| places::choice(guide, called)).collect();
    let also = guides.len().saturating_sub(choices.len().max(1));
    let (guide, division_name) = match nearest {
        Nearest::InParts => in_parts(item, &here.region, &names),
        Nearest::At(at) | Nearest::Own(at) | Nearest::Elsewhere(at) => {
            let guide = guides.swap_remove(at);
            let elsewhere = matches!(nearest, Nearest::Elsewhere(_));
            let in_full = names.in_full(&guide.division).filter(|_| elsewhere);
            let name = in_full.unwrap_or_else(|| called(&guide.division));
            (guide, name)
        }
    };
    let badges = guide.item.badges();
    let also = u32::try_from(also).unwrap_or(u32::MAX);
    Ok(GuideView { guide, division_name, badges, places: choices, also, own })
}

/// What a division is called: a township of another county with the names above it, as there is
/// one of the same name elsewhere.
fn called(names: &Names, division: &DivisionCode, own: &DivisionCode) -> String {
    match division.level() > DivisionLevel::County && !own.contains(division) {
        true => names.in_province(division),
        false => names.alone(division),
    }
}

/// Every place on this device that carries an item out, the nearest to who is `here` first.
pub(super) async fn places(
    database: &mut SqliteConnection,
    item: &str,
    here: &Here,
) -> Result<Vec<PlaceGroupView>, CatalogueError> {
    let (_, guides) = carried_out(database, item).await?;
    places::grouped(database, guides, here).await
}

/// An item, and as each of its places carries it out.
async fn carried_out(
    database: &mut SqliteConnection,
    item: &str,
) -> Result<(Item, Vec<Guide>), CatalogueError> {
    let row: Option<(Vec<u8>, bool)> = sqlx::query_as(
        "SELECT body, has_form AND EXISTS (SELECT 1 FROM form f WHERE f.item = i.code)
         FROM item i WHERE code = ?",
    )
    .bind(item)
    .fetch_optional(&mut *database)
    .await?;
    let (body, has_form) = row.ok_or(CatalogueError::UnknownItem)?;
    let mut texts = Unpacker::of(database).await?;
    let mut item: Item = texts.read(&body)?;
    let mut guides = places::of_item(database, &mut texts, &item).await?;
    // What is promised but was not published cannot be filed.
    item.has_form = has_form;
    guides.iter_mut().for_each(|guide| guide.item.has_form = has_form);
    Ok((item, guides))
}

/// An item at no office in particular, with words for all places of the region.
fn in_parts(item: Item, region: &DivisionCode, names: &Names) -> (Guide, String) {
    let name = format!("{}{}", names.alone(region), parts_of(region));
    let office = Office::default();
    (Guide { item, code: String::new(), division: region.clone(), office }, name)
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
