//! What lies on disk, and in which order it changes.
//!
//! - `catalogue-<version>-<number>.db`: a built database, never changed once named so.
//! - `catalogue.json`: the pointer, the one thing that is replaced; it names the database
//!   in use and remembers what it was built from.
//! - `downloads/<digest>.part`: what has arrived of a file; `….zst`: all of it, verified.
//!   The files that made the catalogue in use are kept, updates among them, so that a damaged
//!   database, or one of an older program, is built again without any network.
//! - `update.lock`: held by the one program that is updating.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedMutexGuard;
use tongban_contract::{catalogue::CatalogueFile, identifiers::Digest, numbers::DivisionCode};

use super::error::CatalogueError;

/// What the pointer file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pointer {
    /// The database in use; none where it was damaged and put aside.
    pub(super) database: Option<Database>,
    /// Published version. An older one is refused, even where the database was lost.
    pub(super) version: u64,
    /// When it was published.
    pub(super) published_at: Timestamp,
    /// When this device last made sure that it is the newest.
    pub(super) checked_at: Timestamp,
    /// Whether it is a sample.
    pub(super) sample: bool,
    /// The regions whose guides it holds; none of them lies in another.
    pub(super) regions: Vec<DivisionCode>,
    /// Number of guides that it lists.
    pub(super) guides: u64,
    /// Key that signed it: another platform's versions are not compared with these.
    pub(super) public_key: String,
    /// The files it was built from, in the order in which they were read: those of a
    /// publication, then updates and the files of regions that were added later.
    pub(super) files: Vec<CatalogueFile>,
}

/// A database file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Database {
    /// Name of the file.
    pub(super) file: String,
    /// Its size, so that one that was cut off is noticed.
    pub(super) bytes: u64,
}

/// The directory of a catalogue.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    directory: PathBuf,
}

