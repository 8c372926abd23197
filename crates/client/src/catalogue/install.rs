//! From a publication to the catalogue in use: an update, and the mending of a database
//! that was found damaged.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tongban_contract::{
    catalogue::{CatalogueFile, Manifest},
    discovery::PlatformInfo,
    numbers::DivisionCode,
};
use url::Url;

use super::{
    Catalogue, CatalogueError, Open, Updated,
    build::{self, Plan},
    download::{Download, Progress},
    publication,
    read::{self, Snapshot},
    shelf::{Database, Held, Pointer},
    unpack,
};
use crate::transport::Transport;

impl Catalogue {
    /// Asks what is published and installs it where it is not what is in use.
    pub(super) async fn install(
        &self,
        transport: &dyn Transport,
        base: &Url,
        info: &PlatformInfo,
        county: Option<DivisionCode>,
        progress: Progress<'_>,
        now: Timestamp,
    ) -> Result<Updated, CatalogueError> {
        let held = self.hold().await?;
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
        let files = publication::needed(&manifest, county.as_ref())?;
        let mut pointer = described(&manifest, info, county, files, now);
        if let Some(installed) = current.pointer.as_ref().filter(|_| !current.damaged)
            && same_content(installed, &pointer)
        {
            pointer.database.clone_from(&installed.database);
            pointer.county_name.clone_from(&installed.county_name);
            pointer.guides = installed.guides;
            let shelf = self.0.shelf.clone();
            let written = pointer.clone();
            held.blocking(move || shelf.point(&written)).await?;
            self.replace(Open { pointer: Some(pointer), ..current.as_ref().clone() });
            return Ok(Updated::Unchanged);
        }
        let shelf = &self.0.shelf;
        let download = Download { transport, base, shelf, held: &held, progress };
        let files = download.files(&pointer.files).await?;
        self.build(pointer, files, &held).await?;
        Ok(Updated::Installed)
    }

    /// Builds a database, points at it, opens it and lets go of the one before.
    async fn build(
        &self,
        mut pointer: Pointer,
        files: Vec<(PathBuf, CatalogueFile)>,
        held: &Held,
    ) -> Result<(), CatalogueError> {
        let shelf = self.0.shelf.clone();
        let target = shelf.path("catalogue-building.db.new");
        let plan = Plan { target: target.clone(), files, county: pointer.county.clone() };
        pointer.guides = build::build(plan, held).await?;
        pointer.county_name = county_name(&target, pointer.county.as_ref()).await?;
        let put = shelf.clone();
        let pointer = held.blocking(move || put.put(&target, pointer)).await?;
        let open = Open::new(&shelf, pointer).await?;
        self.replace(open);
        let pointer = self.current().pointer.clone();
        held.blocking(move || {
            shelf.clean(pointer.as_ref(), true);
            Ok(())
        })
        .await
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
            match self.build(pointer.clone(), files, held).await {
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

/// The pointer of a publication that is not built yet.
fn described(
    manifest: &Manifest,
    info: &PlatformInfo,
    county: Option<DivisionCode>,
    files: Vec<CatalogueFile>,
    now: Timestamp,
) -> Pointer {
    Pointer {
        database: None,
        version: manifest.version,
        published_at: manifest.published_at,
        checked_at: now,
        sample: manifest.sample,
        county,
        county_name: String::new(),
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
    installed.database.is_some()
        && installed.county == published.county
        && digests(installed) == digests(published)
}

async fn county_name(
    built: &Path,
    county: Option<&DivisionCode>,
) -> Result<String, CatalogueError> {
    let Some(county) = county else {
        return Ok(String::new());
    };
    let bytes = tokio::fs::metadata(built).await?.len();
    let expected = Database { file: String::new(), bytes };
    let snapshot = Snapshot::open(built, &expected).await?;
    let mut database = snapshot.database().await;
    match read::division_name(&mut database, county).await {
        // A county that the divisions leave out still has its guides.
        Err(CatalogueError::UnknownDivision) => Ok(county.to_string()),
        name => name,
    }
}
