//! How pages look in every state of a device, and that each can be seen, read and pressed.

use std::time::Duration;

use tongban_contract::{
    case::CaseState,
    page::{ListLicences, Mend},
};
use tongban_tests::page::with_id;

use crate::{
    eye::Eye,
    papers::{self, ALLOWANCE, RESTAURANT, SIGN},
    scene::{IN_ENGLISH, IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene, WITH_CARE},
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
        ("/regions".to_owned(), "44-regions"),
        ("/changes".to_owned(), "44-changes"),
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
        ("/regions", "55-regions-offline"),
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
