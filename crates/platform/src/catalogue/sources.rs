//! The sources of the catalogue below the assets: `catalogue/items/*.json`, what
//! `catalogue/catalogue.json` says of them, `catalogue/synonyms.json`, `calendar/*.json` and
//! `generated/divisions.jsonl`. A file that cannot be read stops the start: a catalogue with
//! holes must not be published.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};
use tongban_contract::{
    catalogue::{Division, Holidays, Synonym},
    form::Form,
    guide::Item,
    numbers::{DivisionCode, DivisionLevel},
};

use super::{
    Flow,
    import::store::{self, Imported},
    own_places::OwnPlaces,
};
use crate::{Error, Result};

/// One item as its source file has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The item.
    pub item: Item,
    /// Its form, where it can be filed from here.
    #[serde(default)]
    pub form: Option<Form>,
    /// Where it is carried out.
    pub places: PlaceRule,
    /// How departments handle it.
    #[serde(default)]
    pub flow: Option<Flow>,
}

/// Which offices carry an item out.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRule {
    /// Level of the offices.
    pub level: PlaceLevel,
    /// Name of the department; `{name}` stands for the division's.
    pub department: String,
    /// Name of the window.
    #[serde(default)]
    pub window: String,
}

/// Level of the offices that carry an item out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceLevel {
    /// One office for the province.
    Province,
    /// One for each city.
    City,
    /// One for each county.
    County,
    /// One for each township.
    Township,
}

/// Everything that was read.
pub(crate) struct Sources {
    pub(crate) items: BTreeMap<String, Source>,
    pub(crate) divisions: BTreeMap<DivisionCode, String>,
    pub(crate) holidays: Vec<Holidays>,
    /// Everyday words for what guides call by another name.
    pub(crate) synonyms: Vec<Synonym>,
    /// What departments' lists brought, by basic code; never an item that is in `items`.
    pub(in crate::catalogue) imported: BTreeMap<String, Imported>,
    /// Departments' places of items that are in `items`.
    pub(crate) own_places: OwnPlaces,
    /// Whether anything here is an example that must not be relied on.
    pub(crate) sample: bool,
}

impl Sources {
    /// Name of the province; empty where there are no divisions.
    pub(crate) fn province(&self) -> String {
        let province =
            self.divisions.iter().find(|(code, _)| code.level() == DivisionLevel::Province);
        province.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// Reads the sources below `assets`, and what was imported below `data_dir`. An item that the
/// assets have is theirs, as they know its form; departments' places of it are published.
pub(crate) fn read(assets: &Path, data_dir: &Path) -> Result<Sources> {
    let items = read_items(assets)?;
    let mut holidays = Vec::new();
    for path in json_files(&assets.join("calendar"))? {
        holidays.push(read_json(&path)?);
    }
    let mut imported = store::read(data_dir)?;
    let own_places = OwnPlaces::take(&items, &mut imported)?;
    let synonyms = assets.join("catalogue/synonyms.json");
    let synonyms = if synonyms.exists() { read_json(&synonyms)? } else { Vec::new() };
    let divisions = read_divisions(assets)?;
    let sample = store::is_made_up(data_dir)? || (!items.is_empty() && is_sample(assets)?);
    Ok(Sources { items, divisions, holidays, synonyms, imported, own_places, sample })
}

/// What `catalogue/catalogue.json` says of the assets' items.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// Whether they are examples that must not be relied on.
    sample: bool,
}

/// Whether the assets' items are examples: where nobody says that they are none, they are.
fn is_sample(assets: &Path) -> Result<bool> {
    let path = assets.join("catalogue/catalogue.json");
    if !path.exists() {
        return Ok(true);
    }
    Ok(read_json::<About>(&path)?.sample)
}

/// The assets' items, by basic code.
pub(super) fn read_items(assets: &Path) -> Result<BTreeMap<String, Source>> {
    let mut items = BTreeMap::new();
    for path in json_files(&assets.join("catalogue/items"))? {
        let source: Source = read_json(&path)?;
        if source.item.has_form != source.form.is_some() {
            return Err(fault(&path, "has_form does not say whether there is a form"));
        }
        if items.insert(source.item.code.clone(), source).is_some() {
            return Err(fault(&path, "another item has this code"));
        }
    }
    Ok(items)
}

/// The divisions of the province.
pub(super) fn read_divisions(assets: &Path) -> Result<BTreeMap<DivisionCode, String>> {
    let path = assets.join("generated/divisions.jsonl");
    let text = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(fault(&path, "not there yet: `cargo xtask setup` makes it"));
        }
        read => read.map_err(Error::file(&path))?,
    };
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let division: Division =
                serde_json::from_str(line).map_err(|e| fault(&path, e.to_string()))?;
            Ok((division.code, division.name))
        })
        .collect()
}

/// The JSON files of a folder in the order of their names; none where there is no folder.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(Error::file(folder))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(Error::file(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
    serde_json::from_str(&text).map_err(|e| fault(path, e.to_string()))
}

fn fault(path: &Path, reason: impl Into<String>) -> Error {
    Error::Source { path: path.to_owned(), reason: reason.into() }
}
