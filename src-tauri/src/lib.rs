//! The window around the engine: commands, topics, notifications, the system browser.
//! No business rule lives here.
//!
//! # Layout
//! - `commands`: what the page may ask; each forwards to the engine.
//! - `engine`: opens the engine once, and again after a failure that was mended.
//! - `config`: where data lies and which platform is asked.
//! - `window`: the one window, which never leaves its own page. `painting`: how it is painted.

mod commands;
mod config;
mod engine;
#[cfg(target_os = "linux")]
mod painting;
mod window;

use anyhow::Context as _;
use tauri::{Manager as _, RunEvent};
use tracing_subscriber::EnvFilter;

use crate::engine::Engine;

/// Opens the window and returns when it is closed.
///
/// # Errors
/// Where this machine cannot show a window, or the configuration cannot be read.
pub fn run() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("TONGBAN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if let Err(error) = tongban_client::without_core_dumps() {
        tracing::warn!(%error, "a crash may leave memory on the disk");
    }
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(commands::handler())
        .setup(|app| {
            let options = config::options(app.path())?;
            app.manage(Engine::new(app.handle().clone(), options));
            window::open(app)?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window could not be opened")?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            tauri::async_runtime::block_on(app.state::<Engine>().close());
        }
    });
    Ok(())
}
