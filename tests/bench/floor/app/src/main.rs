//! An empty window: the app's own configuration and content security policy, the same
//! Tauri, and nothing behind it. What is measured against it is what Tongban adds.

use anyhow::Context as _;
use tauri::WebviewWindowBuilder;

fn main() -> anyhow::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            for config in &app.config().app.windows {
                WebviewWindowBuilder::from_config(app.handle(), config)?.build()?;
            }
            Ok(())
        })
        // The benchmark names another page in TAURI_CONFIG; everything else is the app's.
        .run(tauri::generate_context!("../../../../tauri.conf.json"))
        .context("the window could not be opened")
}
