//! How the window's page is painted on Linux: by the graphics device, or in memory where there
//! is none.

use std::{fs, path::Path};

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Has the page painted in memory where no graphics device is. WebKit would otherwise have the
/// processor play one, and composite the whole window with it for every letter that is typed: a
/// list that follows the typing comes twice as late. Answers whether it is.
pub(crate) fn in_memory_without_device(window: &WebviewWindow) -> tauri::Result<bool> {
    if has_graphics_device(Path::new("/dev")) {
        return Ok(false);
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })?;
    Ok(true)
}

/// Whether a device that paints is among the devices: one that the kernel's own drivers offer
/// (DRM render nodes), or one of the makers' own drivers of NVIDIA and of Arm.
fn has_graphics_device(devices: &Path) -> bool {
    let any = |folder: &Path, beginning: &str| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with(beginning))
    };
    any(&devices.join("dri"), "renderD") || any(devices, "nvidia") || any(devices, "mali")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_only_shows_does_not_paint() {
        let devices = tempfile::tempdir().unwrap();
        let has = |devices: &Path| has_graphics_device(devices);
        assert!(!has(devices.path()));
        assert!(!has(&devices.path().join("nowhere")));
        fs::create_dir(devices.path().join("dri")).unwrap();
        fs::write(devices.path().join("dri/card0"), "").unwrap();
        assert!(!has(devices.path()));
        for device in ["dri/renderD128", "nvidia0", "mali0"] {
            let file = devices.path().join(device);
            fs::write(&file, "").unwrap();
            assert!(has(devices.path()), "{device}");
            fs::remove_file(file).unwrap();
        }
    }
}
