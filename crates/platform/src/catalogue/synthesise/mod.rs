//! Makes a province of plausible service guides for benchmarks and tests, over the divisions
//! that the platform knows: as many places as are asked for, complete, each a little different.
//! The same seed makes the same bytes. None of it is true: laws are named, but what is said of
//! them is made up, and so are offices, days and conditions.
//!
//! What is made takes the place of everything that was imported before.
//!
//! # Layout
//! - `subjects`: what items are about, with their laws, conditions and papers; `departments`.
//! - `kinds`, `names`: what can be done with a subject, and the basic items of that.
//! - `item`: a basic item, with `aliases`, `asked`, `papers`, `conditions`, `steps`, `questions`.
//! - `reach`, `offices`, `local`: where it is carried out, by whom, and what differs there.
//! - `words`, `chance`: sentences with their words and numbers; chance that can be repeated.

mod aliases;
mod asked;
mod chance;
mod conditions;
mod departments;
mod item;
mod kinds;
mod local;
mod names;
mod offices;
mod papers;
mod questions;
mod reach;
mod steps;
mod subjects;
mod words;

use std::{collections::BTreeMap, fmt, path::Path};

use tongban_contract::{guide::Place, numbers::DivisionCode};

use self::{
    chance::Chance,
    kinds::Kind,
    local::Local,
    names::Entry,
    offices::Offices,
    reach::{Land, Left, Site, Tier},
    words::Words,
};
use super::{
    import::store::{self, Imported},
    lock, sources,
};
use crate::{Error, Result, exchange::offices::organisation_code};

/// Places of an item on average, where there are divisions enough.
const PLACES: usize = 34;

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Basic items.
    pub items: usize,
    /// Places that carry them out.
    pub places: usize,
    /// Places where something differs from the basic item.
    pub different: usize,
    /// Divisions that have a place.
    pub divisions: usize,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { items, places, different, divisions } = self;
        writeln!(
            f,
            "造出 {items} 个基本事项，{places} 个实施事项，其中 {different} 个有本地差别，\
             分布在 {divisions} 个区划。原先导入的事项已被替换；造出的内容都不是真的。"
        )
    }
}

/// Makes exactly `items` places (实施事项) and the basic items that they carry out, and keeps
/// them below `data_dir` instead of everything that was imported before. Blocks.
///
/// # Errors
/// Where the divisions cannot be read or are too few for so many, or the result cannot be kept.
pub fn synthesise(data_dir: &Path, assets: &Path, items: usize, seed: u64) -> Result<Made> {
    let divisions = sources::read_divisions(assets)?;
    let land = Land::new(&divisions);
    let mut entries = names::entries();
    let most = land.most();
    if items > most * entries.len() {
        return Err(Error::Source {
            path: assets.join("generated/divisions.jsonl"),
            reason: format!("{} 个区划造不出 {items} 个实施事项", divisions.len()),
        });
    }
    let mut order = Chance::new(seed, "order");
    order.shuffle(&mut entries);
    entries.truncate((items / PLACES).max(items.div_ceil(most.max(1))).max(items.min(1)));

    let mut left = Left { places: items, items: entries.len() };
    let mut maker = Maker::new(&divisions, &land, seed);
    let mut made = BTreeMap::new();
    for entry in entries {
        let sites = land.sites(entry.field.tiers, &mut left, &mut order);
        let imported = maker.make(&entry, &sites)?;
        made.insert(imported.item.code.clone(), imported);
    }
    let held = lock::hold(data_dir)?;
    store::write_made_up(data_dir, &made)?;
    drop(held);
    let places = || made.values().flat_map(|imported| imported.places.values());
    let used: std::collections::BTreeSet<&DivisionCode> =
        places().map(|place| &place.division).collect();
    Ok(Made {
        items: made.len(),
        places: places().count(),
        different: places().filter(|place| !place.patch.is_null()).count(),
        divisions: used.len(),
    })
}

/// Makes an item and its places.
struct Maker<'a> {
    offices: Offices<'a>,
    province: Option<&'a DivisionCode>,
    seed: u64,
}

impl<'a> Maker<'a> {
    fn new(divisions: &'a BTreeMap<DivisionCode, String>, land: &'a Land, seed: u64) -> Self {
        Self { offices: Offices::new(divisions, land, seed), province: land.province(), seed }
    }

    fn make(&mut self, entry: &Entry, sites: &[Site]) -> Result<Imported> {
        let code = entry.code();
        let mut chance = Chance::new(self.seed, &code);
        let tier = most_frequent(sites);
        let province = self.province.map_or("", |code| self.offices.name(code));
        let words = Words::new(entry, tier, province);
        let licence = self.licence(entry);
        let item = item::item(entry, tier, &words, licence.as_deref(), &mut chance);
        let local = Local::new(&item, tier, &words, entry.field.laws)?;
        let mut places = BTreeMap::new();
        for site in sites {
            let office = self.offices.at(site, entry.field.department);
            let organisation = &office.organisation_code;
            let place = Place {
                code: format!("{organisation}{}{code}", site.tier.level().code()),
                item: code.clone(),
                division: site.division.clone(),
                patch: local.patch(site, self.offices.name(&site.division), &mut chance)?,
                office,
            };
            places.insert(place.code.clone(), place);
        }
        Ok(Imported { item, places })
    }

    /// Type of the e-licence of a subject: 18 characters of who defined it, three of its number.
    fn licence(&self, entry: &Entry) -> Option<String> {
        let has_one = matches!(
            entry.kind,
            Kind::Permit | Kind::Practice | Kind::Card | Kind::Registration | Kind::Title
        );
        let province = self.province.filter(|_| has_one)?;
        let name = entry.field.department.name(Tier::Province, self.offices.name(province));
        Some(format!("{}{:03}", organisation_code(province, &name), entry.number()))
    }
}

fn most_frequent(sites: &[Site]) -> Tier {
    let mut counts = BTreeMap::new();
    for site in sites {
        *counts.entry(site.tier).or_insert(0) += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or(Tier::County, |(tier, _)| tier)
}
