//! The public catalogue on this device: divisions, holidays, and the guides of the regions that
//! are kept.
//!
//! # Life
//! [`Catalogue::open`] opens what is installed, if anything. [`Catalogue::update`] asks the
//! platform what changed, or else what is published, and installs it where it is newer. A
//! database is built aside, of files or of a copy of the one in use and what changed, and
//! never changed afterwards; installing it is giving it its name
//! and replacing one small pointer file, so a crash, a cut, a full disk or a dropped
//! future leaves the catalogue before it in use, and what was downloaded is kept. Readers
//! hold one [`Snapshot`] for all statements of a call: none of them ever sees two versions.
//!
//! # Trust
//! Nothing of a manifest is believed before its signature verifies against the key of the
//! platform; files are believed by their digest in it; sizes are held to what it says. An
//! older version than the installed one is refused.
//!
//! # Layout
//! - `install`: from the first question to the swap.
//! - `update`: what changed; `publication`, `download`: what is published, and its files.
//! - `unpack`, `build`, `write`, `packed`, `schema.sql`: the database that is made of them.
//! - `changes`: what a version changed.
//! - `shelf`: what lies on disk and how it is replaced.
//! - `listing`, `nearness`: what lists show, and which place serves a person.
//! - `read`, `places`, `search`, `query`, `highlight`: what is asked of it.
//! - `names`: what divisions are called.
//! - `fold`, `tokens`: what the index and a query have in common.
//!
//! It knows no person and no account. Its caller decides when to update, shows progress
//! and problems, and remembers which county was chosen.

mod build;
mod changes;
mod download;
mod error;
mod fold;
mod highlight;
mod install;
mod listing;
mod names;
mod nearness;
mod packed;
mod places;
pub(crate) mod publication;
mod query;
mod read;
mod search;
mod shelf;
#[cfg(test)]
mod tests;
mod tokens;
pub(crate) mod unpack;
pub(crate) mod update;
mod write;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent},
    form::Form,
    numbers::{DivisionCode, DivisionLevel},
    page::{
        BrowseView, CatalogueChangeView, DivisionView, GuideFilter, GuideListView, GuideView,
        KeptView, PlaceGroupView, RegionView, SearchGuides, ThemeView,
    },
    problem::Problem,
};

use self::{
    listing::Counted,
    names::Names,
    nearness::Here,
    read::Snapshot,
    shelf::{Held, Pointer, Shelf},
};

pub use self::error::CatalogueError;
pub(crate) use self::install::Source;

/// The catalogue. Clones are handles on the same one.
#[derive(Clone)]
pub(crate) struct Catalogue(Arc<Inner>);

struct Inner {
    shelf: Shelf,
    /// What is open now; replaced, never changed.
    open: RwLock<Arc<Open>>,
    /// Whose turn it is to update, within this program.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// What is open.
#[derive(Clone, Default)]
struct Open {
    pointer: Option<Pointer>,
    snapshot: Option<Arc<Snapshot>>,
    /// The database was found damaged and must be built again.
    damaged: bool,
}

/// What an update came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Updated {
    /// The installed catalogue is the newest.
    Unchanged,
    /// A newer one is in use now.
    Installed,
}

/// What is installed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Summary {
    /// The regions whose guides are kept.
    pub(crate) kept: Vec<KeptView>,
    /// Bytes on disk.
    pub(crate) bytes: u64,
    /// Number of guides that are listed.
    pub(crate) guides: u64,
    /// Published version; 0 where nothing is installed.
    pub(crate) version: u64,
    /// When it was published.
    pub(crate) published_at: Option<Timestamp>,
    /// When this device last made sure that it is the newest.
    pub(crate) checked_at: Option<Timestamp>,
    /// Whether it is a sample.
    pub(crate) sample: bool,
    /// What is wrong with it, where anything is.
    pub(crate) problem: Option<Problem>,
}