impl Shelf {
    /// The shelf in this directory, which is made where it is missing.
    pub(super) fn new(directory: &Path) -> Result<Self, CatalogueError> {
        fs::create_dir_all(directory.join("downloads"))?;
        Ok(Self { directory: directory.to_owned() })
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    pub(super) fn part(&self, digest: &Digest) -> PathBuf {
        self.directory.join("downloads").join(format!("{digest}.part"))
    }

    pub(super) fn whole(&self, digest: &Digest) -> PathBuf {
        self.directory.join("downloads").join(format!("{digest}.zst"))
    }

    /// Reads the pointer. One that cannot be read is put aside: it is a cache's.
    pub(super) fn pointer(&self) -> Result<Option<Pointer>, CatalogueError> {
        let path = self.path("catalogue.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match serde_json::from_slice(&bytes) {
            Ok(pointer) => Ok(Some(pointer)),
            Err(error) => {
                tracing::warn!(%error, "catalogue pointer put aside");
                fs::rename(&path, self.path("catalogue.json.unreadable"))?;
                Ok(None)
            }
        }
    }

    /// Gives a built database its name and points at it. A crash at any moment leaves
    /// either the old pointer with the old database or the new with the new.
    pub(super) fn put(
        &self,
        built: &Path,
        mut pointer: Pointer,
    ) -> Result<Pointer, CatalogueError> {
        let bytes = fs::metadata(built)?.len();
        // The same version may be built twice: for another county, or after damage.
        let mut number = 1_u32;
        let file = loop {
            let file = format!("catalogue-{}-{number}.db", pointer.version);
            if !self.path(&file).exists() {
                break file;
            }
            number += 1;
        };
        fs::rename(built, self.path(&file))?;
        pointer.database = Some(Database { file, bytes });
        self.point(&pointer)?;
        Ok(pointer)
    }

    /// Replaces the pointer as a whole.
    pub(super) fn point(&self, pointer: &Pointer) -> Result<(), CatalogueError> {
        let text = serde_json::to_vec_pretty(pointer).map_err(io::Error::from)?;
        let new = self.path("catalogue.json.new");
        let mut file = File::create(&new)?;
        file.write_all(&text)?;
        file.sync_all()?;
        // The database's name must be on disk before the pointer that names it.
        self.sync_directory()?;
        fs::rename(&new, self.path("catalogue.json"))?;
        self.sync_directory()
    }

    #[cfg(unix)]
    fn sync_directory(&self) -> Result<(), CatalogueError> {
        Ok(File::open(&self.directory)?.sync_all()?)
    }

    /// Elsewhere a directory cannot be opened; a rename is durable by itself there.
    #[cfg(not(unix))]
    fn sync_directory(&self) -> Result<(), CatalogueError> {
        Ok(())
    }

    /// Puts a damaged database aside and remembers the rest.
    pub(super) fn put_aside(&self, mut pointer: Pointer) -> Result<Pointer, CatalogueError> {
        if let Some(database) = pointer.database.take() {
            let path = self.path(&database.file);
            // One file is enough to look into; it may also be gone altogether.
            match fs::rename(&path, self.path("catalogue.db.damaged")) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
            self.point(&pointer)?;
        }
        Ok(pointer)
    }

    /// Keeps the payload of an update, which is verified, as one of the files.
    pub(super) fn keep(&self, payload: &[u8], digest: &Digest) -> Result<PathBuf, CatalogueError> {
        let (part, whole) = (self.part(digest), self.whole(digest));
        let mut file = File::create(&part)?;
        file.write_all(payload)?;
        file.sync_all()?;
        fs::rename(part, &whole)?;
        Ok(whole)
    }

    /// Bytes on disk: the database and the files that it can be built again from.
    pub(super) fn bytes(&self, pointer: &Pointer) -> u64 {
        let database = pointer.database.as_ref().map_or(0, |database| database.bytes);
        database + pointer.files.iter().map(|file| file.bytes).sum::<u64>()
    }

    /// Removes what is not in use, and `with_downloads` what has arrived for an update that did
    /// not come to its end. What cannot be removed now is left for the next time.
    pub(super) fn clean(&self, pointer: Option<&Pointer>, with_downloads: bool) {
        let database = pointer.and_then(|pointer| pointer.database.as_ref());
        remove_where(&self.directory, |name| {
            let built = name.starts_with("catalogue-") && !name.ends_with(".json");
            built && database.is_none_or(|database| database.file != name)
        });
        remove_where(&self.directory.join("downloads"), |name| {
            let digest = name.strip_suffix(".zst");
            let kept = |pointer: &Pointer| {
                pointer.files.iter().any(|file| Some(file.digest.as_str()) == digest)
            };
            with_downloads && !pointer.is_some_and(kept)
        });
    }
}

fn remove_where(directory: &Path, unwanted: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(&unwanted)
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::debug!(%error, "a file of an earlier catalogue stays for now");
        }
    }
}

/// The right to change what lies on the shelf. Work on other threads holds a part of it,
/// so that an update that was dropped is really over before another begins. The lock that
/// other programs see goes first: whose turn is next here must find it free.
#[derive(Clone)]
pub(super) struct Held(
    #[allow(dead_code, reason = "held, not read")] Arc<(File, OwnedMutexGuard<()>)>,
);

impl Held {
    /// Takes the lock that other programs see; `turn` is this program's own.
    pub(super) fn new(shelf: &Shelf, turn: OwnedMutexGuard<()>) -> Result<Self, CatalogueError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(shelf.path("update.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Arc::new((file, turn)))),
            Err(fs::TryLockError::WouldBlock) => Err(CatalogueError::Busy),
            Err(fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Runs work that blocks on a thread for such work.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        let held = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(held);
            result
        });
        task.await.map_err(|error| CatalogueError::Storage(io::Error::other(error)))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_waits_for_their_turn_finds_the_shelf_free() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path()).unwrap();
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        let updates: Vec<_> = (0..4)
            .map(|_| {
                let (shelf, turn) = (shelf.clone(), turn.clone());
                tokio::spawn(async move {
                    for _ in 0..500 {
                        let held = Held::new(&shelf, turn.clone().lock_owned().await).unwrap();
                        drop(held);
                    }
                })
            })
            .collect();
        for update in updates {
            update.await.unwrap();
        }
    }
}
