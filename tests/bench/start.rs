//! From the start of the app's process to a page that can be used, and the memory it holds
//! when nothing happens; the same of an empty window.

use std::{
    ffi::OsString,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::{By, Capabilities};
use tongban_client::{HttpTransport, SystemKeyring};
use tongban_contract::page::SyncNow;
use tongban_tests::{
    desktop::{self, BrowserCalls},
    page::{Page, session},
    programs::{Running, built, free_port},
};

use crate::{
    device,
    figure::{Figure, Sample},
    processes,
};

/// Starts of each program, after one that only warms up.
const MEASURED: usize = 7;
/// Time that a window is left alone before its memory is counted.
const REST: Duration = Duration::from_secs(10);
/// Time that a window may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program with a window, and what makes its page usable.
struct Program {
    name: &'static str,
    element: &'static str,
}

/// Home with the county's guides counted by theme, all read from the device.
const APP: Program = Program { name: "tongban-app", element: "ul.themes > li" };
const FLOOR: Program = Program { name: "tongban-floor", element: "#floor" };

/// Measures both, one after the other, again and again.
pub(crate) async fn measure() -> Result<Vec<Figure>> {
    eprintln!("· start and memory of the window");
    let _keyring = desktop::keyring().await?;
    let folder = device::folder()?;
    let platform = device::platform(folder.path())?;
    let home = folder.path().join("home");
    let transport = Arc::new(HttpTransport::new()?);
    let keyring = Arc::new(SystemKeyring::new()?);
    let client = device::open(&home.join("data"), platform.address, transport, keyring).await?;
    device::settle(&client).await?;
    client.sync_now(SyncNow {}).await?;
    client.close().await;
    drop(client);

    let stage = Stage::at(home, platform.address)?;
    let (mut app, mut floor) = (Vec::new(), Vec::new());
    for round in 0..=MEASURED {
        for (program, seen) in [(&APP, &mut app), (&FLOOR, &mut floor)] {
            let one = stage.start(program, round > 0).await.with_context(|| program.name)?;
            if round > 0 {
                eprintln!(
                    "  {}: first paint {} ms, usable {:.0} ms, {:.1} MB",
                    program.name,
                    one.painted.map_or("-".to_owned(), |ms| format!("{ms:.0}")),
                    one.usable,
                    one.memory
                );
                seen.push(one);
            }
        }
    }
    Ok(told(&app, &floor))
}

fn told(app: &[Start], floor: &[Start]) -> Vec<Figure> {
    const WINDOW: &str = "an empty Tauri window with a Yew page of one heading, started in turn";
    let sample =
        |of: fn(&Start) -> f64, starts: &[Start]| Sample::new(starts.iter().map(of).collect());
    let mut figures = vec![
        Figure::new(
            ("start.usable", "ms"),
            &sample(|one| one.usable, app),
            (WINDOW, &sample(|one| one.usable, floor)),
            "From the start of the process until WebDriver finds the themes with their guides \
             on the home page: signed in, county on the device, files in the system's cache.",
        ),
        Figure::new(
            ("memory.idle", "MB"),
            &sample(|one| one.memory, app),
            (WINDOW, &sample(|one| one.memory, floor)),
            "PSS of the app and its WebKit processes 10 s after the page was usable; a \
             WebDriver session is open in both.",
        ),
    ];
    let painted = |starts: &[Start]| starts.iter().map(|one| one.painted).collect::<Option<_>>();
    if let (Some(app), Some(floor)) = (painted(app), painted(floor)) {
        figures.insert(
            0,
            Figure::new(
                ("start.first-paint", "ms"),
                &Sample::new(app),
                (WINDOW, &Sample::new(floor)),
                "From the start of the process to the page's first contentful paint, as WebKit \
                 itself reports it.",
            ),
        );
    }
    figures
}

/// What one start cost.
struct Start {
    /// Milliseconds until the page was usable.
    usable: f64,
    /// Milliseconds until something was painted, where WebKit tells.
    painted: Option<f64>,
    /// Megabytes when nothing happens; 0 where it was not waited for.
    memory: f64,
}

/// A device that has been used before.
pub(crate) struct Stage {
    platform: String,
    path: OsString,
    home: PathBuf,
}

impl Stage {
    /// The device whose home this is, with the engine's data in `data`.
    pub(crate) fn at(home: PathBuf, platform: SocketAddr) -> Result<Self> {
        let path = BrowserCalls::below(&home)?.path()?;
        Ok(Self { platform: format!("http://{platform}"), path, home })
    }

    /// Opens the window of a program.
    pub(crate) async fn open(&self, program: &str) -> Result<(Running, Page)> {
        let port = free_port()?;
        let log = File::options().create(true).append(true).open(self.home.join("app.log"))?;
        let driver = Running::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .arg("--host=127.0.0.1")
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("TONGBAN_PLATFORM", &self.platform)
                .env("TONGBAN_DATA_DIR", self.home.join("data"))
                .env("XDG_DATA_HOME", self.home.join("share").join(program))
                .env("XDG_CONFIG_HOME", self.home.join("config"))
                .env("XDG_CACHE_HOME", self.home.join("cache").join(program))
                .env("PATH", &self.path)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log),
        )?;
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": built(program)?, "args": [] });
        capabilities.set("webkitgtk:browserOptions", options)?;
        Ok((driver, session(port, capabilities).await?))
    }

    async fn start(&self, program: &Program, rest: bool) -> Result<Start> {
        let (driver, page) = self.open(program.name).await?;
        let waited = Instant::now();
        while page.driver.find_all(By::Css(program.element)).await?.is_empty() {
            ensure!(waited.elapsed() < PATIENCE, "its page is not usable");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let seen = SystemTime::now();
        let process = processes::child(driver.0.id(), program.name)?.context("it has ended")?;
        let started = processes::started(process)?;
        let painted = first_paint(&page.driver, started).await?;
        let memory = if rest {
            tokio::time::sleep(REST).await;
            processes::memory(process)? as f64 / 1e6
        } else {
            0.0
        };
        page.driver.quit().await?;
        gone(process).await?;
        Ok(Start { usable: milliseconds(started, seen)?, painted, memory })
    }
}

async fn first_paint(driver: &thirtyfour::WebDriver, started: SystemTime) -> Result<Option<f64>> {
    const ASK: &str = "const paint = performance.getEntriesByName('first-contentful-paint')[0]; \
        return paint ? performance.timeOrigin + paint.startTime : null;";
    let answer: Value = driver.execute(ASK, Vec::new()).await?.json().clone();
    let Some(at) = answer.as_f64() else { return Ok(None) };
    let since = started.duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64() * 1000.0;
    Ok(Some(at - since))
}

/// Waits until the engine's folder is free for the next start.
async fn gone(process: u32) -> Result<()> {
    let waited = Instant::now();
    while Path::new(&format!("/proc/{process}/exe")).exists() {
        ensure!(waited.elapsed() < PATIENCE, "the window does not close");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn milliseconds(from: SystemTime, to: SystemTime) -> Result<f64> {
    Ok(to.duration_since(from)?.as_secs_f64() * 1000.0)
}
