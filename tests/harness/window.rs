//! The real app in its real window, driven by WebKitWebDriver as a person would.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::json;
use thirtyfour::Capabilities;

use crate::{
    page::{Page, eventually, session},
    programs::{Running, built, free_port},
    screen,
};

/// Size of a phone's page.
pub const PHONE: (u32, u32) = (390, 844);
/// Size of a laptop's window.
pub const LAPTOP: (u32, u32) = (1240, 860);

/// How an app is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// Address of the platform.
    pub platform: String,
    /// Folder that holds the device's home: data, configuration, logs.
    pub home: PathBuf,
    /// `PATH`, with the way to the system's browser.
    pub path: std::ffi::OsString,
}

impl Start {
    /// Folder of the engine's data.
    pub fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Folder of temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.home.join("tmp")
    }

    /// What the app and its driver have logged.
    pub fn log(&self) -> PathBuf {
        self.home.join("app.log")
    }
}

/// An app with its window.
#[derive(Debug)]
pub struct Window {
    /// What the window shows.
    pub page: Page,
    driver: Running,
}

impl Window {
    /// Starts the app and waits for its window.
    ///
    /// # Errors
    /// Where it does not come up; see its log.
    pub async fn open(start: &Start) -> Result<Self> {
        std::fs::create_dir_all(start.temporary())?;
        let port = free_port()?;
        let log = File::options().create(true).append(true).open(start.log())?;
        let driver = Running::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .arg("--host=127.0.0.1")
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("TONGBAN_PLATFORM", &start.platform)
                .env("TONGBAN_DATA_DIR", start.data())
                .env("TONGBAN_LOG", "debug,hyper_util=info,zbus=info")
                .env("XDG_DATA_HOME", start.home.join("share"))
                .env("XDG_CONFIG_HOME", start.home.join("config"))
                .env("XDG_CACHE_HOME", start.home.join("cache"))
                .env("TMPDIR", start.temporary())
                .env("PATH", &start.path)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log),
        )?;
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": built("tongban-app")?, "args": [] });
        capabilities.set("webkitgtk:browserOptions", options)?;
        let page = session(port, capabilities).await.context("the app's window")?;
        let window = Self { page, driver };
        window.resize(PHONE).await?;
        Ok(window)
    }

    /// Gives the window another size.
    ///
    /// # Errors
    /// Where the driver is gone.
    pub async fn resize(&self, (width, height): (u32, u32)) -> Result<()> {
        self.page.driver.set_window_rect(0, 0, width, height).await?;
        Ok(())
    }

    /// Kills the app (SIGKILL) in the middle of whatever it does.
    ///
    /// # Errors
    /// Where no app runs.
    pub async fn kill(self) -> Result<()> {
        self.end_by("-KILL").await
    }

    /// Has the app crash (SIGABRT) in the middle of whatever it does.
    ///
    /// # Errors
    /// Where no app runs.
    pub async fn abort(self) -> Result<()> {
        self.end_by("-ABRT").await
    }

    async fn end_by(mut self, signal: &str) -> Result<()> {
        let app = child_of(self.driver.0.id())?.context("the app does not run")?;
        let killed = Command::new("kill").args([signal, &app.to_string()]).status()?;
        anyhow::ensure!(killed.success(), "the app could not be killed");
        eventually("the app's end", Duration::from_secs(10), async || {
            Ok((!Path::new(&format!("/proc/{app}/exe")).exists()).then_some(()))
        })
        .await?;
        self.driver.kill()
    }

    /// Closes the app as a person does.
    ///
    /// # Errors
    /// Where it is gone already.
    pub async fn close(self) -> Result<()> {
        self.page.driver.clone().quit().await?;
        Ok(())
    }

    /// Takes a picture of the window.
    ///
    /// # Errors
    /// Where no window is shown, or the picture cannot be written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        screen::picture(self.process()?, file).await
    }

    /// Process id of the app.
    ///
    /// # Errors
    /// Where no app runs.
    pub fn process(&self) -> Result<u32> {
        child_of(self.driver.0.id())?.context("the app does not run")
    }
}

/// The app among the children of its driver.
fn child_of(driver: u32) -> Result<Option<u32>> {
    for entry in std::fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end while the list is read.
        let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else {
            continue;
        };
        let line = |key: &str| {
            status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim).unwrap_or("")
        };
        if line("PPid:") == driver.to_string() && line("Name:").starts_with("tongban-app") {
            return Ok(Some(process));
        }
    }
    Ok(None)
}
