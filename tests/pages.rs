//! Every page in a real browser, over the real engine and the real platform: what a person
//! would see, read, press and type.

#[path = "pages/eye.rs"]
mod eye;
#[path = "pages/hands.rs"]
mod hands;
#[path = "pages/papers.rs"]
mod papers;
#[path = "pages/scene.rs"]
mod scene;

use std::time::Duration;

use serde_json::json;
use tongban_contract::{case::CaseState, page::*};
use tongban_tests::{page::with_id, samples};

use crate::{
    eye::{Eye, complaints},
    hands::{tab_to, type_in},
    papers::{ALLOWANCE, RESTAURANT, SIGN},
    scene::*,
};

/// Well-formed names of things that are not on the device.
const NOWHERE: &str = "0190b3f0-5a1e-7cc0-9d5e-3a1f00000001";
const NO_LICENCE: &str =
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_a_new_device_are_fit_to_be_seen() {
    let mut scene = Scene::of_a_new_device_offline().await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/", "01-welcome").await.unwrap();
    scene.open("/county").await.unwrap();
    scene.page().find("//*[@role='alert']").await.unwrap();
    eye.look(&scene, "02-county-offline").await.unwrap();
    scene.stage.link.mend().await.unwrap();
    scene.page().press("再试一次").await.unwrap();
    scene.page().press("宜昌市").await.unwrap();
    scene.page().says("夷陵区").await.unwrap();
    eye.look(&scene, "03-county").await.unwrap();
    scene.page().press("夷陵区").await.unwrap();
    scene.page().says_within("办事指南已经存好", Duration::from_secs(30)).await.unwrap();
    eye.look(&scene, "04-county-ready").await.unwrap();

    for (path, name) in [
        ("/", "05-home-signed-out"),
        ("/sign-in", "06-sign-in"),
        ("/items", "07-items-signed-out"),
        ("/wallet", "08-wallet-signed-out"),
        ("/me", "09-me-signed-out"),
        ("/nowhere", "10-not-found"),
        ("/guides?q=qqqq", "11-nothing-found"),
        ("/guides/999999999999", "12-no-such-guide"),
        (&format!("/drafts/{NOWHERE}"), "13-no-such-draft"),
        (&format!("/items/{NOWHERE}"), "14-no-such-item"),
        (&format!("/wallet/{NO_LICENCE}"), "15-no-such-licence"),
    ] {
        eye.open(&scene, path, name).await.unwrap();
    }
    scene.open(&format!("/guides/{RESTAURANT}")).await.unwrap();
    scene.page().press("开始办理").await.unwrap();
    scene.page().says("登录").await.unwrap();
    eye.look(&scene, "16-sign-in-first").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_a_device_in_use_are_fit_to_be_seen() {
    let mut scene = Scene::signed_in().await.unwrap();
    let client = scene.client().clone();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/items", "20-items-empty").await.unwrap();
    eye.open(&scene, "/wallet", "21-wallet-empty").await.unwrap();

    let restaurant = papers::restaurant(&client, "秀兰小厨", "店面门头.jpg").await.unwrap();
    papers::file(&client, restaurant).await.unwrap();
    papers::becomes(&client, restaurant, CaseState::CorrectionAwaited).await.unwrap();
    eye.open(&scene, &format!("/items/{restaurant}"), "22-item-correction").await.unwrap();
    client.mend(Mend { case: restaurant }).await.unwrap();
    eye.open(&scene, &format!("/drafts/{restaurant}"), "23-draft-mending").await.unwrap();
    papers::mend(&client, restaurant).await.unwrap();
    papers::becomes(&client, restaurant, CaseState::Approved).await.unwrap();
    let wallet = client.list_licences(ListLicences {}).await.unwrap();
    let licence = wallet.licences.first().unwrap().id.clone();

    let second = papers::restaurant(&client, "秀兰二店", "店面门头.jpg").await.unwrap();
    eye.open(&scene, &format!("/drafts/{second}"), "24-draft-complete").await.unwrap();
    scene.page().press("提交申请").await.unwrap();
    scene.page().says("请核对您填的内容").await.unwrap();
    eye.look(&scene, "25-review").await.unwrap();
    let sign = papers::start(&client, SIGN).await.unwrap();
    scene.open(&format!("/drafts/{sign}")).await.unwrap();
    scene.page().press("提交申请").await.unwrap();
    scene.page().find(&with_id("faults")).await.unwrap();
    eye.look(&scene, "26-draft-faults").await.unwrap();

    let pages = [
        ("/".to_owned(), "30-home"),
        ("/county".to_owned(), "31-county"),
        ("/guides".to_owned(), "32-guides"),
        ("/guides?q=开饭馆".to_owned(), "33-search"),
        (format!("/guides/{RESTAURANT}"), "34-guide"),
        (format!("/guides/{ALLOWANCE}"), "34-guide-without-place"),
        (format!("/drafts/{sign}"), "35-draft-new"),
        ("/items".to_owned(), "36-items"),
        (format!("/items/{restaurant}"), "37-item-approved"),
        (format!("/items/{restaurant}/receipt"), "38-receipt"),
        ("/wallet".to_owned(), "39-wallet"),
        (format!("/wallet/{licence}"), "40-licence"),
        ("/me".to_owned(), "41-me"),
        ("/me/account".to_owned(), "42-account"),
        ("/me/sync".to_owned(), "43-sync"),
        ("/me/catalogue".to_owned(), "44-catalogue"),
        ("/me/safety".to_owned(), "45-safety"),
        ("/me/display".to_owned(), "45-display"),
        ("/me/about".to_owned(), "46-about"),
    ];
    for (path, name) in &pages {
        eye.open(&scene, path, name).await.unwrap();
    }
    for (look, language, care) in [(WITH_CARE, "zh-CN", true), (IN_ENGLISH, "en", false)] {
        scene.settle_on(language, care).await.unwrap();
        eye.looks(&[look]);
        for (path, name) in &pages {
            eye.open(&scene, path, name).await.unwrap();
        }
    }

    scene.settle_on("zh-CN", false).await.unwrap();
    scene.cut().await.unwrap();
    papers::file(&client, second).await.unwrap();
    eye.looks(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]);
    for (path, name) in [
        ("/", "50-home-offline"),
        ("/items", "51-items-offline"),
        (&format!("/items/{second}"), "52-item-queued"),
        (&format!("/items/{second}/receipt"), "53-receipt-queued"),
        ("/me/sync", "54-sync-offline"),
        ("/me/catalogue", "55-catalogue-offline"),
    ] {
        eye.open(&scene, path, name).await.unwrap();
    }
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_that_waits_is_called_what_it_is_and_can_be_called_off() {
    let mut scene = Scene::signed_in().await.unwrap();
    let client = scene.client().clone();
    let case = papers::restaurant(&client, "秀兰小厨", "店面门头.jpg").await.unwrap();
    papers::file(&client, case).await.unwrap();
    papers::becomes(&client, case, CaseState::CorrectionAwaited).await.unwrap();
    scene.cut().await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open(&format!("/items/{case}")).await.unwrap();
    scene.page().press("撤件").await.unwrap();
    scene.page().press("确认撤件").await.unwrap();
    scene.page().says("在它送到之前，申请照常办理").await.unwrap();
    for (path, name) in [
        (&format!("/items/{case}"), "60-withdrawal-queued"),
        (&"/items".to_owned(), "61-items-withdrawal-queued"),
        (&format!("/items/{case}/receipt"), "62-receipt-withdrawal-queued"),
    ] {
        eye.open(&scene, path, name).await.unwrap();
    }
    scene.settle_on("zh-CN", true).await.unwrap();
    eye.looks(&[WITH_CARE]);
    eye.open(&scene, &format!("/items/{case}"), "60-withdrawal-queued").await.unwrap();
    scene.settle_on("zh-CN", false).await.unwrap();

    scene.open(&format!("/items/{case}")).await.unwrap();
    scene.page().press("不撤了").await.unwrap();
    scene.page().says("这件不撤了？").await.unwrap();
    eye.looks(&[ON_A_PHONE, ON_A_LAPTOP]);
    eye.look(&scene, "63-call-off").await.unwrap();
    scene.page().press("继续办理").await.unwrap();
    scene.page().press("去修改").await.unwrap();
    scene.page().find("//h1[.='填写申请']").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_vault_stands_in_the_place_of_every_page_until_its_pin_is_typed() {
    let scene = Scene::signed_in().await.unwrap();
    let (page, client) = (scene.page(), scene.client().clone());
    let draft = papers::start(&client, SIGN).await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/me/safety", "70-safety").await.unwrap();
    page.press("设置解锁密码").await.unwrap();
    type_in(&scene, "pin-new", "271828").await.unwrap();
    type_in(&scene, "pin-again", "271829").await.unwrap();
    eye.look(&scene, "71-pin-new").await.unwrap();
    page.click("//form//button[@type='submit']").await.unwrap();
    page.says("两次输入的不一样").await.unwrap();
    for field in ["pin-new", "pin-again"] {
        type_in(&scene, field, "271828").await.unwrap();
    }
    page.click("//form//button[@type='submit']").await.unwrap();
    page.says("现在锁定").await.unwrap();
    eye.look(&scene, "72-pin-set").await.unwrap();

    scene.open(&format!("/drafts/{draft}")).await.unwrap();
    client.lock(Lock {}).await.unwrap();
    page.says("已锁定").await.unwrap();
    let words = page.text().await.unwrap();
    assert!(!words.contains("招牌") && !words.contains("李秀兰"), "{words}");
    for path in ["/", "/items", "/wallet", "/me/account", &format!("/drafts/{draft}")] {
        scene.open(path).await.unwrap();
        page.find(&with_id("lock-pin")).await.unwrap();
    }
    eye.look(&scene, "73-locked").await.unwrap();
    page.press("换个人使用").await.unwrap();
    page.says("登录另一个账号").await.unwrap();
    eye.look(&scene, "74-locked-others").await.unwrap();
    page.press("忘了解锁密码").await.unwrap();
    page.says("不受影响").await.unwrap();
    eye.look(&scene, "75-pin-forgotten").await.unwrap();
    page.press("取消").await.unwrap();
    type_in(&scene, "lock-pin", "314159").await.unwrap();
    hands::enter(&scene).await.unwrap();
    page.says("解锁密码不对").await.unwrap();
    eye.look(&scene, "76-pin-wrong").await.unwrap();
    type_in(&scene, "lock-pin", "271828").await.unwrap();
    hands::enter(&scene).await.unwrap();
    // Where the person was.
    page.find("//h1[.='填写申请']").await.unwrap();

    client.lock(Lock {}).await.unwrap();
    scene.settle_on("zh-CN", true).await.unwrap();
    eye.looks(&[WITH_CARE]);
    eye.open(&scene, "/", "73-locked").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_forgot_the_pin_is_offered_what_waits_before_anything_is_deleted() {
    let mut scene = Scene::signed_in().await.unwrap();
    let (page, client) = (scene.page().clone(), scene.client().clone());
    client.sync_now(SyncNow {}).await.unwrap();
    client.set_pin(SetPin { current: None, pin: Pin::new("271828") }).await.unwrap();
    let case = papers::restaurant(&client, "秀兰小厨", "店面门头.jpg").await.unwrap();
    scene.cut().await.unwrap();
    papers::file(&client, case).await.unwrap();
    client.lock(Lock {}).await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/").await.unwrap();
    page.press("忘了解锁密码").await.unwrap();
    page.says("先导出它").await.unwrap();
    eye.look(&scene, "86-pin-forgotten-with-copy").await.unwrap();
    page.press("导出没有发出的申请").await.unwrap();
    page.says("密封件已导出").await.unwrap();
    eye.look(&scene, "87-sealed-copy-taken").await.unwrap();
    page.press("删除").await.unwrap();
    page.says("已删除").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_device_asks_for_a_pin_before_anything_else() {
    let scene = Scene::signed_in().await.unwrap();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/me/safety").await.unwrap();
    page.choose("", "多人共用这台设备").await.unwrap();
    page.says("请先设置您自己的解锁密码").await.unwrap();
    scene.open("/items").await.unwrap();
    page.says("请先设置您自己的解锁密码").await.unwrap();
    eye.look(&scene, "77-pin-needed").await.unwrap();
    for field in ["pin-new", "pin-again"] {
        type_in(&scene, field, "271828").await.unwrap();
    }
    hands::enter(&scene).await.unwrap();
    page.find("//h1[.='我的办件']").await.unwrap();
    eye.open(&scene, "/me/safety", "78-safety-shared").await.unwrap();
    eye.open(&scene, "/me/account", "79-account-shared").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_sealed_without_a_network_and_handed_on_with_one() {
    let mut scene = Scene::signed_in().await.unwrap();
    let client = scene.client().clone();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/me/courier", "80-courier-nothing-waits").await.unwrap();
    // The platform knows a device from its first sync on.
    client.sync_now(SyncNow {}).await.unwrap();
    let case = papers::restaurant(&client, "秀兰小厨", "店面门头.jpg").await.unwrap();
    scene.cut().await.unwrap();
    papers::file(&client, case).await.unwrap();
    eye.open(&scene, "/me/courier", "81-courier").await.unwrap();
    scene.settle_on("en", false).await.unwrap();
    eye.open(&scene, "/me/courier", "81-courier-english").await.unwrap();
    scene.settle_on("zh-CN", true).await.unwrap();
    eye.looks(&[WITH_CARE]);
    eye.open(&scene, "/me/courier", "81-courier").await.unwrap();
    scene.settle_on("zh-CN", false).await.unwrap();
    eye.looks(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]);
    scene.open("/me/courier").await.unwrap();
    let page = scene.page().clone();
    page.press("导出密封件").await.unwrap();
    page.says("密封件已导出").await.unwrap();
    eye.look(&scene, "82-courier-sealed").await.unwrap();
    let file = page.find("//dd[contains(@class, 'courier-path')]").await.unwrap();
    let file = std::path::PathBuf::from(file.text().await.unwrap());

    let photo = samples::photo(scene.stage.folder(), "不是密封件.jpg").unwrap();
    page.hand_in(&with_id("courier-file"), &photo).await.unwrap();
    page.says("这个文件不是通办导出的密封件").await.unwrap();
    eye.look(&scene, "83-courier-wrong-file").await.unwrap();
    page.hand_in(&with_id("courier-file"), &file).await.unwrap();
    page.says("连不上").await.unwrap();
    eye.look(&scene, "84-courier-offline").await.unwrap();

    scene.stage.link.mend().await.unwrap();
    page.hand_in(&with_id("courier-file"), &file).await.unwrap();
    page.says("已转交政务平台").await.unwrap();
    eye.look(&scene, "85-courier-handed-on").await.unwrap();
    let held = papers::becomes(&client, case, CaseState::CorrectionAwaited).await;
    held.unwrap();
    eye.judge().unwrap();
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
