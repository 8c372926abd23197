//! One device, one platform, and the network between them.

use std::{net::SocketAddr, path::Path};

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    browser::Browser,
    desktop::{self, BrowserCalls, Notifications},
    link::Link,
    platform::Platform,
    programs::{assets, free_port},
    window::{PHONE, Start, Window},
};

/// Citizens of the demo, by account.
pub const LI_XIULAN: &str = "lixiulan";
/// Password of the demo's citizens.
pub const PASSWORD: &str = "demo-2026";

/// Everything a test of the whole system needs, taken down when dropped.
#[derive(Debug)]
pub struct Stage {
    /// How the app is started here.
    pub start: Start,
    /// The network.
    pub link: Link,
    /// The platform.
    pub platform: Platform,
    /// What the desktop was asked to show.
    pub notifications: Notifications,
    calls: BrowserCalls,
    folder: TempDir,
    _keyring: Option<TempDir>,
}

impl Stage {
    /// Sets the stage: platform up, network up, departments at `seconds` per step.
    ///
    /// # Errors
    /// Where something of it does not come up.
    pub async fn set(seconds: u32) -> Result<Self> {
        Self::with(&assets(), seconds).await
    }

    /// Sets the stage with another catalogue than the sample.
    ///
    /// # Errors
    /// Where something of it does not come up.
    pub async fn with(assets: &Path, seconds: u32) -> Result<Self> {
        let keyring = desktop::keyring().await?;
        let notifications = Notifications::serve().await?;
        let folder = tempfile::Builder::new().prefix("tongban-").tempdir()?;
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let mut link = Link::to(address)?;
        let platform = Platform::start(
            &folder.path().join("platform"),
            address,
            link.address(),
            assets,
            seconds,
        )?;
        link.mend().await?;
        let home = folder.path().join("home");
        let calls = BrowserCalls::below(&home)?;
        let start =
            Start { platform: format!("http://{}", link.address()), path: calls.path()?, home };
        Ok(Self { start, link, platform, notifications, calls, folder, _keyring: keyring })
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens the app.
    ///
    /// # Errors
    /// Where its window does not come up.
    pub async fn open(&self) -> Result<Window> {
        Window::open(&self.start).await
    }

    /// Waits for the app to open the system's browser, and signs in there.
    ///
    /// # Errors
    /// Where it does not, or the sign-in is not taken.
    pub async fn sign_in(&self, account: &str) -> Result<Browser> {
        let browser = Browser::open(PHONE).await?;
        self.sign_in_with(&browser, account).await?;
        Ok(browser)
    }

    /// Waits for the app to open the system's browser, and signs in with this one.
    ///
    /// # Errors
    /// Where it does not, or the sign-in is not taken.
    pub async fn sign_in_with(&self, browser: &Browser, account: &str) -> Result<()> {
        let address = self.calls.next().await?;
        browser.sign_in(&address, account, PASSWORD).await
    }
}
