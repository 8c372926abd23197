//! Looks at pages, one after another, as a careful tester would: measures each in every
//! look, and in the end tells all that was wrong. Takes pictures where somebody wants them.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::scene::{IN_ENGLISH, Look, Scene, WITH_CARE};

/// What a page is measured by.
const MEASURE: &str = include_str!("eye.js");
/// Height of the page with all that is scrolled to.
const WHOLE: &str = "if (document.querySelector('dialog[open]')) return 0; \
    const root = document.scrollingElement; \
    const hidden = [...document.querySelectorAll('body *')] \
        .filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowY)) \
        .map((e) => innerHeight + e.scrollHeight - e.clientHeight); \
    return Math.min(6000, Math.ceil( Math.max(root.scrollHeight, ...hidden)));";

/// Looks at pages and remembers what was wrong.
pub(crate) struct Eye {
    /// Where pictures go; none where nobody wants any.
    pictures: Option<PathBuf>,
    looks: Vec<Look>,
    faults: Vec<String>,
}

impl Eye {
    /// Pictures go to `TONGBAN_PAGES_DIR`. Without, none are taken: nobody would look at them.
    pub(crate) fn new(looks: &[Look]) -> Result<Self> {
        let pictures = std::env::var_os("TONGBAN_PAGES_DIR").map(PathBuf::from);
        if let Some(folder) = &pictures {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Self { pictures, looks: looks.to_vec(), faults: Vec::new() })
    }

    /// Looks at pages in these ways from now on.
    pub(crate) fn looks(&mut self, looks: &[Look]) {
        self.looks = looks.to_vec();
    }

    /// Opens an address and looks at it.
    pub(crate) async fn open(&mut self, scene: &Scene, path: &str, name: &str) -> Result<()> {
        scene.open(path).await?;
        self.look(scene, name).await
    }

    /// Opens an address in care mode and in English, and looks at it. Leaves it in Chinese.
    pub(crate) async fn open_with_care_and_in_english(
        &mut self,
        scene: &Scene,
        path: &str,
        name: &str,
    ) -> Result<()> {
        let before = self.looks.clone();
        for (look, language, care) in [(WITH_CARE, "zh-CN", true), (IN_ENGLISH, "en", false)] {
            scene.settle_on(language, care).await?;
            self.looks(&[look]);
            self.open(scene, path, name).await?;
        }
        self.looks = before;
        scene.settle_on("zh-CN", false).await
    }

    /// Looks at what the page shows now.
    pub(crate) async fn look(&mut self, scene: &Scene, name: &str) -> Result<()> {
        for look in self.looks.clone() {
            scene.look(look).await?;
            scene.is_drawn().await?;
            let page = format!("{name}, {}", look.name);
            let driver = &scene.page().driver;
            let found = driver.execute(MEASURE, vec![look.touch.into()]).await?;
            let found: Vec<String> = serde_json::from_value(found.json().clone())?;
            self.faults.extend(found.into_iter().map(|fault| format!("{page}: {fault}")));

            if let Some(folder) = &self.pictures {
                take_picture(scene, look, &folder.join(format!("{name}-{}.png", look.name)))
                    .await?;
            }
        }
        self.faults.extend(complaints(scene).await?.into_iter().map(|c| format!("{name}: {c}")));
        Ok(())
    }

    /// Tells what was wrong.
    ///
    /// # Errors
    /// Where anything was.
    pub(crate) fn judge(self) -> Result<()> {
        ensure!(
            self.faults.is_empty(),
            "{} faults:\n{}",
            self.faults.len(),
            self.faults.join("\n")
        );
        Ok(())
    }
}

/// Takes a picture of the page with all that is scrolled to.
async fn take_picture(scene: &Scene, look: Look, file: &Path) -> Result<()> {
    let whole: u32 = serde_json::from_value(scene.run(WHOLE).await?)?;
    let (width, height) = look.size;
    scene.resize((width, whole.max(height))).await?;
    scene.page().picture(file).await?;
    scene.resize(look.size).await
}

/// What the browser has complained of since it was asked last: errors of scripts, what the
/// content security policy refused, what was not found.
pub(crate) async fn complaints(scene: &Scene) -> Result<Vec<String>> {
    let log = scene.page().driver.handle().browser_log().await?;
    Ok(log
        .into_iter()
        .filter(|entry| matches!(entry.level.as_str(), "SEVERE" | "WARNING"))
        // A command that is refused is an answer; the browser counts it as a failed request.
        .filter(|entry| !(entry.message.contains("/invoke/") && entry.message.contains("422")))
        .map(|entry| entry.message)
        .collect())
}
