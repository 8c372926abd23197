//! One at a time: whoever changes what is kept of the catalogue below a node's data, or
//! publishes it, holds its lock, and so does whoever makes the tables of its database. The
//! system frees it however the process ends.

use std::{
    fs::{File, TryLockError, create_dir_all},
    path::Path,
};

use crate::{Error, Result};

/// Beside the catalogue's folder: it is no part of a backup.
const NAME: &str = "catalogue.lock";

/// The lock of a catalogue, until it is dropped.
#[must_use]
pub(crate) struct Held(#[expect(dead_code, reason = "kept open")] File);

/// Waits until nobody else works on the catalogue below `data_dir`, and says that it waits.
/// Blocks.
///
/// # Errors
/// Where the lock cannot be made.
pub(crate) fn hold(data_dir: &Path) -> Result<Held> {
    create_dir_all(data_dir).map_err(Error::file(data_dir))?;
    let path = data_dir.join(NAME);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(Error::file(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            tracing::warn!("另一个程序正在更新 {} 里的内容，等它结束再继续", data_dir.display());
            file.lock().map_err(Error::file(&path))?;
        }
        Err(TryLockError::Error(error)) => return Err(Error::file(&path)(error)),
    }
    Ok(Held(file))
}
