//! Guides from departments' own lists, which say little: nothing is made up for a person.

use std::path::Path;

use anyhow::Result;
use serde_json::json;
use tongban_tests::programs::assets;

use crate::{
    eye::Eye,
    scene::{IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene},
};

const CODE: &str = "n00000000001";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_guide_does_not_say_is_called_that_and_not_free_or_at_once() {
    let folder = tempfile::tempdir().unwrap();
    with_a_guide_that_says_little(folder.path()).unwrap();
    let scene = Scene::with_catalogue(folder.path()).await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/guides?q=居住证签注证明", "91-search-little-said").await.unwrap();
    eye.open(&scene, &format!("/guides/{CODE}"), "91-guide-little-said").await.unwrap();
    // Alone, without the list beside it.
    scene.look(ON_A_PHONE).await.unwrap();
    scene.page().says("没有公布要交哪些材料").await.unwrap();
    for made_up in ["免费", "不收费", "不用跑", "当场", "不用交材料"] {
        assert!(!scene.page().says_now(made_up).await.unwrap(), "{made_up}");
    }
    eye.open_with_care_and_in_english(&scene, &format!("/guides/{CODE}"), "91-guide-little-said")
        .await
        .unwrap();
    eye.judge().unwrap();
}

/// The sample, and an item of which only what must be said is said.
fn with_a_guide_that_says_little(folder: &Path) -> Result<()> {
    for part in ["catalogue/items", "calendar", "generated"] {
        std::fs::create_dir_all(folder.join(part))?;
        for entry in std::fs::read_dir(assets().join(part))? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.join(part).join(entry.file_name()))?;
        }
    }
    let source = json!({
        "item": {
            "code": CODE, "version": "1", "name": "居住证签注证明", "state": "1", "type": "20",
            "level": "4",
        },
        "places": {"level": "county", "department": "{name}公安局"},
    });
    Ok(std::fs::write(folder.join(format!("catalogue/items/{CODE}.json")), source.to_string())?)
}
