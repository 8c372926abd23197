//! Whether something is still what it was: by content, never by time.

use std::{
    collections::hash_map::DefaultHasher,
    fmt, fs,
    hash::Hasher,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// A hash of contents. It may differ between versions of Rust, which costs one build.
pub(super) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Of nothing yet.
    pub(super) fn new() -> Self {
        Self(DefaultHasher::new())
    }

    /// Adds bytes; where they end counts too.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.write_usize(bytes.len());
        self.0.write(bytes);
    }

    /// Adds what a file holds.
    pub(super) fn add_file(&mut self, file: &Path) -> Result<()> {
        let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        self.add(&bytes);
        Ok(())
    }

    /// Of all files below a folder, by name and content; none where it is missing or empty.
    pub(super) fn of_folder(folder: &Path) -> Result<Option<Self>> {
        let files = files_below(folder)?;
        if files.is_empty() {
            return Ok(None);
        }
        let mut fingerprint = Self::new();
        for file in files {
            fingerprint.add(file.strip_prefix(folder)?.as_os_str().as_encoded_bytes());
            fingerprint.add_file(&file)?;
        }
        Ok(Some(fingerprint))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0.finish())
    }
}

/// Every file below a folder, sorted; none where the folder is missing.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in
            fs::read_dir(&next).with_context(|| format!("{} cannot be read", next.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_parts_end_counts() {
        let (mut one, mut other) = (Fingerprint::new(), Fingerprint::new());
        one.add(b"ab");
        one.add(b"c");
        other.add(b"a");
        other.add(b"bc");
        assert_ne!(one.to_string(), other.to_string());
    }

    #[test]
    fn a_folder_changes_with_names_and_contents() {
        let folder = tempfile::tempdir().unwrap();
        let print = || Fingerprint::of_folder(folder.path()).unwrap().map(|f| f.to_string());
        assert_eq!(print(), None);
        fs::create_dir(folder.path().join("style")).unwrap();
        fs::write(folder.path().join("style/app.css"), "a").unwrap();
        let first = print();
        assert_eq!(print(), first);
        fs::write(folder.path().join("style/app.css"), "b").unwrap();
        let second = print();
        assert_ne!(second, first);
        fs::rename(folder.path().join("style/app.css"), folder.path().join("style/other.css"))
            .unwrap();
        assert_ne!(print(), second);
    }
}
