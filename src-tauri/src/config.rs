//! Where this device's data lies and which platform it asks. In order: the environment,
//! the file `platform.json` in the app's configuration folder, the demo's address.

use std::{io::ErrorKind, path::PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use tauri::{Runtime, path::PathResolver};
use tongban_client::Options;
use url::Url;

/// Address of the reference platform in demo mode.
const DEMO: &str = "http://127.0.0.1:7380";

/// The file `platform.json`.
#[derive(Deserialize)]
struct PlatformFile {
    /// Address of the platform.
    platform: Url,
    /// Its minisign public key; without one, the first one seen is pinned.
    #[serde(default)]
    public_key: Option<String>,
}

pub(crate) fn options<R: Runtime>(path: &PathResolver<R>) -> anyhow::Result<Options> {
    let directory = match std::env::var_os("TONGBAN_DATA_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => path.app_data_dir()?,
    };
    // A person without folders of that kind still has a home.
    let exports = path.download_dir().or_else(|_| path.home_dir())?;
    let file = path.app_config_dir()?.join("platform.json");
    let configured = match std::fs::read(&file) {
        Ok(bytes) => Some(
            serde_json::from_slice::<PlatformFile>(&bytes)
                .with_context(|| format!("{} cannot be read", file.display()))?,
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).context("platform.json cannot be opened"),
    };
    let (platform, public_key) = match (std::env::var("TONGBAN_PLATFORM"), configured) {
        (Ok(address), _) => (Url::parse(&address).context("TONGBAN_PLATFORM")?, None),
        (Err(_), Some(file)) => (file.platform, file.public_key),
        (Err(_), None) => (Url::parse(DEMO)?, None),
    };
    Ok(Options { directory, exports, platform, public_key })
}
