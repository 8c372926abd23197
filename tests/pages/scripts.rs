//! Scripts that somebody planted in what a page shows.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tongban_contract::{case::CaseState, identifiers::CaseId};
use tongban_tests::{
    page::{eventually, with_id},
    programs::assets,
    samples,
};
use url::Url;

use crate::{
    eye::{Eye, complaints},
    papers,
    scene::{ON_A_LAPTOP, ON_A_PHONE, Scene},
};

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

/// What others write reaches the page as well: whoever writes guides, and the officer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_in_a_guide_or_an_officers_words_is_shown_as_text_and_does_nothing() {
    const SCRIPT: &str = "<img src=x onerror=hit=1>";
    let folder = tempfile::tempdir().unwrap();
    plant_in_guide(folder.path(), SCRIPT).unwrap();
    let scene = Scene::signed_in_with(folder.path()).await.unwrap();
    let client = scene.client();
    let case = papers::restaurant(client, "秀兰小厨", "店面门头.jpg").await.unwrap();
    papers::file(client, case).await.unwrap();
    papers::becomes(client, case, CaseState::Received).await.unwrap();
    let fault = json!({ "pointer": "/answers/shop/name", "sentence": format!("店名{SCRIPT}。") });
    let remark = format!("请改{SCRIPT}。");
    for action in [
        json!({ "action": "accept", "remark": remark }),
        json!({ "action": "correct", "faults": [fault], "remark": remark }),
    ] {
        office(&scene, case, &action).await.unwrap();
    }
    papers::becomes(client, case, CaseState::CorrectionAwaited).await.unwrap();
    for (path, shows) in [
        (format!("/guides/{}", papers::RESTAURANT), true),
        (format!("/guides?q={SCRIPT}"), false),
        (format!("/items/{case}"), true),
        ("/".to_owned(), false),
        (format!("/drafts/{case}"), false),
    ] {
        scene.open(&path).await.unwrap();
        if shows {
            scene.page().says(SCRIPT).await.unwrap_or_else(|error| panic!("{path}: {error:#}"));
        }
        let planted = "return [window.hit ?? 0, document.querySelectorAll('img[src=x]').length]";
        assert_eq!(scene.run(planted).await.unwrap(), json!([0, 0]), "{path}");
    }
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}

/// The sample catalogue, with a script in the texts of one guide.
fn plant_in_guide(folder: &Path, script: &str) -> Result<()> {
    copy(&assets(), folder)?;
    let file = folder.join(format!("catalogue/items/{}.json", papers::RESTAURANT));
    let mut source: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    for pointer in
        ["/item/name", "/item/conditions/0", "/item/materials/0/notes", "/item/steps/0/name"]
    {
        let text = source.pointer_mut(pointer).with_context(|| pointer.to_owned())?;
        *text = json!(format!("{}{script}", text.as_str().unwrap_or_default()));
    }
    Ok(std::fs::write(file, source.to_string())?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The first department does something to an application, by its own interface.
async fn office(scene: &Scene, case: CaseId, action: &Value) -> Result<()> {
    let (http, platform) = (reqwest::Client::new(), scene.stage.platform.address);
    let office = json!({ "login": "市场监管局", "password": "demo-2026" });
    let sign_in = http.post(format!("http://{platform}/office/api/sign-in")).json(&office);
    let signed_in: Value = sign_in.send().await?.error_for_status()?.json().await?;
    let token = signed_in.get("token").and_then(Value::as_str).context("no token")?;
    let address = format!("http://{platform}/office/api/cases/{case}/actions");
    let done = http.post(address).bearer_auth(token).json(action).send().await?;
    let status = done.status();
    ensure!(status.is_success(), "{action}: {}", done.text().await?);
    Ok(())
}

/// What is written before an `@` looks like a host and is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_in_a_guide_is_opened_once_its_host_was_confirmed() {
    const ADDRESS: &str = "https://www.gov.cn@evil.example/bszn?id=1";
    let folder = tempfile::tempdir().unwrap();
    plant_in_guide(folder.path(), &format!("<b>详见{ADDRESS}。</b>")).unwrap();
    let scene = Scene::with_catalogue(folder.path()).await.unwrap();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, ON_A_LAPTOP]).unwrap();
    let path = format!("/guides/{}", papers::RESTAURANT);
    eye.open(&scene, &path, "88-guide-address").await.unwrap();
    eye.open_with_care_and_in_english(&scene, &path, "88-guide-address").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    scene.open(&path).await.unwrap();
    let link = format!("//*[@class='sentences']//button[contains(., '{ADDRESS}')]");
    page.click(&link).await.unwrap();
    page.says("将在浏览器里打开：evil.example。").await.unwrap();
    eye.look(&scene, "89-guide-address-confirm").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.click("//dialog//button[.='取消']").await.unwrap();
    page.is_gone("//dialog").await.unwrap();
    assert_eq!(*scene.host.opened.lock().unwrap(), []);
    page.click(&link).await.unwrap();
    page.click("//dialog//button[.='打开']").await.unwrap();
    page.is_gone("//dialog").await.unwrap();
    eventually("the address to be opened", Duration::from_secs(5), async || {
        let opened = scene.host.opened.lock().unwrap();
        Ok((opened.iter().map(Url::as_str).eq([ADDRESS])).then_some(()))
    })
    .await
    .unwrap();
    eye.judge().unwrap();
}
