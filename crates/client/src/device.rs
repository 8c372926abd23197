//! What this device remembers without a person: the platform's pinned key, the county,
//! the settings, whose vault was open. Nothing personal: an account is a digest.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tongban_contract::{
    discovery::PlatformInfo, numbers::DivisionCode, page::Settings, problem::Problem,
};

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Device {
    /// The platform as first seen; its key is pinned from then on.
    #[serde(default)]
    pub(crate) platform: Option<PlatformInfo>,
    /// The person's county, whose guides are kept.
    #[serde(default)]
    pub(crate) county: Option<DivisionCode>,
    /// Other regions whose guides are kept as well.
    #[serde(default)]
    pub(crate) kept: Vec<DivisionCode>,
    /// The place in the county that was chosen for an item that each township handles for
    /// itself, while nobody was signed in; a person's own is in their vault.
    #[serde(default)]
    pub(crate) home: Option<DivisionCode>,
    /// What the person has set.
    #[serde(default)]
    pub(crate) settings: Settings,
    /// The account that is signed in.
    #[serde(default)]
    pub(crate) account: Option<String>,
}

/// Where the file lies, and a copy of it: what is pinned and set must not fall back to nothing
/// because of one damaged block.
#[derive(Clone, Debug)]
pub(crate) struct DeviceFile {
    path: PathBuf,
    copy: PathBuf,
}

/// What was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) device: Device,
    /// Whether there was something, and neither file could be read.
    pub(crate) is_lost: bool,
}

impl DeviceFile {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { path: directory.join("device.json"), copy: directory.join("device.copy.json") }
    }

    /// Reads the file, or its copy where it is missing or cannot be read; what cannot be read
    /// is put aside. With neither file it is a new device.
    pub(crate) fn read(&self) -> std::io::Result<Read> {
        let file = read(&self.path)?;
        let is_whole = matches!(file, Found::Whole(_));
        let copy = read(&self.copy)?;
        match (file, copy) {
            (Found::Whole(device), Found::Whole(copy)) if device == copy => {
                Ok(Read { device: *device, is_lost: false })
            }
            (Found::Whole(device), _) | (_, Found::Whole(device)) => {
                if !is_whole {
                    tracing::warn!("the device file was read from its copy");
                }
                self.write(&device)?;
                Ok(Read { device: *device, is_lost: false })
            }
            (file, copy) => {
                let is_lost =
                    matches!(file, Found::Unreadable) || matches!(copy, Found::Unreadable);
                Ok(Read { device: Device::default(), is_lost })
            }
        }
    }

    /// Replaces both, one after the other and each as a whole, so that a crash leaves the old
    /// or the new one.
    pub(crate) fn write(&self, device: &Device) -> std::io::Result<()> {
        let bytes = serde_json::to_vec_pretty(device)?;
        write(&self.path, &bytes)?;
        write(&self.copy, &bytes)
    }
}

/// What lies at a place.
enum Found {
    Nothing,
    Whole(Box<Device>),
    Unreadable,
}

fn read(path: &Path) -> std::io::Result<Found> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    match serde_json::from_slice(&bytes) {
        Ok(device) => Ok(Found::Whole(Box::new(device))),
        Err(error) => {
            tracing::warn!(%error, "device file put aside");
            std::fs::rename(path, path.with_extension("json.unreadable"))?;
            Ok(Found::Unreadable)
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let new = path.with_extension("json.new");
    let mut file = std::fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

/// What the person is told whose settings are gone.
pub(crate) fn lost() -> Problem {
    Problem::new(
        "device.reset",
        "本机的设置文件坏了，已恢复成初始设置：所选县区、“多人共用”和记住的平台密钥都没有了；申请和证照不受影响。",
        "请重新选择县区；多人共用这台设备的，请重新打开“多人共用”，并核对平台地址后再登录。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_that_cannot_be_read_loses_nothing_and_two_are_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = DeviceFile::new(directory.path());
        let new = Read { device: Device::default(), is_lost: false };
        assert_eq!(file.read().unwrap(), new);

        let device = Device { account: Some("a".into()), ..Device::default() };
        let kept = || Read { device: device.clone(), is_lost: false };
        file.write(&device).unwrap();
        let path = |name: &str| directory.path().join(name);
        for damaged in ["device.json", "device.copy.json"] {
            std::fs::write(path(damaged), b"{").unwrap();
            assert_eq!(file.read().unwrap(), kept(), "{damaged} is damaged");
            std::fs::remove_file(path(damaged)).unwrap();
            assert_eq!(file.read().unwrap(), kept(), "{damaged} is missing");
        }
        assert!(path("device.json.unreadable").exists());

        for damaged in ["device.json", "device.copy.json"] {
            std::fs::write(path(damaged), b"{").unwrap();
        }
        assert_eq!(file.read().unwrap(), Read { is_lost: true, ..new });
        assert!(path("device.copy.json.unreadable").exists());
    }

    #[test]
    fn settings_that_are_gone_are_told_in_sentences() {
        let told = lost();
        assert!(told.detail.ends_with('。') && told.next.ends_with('。'));
    }
}
