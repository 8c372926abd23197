//! Makes basic items and their places of rows. Rows belong to one basic item where they have
//! its code, or else where they have one name and type. What the item itself says is `base`'s.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};
use tongban_contract::{
    guide::{Guide, Item, Place},
    identifiers::Digest,
    merge_patch::diff_patch,
};

use super::{base, row::Row, store::Imported};
use crate::catalogue::Source;

/// Characters of a code that is made.
const MADE: usize = 12;

/// What is there, and which item each place has.
pub(super) struct Lists {
    pub(super) items: BTreeMap<String, Imported>,
    /// Basic codes by the places' codes.
    item_of: HashMap<String, String>,
    /// Items of which a place came, changed or left.
    touched: BTreeSet<String>,
    called: Called,
}

/// Codes of the items that were given one, by name and type; none where several have both.
#[derive(Default)]
struct Called(HashMap<(String, String), Option<String>>);

impl Called {
    fn add(&mut self, item: &Item, code: &str) {
        let known = self.0.entry(key(item)).or_insert_with(|| Some(code.to_owned()));
        if known.as_deref() != Some(code) {
            *known = None;
        }
    }

    fn find(&self, item: &Item) -> Option<&String> {
        self.0.get(&key(item))?.as_ref()
    }
}

fn key(item: &Item) -> (String, String) {
    (item.name.clone(), item.item_type.code().to_owned())
}

impl Lists {
    /// What is kept, beside the assets' items.
    ///
    /// # Errors
    /// Where a place that is kept makes of its item something that is no item.
    pub(super) fn new(
        items: BTreeMap<String, Imported>,
        of_assets: &BTreeMap<String, Source>,
    ) -> Result<Self, serde_json::Error> {
        let mut called = Called::default();
        for (code, source) in of_assets {
            called.add(&source.item, code);
        }
        for (code, imported) in items.iter().filter(|(code, of)| **code != made_of(&of.item)) {
            called.add(&imported.item, code);
            for place in imported.places.values() {
                // What a place calls it is what its row calls it.
                if place.patch.get("name").is_some() || place.patch.get("type").is_some() {
                    called.add(&Guide::patched(&imported.item, &place.patch)?, code);
                }
            }
        }
        let places = items.values().flat_map(|imported| imported.places.values());
        let item_of = places.map(|place| (place.code.clone(), place.item.clone())).collect();
        Ok(Self { items, item_of, touched: BTreeSet::new(), called })
    }

    /// Has rows without a code join the item that came with one later, and makes each item that
    /// rows were about say what most of its places say.
    ///
    /// # Errors
    /// Where a place makes of its item something that is no item.
    pub(super) fn settle(&mut self) -> Result<(), serde_json::Error> {
        let joining: Vec<(String, String)> = self
            .items
            .iter()
            .filter(|(code, imported)| **code == made_of(&imported.item))
            .filter_map(|(code, of)| Some((code.clone(), self.called.find(&of.item)?.clone())))
            .collect();
        for (made, code) in joining {
            self.join(&made, &code)?;
        }
        for code in std::mem::take(&mut self.touched) {
            if let Some(imported) = self.items.get_mut(&code) {
                base::rebuild(imported)?;
            }
        }
        Ok(())
    }

    /// Has the places of one item carry out another.
    fn join(&mut self, made: &str, code: &str) -> Result<(), serde_json::Error> {
        let Some(joining) = self.items.remove(made) else { return Ok(()) };
        for (name, place) in joining.places {
            let item = Guide::patched(&joining.item, &place.patch)?;
            let item = Item { code: code.to_owned(), ..item };
            let imported = self.entry(code, &item);
            let patch = diff_patch(&imported.item, &item)?;
            let place = Place { item: code.to_owned(), patch, ..place };
            imported.places.insert(name.clone(), place);
            self.item_of.insert(name, code.to_owned());
        }
        self.touched.insert(code.to_owned());
        Ok(())
    }

    /// The item of this code, which is `item` where it was not there.
    fn entry(&mut self, code: &str, item: &Item) -> &mut Imported {
        let new = || Imported { item: item.clone(), places: BTreeMap::new() };
        self.items.entry(code.to_owned()).or_insert_with(new)
    }

    /// Has a place leave its item where that is another one than `basic`.
    fn leave_another(&mut self, code: &str, basic: &str) -> bool {
        if self.item_of.get(code).is_some_and(|item| item == basic) {
            return false;
        }
        let left = self.leave(code);
        self.item_of.insert(code.to_owned(), basic.to_owned());
        left
    }

    /// Has a place leave its item. An item that is carried out nowhere goes.
    fn leave(&mut self, code: &str) -> bool {
        let Some(before) = self.item_of.remove(code) else { return false };
        if let Some(imported) = self.items.get_mut(&before) {
            imported.places.remove(code);
            if imported.places.is_empty() {
                self.items.remove(&before);
            } else {
                self.touched.insert(before);
            }
        }
        true
    }
}

/// What became of a row.
pub(super) enum Taken {
    Added,
    Changed,
    Unchanged,
    /// It is not carried out any more.
    Left,
}

/// Adds a row to what is there. What items say is made anew by [`Lists::settle`].
///
/// A place has one item: where its row names another one than before, it leaves that.
pub(super) fn take(lists: &mut Lists, row: Row) -> Result<Taken, String> {
    let Row { basic, code, division, office, mut item } = row;
    // One place's state is not that of the item, which others carry out.
    if !item.state.is_listed() {
        let told = || format!("状态是“{}”，不公布", item.state.term());
        return if lists.leave(&code) { Ok(Taken::Left) } else { Err(told()) };
    }
    let basic = match basic {
        Some(basic) => {
            lists.called.add(&item, &basic);
            basic
        }
        None => lists.called.find(&item).cloned().unwrap_or_else(|| made_of(&item)),
    };
    item.code.clone_from(&basic);
    let moved = lists.leave_another(&code, &basic);
    let imported = lists.entry(&basic, &item);
    // An earlier version took the state of the first place for the item's.
    if !imported.item.state.is_listed() {
        imported.item.state = item.state.clone();
    }
    let fault = |error: serde_json::Error| error.to_string();
    let patch = diff_patch(&imported.item, &item).map_err(fault)?;
    let place = Place { code: code.clone(), item: basic.clone(), division, office, patch };
    let taken = match imported.places.get(&code) {
        None => Taken::Added,
        Some(before) if says_the_same(&imported.item, before, &place, &item).map_err(fault)? => {
            Taken::Unchanged
        }
        Some(_) => Taken::Changed,
    };
    imported.places.insert(code, place);
    lists.touched.insert(basic);
    Ok(if moved { Taken::Changed } else { taken })
}

/// Whether the guide of a place is what it was `before`. There is more than one patch that says
/// the same.
fn says_the_same(
    of: &Item,
    before: &Place,
    now: &Place,
    item: &Item,
) -> Result<bool, serde_json::Error> {
    if before.division != now.division || before.office != now.office {
        return Ok(false);
    }
    Ok(before.patch == now.patch || Guide::patched(of, &before.patch)? == *item)
}

/// A code for a basic item that has none: the same for the same name and type.
fn made_of(item: &Item) -> String {
    let digest = Sha256::digest(format!("{}\n{}", item.item_type.code(), item.name));
    let digest = Digest::from_bytes(&digest.into()).to_string();
    format!("n{}", digest.get(..MADE - 1).unwrap_or(&digest))
}
