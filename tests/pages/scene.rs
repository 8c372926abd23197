//! The scene of a page's test: the real platform, a network that can be cut, the real
//! engine, and a browser that shows the page over it.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tongban_client::Client;
use tongban_contract::page::{ChangeSettings, ChooseCounty, Settings, SignIn, SyncNow};
use tongban_tests::{
    browser::Browser,
    host::Host,
    page::{Page, eventually},
    stage::{LI_XIULAN, Stage},
};

/// 宜昌市夷陵区, whose guides the demo has.
const COUNTY: &str = "420506";

/// Seconds that departments take for each step where they are not to touch anything.
const RESTING: u32 = 3600;

/// A phone's page.
pub(crate) const PHONE: (u32, u32) = (390, 844);
/// A laptop's.
pub(crate) const LAPTOP: (u32, u32) = (1280, 800);

/// How the page is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Name of it, for pictures and faults.
    pub(crate) name: &'static str,
    pub(crate) size: (u32, u32),
    pub(crate) dark: bool,
    /// Least side of what is pressed.
    pub(crate) touch: u32,
}

pub(crate) const ON_A_PHONE: Look = Look { name: "phone", size: PHONE, dark: false, touch: 44 };
pub(crate) const ON_A_LAPTOP: Look = Look { name: "laptop", size: LAPTOP, dark: false, touch: 44 };
pub(crate) const IN_THE_DARK: Look = Look { name: "dark", size: PHONE, dark: true, touch: 44 };
pub(crate) const WITH_CARE: Look = Look { name: "care", size: PHONE, dark: false, touch: 60 };
pub(crate) const IN_ENGLISH: Look = Look { name: "english", size: PHONE, dark: false, touch: 44 };

/// Everything that a page's test needs, taken down when dropped.
pub(crate) struct Scene {
    pub(crate) browser: Browser,
    pub(crate) host: Host,
    pub(crate) stage: Stage,
}

impl Scene {
    /// A device that was never used, its departments at one second per step.
    pub(crate) async fn of_a_new_device() -> Result<Self> {
        Self::on(Stage::set(1).await?).await
    }

    /// A device that was never used, where there is no network.
    pub(crate) async fn of_a_new_device_offline() -> Result<Self> {
        let mut stage = Stage::set(1).await?;
        stage.link.cut().await;
        Self::on(stage).await
    }

    async fn on(stage: Stage) -> Result<Self> {
        let platform = stage.start.platform.parse()?;
        let host = Host::open(stage.start.data(), platform, &stage.start.path).await?;
        let browser = Browser::open(LAPTOP).await?;
        let scene = Self { browser, host, stage };
        scene.look(ON_A_PHONE).await?;
        Ok(scene)
    }

    /// Starts the app again, over what is on the device.
    pub(crate) async fn reopen(self) -> Result<Self> {
        let Self { browser, host, stage } = self;
        drop(host);
        let (start, platform) = (&stage.start, stage.start.platform.parse()?);
        // What it served may be held for a moment longer.
        let host = eventually("the device to be free", Duration::from_secs(10), async || {
            Ok(Some(Host::open(start.data(), Clone::clone(&platform), &start.path).await?))
        })
        .await?;
        Ok(Self { browser, host, stage })
    }

    /// A device with its county's guides.
    pub(crate) async fn with_guides() -> Result<Self> {
        let scene = Self::of_a_new_device().await?;
        scene.choose_county().await?;
        Ok(scene)
    }

    /// The same, where this catalogue is published.
    pub(crate) async fn with_catalogue(assets: &Path) -> Result<Self> {
        let scene = Self::on(Stage::with(assets, RESTING).await?).await?;
        scene.choose_county().await?;
        Ok(scene)
    }

    /// A device with its county's guides, on which somebody is signed in.
    pub(crate) async fn signed_in() -> Result<Self> {
        let scene = Self::with_guides().await?;
        scene.sign_in().await?;
        Ok(scene)
    }

    /// The same, where departments touch no filing as long as a test runs.
    pub(crate) async fn signed_in_while_departments_rest() -> Result<Self> {
        Self::signed_in_on(Stage::set(RESTING).await?).await
    }

