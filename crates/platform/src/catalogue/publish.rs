//! Turns the sources into what is published: compressed files named by their digest, and
//! a manifest that lists them. Files are only ever added, so that a client in the middle
//! of a download can finish it.
//!
//! There is a file for each county, each city and the province, with everything that a
//! person there needs and nothing else; of a large region several, to be read one after the
//! other. It is one or more zstd frames: what is carried out everywhere is compressed once and
//! stands first in each region; the rest is its own. What has been compressed before is found in an index by the digest of its
//! content, so that a start without changes compresses nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent, Manifest},
    identifiers::Digest,
    numbers::{DivisionCode, DivisionLevel},
};

use super::{
    history, places,
    records::{Line, Records},
    sources::Sources,
};
use crate::{Error, Result, keys::Keys};

/// Part of the index's keys: raised whenever the same content gives other bytes.
const LAYOUT: u32 = 2;
/// What is a county's or a city's own is much and much alike: a lower level loses little.
const MOST_FOR_OWN: i32 = 12;
/// Records of one file: a device reads one while it fetches the next.
const PART: usize = 30_000;

/// Holds what versions begin at.
const FIRST_VERSION: &str = "first-version.json";

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
    fn new<'a>(lines: impl Iterator<Item = &'a Line>, level: i32) -> Self {
        let text: Vec<u8> = lines.flatten().copied().collect();
        let digest = Digest::from_bytes(&Sha256::digest(&text).into());
        Self { text, digest, level, frame: OnceLock::new() }
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

/// Publishes `records` below `folder`. Blocks.
pub(super) fn publish(
    sources: &Sources,
    records: &Records,
    folder: &Path,
    level: i32,
    now: Timestamp,
) -> Result<Published> {
    let public = folder.join("public");
    let files_folder = public.join("files");
    fs::create_dir_all(&files_folder).map_err(Error::file(&files_folder))?;
    for folder in [folder, &folder.join("changes"), &public, &files_folder] {
        sweep(folder)?;
    }
    let index_path = folder.join("index.json");
    let index: BTreeMap<String, CatalogueFile> = read(&index_path)?.unwrap_or_default();
    let maker = Maker { files: files_folder, index: Mutex::new(index) };

    let common = Part::new(records.common(), level);
    let mut files = vec![maker.file(FileContent::Common, &[&common], 0)?];
    files.extend(regions(sources, records, &maker, level)?);
    let index = maker.index.into_inner().unwrap_or_else(PoisonError::into_inner);
    write(&index_path, &to_json(&index)?)?;

    let manifest_path = public.join("manifest.json");
    let old: Option<Manifest> = read(&manifest_path)?;
    let old_bytes = old.is_some().then(|| fs::read(&manifest_path)).transpose();
    let old_bytes = old_bytes.map_err(Error::file(&manifest_path))?.unwrap_or_default();
    let first = first_version(folder)?;
    if let Some(old) = &old
        && old.files == files
        && old.province == sources.province()
        && old.sample == sources.sample
        && old.version >= first
    {
        return Ok(Published {
            manifest: old.clone(),
            bytes: old_bytes,
            folder: public,
            changed: false,
        });
    }
    let before = old.map(|old| old.version);
    let manifest = Manifest {
        version: before.map_or(1, |before| before + 1).max(first),
        published_at: now,
        province: sources.province(),
        sample: sources.sample,
        files,
    };
    // Before the manifest: nobody may see a version whose history is not written.
    history::write(folder, before, manifest.version, records)?;
    let bytes = serde_json::to_vec(&manifest).map_err(Error::json("the manifest"))?;
    write(&manifest_path, &bytes)?;
    Ok(Published { manifest, bytes, folder: public, changed: true })
}

/// Has versions begin anew, far above every one that was given out since `folder` was copied,
/// and above those of another time it was restored: nobody publishes as often as seconds pass.
/// The next start publishes, also where nothing changed: a device refuses an older version than
/// it has.
pub(crate) fn leave_versions_out(folder: &Path, many: u64, now: Timestamp) -> Result<()> {
    let manifest: Option<Manifest> = read(&folder.join("public/manifest.json"))?;
    let known = manifest.map_or(0, |manifest| manifest.version).max(first_version(folder)?);
    let first = (known + many).max(u64::try_from(now.as_second()).unwrap_or_default());
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    write(&folder.join(FIRST_VERSION), &to_json(&first)?)
}

/// The version below which nothing new is published: 1, and more after a restore.
fn first_version(folder: &Path) -> Result<u64> {
    Ok(read(&folder.join(FIRST_VERSION))?.unwrap_or(1))
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

/// The files of counties, cities and the province, in the order of their codes, made on
/// every processor.
fn regions(
    sources: &Sources,
    records: &Records,
    maker: &Maker,
    level: i32,
) -> Result<Vec<CatalogueFile>> {
    let regions: Vec<(&DivisionCode, &String)> = sources
        .divisions
        .iter()
        .filter(|(code, name)| code.level() <= DivisionLevel::County && places::is_region(name))
        .collect();
    let counties = || regions.iter().filter(|(code, _)| code.level() == DivisionLevel::County);
    // Of all items those that every county has; compressed before the regions share them.
    let mut everywhere: Option<BTreeSet<&str>> = None;
    for (county, _) in counties() {
        let here: BTreeSet<&str> = records.items_of(county).collect();
        everywhere = Some(match everywhere {
            None => here,
            Some(items) => items.intersection(&here).copied().collect(),
        });
    }
    let everywhere = everywhere.unwrap_or_default();
    let shared = Part::new(everywhere.iter().flat_map(|item| records.of_item(item)), level);
    let region = |(code, name): (&DivisionCode, &String)| {
        let here = || records.items_of(code);
        let guides = size(here().filter(|item| records.is_listed(item)).count());
        let is_province = code.level() == DivisionLevel::Province;
        let level = if is_province { level } else { level.min(MOST_FOR_OWN) };
        let items = here().filter(|item| !everywhere.contains(item));
        let places = records.places_of(code);
        let own: Vec<&Line> = items.flat_map(|item| records.of_item(item)).chain(places).collect();
        let mut files = Vec::new();
        // At least one, also where everything is carried out everywhere.
        let parts = own.chunks(PART).map(Some).chain(own.is_empty().then_some(None));
        for part in parts.map(Option::unwrap_or_default) {
            let part = Part::new(part.iter().copied(), level);
            let content = FileContent::Region { division: code.clone(), name: name.clone() };
            let parts = [&shared, &part];
            let begin = usize::from(!files.is_empty());
            files.push(maker.file(content, parts.get(begin..).unwrap_or_default(), guides)?);
        }
        Ok::<_, Error>(files)
    };
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Vec<CatalogueFile>)>> {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(asked) = regions.get(at) else {
                return Ok(made);
            };
            made.push((at, region(*asked)?));
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
    Ok(made.into_iter().flat_map(|(_, files)| files).collect())
}

/// Makes files, unless they have been made before.
struct Maker {
    files: PathBuf,
    index: Mutex<BTreeMap<String, CatalogueFile>>,
}

impl Maker {
    fn file(&self, content: FileContent, parts: &[&Part], guides: u64) -> Result<CatalogueFile> {
        let key = key(parts);
        let known = self.index().get(&key).cloned();
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
        let file = CatalogueFile {
            path: format!("files/{name}"),
            content,
            digest,
            bytes: size(bytes.len()),
            unpacked_bytes: size(unpacked),
            guides,
        };
        // Two regions may be the same: one of them writes at a time.
        let mut index = self.index();
        if !self.is_there(&file) {
            write(&self.files.join(&name), &bytes)?;
        }
        index.insert(key, file.clone());
        Ok(file)
    }

    fn index(&self) -> MutexGuard<'_, BTreeMap<String, CatalogueFile>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Ends the names of files that are not whole yet.
const UNFINISHED: &str = ".new";

/// Writes a file so that it is there whole or not at all, even after a power cut.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = unfinished(path);
    let mut file = fs::File::create(&new).map_err(Error::file(&new))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::file(&new))?;
    fs::rename(&new, path).map_err(Error::file(path))
}

/// A name that nobody else writes under.
fn unfinished(path: &Path) -> PathBuf {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{number}{UNFINISHED}", std::process::id()));
    path.with_file_name(name)
}

/// Takes away what processes that were killed left unfinished; to be called by whoever holds
/// the catalogue's lock.
fn sweep(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        if path.to_string_lossy().ends_with(UNFINISHED) {
            fs::remove_file(&path).map_err(Error::file(&path))?;
        }
    }
    Ok(())
}
