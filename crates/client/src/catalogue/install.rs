//! From a publication to the catalogue in use: an update, a region more or less, and the
//! mending of a database that was found damaged.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent, Manifest},
    discovery::PlatformInfo,
    numbers::DivisionCode,
};
use url::Url;

use super::{
    Catalogue, CatalogueError, Open, Updated,
    build::{self, Brought, Plan},
    download::{Download, Progress},
    publication::{self, covering},
    shelf::{Held, Pointer},
    unpack, update,
};
use crate::transport::Transport;

/// From where a catalogue comes.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) transport: &'a dyn Transport,
    pub(crate) base: &'a Url,
    pub(crate) info: &'a PlatformInfo,
    pub(crate) progress: Progress<'a>,
    pub(crate) now: Timestamp,
}

impl Catalogue {
    /// Makes sure that the newest guides of `regions` are installed, and no others.
    pub(super) async fn install(
        &self,
        source: Source<'_>,
        regions: Vec<DivisionCode>,
    ) -> Result<Updated, CatalogueError> {
        let held = self.hold().await?;
        let regions = covering(regions);
        self.leave(&regions, &held).await?;
        if let Some(installed) = self.updatable(source.info)
            && installed.regions.iter().all(|region| regions.contains(region))
        {
            match self.bring_up_to_date(source, installed, &held).await {
                Ok(updated) if self.has(&regions) => return Ok(updated),
                Ok(_) => {}
                Err(error) if error.asks_for_everything() => {
                    tracing::info!(%error, "everything is fetched instead of what changed");
                }
                Err(error) => return Err(error),
            }
        }
        self.fetch(source, regions, &held).await
    }

    fn has(&self, regions: &[DivisionCode]) -> bool {
        self.current().pointer.as_ref().is_some_and(|pointer| pointer.regions == regions)
    }

    /// What is installed, where what changed since can be applied to it.
    fn updatable(&self, info: &PlatformInfo) -> Option<Pointer> {
        let current = self.current();
        let pointer = current.pointer.clone().filter(|_| !current.damaged)?;
        let of_this_platform = pointer.public_key == info.public_key;
        let fit = of_this_platform && pointer.database.is_some() && !pointer.regions.is_empty();
        fit.then_some(pointer)
    }

    /// Asks for what changed in each region, at once, and applies it: one round trip.
    async fn bring_up_to_date(
        &self,
        source: Source<'_>,
        mut pointer: Pointer,
        held: &Held,
    ) -> Result<Updated, CatalogueError> {
        let Source { transport, base, info, now, .. } = source;
        let asked = pointer.regions.iter().map(|region| {
            update::fetch(transport, base, &info.public_key, region, pointer.version)
        });
        let updates = futures::future::try_join_all(asked).await?;
        let Some(newest) = updates.iter().map(|update| &update.head).max_by_key(|h| h.version)
        else {
            return Ok(Updated::Unchanged);
        };
        // A publication between two answers: they do not belong together.
        if updates.iter().any(|update| update.head.version != newest.version) {
            return Err(CatalogueError::Broken("updates to different versions".to_owned()));
        }
        pointer.version = newest.version;
        pointer.published_at = newest.published_at;
        pointer.sample = newest.sample;
        pointer.checked_at = now;
        let mut brought = Vec::new();
        for update in updates.into_iter().filter(|update| update.head.bytes > 0) {
            let (file, shelf) = (update.file(), self.0.shelf.clone());
            let digest = file.digest.clone();
            let kept = held.blocking(move || shelf.keep(&update.payload, &digest)).await?;
            brought.push((kept, file));
        }
        if brought.is_empty() {
            self.point(pointer, held).await?;
            return Ok(Updated::Unchanged);
        }
        pointer.files.extend(brought.iter().map(|(_, file)| file.clone()));
        self.build(pointer, Way::OnTop { news: true }, given(brought), held).await?;
        Ok(Updated::Installed)
    }

