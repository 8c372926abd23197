//! Makes updates: what changed in a region from a version to the one that is published now.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::Manifest,
    identifiers::Digest,
    numbers::{DivisionCode, DivisionLevel},
    update::{Update, UpdateHead},
};

use super::{
    history::{self, Change, Step},
    records::{Key, Line, Records, line, serves},
};
use crate::{Error, Result, keys::Keys};

/// Updates are small and each is fetched by many.
const LEVEL: i32 = 19;
/// Updates that are kept once they were made.
const KEPT_MADE: usize = 256;

/// What updates are made of.
pub(super) struct Updates {
    /// From the newest back.
    steps: Vec<Step>,
    /// The lines of what changed, and of items that are newly carried out somewhere.
    lines: HashMap<Key, Line>,
    /// Where those items are carried out: divisions with the key of the place.
    places: HashMap<String, Vec<Key>>,
    made: Mutex<HashMap<(DivisionCode, u64), Bytes>>,
}

impl Updates {
    /// Reads what changed up to `version`. Blocks.
    pub(super) fn new(folder: &Path, version: u64, records: &Records) -> Result<Self> {
        let steps = history::read(folder, version)?;
        let mut keys: HashSet<Key> = HashSet::new();
        let mut items: HashSet<String> = HashSet::new();
        for (key, _) in steps.iter().flat_map(|(_, changes)| changes) {
            keys.insert(key.clone());
            if let Key::Item(item) | Key::Form(item) | Key::Place { item, .. } = key {
                items.insert(item.clone());
            }
        }
        for item in &items {
            keys.extend([Key::Item(item.clone()), Key::Form(item.clone())]);
        }
        let mut places: HashMap<String, Vec<Key>> = HashMap::new();
        for (key, _) in records.iter() {
            if let Key::Place { item, .. } = key
                && items.contains(item)
            {
                places.entry(item.clone()).or_default().push(key.clone());
            }
        }
        let lines = keys.into_iter().filter_map(|key| {
            let line = records.get(&key)?.clone();
            Some((key, line))
        });
        Ok(Self { steps, lines: lines.collect(), places, made: Mutex::default() })
    }

    /// The update of a region from a version; none where it is not known what changed since.
    pub(super) fn of(
        &self,
        region: &DivisionCode,
        from: u64,
        manifest: &Manifest,
        keys: &Keys,
    ) -> Result<Option<Bytes>> {
        let known = from == manifest.version || self.steps.iter().any(|(step, _)| *step == from);
        if !known || region.level() > DivisionLevel::County {
            return Ok(None);
        }
        let asked = (region.clone(), from);
        if let Some(made) = self.made().get(&asked) {
            return Ok(Some(made.clone()));
        }
        let text = self.text(region, from)?;
        let payload = if text.is_empty() {
            Vec::new()
        } else {
            zstd::bulk::compress(&text, LEVEL).map_err(Error::file("zstd frame"))?
        };
        let head = UpdateHead {
            region: region.clone(),
            from,
            version: manifest.version,
            published_at: manifest.published_at,
            sample: manifest.sample,
            digest: Digest::from_bytes(&Sha256::digest(&payload).into()),
            bytes: payload.len() as u64,
            unpacked_bytes: text.len() as u64,
        };
        let head = serde_json::to_vec(&head).map_err(Error::json("the head of an update"))?;
        let comment = format!("tongban update {region} {from} {}", manifest.version);
        let signature = keys.sign(&head, &comment)?;
        let update = Update { head: &head, signature: &signature, payload: &payload };
        let made = Bytes::from(update.write());
        let mut kept = self.made();
        if kept.len() >= KEPT_MADE {
            kept.clear();
        }
        kept.insert(asked, made.clone());
        Ok(Some(made))
    }

    fn made(&self) -> std::sync::MutexGuard<'_, HashMap<(DivisionCode, u64), Bytes>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records of an update: what is removed, then what there is.
    fn text(&self, region: &DivisionCode, from: u64) -> Result<Vec<u8>> {
        let changed = self.changed_since(from);
        let mut removed = Vec::new();
        let mut there: BTreeMap<&Key, &Line> = BTreeMap::new();
        for (key, first) in &changed {
            match key {
                Key::Place { division, .. } if !serves(division, region) => continue,
                Key::Item(item) | Key::Form(item)
                    if self.lines.contains_key(key) && !self.is_of(item, region) =>
                {
                    continue;
                }
                _ => {}
            }
            match self.lines.get_key_value(key) {
                Some((key, line)) => {
                    there.insert(key, line);
                }
                None => removed.extend(line(&key.removed())?),
            }
            // What is newly carried out here is not known here yet.
            if let Key::Place { item, .. } = key
                && *first == Change::Added
                && self.is_new(item, region, &changed)
            {
                let of_item = [Key::Item(item.clone()), Key::Form(item.clone())];
                there.extend(of_item.iter().filter_map(|key| self.lines.get_key_value(key)));
            }
        }
        let mut text = removed;
        there.into_values().for_each(|line| text.extend_from_slice(line));
        Ok(text)
    }

    /// What changed since a version, each with what happened to it first.
    fn changed_since(&self, from: u64) -> BTreeMap<&Key, Change> {
        let mut changed = BTreeMap::new();
        for (_, changes) in self.steps.iter().filter(|(step, _)| *step >= from) {
            // From the newest back: an earlier one takes the place of a later.
            changed.extend(changes.iter().map(|(key, change)| (key, *change)));
        }
        changed
    }

    fn of_item(&self, item: &str, region: &DivisionCode) -> impl Iterator<Item = &Key> {
        let places = self.places.get(item).into_iter().flatten();
        places.filter(
            move |key| matches!(key, Key::Place { division, .. } if serves(division, region)),
        )
    }

    fn is_of(&self, item: &str, region: &DivisionCode) -> bool {
        self.of_item(item, region).next().is_some()
    }

    /// Whether nobody carried the item out in the region before.
    fn is_new(&self, item: &str, region: &DivisionCode, changed: &BTreeMap<&Key, Change>) -> bool {
        self.of_item(item, region).all(|place| changed.get(place) == Some(&Change::Added))
    }
}
