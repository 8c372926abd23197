//! Where the project and what cargo makes of it lie.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell;

/// Folders of the project. The target folder is asked of cargo, never assumed: people and
/// CI move it.
pub(crate) struct Project {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Project {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        // Asked when it runs: a program kept from another checkout knows that one's folder.
        let here = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let text = shell::answer(
            shell::cargo()
                .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
                .arg(here.join("Cargo.toml")),
        )?;
        let metadata: Metadata =
            serde_json::from_str(&text).context("cargo metadata is not understood")?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory })
    }

    /// A file of the checkout.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A tool that npm installed.
    pub(crate) fn npm_tool(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// The virtual environment with the tools from PyPI.
    pub(crate) fn python_home(&self) -> PathBuf {
        self.target.join("python")
    }

    /// Where cargo-deny keeps the advisories that it fetched.
    pub(crate) fn advisories(&self) -> Option<PathBuf> {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home =
            home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
        Some(home.join("advisory-dbs"))
    }

    /// A tool that pip installed.
    pub(crate) fn python_tool(&self, name: &str) -> PathBuf {
        self.python_home().join("bin").join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_knows_where_the_project_is() {
        let project = Project::find().unwrap();
        assert!(project.file("crates/xtask/Cargo.toml").is_file());
        assert!(project.target.is_absolute());
    }
}
