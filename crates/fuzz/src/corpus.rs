//! The inputs that are kept beside the code, a folder for each target.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Largest input that is kept: a corpus is read by people, too.
pub const LARGEST: usize = 64 * 1024;

/// One input.
pub struct Entry {
    /// Name of its file.
    pub name: String,
    /// What is read.
    pub bytes: Vec<u8>,
}

/// Where the inputs of a target are.
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// The inputs of a target, in the order of their names.
///
/// # Errors
/// Where the folder cannot be read.
pub fn entries(target: &str) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in fs::read_dir(folder(target))? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        entries.push(Entry { name, bytes: fs::read(path)? });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}
