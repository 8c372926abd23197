//! Builds the database of a catalogue from its verified files, in one transaction, into
//! a file of its own that nobody else has open.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::mpsc;
use tongban_contract::{
    catalogue::{CatalogueFile, Record},
    guide::{Guide, Item, Office, Place},
    numbers::DivisionCode,
    vocabulary::ItemState,
};

use super::{error::CatalogueError, fold, shelf::Held, tokens, unpack};
use crate::sqlite;

/// Format of the database: the schema and the tokens. Raised with either.
pub(super) const FORMAT: i64 = 3;

/// Records that are written with one statement.
const BATCH: usize = 200;

/// What the parts of a county are called together, behind its name.
const PARTS: &str = "各乡镇、街道";

/// What is to be built.
pub(super) struct Plan {
    /// Where the new database goes. What lies there is replaced.
    pub(super) target: PathBuf,
    /// The verified files, in the order in which they are read.
    pub(super) files: Vec<(PathBuf, CatalogueFile)>,
    /// The county whose guides they hold; none where only divisions are wanted.
    pub(super) county: Option<DivisionCode>,
}

/// Builds the database and answers how many guides it lists. Dropping the future leaves
/// an unfinished file that nothing points at.
pub(super) async fn build(plan: Plan, held: &Held) -> Result<u64, CatalogueError> {
    let Plan { target, files, county } = plan;
    let fresh = target.clone();
    held.blocking(move || remove_if_there(&fresh)).await?;
    let mut database = sqlite::options(&target)
        .create_if_missing(true)
        // Nobody reads it before it is whole, and it is written to disk as a whole below.
        .pragma("journal_mode", "OFF")
        .pragma("synchronous", "OFF")
        .connect()
        .await?;
    sqlx::raw_sql("BEGIN").execute(&mut database).await?;
    sqlx::raw_sql(include_str!("schema.sql")).execute(&mut database).await?;
    for (path, file) in files {
        read_file(&mut database, path, file, held).await?;
    }
    finish_divisions(&mut database).await?;
    let guides = match &county {
        Some(county) => guides(&mut database, county).await?,
        None => 0,
    };
    sqlx::raw_sql("INSERT INTO guide_index (guide_index) VALUES ('optimize')")
        .execute(&mut database)
        .await?;
    let end = format!("PRAGMA user_version = {FORMAT}; COMMIT");
    sqlx::raw_sql(sqlx::AssertSqlSafe(end)).execute(&mut database).await?;
    database.close().await?;
    held.blocking(move || Ok(std::fs::File::open(&target)?.sync_all()?)).await?;
    Ok(guides)
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
    database: &mut SqliteConnection,
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
            write(database, batch).await?;
        }
        Ok::<_, CatalogueError>(())
    };
    let (unpacked, written) = tokio::join!(unpacking, writing);
    written?;
    unpacked
}

/// Writes a batch, one statement per kind of record. A record that comes twice (the same
/// division in two files, say) is the last one.
async fn write(database: &mut SqliteConnection, batch: Vec<Record>) -> Result<(), CatalogueError> {
    let mut divisions = Vec::new();
    let mut holidays = Vec::new();
    let mut items = Vec::new();
    let mut places = Vec::new();
    let mut forms = Vec::new();
    for record in batch {
        match record {
            Record::Division(division) => {
                let parent = division.code.parent();
                divisions.push(json!([division.code, division.name, parent]));
            }
            Record::Holidays(year) => holidays.push(json!([year.year, text(&year)?])),
            Record::Item(item) => items.push(json!([item.code, text(&item)?])),
            Record::Place(place) => places.push(json!([
                place.code,
                place.item,
                place.division,
                fold::key(&place.code),
                text(&place)?
            ])),
            Record::Form { item, form } => forms.push(json!([item, text(&form)?])),
            Record::Unknown => {}
        }
    }
    for (statement, rows) in [
        (
            "INSERT OR REPLACE INTO division (code, name, parent)
             SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
            divisions,
        ),
        (
            "INSERT OR REPLACE INTO holidays (year, body)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            holidays,
        ),
        (
            "INSERT OR REPLACE INTO item (code, body)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            items,
        ),
        (
            "INSERT OR REPLACE INTO place (code, item, division, folded, body)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
            places,
        ),
        (
            "INSERT OR REPLACE INTO form (item, body)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            forms,
        ),
    ] {
        if !rows.is_empty() {
            sqlx::query(statement)
                .bind(Value::Array(rows).to_string())
                .execute(&mut *database)
                .await?;
        }
    }
    Ok(())
}