    /// Fetches what is published of the regions, where it is not installed.
    async fn fetch(
        &self,
        source: Source<'_>,
        regions: Vec<DivisionCode>,
        held: &Held,
    ) -> Result<Updated, CatalogueError> {
        let Source { transport, base, info, progress, now } = source;
        let manifest = publication::manifest(transport, base, &info.public_key).await?;
        let current = self.current();
        if let Some(pointer) = &current.pointer
            && pointer.public_key == info.public_key
            && pointer.version > manifest.version
        {
            return Err(CatalogueError::Older {
                installed: pointer.version,
                offered: manifest.version,
            });
        }
        let files = publication::needed(&manifest, &regions)?;
        let published = described(&manifest, info, regions, files, now);
        let (pointer, way, missing) = match self.step(published) {
            Step::Nothing(pointer) => {
                self.point(pointer, held).await?;
                return Ok(Updated::Unchanged);
            }
            Step::Build { pointer, way, missing } => (pointer, way, missing),
        };
        let shelf = &self.0.shelf;
        let download = Download { transport, base, shelf, held, progress };
        let (sender, receiver) = mpsc::channel(1);
        let downloading = download.files(&missing, sender);
        // What has arrived is read while the rest is on its way.
        let building = self.make(&pointer, way, receiver, held);
        let ((), guides) = tokio::try_join!(downloading, building)?;
        self.take_into_use(pointer, guides, held).await?;
        Ok(Updated::Installed)
    }

    /// What it takes to have in use what is published.
    fn step(&self, mut published: Pointer) -> Step {
        let current = self.current();
        let installed = current.pointer.as_ref().filter(|installed| {
            !current.damaged
                && installed.public_key == published.public_key
                && installed.database.is_some()
        });
        let Some(installed) = installed else {
            let (way, missing) = (Way::FromNothing { news: false }, published.files.clone());
            return Step::Build { pointer: published, way, missing };
        };
        if same_content(installed, &published) {
            published.database.clone_from(&installed.database);
            published.guides = installed.guides;
            return Step::Nothing(published);
        }
        let some = !installed.regions.is_empty()
            && installed.regions.iter().all(|region| published.regions.contains(region));
        if installed.version != published.version || !some {
            let news = installed.regions == published.regions;
            let missing = published.files.clone();
            return Step::Build { pointer: published, way: Way::FromNothing { news }, missing };
        }
        // The same version of some of the regions: only the others are missing.
        let is_there = |file: &CatalogueFile| match &file.content {
            FileContent::Region { division, .. } => installed.regions.contains(division),
            _ => true,
        };
        let missing: Vec<_> =
            published.files.iter().filter(|file| !is_there(file)).cloned().collect();
        if missing.is_empty() {
            let checked_at = published.checked_at;
            return Step::Nothing(Pointer { checked_at, ..installed.clone() });
        }
        published.files = [installed.files.clone(), missing.clone()].concat();
        Step::Build { pointer: published, way: Way::OnTop { news: false }, missing }
    }

    /// Lets go of regions that are not wanted any more. That takes no network. One that lies in a
    /// wanted one, or holds one, stays until that one is here.
    pub(super) async fn leave(
        &self,
        wanted: &[DivisionCode],
        held: &Held,
    ) -> Result<(), CatalogueError> {
        let current = self.current();
        let Some(mut pointer) = current.pointer.clone().filter(|_| !current.damaged) else {
            return Ok(());
        };
        let is_of_use = |region: &&DivisionCode| {
            wanted.iter().any(|wanted| wanted.contains(region) || region.contains(wanted))
        };
        let kept: Vec<DivisionCode> = pointer.regions.iter().filter(is_of_use).cloned().collect();
        // With none left, the next ones take its place as a whole.
        if pointer.database.is_none() || kept.is_empty() || kept.len() == pointer.regions.len() {
            return Ok(());
        }
        pointer.files.retain(|file| match &file.content {
            FileContent::Region { division, .. } => kept.contains(division),
            _ => true,
        });
        pointer.regions = kept;
        self.build(pointer, Way::OnTop { news: false }, given(Vec::new()), held).await
    }

    /// Builds a database, points at it, opens it and lets go of the one before.
    async fn build(
        &self,
        pointer: Pointer,
        way: Way,
        files: mpsc::Receiver<Brought>,
        held: &Held,
    ) -> Result<(), CatalogueError> {
        let guides = self.make(&pointer, way, files, held).await?;
        self.take_into_use(pointer, guides, held).await
    }

