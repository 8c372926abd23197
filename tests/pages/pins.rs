//! A vault behind a PIN: what is shown, and what is not.

use tongban_contract::page::{ListItems, Lock, Pin, SetPin, SyncNow};
use tongban_tests::page::with_id;

use crate::{
    eye::Eye,
    hands::{self, type_in},
    papers::{self, SIGN},
    scene::{IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene, WITH_CARE},
};

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
    let mut scene = Scene::signed_in_while_departments_rest().await.unwrap();
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
    page.says("请先导出它").await.unwrap();
    eye.look(&scene, "86-pin-forgotten-with-copy").await.unwrap();
    page.press("导出没有发出的申请").await.unwrap();
    page.says("密封件已导出").await.unwrap();
    eye.look(&scene, "87-sealed-copy-taken").await.unwrap();
    page.press("确定封存").await.unwrap();
    page.says("已封存").await.unwrap();

    // Whoever signs in again is told, and has it back with the PIN of that time.
    scene.stage.link.mend().await.unwrap();
    scene.sign_in().await.unwrap();
    scene.open("/").await.unwrap();
    page.says("有人在这台设备上选了“忘了解锁密码”").await.unwrap();
    eye.look(&scene, "88-given-up").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/", "88-given-up").await.unwrap();
    eye.looks(&[ON_A_PHONE]);
    page.write("//input[starts-with(@id, 'given-up-')]", "314159").await.unwrap();
    page.press("取回").await.unwrap();
    page.says("解锁密码不对").await.unwrap();
    eye.look(&scene, "89-given-up-wrong").await.unwrap();
    page.write("//input[starts-with(@id, 'given-up-')]", "271828").await.unwrap();
    page.press("取回").await.unwrap();
    page.says("已取回").await.unwrap();
    let rows = client.list_items(ListItems {}).await.unwrap().rows;
    assert_eq!(rows.iter().filter(|row| row.case == case).count(), 1, "{rows:?}");
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

/// What one person did leaves nothing in the clipboard for the next at the device.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clipboard_has_nothing_of_whoever_was_here() {
    const BEFORE: &str = "a text of somebody else";
    let scene = Scene::signed_in_while_departments_rest().await.unwrap();
    let (page, client) = (scene.page(), scene.client().clone());
    scene.open("/").await.unwrap();
    scene.copy(BEFORE).await.unwrap();
    let draft = papers::start(&client, SIGN).await.unwrap();
    let case = papers::restaurant(&client, "秀兰小厨", "店面门头.jpg").await.unwrap();
    papers::file(&client, case).await.unwrap();
    client.sync_now(SyncNow {}).await.unwrap();
    for path in ["/items", "/wallet", "/me/account", "/me/about"] {
        scene.open(path).await.unwrap();
        scene.is_drawn().await.unwrap();
    }
    for path in
        [format!("/items/{case}"), format!("/items/{case}/receipt"), format!("/drafts/{draft}")]
    {
        scene.open(&path).await.unwrap();
        scene.is_drawn().await.unwrap();
    }
    assert_eq!(scene.copied().await.unwrap(), BEFORE);
    client.set_pin(SetPin { current: None, pin: Pin::new("271828") }).await.unwrap();
    client.lock(Lock {}).await.unwrap();
    page.says("已锁定").await.unwrap();
    assert_eq!(scene.copied().await.unwrap(), BEFORE);
}
