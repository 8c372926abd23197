//! What was imported, as this node keeps it: `catalogue/imported.jsonl` below its data, a
//! record of the catalogue a line. Replaced as a whole.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use tongban_contract::{
    catalogue::Record,
    guide::{Item, Place},
};

use crate::{Error, Result, catalogue::publish};

/// A basic item and where it is carried out, by the places' codes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::catalogue) struct Imported {
    pub(in crate::catalogue) item: Item,
    pub(in crate::catalogue) places: BTreeMap<String, Place>,
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("catalogue/imported.jsonl")
}

/// Is there where what is kept was made up.
fn made_up(data_dir: &Path) -> PathBuf {
    data_dir.join("catalogue/made-up")
}

/// Whether any of what is kept was made up.
pub(in crate::catalogue) fn is_made_up(data_dir: &Path) -> Result<bool> {
    let path = made_up(data_dir);
    path.try_exists().map_err(Error::file(&path))
}

/// Keeps what was made up instead of everything that was kept before.
pub(in crate::catalogue) fn write_made_up(
    data_dir: &Path,
    items: &BTreeMap<String, Imported>,
) -> Result<()> {
    let path = made_up(data_dir);
    if !items.is_empty() {
        // First: nothing that was made up is ever taken for something else.
        make_folder(&path)?;
        publish::write(&path, b"")?;
    }
    write(data_dir, items)?;
    if items.is_empty() && is_made_up(data_dir)? {
        std::fs::remove_file(&path).map_err(Error::file(&path))?;
    }
    Ok(())
}

fn make_folder(of: &Path) -> Result<()> {
    let Some(folder) = of.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(Error::file(folder))
}

/// What was imported before; nothing where nothing was.
pub(in crate::catalogue) fn read(data_dir: &Path) -> Result<BTreeMap<String, Imported>> {
    let path = path(data_dir);
    let file = match File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        opened => opened.map_err(Error::file(&path))?,
    };
    let fault = |reason: String| Error::Source { path: path.clone(), reason };
    let mut items: BTreeMap<String, Imported> = BTreeMap::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(Error::file(&path))?;
        match serde_json::from_str(&line).map_err(|e| fault(e.to_string()))? {
            Record::Item(item) => {
                let imported = Imported { item: *item, places: BTreeMap::new() };
                items.insert(imported.item.code.clone(), imported);
            }
            Record::Place(place) => {
                let of = items.get_mut(&place.item);
                let of = of.ok_or_else(|| fault("a place comes before its item".to_owned()))?;
                of.places.insert(place.code.clone(), *place);
            }
            _ => return Err(fault("neither an item nor a place".to_owned())),
        }
    }
    Ok(items)
}

/// Keeps it.
pub(in crate::catalogue) fn write(
    data_dir: &Path,
    items: &BTreeMap<String, Imported>,
) -> Result<()> {
    let path = path(data_dir);
    make_folder(&path)?;
    let mut text = Vec::new();
    for imported in items.values() {
        let item = Record::Item(Box::new(imported.item.clone()));
        let places = imported.places.values().map(|place| Record::Place(Box::new(place.clone())));
        for record in std::iter::once(item).chain(places) {
            serde_json::to_writer(&mut text, &record).map_err(Error::json("an imported item"))?;
            text.push(b'\n');
        }
    }
    publish::write(&path, &text)
}
