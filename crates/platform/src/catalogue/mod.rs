//! The catalogue: its sources, publishing them as signed files, and serving those.
//!
//! # Layout
//! - [`sources`]: reads items, forms, flows, divisions and holidays from the assets.
//! - [`import`]: takes departments' own lists of items in, and keeps them.
//! - [`synthesise`]: makes a province of items for benchmarks and tests, in their place.
//! - `places`, `own_places`: which office carries an item out where.
//! - `records`: what is published, record by record.
//! - `publish`: turns the records into compressed files and a manifest.
//! - `history`, `updates`: what changed from version to version, and what a device fetches of it.
//! - `serve`: the published files over HTTP.
//! - [`lint`]: what is odd about a guide. `lock`: one at a time.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use tongban_contract::{calendar::WorkingDays, catalogue::Manifest, numbers::DivisionCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Config, Error, Platform, Result, keys::Keys};

mod history;
pub mod import;
pub mod lint;
pub(crate) mod lock;
mod own_places;
mod places;
pub(crate) mod publish;
mod records;
mod serve;
pub mod sources;
pub mod synthesise;
mod updates;

pub use crate::cases::flow::Flow;
pub use places::division_of;
pub use sources::Source;

/// The catalogue as this node knows it.
pub struct Catalogue {
    /// Items with their forms and flows, by basic code.
    pub items: BTreeMap<String, Source>,
    /// Where departments' lists say who carries those items out.
    pub(crate) own_places: own_places::OwnPlaces,
    /// Names of the province's divisions.
    pub divisions: BTreeMap<DivisionCode, String>,
    /// Name of the province.
    pub province: String,
    /// Working days.
    pub working_days: WorkingDays,
    /// What is published.
    pub manifest: Manifest,
    /// Whether opening it published something new.
    pub changed: bool,
    /// Folder of the published files.
    folder: PathBuf,
    /// The manifest, byte for byte as it is signed.
    manifest_bytes: Bytes,
    signature: String,
    updates: updates::Updates,
}

impl Catalogue {
    /// Reads the sources and publishes what changed.
    pub async fn open(config: &Config, keys: &Keys, now: Timestamp) -> Result<Self> {
        let (assets, data_dir, level) =
            (config.assets.clone(), config.data_dir.clone(), config.zstd_level);
        let folder = data_dir.join("catalogue");
        let (sources, published, updates, held) = tokio::task::spawn_blocking(move || {
            let held = lock::hold(&data_dir)?;
            let sources = sources::read(&assets, &data_dir)?;
            let records = records::Records::new(&sources)?;
            let published = publish::publish(&sources, &records, &folder, level, now)?;
            let updates = updates::Updates::new(&folder, published.manifest.version, &records)?;
            Ok::<_, Error>((sources, published, updates, held))
        })
        .await??;
        let signature = publish::sign(&published, keys)?;
        drop(held);
        Ok(Self {
            working_days: WorkingDays::new(sources.holidays.iter().cloned()),
            province: sources.province(),
            items: sources.items,
            own_places: sources.own_places,
            divisions: sources.divisions,
            manifest: published.manifest,
            changed: published.changed,
            folder: published.folder,
            manifest_bytes: published.bytes.into(),
            signature,
            updates,
        })
    }

    /// What changed in a region since a version, signed: an [`Update`](tongban_contract::update)
    /// byte for byte. None where it is no region, or nobody knows any more what changed since.
    /// Blocks.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn update(&self, region: &DivisionCode, from: u64, keys: &Keys) -> Result<Option<Bytes>> {
        if !self.divisions.contains_key(region) {
            return Ok(None);
        }
        self.updates.of(region, from, &self.manifest, keys)
    }
}

/// The addresses of the catalogue.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new()
        .routes(routes!(serve::manifest))
        .routes(routes!(serve::signature))
        .routes(routes!(serve::file))
        .routes(routes!(serve::update))
}
