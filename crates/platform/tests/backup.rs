//! A node that is backed up while it runs, and made again from its backup.

use crate::{
    import::Office,
    node::{Node, PHOTO, hex, number, program::Program, submit},
};
use serde_json::json;
use tongban_contract::update::Update;
use tongban_platform::backup;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_node_knows_its_backup_begins_its_feeds_anew_and_gives_no_number_twice() {
    let node = Node::start().await;
    let token = node.sign_in("lixiulan", 3).await;
    node.upload(&token, PHOTO).await;
    let (kept, forgotten) = (Uuid::now_v7(), Uuid::now_v7());
    let before = node.exchange(&token, &[submit(kept)]).await;

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("backup");
    backup::back_up(&node.data(), &copy).await.unwrap();
    assert!(backup::back_up(&node.data(), &copy).await.is_err(), "never over another one");
    node.set_day("2026-09-29");
    let after = node.exchange(&token, &[submit(forgotten)]).await;
    let given = number(&after.results[0].outcome).to_owned();

    let node = node.restored_from(&copy).await;
    let known = node.exchange_after(&token, Some(before.feed.0), 1, &[]).await;
    assert_ne!(known.feed, before.feed, "devices notice");
    assert_eq!(known.changes.len(), 1, "and are told everything that is known");
    let object = node.data().join("objects").join(&hex(PHOTO)[..2]).join(&hex(PHOTO)[2..]);
    assert_eq!(std::fs::read(object).unwrap(), PHOTO, "what was handed in is there");
    let again = node.exchange(&token, &[submit(kept), submit(Uuid::now_v7())]).await;
    assert_eq!(number(&again.results[0].outcome), number(&before.results[0].outcome));
    assert_ne!(number(&again.results[1].outcome), given, "it stands on somebody's receipt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_of_the_catalogue_that_was_given_out_is_never_given_out_again() {
    let office = Office::new();
    let row = |name: &str| {
        json!({"name": name, "department": "公安局", "code": name, "type": "20",
        "division": "420506"})
    };
    let publish = async |name: &str| {
        office.take("list.json", &json!([row(name)]).to_string());
        office.published().await
    };
    let region = "420506".parse().unwrap();
    publish("一").await;
    let copy = office.data().with_file_name("copy");
    backup::back_up(&office.data(), &copy).await.unwrap();
    publish("二").await;
    assert_eq!(publish("三").await.0.manifest.version, 3);

    let mut given = 3;
    for _ in 0..2 {
        std::fs::remove_dir_all(office.data()).unwrap();
        backup::restore(&copy, &office.data()).await.unwrap();
        let (first, keys) = office.published().await;
        // A device refuses what is older than what it has.
        assert!(first.changed && first.manifest.version > given, "{:?}", first.manifest);
        assert!(first.manifest.version > 100_000, "{:?}", first.manifest);
        let (other, _) = publish("别的").await;
        assert_eq!(other.manifest.version, first.manifest.version + 1);
        // Who has a version that is lost fetches everything; who has one that is known does not.
        for lost in [2, 3, first.manifest.version - 1] {
            assert_eq!(other.update(&region, lost, &keys).unwrap(), None, "{lost}");
        }
        for known in [1, first.manifest.version] {
            let update = other.update(&region, known, &keys).unwrap().unwrap();
            assert!(!Update::read(&update).unwrap().payload.is_empty(), "{known}");
        }
        given = other.manifest.version;
        // A second time from the same backup: two versions took no two seconds.
        std::thread::sleep(std::time::Duration::from_secs(3));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_backup_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(backup::restore(folder.path(), &data).await.is_err());
    assert!(!data.exists(), "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_copy_a_node_that_serves_and_make_one_of_the_copy() {
    let (mut program, token) = Program::with_photo().await;
    let operation = submit(Uuid::now_v7());
    let first = program.exchange(&token, std::slice::from_ref(&operation)).await;
    let folder = tempfile::tempdir().unwrap();
    let (copy, data) = (folder.path().join("copy"), folder.path().join("data"));
    let (copy, data) = (copy.to_str().unwrap(), data.to_str().unwrap());
    let node = program.data();
    let (ended, told) =
        Program::call(&["backup", "--data-dir", node.to_str().unwrap(), "--to", copy]);
    assert!(ended.success(), "{told}");
    assert!(told.contains("已备份"), "{told}");
    let (ended, told) = Program::call(&["restore", "--from", copy, "--data-dir", data]);
    assert!(ended.success(), "{told}");
    let (ended, told) = Program::call(&["restore", "--from", copy, "--data-dir", data]);
    assert!(!ended.success(), "never over another one: {told}");

    program.kill();
    program.take_over(std::path::Path::new(data));
    program.start_again();
    let again = program.exchange(&token, &[operation]).await;
    assert_eq!(again["results"], first["results"]);
    assert_ne!(again["feed"], first["feed"], "devices notice");
}
