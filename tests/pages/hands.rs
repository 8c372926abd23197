//! Hands on a keyboard: keys that go to whatever has the focus.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use serde_json::Value;
use thirtyfour::Key;
use tongban_tests::page::{eventually, with_id};

use crate::scene::Scene;

/// What has the focus, in words; nothing where it cannot be seen to have it.
const FOCUSED: &str = "const at = document.activeElement; \
    const { top, left, bottom, right, width } = at.getBoundingClientRect(); \
    const inside = top >= -1 && left >= -1 && bottom <= innerHeight + 1 && right <= innerWidth + 1; \
    const ring = (e) => { \
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e); \
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none'; \
    }; \
    const seen = [at, at.parentElement, at.nextElementSibling].some((e) => e && ring(e)); \
    const words = at.ariaLabel || at.textContent || at.labels?.[0]?.textContent || ''; \
    return [words.trim(), seen && (inside || width > innerWidth / 2)];";

/// Presses keys.
pub(crate) async fn keys(scene: &Scene, keys: impl AsRef<str>) -> Result<()> {
    Ok(scene.page().driver.action_chain().send_keys(keys.as_ref()).perform().await?)
}

/// Goes to the next stop.
pub(crate) async fn tab(scene: &Scene) -> Result<()> {
    Ok(scene.page().driver.action_chain().send_keys(Key::Tab).perform().await?)
}

/// Chooses the next of a list.
pub(crate) async fn down(scene: &Scene) -> Result<()> {
    Ok(scene.page().driver.action_chain().send_keys(Key::Down).perform().await?)
}

/// Presses what has the focus.
pub(crate) async fn enter(scene: &Scene) -> Result<()> {
    Ok(scene.page().driver.action_chain().send_keys(Key::Enter).perform().await?)
}

/// The words of what has the focus.
///
/// # Errors
/// Where it cannot be seen where the focus is.
pub(crate) async fn focused(scene: &Scene) -> Result<String> {
    let (words, seen): (String, bool) = serde_json::from_value(scene.run(FOCUSED).await?)?;
    ensure!(seen, "it cannot be seen that “{words}” has the focus");
    Ok(words)
}

/// Goes from stop to stop until one says `words`; every one on the way shows that it has
/// the focus.
pub(crate) async fn tab_to(scene: &Scene, words: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..60 {
        tab(scene).await?;
        // After the last stop the browser begins anew, with none.
        if scene.run("return document.activeElement === document.body").await? == true {
            continue;
        }
        let at = focused(scene).await?;
        if at.contains(words) {
            return Ok(());
        }
        passed.push(at);
    }
    bail!("“{words}” is not reached by Tab; passed: {passed:?}")
}

/// Types into the field with this id.
pub(crate) async fn type_in(scene: &Scene, id: &str, text: &str) -> Result<()> {
    let field = scene.page().find(&with_id(id)).await?;
    field.scroll_into_view().await?;
    field.send_keys(text).await?;
    eventually("what was typed", Duration::from_secs(5), async || {
        Ok((field.prop("value").await?.as_deref() == Some(text)).then_some(()))
    })
    .await
}

/// The value of the control at a pointer, anywhere in a form as it is drawn.
pub(crate) fn value_at<'a>(form: &'a Value, pointer: &str) -> Option<&'a Value> {
    match form {
        Value::Object(fields) if fields.get("pointer").is_some_and(|p| p == pointer) => {
            fields.get("value")
        }
        Value::Object(fields) => fields.values().find_map(|value| value_at(value, pointer)),
        Value::Array(entries) => entries.iter().find_map(|value| value_at(value, pointer)),
        _ => None,
    }
}
