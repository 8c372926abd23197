//! An empty window: the app's own configuration and content security policy, the same Tauri,
//! painted in the same way, and nothing behind it. What is measured against it is what Tongban
//! adds.

#[cfg(target_os = "linux")]
#[path = "../../../../../src-tauri/src/painting.rs"]
mod painting;

use anyhow::Context as _;
use tauri::WebviewWindowBuilder;

fn main() -> anyhow::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            for config in &app.config().app.windows {
                let window = WebviewWindowBuilder::from_config(app.handle(), config)?.build()?;
                #[cfg(target_os = "linux")]
                painting::in_memory_without_device(&window)?;
                #[cfg(not(target_os = "linux"))]
                drop(window);
            }
            Ok(())
        })
        // The benchmark names another page in TAURI_CONFIG; everything else is the app's.
        .run(tauri::generate_context!("../../../../tauri.conf.json"))
        .context("the window could not be opened")
}