fn text(record: &impl serde::Serialize) -> Result<String, CatalogueError> {
    serde_json::to_string(record).map_err(|error| CatalogueError::Broken(error.to_string()))
}

async fn finish_divisions(database: &mut SqliteConnection) -> Result<(), CatalogueError> {
    for statement in [
        "UPDATE division SET parent = NULL WHERE parent NOT IN (SELECT code FROM division)",
        "UPDATE division SET has_children = 1
         WHERE code IN (SELECT parent FROM division WHERE parent IS NOT NULL)",
    ] {
        sqlx::query(statement).execute(&mut *database).await?;
    }
    Ok(())
}

/// Makes the guides and their index: every item at the place nearest to the county.
async fn guides(
    database: &mut SqliteConnection,
    county: &DivisionCode,
) -> Result<u64, CatalogueError> {
    let mut listed = 0;
    let mut last = 0_i64;
    loop {
        let items: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT ordinal, code, body FROM item WHERE ordinal > ? ORDER BY ordinal LIMIT 50",
        )
        .bind(last)
        .fetch_all(&mut *database)
        .await?;
        if items.is_empty() {
            return Ok(listed);
        }
        for (ordinal, code, body) in items {
            last = ordinal;
            let item: Item = read(&body)?;
            let places: Vec<(String,)> =
                sqlx::query_as("SELECT body FROM place WHERE item = ? ORDER BY code")
                    .bind(&code)
                    .fetch_all(&mut *database)
                    .await?;
            let places =
                places.iter().map(|(body,)| read::<Place>(body)).collect::<Result<Vec<_>, _>>()?;
            if let Some(carried_out) = carried_out(item, places, county) {
                listed += u64::from(insert(database, ordinal, &carried_out).await?);
            }
        }
    }
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, CatalogueError> {
    serde_json::from_str(body).map_err(|error| CatalogueError::Broken(error.to_string()))
}

/// Who carries an item out for a county.
#[derive(Debug)]
enum CarriedOut {
    /// The one place that serves the whole county.
    At(Guide),
    /// Each of several places in the county for a part of it. Which one, the person says;
    /// until then the guide is the item as it is published, at no office.
    InParts(Guide),
}

/// The county's own place carries an item out, or else those in it, or else its city's,
/// or else the province's. A place elsewhere does not serve the county. A place whose
/// differences make no item is passed over.
fn carried_out(item: Item, places: Vec<Place>, county: &DivisionCode) -> Option<CarriedOut> {
    let guides: Vec<Guide> = places.iter().filter_map(|place| guide_at(&item, place)).collect();
    let (mut within, above): (Vec<Guide>, Vec<Guide>) =
        guides.into_iter().partition(|guide| county.contains(&guide.division));
    if let Some(own) = within.iter().position(|guide| guide.division == *county) {
        return Some(CarriedOut::At(within.swap_remove(own)));
    }
    match within.len() {
        0 => above
            .into_iter()
            .filter(|guide| guide.division.contains(county))
            .max_by_key(|guide| guide.division.as_str().len())
            .map(CarriedOut::At),
        1 => within.pop().map(CarriedOut::At),
        _ => Some(CarriedOut::InParts(Guide {
            item,
            code: String::new(),
            division: county.clone(),
            office: Office::default(),
        })),
    }
}

/// The guide of an item at a place; none where the place's differences make no item.
pub(super) fn guide_at(item: &Item, place: &Place) -> Option<Guide> {
    Guide::at(item, place)
        .inspect_err(|error| {
            tracing::warn!(place = place.code, %error, "a place's differences make no item");
        })
        .ok()
}

