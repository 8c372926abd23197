//! The system's browser: headless Chromium, driven by its own WebDriver. Signs a person
//! in at the platform's own page.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Capabilities;
use url::Url;

use crate::{
    page::{Page, session},
    programs::{Running, free_port},
};

/// A browser with a new profile.
#[derive(Debug)]
pub struct Browser {
    /// What it shows.
    pub page: Page,
    _driver: Running,
    _profile: TempDir,
}

impl Browser {
    /// Starts it with a window of this size.
    ///
    /// # Errors
    /// Where Chromium or its driver does not come up.
    pub async fn open((width, height): (u32, u32)) -> Result<Self> {
        let port = free_port()?;
        let profile = tempfile::tempdir()?;
        let driver = Running::start(
            Command::new("chromedriver")
                .arg(format!("--port={port}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )
        .context("chromedriver")?;
        let mut capabilities = Capabilities::new();
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        capabilities.set("goog:chromeOptions", json!({ "args": arguments }))?;
        capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
        let page = session(port, capabilities).await.context("Chromium")?;
        Ok(Self { page, _driver: driver, _profile: profile })
    }

    /// Signs in at the platform's own page, as the app asked.
    ///
    /// # Errors
    /// Where the page is not the sign-in page, or does not take the password.
    pub async fn sign_in(&self, address: &Url, account: &str, password: &str) -> Result<()> {
        self.page.driver.goto(address.as_str()).await?;
        self.page.fill("login", account).await?;
        self.page.fill("password", password).await?;
        self.page.press("登录并返回应用").await?;
        Ok(())
    }
}
