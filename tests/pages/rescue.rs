//! A vault that was damaged: what its person is told.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::{
    eye::Eye,
    papers,
    scene::{IN_ENGLISH, IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene, WITH_CARE},
};

/// Bytes of a page of the vault's file.
const PAGE: usize = 4096;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_opens_a_damaged_vault_is_told_what_was_rescued_until_they_have_read_it() {
    let scene = Scene::signed_in().await.unwrap();
    for name in ["店面门头.jpg", "扫描件.pdf"] {
        papers::restaurant(scene.client(), "秀兰小厨", name).await.unwrap();
    }
    scene.client().close().await;
    damage(&scene).unwrap();
    let scene = scene.reopen().await.unwrap();

    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/").await.unwrap();
    scene.page().says("有一部分坏了，能读的都已救回").await.unwrap();
    // The photo is attached four times. The other file, and all that was written, is there.
    scene.page().says("没能救回：附件 4 个。").await.unwrap();
    eye.look(&scene, "88-home-rescued").await.unwrap();
    for (look, language, care) in [(WITH_CARE, "zh-CN", true), (IN_ENGLISH, "en", false)] {
        scene.settle_on(language, care).await.unwrap();
        eye.looks(&[look]);
        eye.open(&scene, "/", "88-home-rescued").await.unwrap();
    }
    scene.settle_on("zh-CN", false).await.unwrap();
    scene.page().press("知道了").await.unwrap();
    scene.open("/").await.unwrap();
    assert!(!scene.page().says_now("能读的都已救回").await.unwrap());
    eye.judge().unwrap();
}

/// Flips bits of a page in the second half of the vault, where the files are.
fn damage(scene: &Scene) -> Result<()> {
    let vault = vault(scene)?;
    let mut bytes = std::fs::read(&vault)?;
    let at = bytes.len() / PAGE * 3 / 4 * PAGE + 100;
    for byte in bytes.iter_mut().skip(at).take(8) {
        *byte ^= 0xff;
    }
    Ok(std::fs::write(&vault, bytes)?)
}

fn vault(scene: &Scene) -> Result<PathBuf> {
    std::fs::read_dir(scene.stage.start.data())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("vault-") && name.ends_with(".db")
        })
        .context("no vault")
}
