//! Scripts that somebody planted in what a page shows.

use std::time::Duration;

use serde_json::json;
use tongban_tests::{page::with_id, samples};

use crate::{eye::complaints, papers, scene::Scene};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planted_script_is_shown_as_text_and_does_nothing() {
    // As long as a shop's name may be.
    const SCRIPT: &str = "<script>hit=1</script><img src=x onerror=hit=1>";
    const PHOTO: &str = "<img src=x onerror=hit=1>.jpg";
    let scene = Scene::signed_in().await.unwrap();
    let (page, client) = (scene.page(), scene.client());

    scene.open(&format!("/guides?q={SCRIPT}")).await.unwrap();
    let search = page.find("//input[@type='search']").await.unwrap();
    assert_eq!(search.prop("value").await.unwrap().unwrap(), SCRIPT);
    scene.open("/").await.unwrap();
    page.write("//input[@type='search']", SCRIPT).await.unwrap();
    scene.is_drawn().await.unwrap();

    let case = papers::restaurant(client, SCRIPT, "店面门头.jpg").await.unwrap();
    scene.open(&format!("/drafts/{case}")).await.unwrap();
    assert_eq!(page.value("at-answers-shop-name").await.unwrap(), SCRIPT);
    let photo = samples::photo(scene.stage.folder(), "店面门头.jpg").unwrap();
    let planted = scene.stage.folder().join(PHOTO);
    std::fs::rename(photo, &planted).unwrap();
    page.hand_in(&with_id("at-materials-premises_photo-file"), &planted).await.unwrap();
    page.says(PHOTO).await.unwrap();
    page.press("提交申请").await.unwrap();
    page.says(SCRIPT).await.unwrap();
    page.press("确认提交").await.unwrap();
    page.says("核验码").await.unwrap();
    page.says(PHOTO).await.unwrap();
    for path in ["/items", "/", &format!("/items/{case}"), &format!("/items/{case}/receipt")] {
        scene.open(path).await.unwrap();
        let planted = "return [window.hit ?? 0, document.querySelectorAll('img[src=x]').length]";
        assert_eq!(scene.run(planted).await.unwrap(), json!([0, 0]), "{path}");
    }
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());

    // Should one ever get into a page, the window's policy does not let it run.
    let plant = format!("document.querySelector('main').innerHTML = `{SCRIPT}`");
    scene.run(&plant).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(scene.run("return window.hit ?? 0").await.unwrap(), json!(0));
    let refused = complaints(&scene).await.unwrap();
    assert!(refused.iter().any(|entry| entry.contains("Content Security Policy")), "{refused:?}");
}
