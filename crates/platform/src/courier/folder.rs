//! Where the files of a courier wait until its last byte is known to be right. The folder
//! goes with the request; what a node that was killed has left is removed later.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use uuid::Uuid;

use crate::{Config, Error, Result, files};

/// Age at which a folder belongs to no request any more, whatever the line.
const LEFT_BEHIND: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// A folder that is removed when it is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) async fn new(config: &Config) -> Result<Self> {
        let path = all(config).join(Uuid::now_v7().to_string());
        tokio::fs::create_dir_all(&path).await.map_err(files::storage(&path))?;
        Ok(Self(path))
    }

    /// Where the file at this position of the head is.
    pub(super) fn file(&self, position: usize) -> PathBuf {
        self.0.join(position.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(code = "courier.folder", %error, "a courier's folder was not removed");
        }
    }
}

fn all(config: &Config) -> PathBuf {
    config.data_dir.join("couriers")
}

/// Removes what nodes that were killed have left behind.
pub(crate) fn clean(config: &Config) -> Result<()> {
    let folder = all(config);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::file(folder)(error)),
    };
    for entry in entries {
        let path = entry.map_err(Error::file(&folder))?.path();
        if is_left_behind(&path).map_err(Error::file(&path))? {
            std::fs::remove_dir_all(&path).map_err(Error::file(&path))?;
        }
    }
    Ok(())
}

fn is_left_behind(path: &Path) -> std::io::Result<bool> {
    let changed = path.metadata()?.modified()?;
    // A clock that was set back shows a time before; then it is kept.
    Ok(SystemTime::now().duration_since(changed).is_ok_and(|age| age > LEFT_BEHIND))
}
