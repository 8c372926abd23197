//! What this device remembers without a person: the platform's pinned key, the county,
//! the settings, whose vault was open. Nothing personal: an account is a digest.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tongban_contract::{discovery::PlatformInfo, numbers::DivisionCode, page::Settings};

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Device {
    /// The platform as first seen; its key is pinned from then on.
    #[serde(default)]
    pub(crate) platform: Option<PlatformInfo>,
    /// The county whose guides are kept.
    #[serde(default)]
    pub(crate) county: Option<DivisionCode>,
    /// Where in the county the person is, once they have chosen a place for an item that
    /// each township handles for itself.
    #[serde(default)]
    pub(crate) home: Option<DivisionCode>,
    /// What the person has set.
    #[serde(default)]
    pub(crate) settings: Settings,
    /// The account that is signed in.
    #[serde(default)]
    pub(crate) account: Option<String>,
}

/// Where the file lies.
#[derive(Clone, Debug)]
pub(crate) struct DeviceFile {
    path: PathBuf,
}

impl DeviceFile {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { path: directory.join("device.json") }
    }

    /// Reads the file. One that is missing is a new device; one that cannot be read is
    /// put aside, as everything in it can be chosen again.
    pub(crate) fn read(&self) -> std::io::Result<Device> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Device::default());
            }
            Err(error) => return Err(error),
        };
        match serde_json::from_slice(&bytes) {
            Ok(device) => Ok(device),
            Err(error) => {
                tracing::warn!(%error, "device file put aside");
                std::fs::rename(&self.path, self.path.with_extension("json.unreadable"))?;
                Ok(Device::default())
            }
        }
    }

    /// Replaces the file as a whole, so that a crash leaves the old or the new one.
    pub(crate) fn write(&self, device: &Device) -> std::io::Result<()> {
        use std::io::Write as _;
        let new = self.path.with_extension("json.new");
        let mut file = std::fs::File::create(&new)?;
        file.write_all(&serde_json::to_vec_pretty(device)?)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_an_unreadable_file_is_put_aside() {
        let directory = tempfile::tempdir().unwrap();
        let file = DeviceFile::new(directory.path());
        assert_eq!(file.read().unwrap(), Device::default());

        let device = Device { account: Some("a".into()), ..Device::default() };
        file.write(&device).unwrap();
        assert_eq!(file.read().unwrap(), device);

        std::fs::write(directory.path().join("device.json"), b"{").unwrap();
        assert_eq!(file.read().unwrap(), Device::default());
        assert!(directory.path().join("device.json.unreadable").exists());
    }
}
