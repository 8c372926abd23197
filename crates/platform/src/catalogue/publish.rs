//! Turns the sources into what is published: compressed files named by their digest, and
//! a manifest that lists them. Files are only ever added, so that a client in the middle
//! of a download can finish it.
//!
//! A file is one or more zstd frames, one after the other. The items and forms, which are
//! the same in every county, are compressed once and stand first in each county's file;
//! only its places are its own. What has been compressed before is found in an index by
//! the digest of its content, so that a start without changes compresses nothing.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::{CatalogueFile, Division, FileContent, Manifest, Record},
    guide::Place,
    identifiers::Digest,
    numbers::{DivisionCode, DivisionLevel},
};

use super::{import::store::Imported, places, sources::Sources};
use crate::{Error, Result, keys::Keys};

/// Part of the index's keys: raised whenever the same content gives other bytes.
const LAYOUT: u32 = 1;
/// Places are many, much alike and each county's own: a lower level loses little.
const MOST_FOR_PLACES: i32 = 12;

/// What is published now.
pub(super) struct Published {
    pub(super) manifest: Manifest,
    pub(super) bytes: Vec<u8>,
    pub(super) folder: PathBuf,
    pub(super) changed: bool,
}

/// A part of a file: JSON Lines, compressed at most once and only if needed.
struct Part {
    text: Vec<u8>,
    digest: Digest,
    level: i32,
    frame: OnceLock<Vec<u8>>,
}

impl Part {
    fn new(records: impl IntoIterator<Item = Record>, level: i32) -> Result<Self> {
        let mut text = Vec::new();
        for record in records {
            serde_json::to_writer(&mut text, &record).map_err(Error::json("a catalogue record"))?;
            text.push(b'\n');
        }
        let digest = Digest::from_bytes(&Sha256::digest(&text).into());
        Ok(Self { text, digest, level, frame: OnceLock::new() })
    }

    fn frame(&self) -> Result<&[u8]> {
        if let Some(frame) = self.frame.get() {
            return Ok(frame);
        }
        let frame =
            zstd::bulk::compress(&self.text, self.level).map_err(Error::file("zstd frame"))?;
        Ok(self.frame.get_or_init(|| frame))
    }
}

/// Publishes `sources` below `folder`. Blocks.
pub(super) fn publish(
    sources: &Sources,
    folder: &Path,
    level: i32,
    now: Timestamp,
) -> Result<Published> {
    let public = folder.join("public");
    let files_folder = public.join("files");
    fs::create_dir_all(&files_folder).map_err(Error::file(&files_folder))?;
    let index_path = folder.join("index.json");
    let index: BTreeMap<String, CatalogueFile> = read(&index_path)?.unwrap_or_default();
    let maker = Maker { files: files_folder, index: Mutex::new(index) };

    let items = Part::new(item_records(sources), level)?;
    // Compressed before the counties share it, unless none of them will need it.
    let mut files = vec![maker.file(FileContent::Common, &[&common(sources, level)?], 0)?];
    files.extend(counties(sources, &maker, &items, level)?);
    let index = maker.index.into_inner().unwrap_or_else(PoisonError::into_inner);
    write(&index_path, &to_json(&index)?)?;

    let manifest_path = public.join("manifest.json");
    let old: Option<Manifest> = read(&manifest_path)?;
    let old_bytes = old.is_some().then(|| fs::read(&manifest_path)).transpose();
    let old_bytes = old_bytes.map_err(Error::file(&manifest_path))?.unwrap_or_default();
    if let Some(old) = &old
        && old.files == files
        && old.province == sources.province()
    {
        return Ok(Published {
            manifest: old.clone(),
            bytes: old_bytes,
            folder: public,
            changed: false,
        });
    }
    let manifest = Manifest {
        version: old.map_or(1, |old| old.version + 1),
        published_at: now,
        province: sources.province(),
        sample: true,
        files,
    };
    let bytes = to_json(&manifest)?;
    write(&manifest_path, &bytes)?;
    Ok(Published { manifest, bytes, folder: public, changed: true })
}

/// The signature of the manifest: the one that is there, or a new one where a node
/// stopped between writing the two.
pub(super) fn sign(published: &Published, keys: &Keys) -> Result<String> {
    let path = published.folder.join("manifest.json.minisig");
    if let Ok(signature) = fs::read_to_string(&path)
        && keys.verifies(&published.bytes, &signature)
    {
        return Ok(signature);
    }
    let comment = format!("tongban catalogue version {}", published.manifest.version);
    let signature = keys.sign(&published.bytes, &comment)?;
    write(&path, signature.as_bytes())?;
    Ok(signature)
}

fn item_records(sources: &Sources) -> Vec<Record> {
    let mut records = Vec::new();
    for source in sources.items.values() {
        records.push(Record::Item(Box::new(source.item.clone())));
        if let Some(form) = &source.form {
            records.push(Record::Form { item: source.item.code.clone(), form: form.clone() });
        }
    }
    records
}

