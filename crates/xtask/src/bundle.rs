//! `cargo xtask bundle`: the app as a Debian package, made by the Tauri CLI.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};

use crate::{
    page,
    project::Project,
    setup, shell,
    steps::{Outcome, Steps},
};

/// Sets up, builds the page, and has the Tauri CLI compile and pack the app.
pub(crate) fn command(project: &Project, steps: &mut Steps) -> Result<String> {
    setup::all_and_page(project, steps, page::Kind::Small)?;
    let mut package = None;
    steps.step("Packing the app for Debian", "Read what the Tauri CLI says above.", || {
        let begun = SystemTime::now();
        shell::run(shell::program(project.npm_tool("tauri")).current_dir(&project.root).args([
            "build",
            "--ci",
            "--bundles",
            "deb",
        ]))?;
        let made = newest_deb(&project.target.join("release/bundle/deb"), begun)?;
        let size = fs::metadata(&made)?.len();
        package = Some(made);
        Ok(Outcome::Noted(format!("{:.1} MB", size as f64 / 1e6)))
    })?;
    let path = package.unwrap_or_default();
    Ok(format!("The package is {}.", path.display()))
}

/// The package written since `begun`: older ones of other versions may lie beside it.
fn newest_deb(folder: &Path, begun: SystemTime) -> Result<PathBuf> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))?;
    let mut found: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "deb") {
            found.push((entry.metadata()?.modified()?, path));
        }
    }
    match found.into_iter().max() {
        Some((written, path)) if written >= begun => Ok(path),
        _ => bail!("the Tauri CLI left no new package in {}", folder.display()),
    }
}