/// Writes a guide and its index. Answers whether lists show it.
async fn insert(
    database: &mut SqliteConnection,
    id: i64,
    carried_out: &CarriedOut,
) -> Result<bool, CatalogueError> {
    let (guide, place, parts) = match carried_out {
        CarriedOut::At(guide) => (guide, Some(&guide.code), ""),
        CarriedOut::InParts(guide) => (guide, None, PARTS),
    };
    let item = &guide.item;
    let listed = matches!(item.state, ItemState::InUse | ItemState::Suspended);
    let aliases: Vec<String> = item.aliases.iter().map(|alias| fold::key(alias)).collect();
    sqlx::query(
        "INSERT INTO guide (id, item, place, name, aliases, name_key, alias_keys, department,
             division, division_name, promised_days, visits, badges, has_form, listed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
             ?9, coalesce((SELECT name FROM division WHERE code = ?9), '') || ?15, ?10, ?11,
             ?12, ?13 AND EXISTS (SELECT 1 FROM form WHERE item = ?2), ?14)",
    )
    .bind(id)
    .bind(&item.code)
    .bind(place)
    .bind(&item.name)
    .bind(text(&item.aliases)?)
    .bind(fold::key(&item.name))
    .bind(aliases.join("\n"))
    .bind(&guide.office.department)
    .bind(guide.division.as_str())
    .bind(item.promised_days)
    .bind(item.visits)
    .bind(text(&item.badges())?)
    .bind(item.has_form)
    .bind(listed)
    .bind(parts)
    .execute(&mut *database)
    .await?;
    for (statement, codes) in [
        (
            "INSERT OR IGNORE INTO guide_theme (theme, guide) SELECT value, ?2 FROM json_each(?1)",
            text(&item.themes)?,
        ),
        (
            "INSERT OR IGNORE INTO guide_audience (audience, guide)
             SELECT value, ?2 FROM json_each(?1)",
            text(&item.audiences)?,
        ),
    ] {
        sqlx::query(statement).bind(codes).bind(id).execute(&mut *database).await?;
    }
    if listed {
        index(database, id, guide).await?;
    }
    Ok(listed)
}

/// Writes the search index of a guide. Places are not in it: their names would make
/// every item of a town answer to the town's name.
async fn index(
    database: &mut SqliteConnection,
    id: i64,
    guide: &Guide,
) -> Result<(), CatalogueError> {
    let item = &guide.item;
    let names = || {
        std::iter::once(&item.name)
            .chain(&item.aliases)
            .chain(item.results.iter().map(|result| &result.name))
    };
    let mut body: Vec<&str> = vec![&guide.office.department];
    body.extend(item.joint_departments.iter().map(String::as_str));
    body.extend(item.themes.iter().map(|theme| theme.term()));
    body.extend(item.audiences.iter().map(|audience| audience.term()));
    body.extend(item.conditions.iter().map(String::as_str));
    body.extend(item.steps.iter().map(|step| step.name.as_str()));
    body.extend(item.legal_basis.iter().map(|basis| basis.title.as_str()));
    body.extend(item.situations.iter().map(|situation| situation.question.as_str()));
    for situation in &item.situations {
        body.extend(situation.options.iter().map(|option| option.label.as_str()));
    }
    for faq in &item.faq {
        body.extend([faq.question.as_str(), faq.answer.as_str()]);
    }
    sqlx::query(
        "INSERT INTO guide_index (rowid, name, alias, result, material, body, sound, code)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(tokens::of_text(&item.name))
    .bind(tokens::of_text(&item.aliases.join("\n")))
    .bind(all(item.results.iter().map(|result| result.name.as_str())))
    .bind(all(item.materials.iter().map(|material| material.name.as_str())))
    .bind(all(body.into_iter()))
    .bind(names().map(|name| tokens::of_sound(name)).collect::<String>())
    .bind(tokens::of_text(&item.code))
    .execute(&mut *database)
    .await?;
    Ok(())
}

fn all<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(tokens::of_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tests::publication::{item, place};

    fn served(places: &[Place]) -> Option<(bool, String)> {
        let county: DivisionCode = "420506".parse().unwrap();
        let found = carried_out(item("i", "事项"), places.to_vec(), &county)?;
        Some(match found {
            CarriedOut::At(guide) => (true, guide.division.to_string()),
            CarriedOut::InParts(guide) => (false, guide.division.to_string()),
        })
    }

    #[test]
    fn the_nearest_place_is_the_countys_then_the_only_one_in_it_then_one_above() {
        let mut places = vec![place("i", "420502")];
        assert_eq!(served(&places), None);
        for division in ["42", "4205", "420506100", "420506"] {
            places.push(place("i", division));
            assert_eq!(served(&places), Some((true, division.to_owned())));
        }
    }

    #[test]
    fn of_several_places_in_the_county_none_is_taken_for_the_person() {
        let mut places = vec![place("i", "4205"), place("i", "420506001"), place("i", "420506100")];
        assert_eq!(served(&places), Some((false, "420506".to_owned())));
        // The county's own office serves all of it.
        places.push(place("i", "420506"));
        assert_eq!(served(&places), Some((true, "420506".to_owned())));
    }

    #[test]
    fn a_place_whose_differences_make_no_item_is_passed_over() {
        let mut broken = place("i", "420506");
        broken.patch = json!({"promised_days": "soon"});
        assert_eq!(served(&[broken, place("i", "4205")]), Some((true, "4205".to_owned())));
    }
}
