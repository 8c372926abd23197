//! The catalogue: its sources, publishing them as signed files, and serving those.
//!
//! # Layout
//! - [`sources`]: reads items, forms, flows, divisions and holidays from the assets.
//! - [`import`]: takes departments' own lists of items in, and keeps them.
//! - `places`: which office carries an item out where.
//! - `publish`: turns the sources into compressed files and a manifest.
//! - `serve`: the published files over HTTP.
//! - [`lint`]: what is odd about a guide.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use tongban_contract::{calendar::WorkingDays, catalogue::Manifest, numbers::DivisionCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Config, Error, Platform, Result, keys::Keys};

pub mod import;
pub mod lint;
mod places;
mod publish;
mod serve;
pub mod sources;

pub use crate::cases::flow::Flow;
pub use places::division_of;
pub use sources::Source;

/// The catalogue as this node knows it.
pub struct Catalogue {
    /// Items with their forms and flows, by basic code.
    pub items: BTreeMap<String, Source>,
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
    manifest_bytes: bytes::Bytes,
    signature: String,
}

impl Catalogue {
    /// Reads the sources and publishes what changed.
    pub async fn open(config: &Config, keys: &Keys, now: Timestamp) -> Result<Self> {
        let (assets, data_dir, level) =
            (config.assets.clone(), config.data_dir.clone(), config.zstd_level);
        let folder = data_dir.join("catalogue");
        let (sources, published) = tokio::task::spawn_blocking(move || {
            let sources = sources::read(&assets, &data_dir)?;
            let published = publish::publish(&sources, &folder, level, now)?;
            Ok::<_, Error>((sources, published))
        })
        .await??;
        let signature = publish::sign(&published, keys)?;
        Ok(Self {
            working_days: WorkingDays::new(sources.holidays.iter().cloned()),
            province: sources.province(),
            items: sources.items,
            divisions: sources.divisions,
            manifest: published.manifest,
            changed: published.changed,
            folder: published.folder,
            manifest_bytes: published.bytes.into(),
            signature,
        })
    }
}

/// The addresses of the catalogue.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new()
        .routes(routes!(serve::manifest))
        .routes(routes!(serve::signature))
        .routes(routes!(serve::file))
}
