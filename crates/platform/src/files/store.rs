//! Partial files and objects on disk. An object is a file named by its SHA-256; it is
//! never changed once it is there.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use tongban_contract::identifiers::Digest;

use crate::{Config, Error, Result};

/// Folder of the objects.
pub(super) fn objects(config: &Config) -> PathBuf {
    config.data_dir.join("objects")
}

/// Folder of the partial files.
pub(super) fn partials(config: &Config) -> PathBuf {
    config.data_dir.join("uploads")
}

/// Where the object with this digest is.
pub(super) fn object(config: &Config, digest: &Digest) -> PathBuf {
    let (folder, name) = digest.as_str().split_at(2);
    objects(config).join(folder).join(name)
}

/// Where the bytes of an unfinished upload are. Its id is made here and has no separator.
pub(super) fn partial(config: &Config, id: &str) -> PathBuf {
    partials(config).join(id)
}

/// Takes the partial file into the store, if its digest is `digest`; answers whether it is.
/// Afterwards the partial file is gone, either way.
pub(super) async fn take_in(config: &Config, id: &str, digest: &Digest) -> Result<bool> {
    adopt(config, &partial(config, id), digest).await
}

/// Takes a file on the same disk into the store, if its digest is `digest`; answers whether
/// it is. Afterwards it is gone from where it was, either way.
pub(super) async fn adopt(config: &Config, from: &Path, digest: &Digest) -> Result<bool> {
    let (from, to) = (from.to_owned(), object(config, digest));
    let digest = digest.clone();
    tokio::task::spawn_blocking(move || take_in_now(&from, &to, &digest)).await?
}

fn take_in_now(from: &Path, to: &Path, digest: &Digest) -> Result<bool> {
    match digest_of(from) {
        Ok(found) if found == *digest => {}
        Ok(_) => {
            std::fs::remove_file(from).map_err(Error::file(from))?;
            return Ok(false);
        }
        // A node that stopped between moving the file and noting it finds it in its place.
        Err(Error::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Ok(to.is_file());
        }
        Err(other) => return Err(other),
    }
    let Some(folder) = to.parent() else {
        return Ok(false);
    };
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    std::fs::rename(from, to).map_err(Error::file(to))?;
    // The new name must survive a power cut as the bytes do.
    for parent in [Some(folder), folder.parent()].into_iter().flatten() {
        File::open(parent).and_then(|f| f.sync_all()).map_err(Error::file(parent))?;
    }
    Ok(true)
}

fn digest_of(path: &Path) -> Result<Digest> {
    let mut file = File::open(path).map_err(Error::file(path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).map_err(Error::file(path))?;
        if read == 0 {
            return Ok(Digest::from_bytes(&hash.finalize().into()));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

/// Removes a partial file; it is fine if there is none.
pub(super) async fn remove_partial(config: &Config, id: &str) -> Result<()> {
    let path = partial(config, id);
    match tokio::fs::remove_file(&path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(path)(error)),
        _ => Ok(()),
    }
}