    /// Builds the database aside.
    async fn make(
        &self,
        pointer: &Pointer,
        way: Way,
        files: mpsc::Receiver<Brought>,
        held: &Held,
    ) -> Result<u64, CatalogueError> {
        let shelf = &self.0.shelf;
        let in_use = || {
            let current = self.current();
            let database = current.pointer.as_ref().and_then(|pointer| pointer.database.clone());
            database.map(|database| shelf.path(&database.file))
        };
        let (on_top, news) = match way {
            Way::FromNothing { news } => (false, news),
            Way::OnTop { news } => (true, news),
        };
        let plan = Plan {
            target: shelf.path(BUILDING),
            copy_of: if on_top { in_use() } else { None },
            compared_with: if news { in_use() } else { None },
            version: (pointer.version, pointer.published_at),
            regions: pointer.regions.clone(),
        };
        build::build(plan, files, held).await
    }

    async fn take_into_use(
        &self,
        mut pointer: Pointer,
        guides: u64,
        held: &Held,
    ) -> Result<(), CatalogueError> {
        pointer.guides = guides;
        let shelf = self.0.shelf.clone();
        let put = shelf.clone();
        let pointer = held.blocking(move || put.put(&put.path(BUILDING), pointer)).await?;
        let open = Open::new(&shelf, pointer).await?;
        self.replace(open);
        let pointer = self.current().pointer.clone();
        held.blocking(move || {
            shelf.clean(pointer.as_ref(), true);
            Ok(())
        })
        .await
    }

    /// Remembers something of the catalogue in use.
    async fn point(&self, pointer: Pointer, held: &Held) -> Result<(), CatalogueError> {
        let (shelf, written) = (self.0.shelf.clone(), pointer.clone());
        held.blocking(move || shelf.point(&written)).await?;
        self.replace(Open { pointer: Some(pointer), ..self.current().as_ref().clone() });
        Ok(())
    }

    /// Builds a damaged database again from the files that are kept, or puts it aside.
    pub(super) async fn mend(&self, held: &Held) -> Result<(), CatalogueError> {
        let Some(pointer) = self.current().pointer.clone() else {
            return Ok(());
        };
        let shelf = &self.0.shelf;
        let mut files = Vec::new();
        for file in &pointer.files {
            let path = shelf.whole(&file.digest);
            let (kept, expected) = (path.clone(), file.clone());
            if held.blocking(move || unpack::verify(&kept, &expected)).await.is_ok() {
                files.push((path, file.clone()));
            }
        }
        if files.len() == pointer.files.len() {
            let way = Way::FromNothing { news: false };
            match self.build(pointer.clone(), way, given(files), held).await {
                Ok(()) => return Ok(()),
                Err(error) => tracing::warn!(%error, "the catalogue cannot be built again"),
            }
        }
        let aside = shelf.clone();
        let pointer = held.blocking(move || aside.put_aside(pointer)).await?;
        self.replace(Open { pointer: Some(pointer), damaged: true, ..Open::default() });
        Ok(())
    }
}

/// Name of a database that is being built.
const BUILDING: &str = "catalogue-building.db.new";

/// How a database comes about.
#[derive(Clone, Copy)]
enum Way {
    /// Of its files alone.
    FromNothing {
        /// What differs from the one in use is what the version changed.
        news: bool,
    },
    /// Of a copy of the one in use, and files on top of it.
    OnTop {
        /// As above.
        news: bool,
    },
}

/// What it takes to have in use what is published.
enum Step {
    /// It is in use, but for what is remembered of it.
    Nothing(Pointer),
    /// A database, of these files.
    Build { pointer: Pointer, way: Way, missing: Vec<CatalogueFile> },
}

/// Files that are there already, as a download hands them on.
fn given(files: Vec<Brought>) -> mpsc::Receiver<Brought> {
    let (sender, receiver) = mpsc::channel(files.len().max(1));
    for file in files {
        // There is room for every one of them.
        let _ = sender.try_send(file);
    }
    receiver
}

/// The pointer of a publication that is not built yet.
fn described(
    manifest: &Manifest,
    info: &PlatformInfo,
    regions: Vec<DivisionCode>,
    files: Vec<CatalogueFile>,
    now: Timestamp,
) -> Pointer {
    Pointer {
        database: None,
        version: manifest.version,
        published_at: manifest.published_at,
        checked_at: now,
        sample: manifest.sample,
        regions,
        guides: 0,
        public_key: info.public_key.clone(),
        files,
    }
}

/// Whether a publication has the very files that are installed.
fn same_content(installed: &Pointer, published: &Pointer) -> bool {
    let digests = |pointer: &Pointer| -> Vec<_> {
        pointer.files.iter().map(|file| file.digest.clone()).collect()
    };
    installed.regions == published.regions && digests(installed) == digests(published)
}
