//! Writes published records into a database that is being built or brought up to date: what
//! comes takes the place of what was there, and what is removed goes.

use std::collections::HashSet;

use serde_json::{Value, json};
use sqlx::SqliteConnection;
use tongban_contract::{
    catalogue::{Record, Removed},
    guide::{Item, Place},
};

use super::{
    error::CatalogueError,
    fold,
    packed::{Packer, known_by},
    tokens,
};

/// Writes records into one database.
pub(super) struct Writer<'d> {
    database: &'d mut SqliteConnection,
    packer: Packer,
    /// Offices and patches that were written: many places have the same.
    offices: HashSet<i64>,
    patches: HashSet<i64>,
}

/// Rows of a batch, by the statement that writes them.
#[derive(Default)]
struct Rows {
    divisions: Vec<Value>,
    holidays: Vec<Value>,
    synonyms: Vec<Value>,
    offices: Vec<Value>,
    patches: Vec<Value>,
    places: Vec<Value>,
    forms: Vec<Value>,
}

impl<'d> Writer<'d> {
    /// Writes into this database, whose schema is there.
    pub(super) async fn new(database: &'d mut SqliteConnection) -> Result<Self, CatalogueError> {
        let packer = Packer::of(database).await?;
        Ok(Self { database, packer, offices: HashSet::new(), patches: HashSet::new() })
    }

    /// Writes a batch, one statement per kind of record. A record that comes twice (the same
    /// division in two files, say) is the last one.
    pub(super) async fn write(&mut self, batch: Vec<Record>) -> Result<(), CatalogueError> {
        let mut rows = Rows::default();
        let mut items = Vec::new();
        for record in batch {
            match record {
                Record::Division(division) => {
                    rows.divisions.push(json!([division.code, division.name]));
                }
                Record::Holidays(year) => rows.holidays.push(json!([year.year, text(&year)?])),
                Record::Synonym(synonym) => {
                    rows.synonyms.push(json!([fold::key(&synonym.say), text(&synonym.means)?]));
                }
                Record::Item(item) => items.push((text(&item)?, item)),
                Record::Place(place) => self.add_place(&mut rows, &place)?,
                Record::Form { item, form } => rows.forms.push(json!([item, text(&form)?])),
                Record::Removed(removed) => remove(self.database, removed).await?,
                Record::Unknown => {}
            }
        }
        rows.write(self.database).await?;
        self.write_items(items).await
    }

    /// Adds the rows of a place, and of its office and its differences where they are new.
    fn add_place(&mut self, rows: &mut Rows, place: &Place) -> Result<(), CatalogueError> {
        let body = text(&place.office)?;
        let office = known_by(&body);
        if self.offices.insert(office) {
            let body = in_hex(&self.packer.pack(&body)?);
            rows.offices.push(json!([office, place.office.department, body]));
        }
        let patch = match &place.patch {
            Value::Null => None,
            patch => {
                let body = patch.to_string();
                let patch = known_by(&body);
                if self.patches.insert(patch) {
                    rows.patches.push(json!([patch, in_hex(&self.packer.pack(&body)?)]));
                }
                Some(patch)
            }
        };
        rows.places.push(json!([place.item, place.division, place.code, office, patch]));
        Ok(())
    }

    async fn write_items(&mut self, items: Vec<(String, Box<Item>)>) -> Result<(), CatalogueError> {
        let (texts, items): (Vec<String>, Vec<Box<Item>>) = items.into_iter().unzip();
        self.packer.train(self.database, &texts).await?;
        for (item, text) in items.iter().zip(&texts) {
            let body = self.packer.pack(text)?;
            write_item(self.database, item, known_by(text), &body).await?;
        }
        Ok(())
    }
}

