//! The page's files that are not compiled: where they come from, where they go, and that
//! the document names no file that is not there.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};

use super::fingerprint::files_below;
use crate::project::Project;

/// One file of the page.
pub(super) struct Source {
    /// Where it lies.
    pub(super) from: PathBuf,
    /// Its path in the page.
    pub(super) to: String,
}

const BOOT: &str = "boot.js";

/// Every file to copy: the document, the script that starts it, the styles, and whatever lies
/// in `ui/public` as it is. (The translations are inside the compiled page.)
pub(super) fn sources(project: &Project) -> Result<Vec<Source>> {
    let mut sources = vec![
        Source { from: project.file("ui/index.html"), to: "index.html".to_owned() },
        Source { from: project.file("crates/xtask/src/page/boot.js"), to: BOOT.to_owned() },
        Source {
            from: project.file("node_modules/weui/dist/style/weui.min.css"),
            to: "weui.min.css".to_owned(),
        },
    ];
    for (folder, prefix) in [("ui/style", "style/"), ("ui/public", "")] {
        let folder = project.file(folder);
        for from in files_below(&folder)? {
            let inside = from.strip_prefix(&folder)?.to_string_lossy().into_owned();
            sources.push(Source { to: format!("{prefix}{inside}"), from });
        }
    }
    Ok(sources)
}

/// Copies them below `folder`.
pub(super) fn copy(sources: &[Source], folder: &Path) -> Result<()> {
    for source in sources {
        let to = folder.join(&source.to);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&source.from, &to)
            .with_context(|| format!("{} cannot be copied", source.from.display()))?;
    }
    Ok(())
}

/// Whether everything that the document loads is there: a page without its style or its
/// script would only be noticed in the window.
pub(super) fn check_references(folder: &Path) -> Result<()> {
    let document =
        fs::read_to_string(folder.join("index.html")).context("index.html cannot be read")?;
    let named = references(&document);
    for path in &named {
        ensure!(
            folder.join(path).is_file(),
            "ui/index.html names /{path}, which is not part of the page"
        );
    }
    ensure!(named.contains(&BOOT), "ui/index.html does not load /{BOOT}, which starts the page");
    Ok(())
}

/// Paths in `src="…"` and `href="…"` that lie in the page itself.
fn references(document: &str) -> Vec<&str> {
    ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| document.split(attribute).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
        .filter(|value| !value.contains(':') && !value.starts_with('#'))
        .map(|value| value.trim_start_matches("./").trim_start_matches('/'))
        .collect()
}

/// Puts the finished page in the place of the last one.
pub(super) fn replace(staging: &Path, dist: &Path) -> Result<()> {
    if dist.exists() {
        fs::remove_dir_all(dist)
            .with_context(|| format!("{} cannot be removed", dist.display()))?;
    }
    // A rename is not possible where the target folder lies on another disk.
    for from in files_below(staging)? {
        let to = dist.join(from.strip_prefix(staging)?);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&from, &to).with_context(|| format!("{} cannot be written", to.display()))?;
    }
    fs::remove_dir_all(staging)?;
    Ok(())
}

/// Gives a folder and all below it this time of its last change.
pub(super) fn give_time(folder: &Path, time: SystemTime) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            give_time(&path, time)?;
        } else {
            File::open(&path)?.set_modified(time)?;
        }
    }
    Ok(File::open(folder)?.set_modified(time)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_the_page_are_found() {
        let document = r##"<link rel="stylesheet" href="/style/app.css"><link href="data:,"><a href="#main">
            <script type="module" src="./boot.js"></script>"##;
        assert_eq!(references(document), ["boot.js", "style/app.css"]);
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let document =
            r#"<script type="module" src="/boot.js"></script><link href="/style/app.css">"#;
        fs::write(folder.path().join("index.html"), document).unwrap();
        fs::write(folder.path().join("boot.js"), "").unwrap();
        let error = check_references(folder.path()).unwrap_err().to_string();
        assert!(error.contains("/style/app.css"), "{error}");
        fs::create_dir(folder.path().join("style")).unwrap();
        fs::write(folder.path().join("style/app.css"), "").unwrap();
        check_references(folder.path()).unwrap();
    }

    #[test]
    fn a_page_that_does_not_start_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), "<p>Nothing</p>").unwrap();
        assert!(check_references(folder.path()).is_err());
    }

    #[test]
    fn the_last_page_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (staging, dist) = (folder.path().join("staging"), folder.path().join("dist"));
        for place in [&staging, &dist] {
            fs::create_dir_all(place).unwrap();
        }
        fs::write(dist.join("old.css"), "").unwrap();
        fs::write(staging.join("index.html"), "new").unwrap();
        replace(&staging, &dist).unwrap();
        assert!(!dist.join("old.css").exists());
        assert_eq!(fs::read_to_string(dist.join("index.html")).unwrap(), "new");
    }
}