impl Catalogue {
    /// Opens the catalogue in this directory. None installed yet is fine. A database that
    /// is damaged, or was made by another version of this program, is built again from
    /// the files kept beside it; where that fails it is put aside and said in the summary.
    ///
    /// # Errors
    /// Where the directory cannot be used.
    pub(crate) async fn open(directory: &Path) -> Result<Self, CatalogueError> {
        let shelf = Shelf::new(directory)?;
        let open = match shelf.pointer()? {
            None => Open::default(),
            Some(pointer) => match Open::new(&shelf, pointer.clone()).await {
                Ok(open) => open,
                Err(error) => {
                    tracing::warn!(%error, "the installed catalogue cannot be opened");
                    Open { pointer: Some(pointer), damaged: true, ..Open::default() }
                }
            },
        };
        let damaged = open.damaged;
        let catalogue = Self(Arc::new(Inner {
            shelf,
            open: RwLock::new(Arc::new(open)),
            turn: Arc::default(),
        }));
        match catalogue.hold().await {
            Ok(held) => {
                // Without a catalogue the rest of the program still works, and says so.
                if damaged && let Err(error) = catalogue.mend(&held).await {
                    tracing::warn!(%error, "the damaged catalogue cannot be put aside");
                }
                catalogue.0.shelf.clean(catalogue.current().pointer.as_ref(), false);
            }
            // Another program is updating and will clean up, or nothing can be written here.
            Err(error) => tracing::info!(%error, "the catalogue is left as it is"),
        }
        Ok(catalogue)
    }

    /// Makes sure that the newest guides of `regions` are installed, and no others. With none,
    /// the newest divisions and holidays are, before a county has been chosen; where guides
    /// are installed, these are kept up then.
    ///
    /// # Errors
    /// Whatever it is, what was in use stays in use, and what has arrived is kept.
    pub(crate) async fn update(
        &self,
        source: Source<'_>,
        regions: Vec<DivisionCode>,
    ) -> Result<Updated, CatalogueError> {
        let installed = || self.current().pointer.as_ref().map(|pointer| pointer.regions.clone());
        let regions = if regions.is_empty() { installed().unwrap_or_default() } else { regions };
        self.install(source, regions).await
    }

    /// Lets go of the guides of every region that is none of these, where some stay. That
    /// takes no network.
    pub(crate) async fn keep_only(&self, regions: Vec<DivisionCode>) -> Result<(), CatalogueError> {
        let held = self.hold().await?;
        self.leave(&publication::covering(regions), &held).await
    }

    /// The regions whose guides could be kept below `parent`, with their sizes: what is
    /// published now.
    pub(crate) async fn published(
        &self,
        source: Source<'_>,
        parent: Option<&DivisionCode>,
    ) -> Result<Vec<RegionView>, CatalogueError> {
        let Source { transport, base, info, .. } = source;
        let manifest = publication::manifest(transport, base, &info.public_key).await?;
        let current = self.current();
        let kept = |division: &DivisionCode| {
            let regions = current.pointer.iter().flat_map(|pointer| &pointer.regions);
            regions.into_iter().any(|region| region.contains(division))
        };
        let mut regions: Vec<RegionView> = Vec::new();
        for file in &manifest.files {
            let FileContent::Region { division, name } = &file.content else { continue };
            if is_below(division, parent) {
                match regions.iter_mut().find(|region| region.division == *division) {
                    Some(region) => {
                        region.bytes += file.bytes;
                        region.room += room_of(file);
                        region.guides = region.guides.max(file.guides);
                    }
                    None => regions.push(RegionView {
                        division: division.clone(),
                        name: name.clone(),
                        guides: file.guides,
                        bytes: file.bytes,
                        room: room_of(file),
                        kept: kept(division),
                    }),
                }
            }
        }
        Ok(regions)
    }

    /// What is installed.
    pub(crate) fn summary(&self) -> Summary {
        let open = self.current();
        let problem = open.damaged.then(|| CatalogueError::Damaged.problem());
        match (&open.pointer, &open.snapshot) {
            (Some(pointer), Some(snapshot)) => Summary {
                kept: snapshot.kept.clone(),
                bytes: self.0.shelf.bytes(pointer),
                guides: pointer.guides,
                version: pointer.version,
                published_at: Some(pointer.published_at),
                checked_at: Some(pointer.checked_at),
                sample: pointer.sample,
                problem,
            },
            _ => Summary { problem, ..Summary::default() },
        }
    }