    /// The same, where this catalogue is published.
    pub(crate) async fn signed_in_with(assets: &Path) -> Result<Self> {
        Self::signed_in_on(Stage::with(assets, RESTING).await?).await
    }

    async fn signed_in_on(stage: Stage) -> Result<Self> {
        let scene = Self::on(stage).await?;
        scene.choose_county().await?;
        scene.sign_in().await?;
        Ok(scene)
    }

    pub(crate) fn page(&self) -> &Page {
        &self.browser.page
    }

    pub(crate) fn client(&self) -> &Client {
        &self.host.client
    }

    pub(crate) async fn choose_county(&self) -> Result<()> {
        Ok(self.client().choose_county(ChooseCounty { division: COUNTY.parse()? }).await?)
    }

    pub(crate) async fn sign_in(&self) -> Result<()> {
        let client = self.client().clone();
        let signing_in =
            tokio::spawn(async move { client.sign_in(SignIn { assurance: None }).await });
        // A second browser would only take its time: this one goes back to the page.
        self.stage.sign_in_with(&self.browser, LI_XIULAN).await?;
        signing_in.await??;
        Ok(())
    }

    /// Cuts the network, and has the engine notice.
    pub(crate) async fn cut(&mut self) -> Result<()> {
        self.stage.link.cut().await;
        self.client().sync_now(SyncNow {}).await.err().context("synced without a network")?;
        Ok(())
    }

    pub(crate) async fn settle_on(&self, language: &str, care_mode: bool) -> Result<()> {
        let language_code = language.to_owned();
        let settings = Settings { language: language_code, care_mode, ..Settings::default() };
        self.client().change_settings(ChangeSettings { settings }).await?;
        eventually("the settings on the page", Duration::from_secs(10), async || {
            let root = "const root = document.documentElement; \
                return [root.lang, root.classList.contains('care')];";
            Ok((self.run(root).await? == json!([language, care_mode])).then_some(()))
        })
        .await
    }

    /// Gives the page its size and colours. Nothing moves, so that nothing is measured on
    /// its way.
    pub(crate) async fn look(&self, look: Look) -> Result<()> {
        self.resize(look.size).await?;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.tell_browser("Emulation.setEmulatedMedia", media).await
    }

    pub(crate) async fn resize(&self, (width, height): (u32, u32)) -> Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell_browser("Emulation.setDeviceMetricsOverride", metrics).await
    }

    /// Opens an address of the page, as a start of the app there would.
    pub(crate) async fn open(&self, path: &str) -> Result<()> {
        self.page().driver.goto(self.host.address.join(path)?.as_str()).await?;
        self.is_drawn().await
    }

    /// Waits until the page has drawn all it reads.
    pub(crate) async fn is_drawn(&self) -> Result<()> {
        let mut last = Value::Null;
        let drawn = eventually("the page to be drawn", Duration::from_secs(20), async || {
            let now = self
                .run(
                    "const main = document.querySelector('main'); \
                     return main?.textContent && !document.querySelector('.skeleton') \
                         ? document.body.innerText : null;",
                )
                .await?;
            let done = !now.is_null() && now == last;
            last = now;
            Ok(done.then_some(()))
        })
        .await;
        match drawn {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(self.page().text().await?)),
        }
    }

    /// Runs a script in the page.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.page().driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// Puts a text into the clipboard of the browser.
    pub(crate) async fn copy(&self, text: &str) -> Result<()> {
        let permissions = json!(["clipboardReadWrite", "clipboardSanitizedWrite"]);
        self.tell_browser("Browser.grantPermissions", json!({ "permissions": permissions }))
            .await?;
        let text = json!(text);
        self.run(&format!("return navigator.clipboard.writeText({text}).then(() => true)")).await?;
        Ok(())
    }

    /// What is in it.
    pub(crate) async fn copied(&self) -> Result<Value> {
        self.run("return navigator.clipboard.readText()").await
    }

    async fn tell_browser(&self, method: &str, parameters: Value) -> Result<()> {
        self.page().driver.cdp().send_raw(method, parameters).await?;
        Ok(())
    }
}
