//! Writes published records into a database that is being built or brought up to date: what
//! comes takes the place of what was there, and what is removed goes.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;
use tongban_contract::{
    catalogue::{Record, Removed},
    guide::Item,
    vocabulary::ItemState,
};

use super::{error::CatalogueError, fold, tokens};

/// Writes a batch, one statement per kind of record. A record that comes twice (the same
/// division in two files, say) is the last one.
pub(super) async fn write(
    database: &mut SqliteConnection,
    batch: Vec<Record>,
) -> Result<(), CatalogueError> {
    let mut divisions = Vec::new();
    let mut holidays = Vec::new();
    let mut synonyms = Vec::new();
    let mut items = Vec::new();
    let mut offices = Vec::new();
    let mut places = Vec::new();
    let mut forms = Vec::new();
    for record in batch {
        match record {
            Record::Division(division) => {
                divisions.push(json!([division.code, division.name]));
            }
            Record::Holidays(year) => holidays.push(json!([year.year, text(&year)?])),
            Record::Synonym(synonym) => {
                synonyms.push(json!([fold::key(&synonym.say), text(&synonym.means)?]));
            }
            Record::Item(item) => items.push(item),
            Record::Place(place) => {
                let body = text(&place.office)?;
                let office = office_id(&body);
                let patch = match &place.patch {
                    Value::Null => None,
                    patch => Some(patch.to_string()),
                };
                places.push(json!([place.item, place.division, place.code, office, patch]));
                offices.push(json!([office, place.office.department, body]));
            }
            Record::Form { item, form } => forms.push(json!([item, text(&form)?])),
            Record::Removed(removed) => remove(database, removed).await?,
            Record::Unknown => {}
        }
    }
    for (statement, rows) in [
        (
            "INSERT INTO division (code, name)
             SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
             ON CONFLICT (code) DO UPDATE SET name = excluded.name",
            divisions,
        ),
        (
            "INSERT OR REPLACE INTO holidays (year, body)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            holidays,
        ),
        (
            "INSERT OR REPLACE INTO synonym (say, means)
             SELECT value ->> 0, value ->> 1 FROM json_each(?)",
            synonyms,
        ),
        (
            "INSERT OR IGNORE INTO office (id, department, body)
             SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
            offices,
        ),
        (
            // A place may have moved: its code says that it is the same.
            "INSERT OR REPLACE INTO place (item, division, code, office, patch)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
             FROM json_each(?)",
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
    for item in items {
        write_item(database, &item).await?;
    }
    Ok(())
}

/// The number of an office: what is said of it, in eight bytes.
fn office_id(body: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(body).into();
    let mut id = [0; 8];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    i64::from_le_bytes(id)
}

async fn remove(database: &mut SqliteConnection, what: Removed) -> Result<(), CatalogueError> {
    let (statement, known_by) = match what {
        Removed::Division { code } => ("DELETE FROM division WHERE code = ?", code.to_string()),
        Removed::Holidays { year } => ("DELETE FROM holidays WHERE year = ?", year.to_string()),
        Removed::Synonym { say } => ("DELETE FROM synonym WHERE say = ?", fold::key(&say)),
        Removed::Place { code } => ("DELETE FROM place WHERE code = ?", code),
        Removed::Form { item } => ("DELETE FROM form WHERE item = ?", item),
        // Together with its index, once no place carries it out any more; of one that some
        // still do, the platform would have to remove these first.
        Removed::Item { .. } | Removed::Unknown => return Ok(()),
    };
    sqlx::query(statement).bind(known_by).execute(database).await?;
    Ok(())
}

async fn write_item(database: &mut SqliteConnection, item: &Item) -> Result<(), CatalogueError> {
    let listed = matches!(item.state, ItemState::InUse | ItemState::Suspended);
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO item (code, name, aliases, themes, audiences, item_type, badges,
             promised_days, visits, has_form, listed, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, aliases = excluded.aliases,
             themes = excluded.themes, audiences = excluded.audiences,
             item_type = excluded.item_type, badges = excluded.badges,
             promised_days = excluded.promised_days, visits = excluded.visits,
             has_form = excluded.has_form, listed = excluded.listed, body = excluded.body
         RETURNING id",
    )
    .bind(&item.code)
    .bind(&item.name)
    .bind(text(&item.aliases)?)
    .bind(text(&item.themes)?)
    .bind(text(&item.audiences)?)
    .bind(item.item_type.code())
    .bind(text(&item.badges())?)
    .bind(item.promised_days)
    .bind(item.visits)
    .bind(item.has_form)
    .bind(listed)
    .bind(text(item)?)
    .fetch_one(&mut *database)
    .await?;
    if listed { index(database, id, item).await } else { unindex(database, id).await }
}

/// Takes an item out of the search index.
async fn unindex(database: &mut SqliteConnection, id: i64) -> Result<(), CatalogueError> {
    sqlx::query("DELETE FROM guide_index WHERE rowid = ?").bind(id).execute(database).await?;
    Ok(())
}

/// Writes the search index of an item.
async fn index(
    database: &mut SqliteConnection,
    id: i64,
    item: &Item,
) -> Result<(), CatalogueError> {
    let names = || {
        std::iter::once(&item.name)
            .chain(&item.aliases)
            .chain(item.results.iter().map(|result| &result.name))
    };
    let mut body: Vec<&str> = item.joint_departments.iter().map(String::as_str).collect();
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
        "INSERT OR REPLACE INTO guide_index
             (rowid, name, alias, result, material, body, sound, code)
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

pub(super) fn text(record: &impl serde::Serialize) -> Result<String, CatalogueError> {
    serde_json::to_string(record).map_err(|error| CatalogueError::Broken(error.to_string()))
}
