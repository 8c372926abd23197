//! Sealed couriers, made on one device and handed on by another.

use tongban_contract::{case::CaseState, page::SyncNow};
use tongban_tests::{page::with_id, samples};

use crate::{
    eye::Eye,
    papers,
    scene::{IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene, WITH_CARE},
};

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
