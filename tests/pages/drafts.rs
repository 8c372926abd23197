//! Beginning and filling in a draft, by hand, by keyboard, wrongly.

use std::time::Duration;

use serde_json::json;
use tongban_contract::page::ListItems;
use tongban_tests::{page::with_id, samples};

use crate::{
    eye::complaints,
    hands::{self, tab_to, type_in},
    papers::{self, ALLOWANCE, RESTAURANT},
    scene::{ON_A_LAPTOP, Scene},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_township_is_chosen_before_its_item_is_begun_and_remembered() {
    let scene = Scene::signed_in().await.unwrap();
    let (page, client) = (scene.page(), scene.client());
    scene.open(&format!("/guides/{ALLOWANCE}")).await.unwrap();
    page.press("开始办理").await.unwrap();
    page.says("夷陵区各乡镇、街道").await.unwrap();
    // Nothing has begun; the focus is where the choice is made.
    assert_eq!(client.list_items(ListItems {}).await.unwrap().rows, []);
    let focus = scene.run("return document.activeElement.id").await.unwrap();
    assert_eq!(focus, json!("guide-place"));

    hands::down(&scene).await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '便民服务中心')]").await.unwrap();
    let chosen = "const list = document.getElementById('guide-place'); \
        return list.options[list.selectedIndex].text";
    let place = scene.run(chosen).await.unwrap();
    page.press("开始办理").await.unwrap();
    page.find("//h1[.='填写申请']").await.unwrap();
    let rows = client.list_items(ListItems {}).await.unwrap().rows;
    let draft = papers::draft(client, rows.first().unwrap().case).await.unwrap();
    assert_eq!(draft.office, format!("{}便民服务中心", place.as_str().unwrap()));

    scene.open(&format!("/guides/{ALLOWANCE}")).await.unwrap();
    scene.is_drawn().await.unwrap();
    assert_eq!(scene.run(chosen).await.unwrap(), place);
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_begun_by_keyboard_alone() {
    let scene = Scene::signed_in().await.unwrap();
    let page = scene.page();
    scene.look(ON_A_LAPTOP).await.unwrap();
    scene.open("/").await.unwrap();
    // The first stop leads past the tabs.
    hands::tab(&scene).await.unwrap();
    assert_eq!(hands::focused(&scene).await.unwrap(), "跳到正文");
    hands::enter(&scene).await.unwrap();
    assert_eq!(scene.run("return document.activeElement.id").await.unwrap(), json!("main"));

    tab_to(&scene, "搜索办事指南").await.unwrap();
    hands::keys(&scene, "食品经营许可").await.unwrap();
    page.find("//mark").await.unwrap();
    tab_to(&scene, "食品经营许可（餐饮店开办）").await.unwrap();
    hands::enter(&scene).await.unwrap();
    page.says("要准备的材料").await.unwrap();
    scene.is_drawn().await.unwrap();
    tab_to(&scene, "开始办理").await.unwrap();
    hands::enter(&scene).await.unwrap();
    page.find("//h1[.='填写申请']").await.unwrap();
    scene.is_drawn().await.unwrap();
    // The focus is where the new page begins.
    assert_eq!(scene.run("return document.activeElement.id").await.unwrap(), json!("page-title"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_is_kept_half_a_second_after_the_last_key() {
    let scene = Scene::signed_in().await.unwrap();
    let client = scene.client();
    let case = papers::start(client, RESTAURANT).await.unwrap();
    scene.open(&format!("/drafts/{case}")).await.unwrap();
    let field = scene.page().find(&with_id("at-answers-shop-name")).await.unwrap();
    field.scroll_into_view().await.unwrap();
    for text in ["秀兰", "小厨"] {
        field.send_keys(text).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let draft = serde_json::to_value(papers::draft(client, case).await.unwrap()).unwrap();
    assert_eq!(hands::value_at(&draft, "/shop/name"), Some(&json!("秀兰小厨")));
    // The field still has the focus: nothing but the rest after typing kept it.
    let focus = scene.run("return document.activeElement.id").await.unwrap();
    assert_eq!(focus, json!("at-answers-shop-name"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_input_is_answered_with_one_clear_sentence() {
    let scene = Scene::signed_in().await.unwrap();
    let (page, client) = (scene.page(), scene.client());
    let case = papers::start(client, RESTAURANT).await.unwrap();
    scene.open(&format!("/drafts/{case}")).await.unwrap();

    let card = with_id("at-materials-premises_photo");
    let field = with_id("at-materials-premises_photo-file");
    let folder = scene.stage.folder();
    let huge = folder.join("太大.jpg");
    std::fs::File::create(&huge).unwrap().set_len(60_000_000).unwrap();
    let words = samples::written(folder, "其实是文字.jpg", "今天天气很好。".as_bytes()).unwrap();
    for (file, sentence) in
        [(huge, "这个文件超过 50 MB，没有添加。"), (words, "这个文件不是照片或 PDF，没有添加。")]
    {
        page.hand_in(&field, &file).await.unwrap();
        page.find(&format!("{card}//*[@role='alert']//p[contains(., '{sentence}')]"))
            .await
            .unwrap();
        let told = page.driver.find_all(thirtyfour::By::XPath(format!(
            "{card}//p[contains(@class, 'problem-detail')]"
        )));
        assert_eq!(told.await.unwrap().len(), 1);
        let draft = papers::draft(client, case).await.unwrap();
        assert!(draft.materials.iter().all(|material| material.attached.is_empty()));
    }

    type_in(&scene, "at-answers-applicant-id_number", "340524198001010011").await.unwrap();
    page.click(&with_id("at-answers-applicant-mobile")).await.unwrap();
    let faults = with_id("at-answers-applicant-id_number-faults");
    let told = page.find(&format!("{faults}/p")).await.unwrap().text().await.unwrap();
    assert_eq!(told, "身份证号末位与前 17 位不符，可能有一位写错了，请对照证件核对。");
    let told = page.driver.find_all(thirtyfour::By::XPath(format!("{faults}/p"))).await.unwrap();
    assert_eq!(told.len(), 1);
    let field = page.find(&with_id("at-answers-applicant-id_number")).await.unwrap();
    assert_eq!(field.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}
