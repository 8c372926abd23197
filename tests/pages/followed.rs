//! Following a guide: the button, what changed, and the list of what is followed.
#![allow(clippy::indexing_slicing, reason = "a test stops where it fails")]

use serde_json::{Value, json};
use tongban_tests::page::with_id;

use crate::{
    eye::{Eye, complaints},
    publish::{change_item, copy_assets, publish_anew},
    scene::{IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene},
};

const FOOD: &str = "000131023000";
const FOOD_NAME: &str = "食品经营许可（餐饮店开办）";
const SIGN: &str = "001017042000";
const SIGN_NAME: &str = "户外招牌设置备案";

/// Shorter, with a material more, one that says something else, and other hours for a step.
fn change(item: &mut Value) {
    item["promised_days"] = json!(7);
    item["conditions"][0] = json!("有固定的经营场所，离公共厕所、垃圾场等污染源二十五米以上。");
    item["materials"][0]["notes"] = json!("请拍正反两面，四角都要拍到，字要看得清。");
    item["steps"][0]["days"] = json!(0.5);
    item["fees"] = json!([{ "name": "工本费", "standard": "每证 10 元" }]);
    if let Some(materials) = item["materials"].as_array_mut() {
        materials.push(json!({ "id": "oil", "name": "油烟净化设备购置凭证", "necessity": "1",
            "source": "10" }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_that_is_followed_says_what_changed_until_it_was_seen() {
    let mut scene = Scene::signed_in().await.unwrap();
    let page = scene.page().clone();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/me/followed", "80-followed-none").await.unwrap();
    page.says("还没有关注的指南").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/me/followed", "80-followed-none").await.unwrap();
    for item in [FOOD, SIGN] {
        scene.open(&format!("/guides/{item}")).await.unwrap();
        page.press("关注").await.unwrap();
        page.find("//button[@aria-pressed='true'][contains(., '已关注')]").await.unwrap();
    }
    eye.look(&scene, "81-guide-followed").await.unwrap();
    eye.open(&scene, "/me/followed", "82-followed").await.unwrap();
    page.find("//a[contains(., '户外招牌')][contains(., '没有变化')]").await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    copy_assets(folder.path()).unwrap();
    change_item(folder.path(), FOOD, change).unwrap();
    std::fs::remove_file(folder.path().join(format!("catalogue/items/{SIGN}.json"))).unwrap();
    publish_anew(&mut scene, folder.path(), None).await.unwrap();
    // Whoever is looking is told at once.
    page.says("已经不再办理这件事").await.unwrap();
    page.find("//a[contains(., '食品经营许可')][contains(., '等 7 处有变化')]").await.unwrap();
    eye.look(&scene, "83-followed-changed").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/me/followed", "83-followed-changed").await.unwrap();
    eye.open(&scene, "/", "84-home-followed").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/", "84-home-followed").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    scene.open("/").await.unwrap();
    page.says("关注的指南有变化（2）").await.unwrap();
    page.press(FOOD_NAME).await.unwrap();
    page.says("您看过以后，有 7 处变化").await.unwrap();
    let told = "return [...document.querySelectorAll('.difference')].map((one) => one.innerText)";
    let told: Vec<String> = serde_json::from_value(scene.run(told).await.unwrap()).unwrap();
    let told: Vec<String> =
        told.iter().map(|one| one.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(told[0].starts_with("承诺时限 原来 10 个工作日 现在 7 个工作日"), "{told:#?}");
    assert!(told.contains(&"申请材料 原来 没有 现在 油烟净化设备购置凭证".to_owned()), "{told:#?}");
    assert!(told.iter().any(|one| one.starts_with("受理条件 原来 有固定的")), "{told:#?}");
    assert!(told.contains(&"是否收费 原来 否 现在 是".to_owned()), "{told:#?}");
    let address = page.driver.current_url().await.unwrap();
    eye.look(&scene, "85-guide-changed").await.unwrap();
    let path = format!("{}?{}", address.path(), address.query().unwrap_or_default());
    eye.open_with_care_and_in_english(&scene, &path, "85-guide-changed").await.unwrap();

    scene.look(ON_A_PHONE).await.unwrap();
    scene.open(&path).await.unwrap();
    page.press("看过了").await.unwrap();
    page.is_gone(&with_id("guide-changed")).await.unwrap();
    scene.open("/me/followed").await.unwrap();
    page.press(&format!("不再关注{SIGN_NAME}")).await.unwrap();
    page.is_gone(&format!("//*[.='{SIGN_NAME}']")).await.unwrap();
    page.press(FOOD_NAME).await.unwrap();
    page.press("已关注").await.unwrap();
    page.find("//button[@aria-pressed='false'][contains(., '关注')]").await.unwrap();
    scene.open("/me/followed").await.unwrap();
    page.says("还没有关注的指南").await.unwrap();
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_signed_in_is_asked_to_before_following() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open(&format!("/guides/{FOOD}")).await.unwrap();
    page.press("关注").await.unwrap();
    page.says("记在您自己的名下").await.unwrap();
    eye.look(&scene, "86-follow-signed-out").await.unwrap();
    eye.open(&scene, "/me/followed", "87-followed-signed-out").await.unwrap();
    page.says("登录后可以关注指南").await.unwrap();
    eye.judge().unwrap();
}