fn common(sources: &Sources, level: i32) -> Result<Part> {
    let divisions = sources
        .divisions
        .iter()
        .map(|(code, name)| Record::Division(Division { code: code.clone(), name: name.clone() }));
    let holidays = sources.holidays.iter().cloned().map(Record::Holidays);
    Part::new(divisions.chain(holidays), level)
}

/// The files of the counties, in the order of their codes, made on every processor.
fn counties(
    sources: &Sources,
    maker: &Maker,
    items: &Part,
    level: i32,
) -> Result<Vec<CatalogueFile>> {
    let counties: Vec<(&DivisionCode, &String)> =
        sources.divisions.iter().filter(|(c, _)| c.level() == DivisionLevel::County).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, CatalogueFile)>> {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((code, name)) = counties.get(at) else {
                return Ok(made);
            };
            made.push((at, county(sources, maker, items, code, name, level)?));
        }
    };
    let mut made = std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut made = Vec::new();
        for handle in handles {
            let part = handle.join().map_err(|_| Error::Stored("a publishing thread panicked"))?;
            made.extend(part?);
        }
        Ok::<_, Error>(made)
    })?;
    made.sort_by_key(|(at, _)| *at);
    Ok(made.into_iter().map(|(_, file)| file).collect())
}

fn county(
    sources: &Sources,
    maker: &Maker,
    items: &Part,
    code: &DivisionCode,
    name: &str,
    level: i32,
) -> Result<CatalogueFile> {
    let mut guides = 0;
    let own = places::of_county(&sources.items, &sources.divisions, code)
        .inspect(|_| guides += 1)
        .map(|place| Record::Place(Box::new(place)));
    let listed: Vec<Record> = imported(&sources.imported, code).collect();
    let of_lists = listed.iter().filter(|record| matches!(record, Record::Place(_))).count();
    let places = Part::new(own.chain(listed), level.min(MOST_FOR_PLACES))?;
    let content = FileContent::County { division: code.clone(), name: name.to_owned() };
    maker.file(content, &[items, &places], guides + size(of_lists))
}

/// What was imported and serves a county: places in it and above it, each item before its own.
fn imported<'a>(
    items: &'a BTreeMap<String, Imported>,
    county: &'a DivisionCode,
) -> impl Iterator<Item = Record> + 'a {
    items.values().flat_map(move |imported| {
        let serves =
            |place: &&Place| county.contains(&place.division) || place.division.contains(county);
        let places: Vec<&Place> = imported.places.values().filter(serves).collect();
        let item = (!places.is_empty()).then(|| Record::Item(Box::new(imported.item.clone())));
        item.into_iter()
            .chain(places.into_iter().map(|place| Record::Place(Box::new(place.clone()))))
    })
}

/// Makes files, unless they have been made before.
struct Maker {
    files: PathBuf,
    index: Mutex<BTreeMap<String, CatalogueFile>>,
}

impl Maker {
    fn file(&self, content: FileContent, parts: &[&Part], guides: u64) -> Result<CatalogueFile> {
        let key = key(parts);
        let known = self.index.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known
            && self.is_there(&known)
        {
            return Ok(CatalogueFile { content, guides, ..known });
        }
        let mut bytes = Vec::new();
        let mut unpacked = 0;
        for part in parts {
            bytes.extend_from_slice(part.frame()?);
            unpacked += part.text.len();
        }
        let digest = Digest::from_bytes(&Sha256::digest(&bytes).into());
        let name = format!("{digest}.jsonl.zst");
        write(&self.files.join(&name), &bytes)?;
        let file = CatalogueFile {
            path: format!("files/{name}"),
            content,
            digest,
            bytes: size(bytes.len()),
            unpacked_bytes: size(unpacked),
            guides,
        };
        self.index.lock().unwrap_or_else(PoisonError::into_inner).insert(key, file.clone());
        Ok(file)
    }

    fn is_there(&self, file: &CatalogueFile) -> bool {
        let name = file.path.strip_prefix("files/").unwrap_or(&file.path);
        fs::metadata(self.files.join(name)).is_ok_and(|found| found.len() == file.bytes)
    }
}

fn key(parts: &[&Part]) -> String {
    let mut key = format!("{LAYOUT}");
    for part in parts {
        key.push_str(&format!(" {}@{}", part.digest, part.level));
    }
    key
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(Error::json("a catalogue file"))
}

/// Reads JSON; none where there is no such file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path)(error)),
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| Error::Source {
            path: path.to_owned(),
            reason: format!("cannot be read, so that its version is not known: {error}"),
        }),
    }
}

/// Writes a file so that it is there whole or not at all, even after a power cut.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = fs::File::create(&new).map_err(Error::file(&new))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::file(&new))?;
    fs::rename(&new, path).map_err(Error::file(path))
}