    /// The name of a county, or of a region above it, with the names above: 湖北省宜昌市夷陵区.
    pub(crate) fn region_name(&self, region: &DivisionCode) -> Option<String> {
        self.current().snapshot.as_ref()?.names.in_full(region)
    }

    /// The divisions below `parent`, or the topmost.
    pub(crate) async fn divisions(
        &self,
        parent: Option<&DivisionCode>,
    ) -> Result<Vec<DivisionView>, CatalogueError> {
        let snapshot = self.current().any()?;
        let mut database = snapshot.database().await;
        self.noted(read::divisions(&mut database, parent).await)
    }

    /// A division's name with the names above it, such as 湖北省宜昌市夷陵区.
    pub(crate) async fn division_name(
        &self,
        code: &DivisionCode,
    ) -> Result<String, CatalogueError> {
        let snapshot = self.current().any()?;
        let mut database = snapshot.database().await;
        let names = Names::leading_to(&mut database, [code.clone()]).await;
        self.noted(names)?.in_full(code).ok_or(CatalogueError::UnknownDivision)
    }

    /// Every theme with the guides counted that lists show to somebody in `home`: none, where
    /// no county has been chosen.
    pub(crate) async fn themes(
        &self,
        home: Option<&DivisionCode>,
    ) -> Result<Vec<ThemeView>, CatalogueError> {
        let current = self.current();
        if current.regions().is_empty() {
            return Ok(read::themes(&Default::default()));
        }
        let counted = self.counted(&GuideFilter::default(), home).await?;
        Ok(read::themes(&counted.themes))
    }

    /// What guides can be filtered by, with how many lists show under each choice.
    pub(crate) async fn browse(
        &self,
        filter: &GuideFilter,
        home: Option<&DivisionCode>,
    ) -> Result<BrowseView, CatalogueError> {
        Ok(self.counted(filter, home).await?.view())
    }

    async fn counted(
        &self,
        filter: &GuideFilter,
        home: Option<&DivisionCode>,
    ) -> Result<Counted, CatalogueError> {
        let current = self.current();
        let snapshot = current.of_regions()?;
        let here = current.here(filter.region.as_ref(), home)?;
        let mut database = snapshot.database().await;
        let counted = async {
            let entries = snapshot.entries(&mut database).await?;
            let listing = snapshot.listing(&mut database, &entries, &here).await?;
            Ok(listing::count(&entries, &listing, filter))
        };
        self.noted(counted.await)
    }

    /// Searches guides in everyday words, or lists them. Of several places that carry an item
    /// out, the one that serves `home` is named, or else the nearest.
    pub(crate) async fn search(
        &self,
        request: &SearchGuides,
        home: Option<&DivisionCode>,
    ) -> Result<GuideListView, CatalogueError> {
        let current = self.current();
        let snapshot = current.of_regions()?;
        let here = current.here(request.filter.region.as_ref(), home)?;
        let mut database = snapshot.database().await;
        let found = async {
            let entries = snapshot.entries(&mut database).await?;
            let listing = snapshot.listing(&mut database, &entries, &here).await?;
            search::search(&mut database, request, &entries, &listing).await
        };
        self.noted(found.await)
    }

    /// What each version changed, newest first.
    pub(crate) async fn changes(&self) -> Result<Vec<CatalogueChangeView>, CatalogueError> {
        let snapshot = self.current().any()?;
        let mut database = snapshot.database().await;
        self.noted(changes::read(&mut database).await)
    }

    /// The guide of an item, as the place carries it out that serves `asked`, or else
    /// `home`, or else the whole county.
    pub(crate) async fn guide(
        &self,
        item: &str,
        asked: Option<&DivisionCode>,
        home: Option<&DivisionCode>,
    ) -> Result<GuideView, CatalogueError> {
        let current = self.current();
        let snapshot = current.of_regions()?;
        let here = current.here(None, home)?;
        let mut database = snapshot.database().await;
        self.noted(read::guide(&mut database, item, asked, &here).await)
    }

    /// Every place that carries an item out, the nearest to `home` first.
    pub(crate) async fn places(
        &self,
        item: &str,
        home: Option<&DivisionCode>,
    ) -> Result<Vec<PlaceGroupView>, CatalogueError> {
        let current = self.current();
        let snapshot = current.of_regions()?;
        let here = current.here(None, home)?;
        let mut database = snapshot.database().await;
        self.noted(read::places(&mut database, item, &here).await)
    }

