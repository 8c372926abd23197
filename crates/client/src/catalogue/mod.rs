//! The public catalogue on this device: divisions, holidays, and the guides of one county.
//!
//! # Life
//! [`Catalogue::open`] opens what is installed, if anything. [`Catalogue::update`] asks the
//! platform what is published, and installs it where it is newer. A database is built
//! aside, as a whole, and never changed afterwards; installing it is giving it its name
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
//! - `install`: an update, from the first question to the swap.
//! - `publication`, `download`: what is published, and its files.
//! - `unpack`, `build`, `schema.sql`: the database that is made of them.
//! - `shelf`: what lies on disk and how it is replaced.
//! - `read`, `search`, `query`, `highlight`: what is asked of it.
//! - `fold`, `tokens`: what the index and a query have in common.
//!
//! It knows no person and no account. Its caller decides when to update, shows progress
//! and problems, and remembers which county was chosen.

mod build;
mod download;
mod error;
mod fold;
mod highlight;
mod install;
pub(crate) mod publication;
mod query;
mod read;
mod search;
mod shelf;
#[cfg(test)]
mod tests;
mod tokens;
pub(crate) mod unpack;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use tongban_contract::{
    discovery::PlatformInfo,
    form::Form,
    numbers::DivisionCode,
    page::{DivisionView, GuideListView, GuideView, SearchGuides, ThemeView},
    problem::Problem,
};
use url::Url;

use self::{
    download::Progress,
    read::Snapshot,
    shelf::{Held, Pointer, Shelf},
};
use crate::transport::Transport;

pub use self::error::CatalogueError;

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
    /// The county whose guides are kept.
    pub(crate) county: Option<DivisionCode>,
    /// Its name with the names above it, such as 湖北省宜昌市夷陵区.
    pub(crate) county_name: String,
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

    /// Makes sure that the newest guides of `county` are installed.
    ///
    /// # Errors
    /// Whatever it is, what was in use stays in use, and what has arrived is kept.
    pub(crate) async fn update(
        &self,
        transport: &dyn Transport,
        base: &Url,
        info: &PlatformInfo,
        county: &DivisionCode,
        progress: Progress<'_>,
        now: Timestamp,
    ) -> Result<Updated, CatalogueError> {
        self.install(transport, base, info, Some(county.clone()), progress, now).await
    }

    /// Makes sure that the newest divisions and holidays are installed, before a county
    /// has been chosen. Where guides of a county are installed, these are kept up too.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub(crate) async fn update_common(
        &self,
        transport: &dyn Transport,
        base: &Url,
        info: &PlatformInfo,
        progress: Progress<'_>,
        now: Timestamp,
    ) -> Result<Updated, CatalogueError> {
        let county = self.current().pointer.as_ref().and_then(|pointer| pointer.county.clone());
        self.install(transport, base, info, county, progress, now).await
    }

    /// What is installed.
    pub(crate) fn summary(&self) -> Summary {
        let open = self.current();
        let problem = open.damaged.then(|| CatalogueError::Damaged.problem());
        match (&open.pointer, &open.snapshot) {
            (Some(pointer), Some(_)) => Summary {
                county: pointer.county.clone(),
                county_name: pointer.county_name.clone(),
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
        self.noted(read::division_name(&mut database, code).await)
    }

    /// Every theme with its guides counted: none, where no county has been chosen.
    pub(crate) async fn themes(&self) -> Result<Vec<ThemeView>, CatalogueError> {
        let Some(snapshot) = self.current().snapshot.clone() else {
            return Ok(read::all_themes(&Default::default()));
        };
        let mut database = snapshot.database().await;
        self.noted(read::themes(&mut database).await)
    }

    /// Searches guides in everyday words, or lists them. Of several places that carry an
    /// item out, the one that serves `home` is named.
    pub(crate) async fn search(
        &self,
        request: &SearchGuides,
        home: Option<&DivisionCode>,
    ) -> Result<GuideListView, CatalogueError> {
        let snapshot = self.current().of_county()?;
        let mut database = snapshot.database().await;
        self.noted(search::search(&mut database, request, home).await)
    }

    /// The guide of an item, as the place carries it out that serves `asked`, or else
    /// `home`, or else the whole county.
    pub(crate) async fn guide(
        &self,
        item: &str,
        asked: Option<&DivisionCode>,
        home: Option<&DivisionCode>,
    ) -> Result<GuideView, CatalogueError> {
        let snapshot = self.current().of_county()?;
        let mut database = snapshot.database().await;
        self.noted(read::guide(&mut database, item, asked, home).await)
    }

    /// The form of an item, where it can be filed from here.
    pub(crate) async fn form(&self, item: &str) -> Result<Option<Form>, CatalogueError> {
        let snapshot = self.current().of_county()?;
        let mut database = snapshot.database().await;
        self.noted(read::form(&mut database, item).await)
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
        let snapshot = Snapshot::open(&shelf.path(&database.file), database).await?;
        Ok(Self { pointer: Some(pointer), snapshot: Some(Arc::new(snapshot)), damaged: false })
    }

    fn any(&self) -> Result<Arc<Snapshot>, CatalogueError> {
        self.snapshot.clone().ok_or(match self.damaged {
            true => CatalogueError::Damaged,
            false => CatalogueError::NothingInstalled,
        })
    }

    fn of_county(&self) -> Result<Arc<Snapshot>, CatalogueError> {
        let snapshot = self.any()?;
        match self.pointer.as_ref().and_then(|pointer| pointer.county.as_ref()) {
            Some(_) => Ok(snapshot),
            None => Err(CatalogueError::NoCounty),
        }
    }
}
