//! What the platform publishes anew while a test plays.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tongban_contract::page::UpdateCatalogue;
use tongban_tests::{
    platform::Platform,
    programs::{assets, built},
};

use crate::scene::Scene;

/// Publishes another catalogue, with a list taken in, and has the device fetch it.
pub(crate) async fn publish_anew(
    scene: &mut Scene,
    sources: &Path,
    list: Option<&Path>,
) -> Result<()> {
    let stage = &mut scene.stage;
    stage.platform.kill()?;
    let (home, address) = (stage.folder().join("platform"), stage.platform.address);
    if let Some(list) = list {
        let import = Command::new(built("tongban-platform")?)
            .args(["catalogue", "import", "--zstd-level", "1", "--data-dir"])
            .arg(&home)
            .arg("--assets")
            .arg(sources)
            .arg(list)
            .output()?;
        ensure!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    }
    let public = stage.link.address();
    stage.platform = Platform::start(&home, address, public, sources, 1)?;
    scene.client().update_catalogue(UpdateCatalogue {}).await?;
    Ok(())
}

/// The sample's assets in another folder, to be changed there.
pub(crate) fn copy_assets(folder: &Path) -> Result<()> {
    for part in ["catalogue", "catalogue/items", "calendar", "generated"] {
        std::fs::create_dir_all(folder.join(part))?;
        for entry in std::fs::read_dir(assets().join(part))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                std::fs::copy(entry.path(), folder.join(part).join(entry.file_name()))?;
            }
        }
    }
    Ok(())
}

/// Has an item of a copy of the assets say something else.
pub(crate) fn change_item(
    folder: &Path,
    item: &str,
    change: impl FnOnce(&mut Value),
) -> Result<()> {
    let file = folder.join(format!("catalogue/items/{item}.json"));
    let mut source: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    change(source.get_mut("item").context("a source without an item")?);
    Ok(std::fs::write(&file, source.to_string())?)
}
