//! How a person wants the page.

use crate::{eye::complaints, scene::Scene};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn language_and_care_mode_change_at_once() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    scene.open("/me/display").await.unwrap();
    let size = "return parseFloat(getComputedStyle(document.documentElement).fontSize)";
    let before = scene.run(size).await.unwrap().as_f64().unwrap();
    for (language, code, tab) in
        [("繁體中文", "zh-TW", "首頁"), ("English", "en", "Home"), ("简体中文", "zh-CN", "首页")]
    {
        page.choose("", language).await.unwrap();
        page.find(&format!("//nav//a[contains(., '{tab}')]")).await.unwrap();
        page.find(&format!("/html[@lang='{code}']")).await.unwrap();
    }
    page.choose("", "关怀模式").await.unwrap();
    page.find("/html[contains(@class, 'care')]").await.unwrap();
    let after = scene.run(size).await.unwrap().as_f64().unwrap();
    assert!(after >= before * 1.2, "{before} px, then {after} px");
    page.choose("", "关怀模式").await.unwrap();
    page.find("/html[not(contains(@class, 'care'))]").await.unwrap();
    // What was chosen is there after a new start.
    page.choose("", "English").await.unwrap();
    page.find("/html[@lang='en']").await.unwrap();
    scene.open("/").await.unwrap();
    page.find("/html[@lang='en']").await.unwrap();
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}
