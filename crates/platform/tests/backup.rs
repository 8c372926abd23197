//! A node that is backed up while it runs, and made again from its backup.

use crate::node::{Node, PHOTO, hex, number, program::Program, submit};
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
