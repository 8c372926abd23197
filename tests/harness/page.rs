//! Reads and uses a page as a person does: by the words on it. Works for the app's own
//! window and for a browser alike.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::json;
use thirtyfour::{By, Capabilities, Key, WebDriver, WebElement};

/// How long a page may take to show what is expected.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks again and again until there is an answer.
///
/// # Errors
/// What `ask` failed with last, or that `what` did not come in time.
pub async fn eventually<T>(
    what: &str,
    patience: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = tokio::time::Instant::now() + patience;
    loop {
        let last = match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if tokio::time::Instant::now() > end {
            let missing = anyhow!("waited {} s in vain for {what}", patience.as_secs());
            return Err(last.map_or(missing, |error| error.context(what.to_owned())));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A session of a WebDriver that listens on this port, as soon as it does.
///
/// # Errors
/// Where none begins in time.
pub async fn session(port: u16, capabilities: Capabilities) -> Result<Page> {
    // Fails only where a provider was installed before; then that one serves.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let driver = eventually("a WebDriver session", Duration::from_secs(30), async || {
        let address = format!("http://127.0.0.1:{port}");
        Ok(Some(WebDriver::new(address, capabilities.clone()).await?))
    })
    .await?;
    Ok(Page { driver })
}

/// XPath of the element with this id.
pub fn with_id(id: &str) -> String {
    format!("//*[@id='{id}']")
}

/// A page in a window or browser.
#[derive(Clone, Debug)]
pub struct Page {
    /// The WebDriver session.
    pub driver: WebDriver,
}

impl Page {
    /// The first visible element at an XPath.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn find(&self, xpath: &str) -> Result<WebElement> {
        self.find_within(xpath, PATIENCE).await
    }

    /// The first visible element at an XPath, waited for as long as `patience`.
    ///
    /// # Errors
    /// Where none comes in time.
    pub async fn find_within(&self, xpath: &str, patience: Duration) -> Result<WebElement> {
        let found = eventually(xpath, patience, async || {
            for element in self.driver.find_all(By::XPath(xpath)).await? {
                if element.is_displayed().await? {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => Err(error.context(self.described().await?)),
        }
    }

    /// Waits until nothing like this is on the page any more.
    ///
    /// # Errors
    /// Where it stays.
    pub async fn is_gone(&self, xpath: &str) -> Result<()> {
        eventually(&format!("{xpath} to be gone"), PATIENCE, async || {
            Ok(self.driver.find_all(By::XPath(xpath)).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Waits until the page says `words`.
    ///
    /// # Errors
    /// Where it does not in time.
    pub async fn says(&self, words: &str) -> Result<()> {
        self.says_within(words, PATIENCE).await
    }

    /// Waits, as long as `patience`, until the page says `words`.
    ///
    /// # Errors
    /// Where it does not in time.
    pub async fn says_within(&self, words: &str, patience: Duration) -> Result<()> {
        let said = eventually(words, patience, async || {
            Ok(self.text().await?.contains(words).then_some(()))
        })
        .await;
        match said {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(self.described().await?)),
        }
    }

    /// Whether the page says `words` now.
    ///
    /// # Errors
    /// Where the page cannot be read.
    pub async fn says_now(&self, words: &str) -> Result<bool> {
        Ok(self.text().await?.contains(words))
    }

    /// The page for whoever reads why a test failed.
    async fn described(&self) -> Result<String> {
        let address = self.driver.current_url().await?;
        Ok(format!("the page at {address} says:\n{}", self.text().await?))
    }

    /// Everything the page says now.
    ///
    /// # Errors
    /// Where the page cannot be read.
    pub async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Css("body")).await?.text().await?)
    }

    /// Presses the button or follows the link that says `words`.
    ///
    /// # Errors
    /// Where there is none, or it cannot be pressed.
    pub async fn press(&self, words: &str) -> Result<()> {
        let xpath = format!(
            "//*[self::button or self::a or @role='button' or @role='tab' or self::summary]\
             [contains(normalize-space(.), '{words}') or contains(@aria-label, '{words}')]\
             [not(@disabled)]"
        );
        self.click(&xpath).await
    }

    /// Goes to a tab of the page's frame by its words.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn tab(&self, words: &str) -> Result<()> {
        // Its words, and perhaps a number behind them.
        let own = format!("//nav//a[.//text()[normalize-space(.) = '{words}']]");
        self.click(&own).await
    }

    /// Clicks what is at an XPath, again where the click went elsewhere.
    ///
    /// # Errors
    /// Where there is nothing, or it cannot be clicked.
    pub async fn click(&self, xpath: &str) -> Result<()> {
        // A page that draws itself anew may take the element away between two calls, or move
        // it from under the pointer: the page is asked which element the click arrived at.
        let watch = "window.clicked = false; const aim = arguments[0]; \
            document.addEventListener('click', event => { window.clicked = \
            window.clicked || event.composedPath().includes(aim); }, { capture: true, once: true });";
        eventually(xpath, PATIENCE, async || {
            let element = self.find_within(xpath, Duration::from_secs(3)).await?;
            element.scroll_into_view().await?;
            self.driver.execute(watch, vec![element.to_json()?]).await?;
            element.click().await?;
            // Another page, or one that is only now coming, knows nothing of the click.
            let clicked = self.driver.execute("return window.clicked", Vec::new()).await;
            let missed = clicked.is_ok_and(|answer| answer.json() == &json!(false));
            Ok((!missed).then_some(()))
        })
        .await
    }

    /// Clicks the words that belong to a box or a button to choose, below `above` (XPath).
    ///
    /// # Errors
    /// Where there are none.
    pub async fn choose(&self, above: &str, words: &str) -> Result<()> {
        self.click(&format!("{above}//label[contains(normalize-space(.), '{words}')]")).await
    }

    /// Writes into the field with this id, over what is there.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn fill(&self, id: &str, text: &str) -> Result<()> {
        self.write(&with_id(id), text).await
    }

    /// Writes into the field at an XPath, over what is there.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn write(&self, xpath: &str, text: &str) -> Result<()> {
        eventually(xpath, PATIENCE, async || {
            let field = self.find_within(xpath, Duration::from_secs(3)).await?;
            field.scroll_into_view().await?;
            field.click().await?;
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(text).await?;
            Ok((field.prop("value").await?.as_deref() == Some(text)).then_some(()))
        })
        .await
    }

    /// Searches in the list of guides, and waits for what is found: until then rows move, and
    /// a click may hit another one.
    ///
    /// # Errors
    /// Where there is no list of guides, or nothing answers.
    pub async fn search(&self, words: &str) -> Result<()> {
        self.write("//input[@type='search']", words).await?;
        let found = "return new URLSearchParams(location.search).get('q') === arguments[0] \
            && !document.querySelector('.search-busy')";
        eventually(&format!("what is found for {words}"), PATIENCE, async || {
            let found = self.driver.execute(found, vec![words.into()]).await?;
            Ok((found.json() == &json!(true)).then_some(()))
        })
        .await
    }

    /// What stands in the field with this id.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn value(&self, id: &str) -> Result<String> {
        self.find(&with_id(id)).await?.prop("value").await?.context("the field has no value")
    }

    /// Chooses an option of the list with this id by its words.
    ///
    /// # Errors
    /// Where there is no such list or option.
    pub async fn choose_from(&self, id: &str, words: &str) -> Result<()> {
        let list = with_id(id);
        let option = format!("{list}/option[contains(normalize-space(.), '{words}')]");
        eventually(&option, PATIENCE, async || {
            let list = self.find_within(&list, Duration::from_secs(3)).await?;
            list.scroll_into_view().await?;
            let option = self.driver.find(By::XPath(option.as_str())).await?;
            let value = option.attr("value").await?;
            // The menu of a list is the desktop's own window, which no driver reaches: the
            // choice is made as the page is told of it.
            let choose = "arguments[0].focus(); arguments[0].value = arguments[1]; \
                arguments[0].dispatchEvent(new Event('change', { bubbles: true }));";
            self.driver.execute(choose, vec![list.to_json()?, value.into()]).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Hands a file to the file field at an XPath, which need not be visible.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn hand_in(&self, xpath: &str, file: &Path) -> Result<()> {
        let field = eventually(xpath, PATIENCE, async || {
            Ok(self.driver.find_all(By::XPath(xpath)).await?.into_iter().next())
        })
        .await?;
        let path = file.to_str().context("a path that is no text")?;
        field.send_keys(path).await?;
        Ok(())
    }

    /// Takes a picture of what the browser shows; the window takes its own.
    ///
    /// # Errors
    /// Where it cannot be taken or written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        let png = self.driver.screenshot_as_png().await?;
        ensure!(!png.is_empty(), "an empty picture");
        Ok(std::fs::write(file, png)?)
    }
}
