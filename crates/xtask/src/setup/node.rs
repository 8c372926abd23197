//! Node, and the packages that package-lock.json pins: the Tauri CLI, wasm-opt, the look of
//! the page, the divisions, the OpenID Connect software of others that the tests sign in with.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{project::Project, setup::apt, shell, steps::Outcome};

pub(super) const ADVICE: &str =
    "Check that Node 18 or later and npm are installed and that npm's registry can be reached.";

/// What the project itself takes.
pub(super) fn install(project: &Project) -> Result<Outcome> {
    if shell::find("node").is_none() || shell::find("npm").is_none() {
        apt::install_these(&["nodejs", "npm"])?;
    }
    install_in(&project.root)
}

/// `npm ci` in this folder, unless its node_modules was made from this very lock file.
pub(super) fn install_in(folder: &Path) -> Result<Outcome> {
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("package-lock.json of {} cannot be read", folder.display()))?;
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read(&stamp).is_ok_and(|made_from| made_from == lock) {
        return Ok(Outcome::AlreadyThere);
    }
    shell::run(shell::program("npm").current_dir(folder).args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    fs::write(&stamp, lock).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(Outcome::Done)
}
