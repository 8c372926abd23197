//! What the catalogue consists of, record by record: each as the line that is published, and
//! where it belongs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tongban_contract::{
    catalogue::{Division, Record, Removed},
    guide::Place,
    numbers::{DivisionCode, DivisionLevel},
};

use super::{places, sources::Sources};
use crate::{Error, Result};

/// What a record is known by from one version to the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Key {
    Division(DivisionCode),
    Holidays(i16),
    Synonym(String),
    Item(String),
    Form(String),
    Place { division: DivisionCode, item: String, code: String },
}

impl Key {
    /// The record that says that this one is there no more.
    pub(super) fn removed(&self) -> Record {
        Record::Removed(match self.clone() {
            Self::Division(code) => Removed::Division { code },
            Self::Holidays(year) => Removed::Holidays { year },
            Self::Synonym(say) => Removed::Synonym { say },
            Self::Item(code) => Removed::Item { code },
            Self::Form(item) => Removed::Form { item },
            Self::Place { code, division, .. } => Removed::Place { code, division: Some(division) },
        })
    }
}

/// A line of JSON.
pub(super) type Line = Vec<u8>;

/// Everything that is published.
pub(super) struct Records {
    /// Of each its line, in the order in which they are read.
    lines: BTreeMap<Key, Line>,
    /// Items that lists show.
    listed: BTreeSet<String>,
    /// Divisions of the places of each item.
    carried_out: BTreeMap<String, BTreeSet<DivisionCode>>,
}

impl Records {
    pub(super) fn new(sources: &Sources) -> Result<Self> {
        let mut records =
            Self { lines: BTreeMap::new(), listed: BTreeSet::new(), carried_out: BTreeMap::new() };
        for (code, name) in &sources.divisions {
            let division = Division { code: code.clone(), name: name.clone() };
            records.add(Key::Division(code.clone()), &Record::Division(division))?;
        }
        for year in &sources.holidays {
            records.add(Key::Holidays(year.year), &Record::Holidays(year.clone()))?;
        }
        for synonym in &sources.synonyms {
            let key = Key::Synonym(synonym.say.clone());
            records.add(key, &Record::Synonym(synonym.clone()))?;
        }
        for source in sources.items.values() {
            records.add_item(&source.item)?;
            if let Some(form) = &source.form {
                let item = source.item.code.clone();
                let record = Record::Form { item: item.clone(), form: form.clone() };
                records.add(Key::Form(item), &record)?;
            }
        }
        let counties = sources.divisions.keys().filter(|c| c.level() == DivisionLevel::County);
        for county in counties {
            for place in places::of_county(&sources.items, &sources.divisions, county) {
                if !sources.own_places.have(&place.item, &place.division) {
                    records.add_place(place)?;
                }
            }
        }
        for place in sources.own_places.iter() {
            records.add_place(place.clone())?;
        }
        for imported in sources.imported.values() {
            records.add_item(&imported.item)?;
            for place in imported.places.values() {
                records.add_place(place.clone())?;
            }
        }
        Ok(records)
    }

    fn add_item(&mut self, item: &tongban_contract::guide::Item) -> Result<()> {
        if item.state.is_listed() {
            self.listed.insert(item.code.clone());
        }
        self.add(Key::Item(item.code.clone()), &Record::Item(Box::new(item.clone())))
    }

    fn add_place(&mut self, place: Place) -> Result<()> {
        let divisions = self.carried_out.entry(place.item.clone()).or_default();
        divisions.insert(place.division.clone());
        let key = Key::Place {
            division: place.division.clone(),
            item: place.item.clone(),
            code: place.code.clone(),
        };
        self.add(key, &Record::Place(Box::new(place)))
    }

    fn add(&mut self, key: Key, record: &Record) -> Result<()> {
        self.lines.insert(key, line(record)?);
        Ok(())
    }

    /// Every record with its line.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &Line)> {
        self.lines.iter()
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Line> {
        self.lines.get(key)
    }

    /// What is the same for every region: divisions, holidays, synonyms.
    pub(super) fn common(&self) -> impl Iterator<Item = &Line> {
        let end = Key::Item(String::new());
        self.lines.range(..end).map(|(_, line)| line)
    }

    /// Items that are carried out in `region` or above it.
    pub(super) fn items_of<'a>(
        &'a self,
        region: &'a DivisionCode,
    ) -> impl Iterator<Item = &'a str> {
        self.carried_out
            .iter()
            .filter(move |(_, divisions)| divisions.iter().any(|one| serves(one, region)))
            .map(|(item, _)| item.as_str())
    }

    /// Whether lists show an item.
    pub(super) fn is_listed(&self, item: &str) -> bool {
        self.listed.contains(item)
    }

    /// The lines of an item: itself and its form.
    pub(super) fn of_item(&self, item: &str) -> impl Iterator<Item = &Line> {
        [Key::Item(item.to_owned()), Key::Form(item.to_owned())]
            .into_iter()
            .filter_map(|key| self.lines.get(&key))
    }

    /// The places in `region`, and those above it, which serve it as well; those of an item
    /// together, as they are much alike.
    pub(super) fn places_of(&self, region: &DivisionCode) -> impl Iterator<Item = &Line> {
        let above = std::iter::successors(region.parent(), DivisionCode::parent);
        let above = above.flat_map(|division| self.places_at(division, false));
        let mut places: Vec<_> = above.chain(self.places_at(region.clone(), true)).collect();
        places.sort_by_key(|(key, _)| match key {
            Key::Place { item, .. } => item,
            // There are only places among them.
            _ => "",
        });
        places.into_iter().map(|(_, line)| line)
    }

    fn places_at(
        &self,
        division: DivisionCode,
        below: bool,
    ) -> impl Iterator<Item = (&Key, &Line)> {
        let from =
            Key::Place { division: division.clone(), item: String::new(), code: String::new() };
        self.lines.range(from..).take_while(move |(key, _)| match key {
            Key::Place { division: at, .. } if below => division.contains(at),
            Key::Place { division: at, .. } => division == *at,
            _ => false,
        })
    }
}

/// Whether a place in `division` is of use in `region`: it lies in it, or serves all of it.
pub(super) fn serves(division: &DivisionCode, region: &DivisionCode) -> bool {
    division.contains(region) || region.contains(division)
}

/// A record as it is published.
pub(super) fn line(record: &Record) -> Result<Line> {
    let mut line = serde_json::to_vec(record).map_err(Error::json("a catalogue record"))?;
    line.push(b'\n');
    Ok(line)
}
