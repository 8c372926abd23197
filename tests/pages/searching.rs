//! Searching in the list of guides.

use serde_json::json;

use crate::{eye::complaints, scene::Scene};

const FIELD: &str = "//input[@type='search']";

/// The address says what was typed once typing rests, and sooner where the person goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_still_there_for_whoever_opens_a_guide_at_once_and_comes_back() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    scene.open("/guides").await.unwrap();
    page.find("//ul[contains(@class, 'rows')]/li//a").await.unwrap();
    let before = scene.run("return history.length").await.unwrap();
    let typed = "const field = document.querySelector('input[type=search]'); \
        for (const words of ['居', '居住', '居住证']) { \
            field.value = words; \
            field.dispatchEvent(new InputEvent('input', { bubbles: true })); \
        } \
        const told = location.search; \
        document.querySelector('.rows a').click(); \
        return [told, location.pathname.startsWith('/guides/')]";
    assert_eq!(scene.run(typed).await.unwrap(), json!(["", true]));
    page.find("//article").await.unwrap();
    scene.run("history.back()").await.unwrap();
    page.find("//ul[contains(@class, 'rows')]//*[contains(., '居住证')]").await.unwrap();
    let field = page.find(FIELD).await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("居住证"));
    let after = scene.run("return [new URLSearchParams(location.search).get('q'), history.length]");
    // The guide alone was added.
    let length = before.as_u64().unwrap() + 1;
    assert_eq!(after.await.unwrap(), json!(["居住证", length]));
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}