    /// The form of an item, where it can be filed from here.
    pub(crate) async fn form(&self, item: &str) -> Result<Option<Form>, CatalogueError> {
        let snapshot = self.current().of_regions()?;
        let mut database = snapshot.database().await;
        self.noted(read::form(&mut database, item).await)
    }

    /// The regions whose guides are kept, also while they cannot be read.
    pub(crate) fn regions(&self) -> Vec<DivisionCode> {
        self.current().regions().to_vec()
    }

    fn current(&self) -> Arc<Open> {
        // Nothing can panic while it is held.
        self.0.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, open: Open) {
        *self.0.open.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(open);
    }

    async fn hold(&self) -> Result<Held, CatalogueError> {
        let turn = self.0.turn.clone().lock_owned().await;
        Held::new(&self.0.shelf, turn)
    }

    /// Remembers that the database is damaged, so that the next update builds it again.
    fn noted<T>(&self, result: Result<T, CatalogueError>) -> Result<T, CatalogueError> {
        if result.as_ref().is_err_and(CatalogueError::is_damage) {
            let current = self.current();
            self.replace(Open { damaged: true, ..current.as_ref().clone() });
        }
        result
    }
}

impl Open {
    async fn new(shelf: &Shelf, pointer: Pointer) -> Result<Self, CatalogueError> {
        let database = pointer.database.as_ref().ok_or(CatalogueError::Damaged)?;
        let path = shelf.path(&database.file);
        let snapshot = Snapshot::open(&path, database, &pointer.regions).await?;
        Ok(Self { pointer: Some(pointer), snapshot: Some(Arc::new(snapshot)), damaged: false })
    }

    fn any(&self) -> Result<Arc<Snapshot>, CatalogueError> {
        self.snapshot.clone().ok_or(match self.damaged {
            true => CatalogueError::Damaged,
            false => CatalogueError::NothingInstalled,
        })
    }

    fn regions(&self) -> &[DivisionCode] {
        self.pointer.as_ref().map_or(&[], |pointer| &pointer.regions)
    }

    fn of_regions(&self) -> Result<Arc<Snapshot>, CatalogueError> {
        let snapshot = self.any()?;
        if self.regions().is_empty() { Err(CatalogueError::NoCounty) } else { Ok(snapshot) }
    }

    /// Where somebody is: at what they ask about, or at `home` where guides of it, or of some of
    /// it, are kept, or else in the first region whose guides are.
    fn here(
        &self,
        asked: Option<&DivisionCode>,
        home: Option<&DivisionCode>,
    ) -> Result<Here, CatalogueError> {
        let regions = self.regions();
        let touches = |home: &DivisionCode| {
            regions.iter().any(|region| region.contains(home) || home.contains(region))
        };
        let home = home.filter(|home| touches(home)).or(regions.first());
        let here = home.map(Here::at).ok_or(CatalogueError::NoCounty)?;
        Ok(asked.map_or_else(|| here.clone(), |asked| here.asking_about(asked)))
    }
}

/// Bytes that a file's guides take here, about. What shares its items with what is here already
/// takes less. Measured with a whole province: a county, a city and the province take 5 MB and
/// 0.42 of what they unpack to (`catalogue.room` of the benchmark).
fn room_of(file: &CatalogueFile) -> u64 {
    file.unpacked_bytes.saturating_mul(45) / 100
}

/// Whether a region is a choice below `parent`: the province stands at the top.
fn is_below(division: &DivisionCode, parent: Option<&DivisionCode>) -> bool {
    match parent {
        None => division.level() == DivisionLevel::Province,
        Some(parent) => {
            parent.contains(division) && *division != *parent && {
                // A county of no city stands below the province.
                let above = division.parent();
                above.as_ref() == Some(parent)
                    || (parent.level() == DivisionLevel::Province
                        && above.and_then(|above| above.parent()).as_ref() == Some(parent)
                        && division.as_str().get(2..4) == Some("90"))
            }
        }
    }
}
