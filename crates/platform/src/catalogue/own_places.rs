//! Places of the assets' items that departments' own lists bring: each stands where the sample
//! would have an office of that division, and says of the item what the list says.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tongban_contract::{
    guide::{Guide, Item, Place},
    merge_patch::diff_patch,
    numbers::DivisionCode,
};

use super::{
    Source,
    import::{base::says_nothing, store::Imported},
};
use crate::{Error, Result};

/// What the assets alone say of their items.
const OF_ASSETS: [&str; 4] = ["code", "version", "has_form", "assurance"];
/// What they alone say of items with a form: filings are checked by it.
const OF_FORM: [&str; 2] = ["materials", "situations"];

/// Departments' places by item and division.
#[derive(Default)]
pub(crate) struct OwnPlaces(BTreeMap<String, BTreeMap<DivisionCode, Vec<Place>>>);

impl OwnPlaces {
    /// Takes those of the assets' `items` out of what was imported.
    ///
    /// # Errors
    /// Where a stored place makes of its item something that is no item.
    pub(super) fn take(
        items: &BTreeMap<String, Source>,
        imported: &mut BTreeMap<String, Imported>,
    ) -> Result<Self> {
        let mut own = Self::default();
        for (code, source) in items {
            let Some(listed) = imported.remove(code) else { continue };
            let places = own.0.entry(code.clone()).or_default();
            for place in listed.places.into_values() {
                let said = Guide::patched(&listed.item, &place.patch)
                    .and_then(|said| over(&source.item, &said))
                    .map_err(Error::json("an imported place"))?;
                let patch = diff_patch(&source.item, &said).map_err(Error::json("a place"))?;
                let of_division = places.entry(place.division.clone()).or_default();
                of_division.push(Place { patch, ..place });
            }
        }
        Ok(own)
    }

    /// Whether departments have a place of an item in a division.
    pub(super) fn have(&self, item: &str, division: &DivisionCode) -> bool {
        self.0.get(item).is_some_and(|places| places.contains_key(division))
    }

    /// The place where a department carries an item out in a division.
    pub(crate) fn find(&self, item: &str, division: &DivisionCode) -> Option<&Place> {
        self.0.get(item)?.get(division)?.first()
    }

    /// The places of an item.
    pub(super) fn of(&self, item: &str) -> impl Iterator<Item = &Place> {
        self.0.get(item).into_iter().flat_map(BTreeMap::values).flatten()
    }

    /// Every place.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Place> {
        self.0.values().flat_map(BTreeMap::values).flatten()
    }
}

/// An item of the assets with what a list says of it. What the list does not say stays.
fn over(item: &Item, said: &Item) -> Result<Item, serde_json::Error> {
    let mut whole = members(item)?;
    for (name, value) in members(said)? {
        let is_of_assets = OF_ASSETS.contains(&name.as_str())
            || (item.has_form && OF_FORM.contains(&name.as_str()));
        if !is_of_assets && !says_nothing(&value) {
            whole.insert(name, value);
        }
    }
    serde_json::from_value(Value::Object(whole))
}

fn members(item: &Item) -> Result<Map<String, Value>, serde_json::Error> {
    match serde_json::to_value(item)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// Whether a list says something of an item with a form that the assets alone say.
pub(super) fn is_of_form(item: &Item, said: &Item) -> bool {
    item.has_form
        && (!said.materials.is_empty() && said.materials != item.materials
            || !said.situations.is_empty() && said.situations != item.situations)
}