impl Rows {
    async fn write(self, database: &mut SqliteConnection) -> Result<(), CatalogueError> {
        for (statement, rows) in [
            (
                "INSERT INTO division (code, name)
                 SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
                 ON CONFLICT (code) DO UPDATE SET name = excluded.name",
                self.divisions,
            ),
            (
                "INSERT OR REPLACE INTO holidays (year, body)
                 SELECT value ->> 0, value ->> 1 FROM json_each(?)",
                self.holidays,
            ),
            (
                "INSERT OR REPLACE INTO synonym (say, means)
                 SELECT value ->> 0, value ->> 1 FROM json_each(?)",
                self.synonyms,
            ),
            (
                "INSERT OR IGNORE INTO office (id, department, body)
                 SELECT value ->> 0, value ->> 1, unhex(value ->> 2) FROM json_each(?)",
                self.offices,
            ),
            (
                "INSERT OR IGNORE INTO patch (id, body)
                 SELECT value ->> 0, unhex(value ->> 1) FROM json_each(?)",
                self.patches,
            ),
            (
                // A place may have moved: its code says that it is the same.
                "INSERT OR REPLACE INTO place (item, division, code, office, patch)
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
                 FROM json_each(?)",
                self.places,
            ),
            (
                "INSERT OR REPLACE INTO form (item, body)
                 SELECT value ->> 0, value ->> 1 FROM json_each(?)",
                self.forms,
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
}

/// Bytes as JSON can carry them.
fn in_hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

async fn remove(database: &mut SqliteConnection, what: Removed) -> Result<(), CatalogueError> {
    let (statement, known_by) = match what {
        Removed::Division { code } => ("DELETE FROM division WHERE code = ?", code.to_string()),
        Removed::Holidays { year } => ("DELETE FROM holidays WHERE year = ?", year.to_string()),
        Removed::Synonym { say } => ("DELETE FROM synonym WHERE say = ?", fold::key(&say)),
        Removed::Place { code, division: None } => ("DELETE FROM place WHERE code = ?", code),
        // Another region's update may have told already where it is carried out by now.
        Removed::Place { code, division: Some(division) } => {
            sqlx::query("DELETE FROM place WHERE code = ? AND division = ?")
                .bind(code)
                .bind(division.as_str())
                .execute(database)
                .await?;
            return Ok(());
        }
        Removed::Form { item } => ("DELETE FROM form WHERE item = ?", item),
        // Together with its index, once no place carries it out any more; of one that some
        // still do, the platform would have to remove these first.
        Removed::Item { .. } | Removed::Unknown => return Ok(()),
    };
    sqlx::query(statement).bind(known_by).execute(database).await?;
    Ok(())
}

async fn write_item(
    database: &mut SqliteConnection,
    item: &Item,
    digest: i64,
    body: &[u8],
) -> Result<(), CatalogueError> {
    let listed = item.state.is_listed();
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO item (code, name, aliases, themes, audiences, item_type, badges,
             promised_days, visits, has_form, listed, digest, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, aliases = excluded.aliases,
             themes = excluded.themes, audiences = excluded.audiences,
             item_type = excluded.item_type, badges = excluded.badges,
             promised_days = excluded.promised_days, visits = excluded.visits,
             has_form = excluded.has_form, listed = excluded.listed, digest = excluded.digest,
             body = excluded.body
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
    .bind(digest)
    .bind(body)
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
    let columns = [
        item.body().map(tokens::of_long_text).collect(),
        tokens::of_text(&item.name),
        tokens::of_text(&item.aliases.join("\n")),
        item.results.iter().map(|result| tokens::of_text(&result.name)).collect(),
        item.materials.iter().map(|material| tokens::of_long_text(&material.name)).collect(),
        names().map(|name| tokens::of_sound(name)).collect(),
        tokens::of_text(&item.code),
    ];
    let mut statement = sqlx::query(
        "INSERT OR REPLACE INTO guide_index
             (rowid, body, name, alias, result, material, sound, code)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id);
    for column in columns {
        statement = statement.bind(tokens::with_beginnings(column));
    }
    statement.execute(&mut *database).await?;
    Ok(())
}

pub(super) fn text(record: &impl serde::Serialize) -> Result<String, CatalogueError> {
    serde_json::to_string(record).map_err(|error| CatalogueError::Broken(error.to_string()))
}
