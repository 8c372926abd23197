//! What is searched of a guide, handed to those who search it beside us.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use serde::Serialize;
use tongban_contract::{catalogue::Record, guide::Item};

/// Texts of a guide; one that is empty is not searched.
#[derive(Clone, Default, Serialize)]
pub(super) struct Texts {
    /// Basic code.
    pub(super) code: String,
    pub(super) name: String,
    pub(super) alias: String,
    pub(super) department: String,
    pub(super) result: String,
    pub(super) material: String,
    pub(super) body: String,
}

impl Texts {
    /// A flat row: the names of an item, and who carries it out.
    fn flat(item: &Item, department: &str) -> Self {
        Self {
            code: item.code.clone(),
            name: item.name.clone(),
            alias: item.aliases.join("\n"),
            department: department.to_owned(),
            ..Self::default()
        }
    }

    /// Everything that our own index has of an item, but for the sound, which is ours alone.
    pub(super) fn whole(item: &Item) -> Self {
        let results = item.results.iter().map(|result| result.name.as_str());
        let materials = item.materials.iter().map(|material| material.name.as_str());
        Self {
            result: results.collect::<Vec<_>>().join("\n"),
            material: materials.collect::<Vec<_>>().join("\n"),
            body: item.body().collect::<Vec<_>>().join("\n"),
            ..Self::flat(item, "")
        }
    }
}

/// A flat row for each place among records.
pub(super) fn flat_rows(records: &[Record], items: &[Item]) -> Result<Vec<Texts>> {
    let by_code: HashMap<&str, &Item> =
        items.iter().map(|item| (item.code.as_str(), item)).collect();
    let mut rows = Vec::new();
    for record in records {
        let Record::Place(place) = record else { continue };
        let item = by_code.get(place.item.as_str()).context("a place of no item")?;
        rows.push(Texts::flat(item, &place.office.department));
    }
    Ok(rows)
}
