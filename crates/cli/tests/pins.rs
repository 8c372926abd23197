//! A PIN on the command line: from a file, never from an argument.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod world;

use std::fs;

use world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_vault_opens_with_the_pin_of_a_file_and_says_so_without() {
    let world = World::new().await;
    world.sign_in("lixiulan").await;
    let folder = world.data().parent().unwrap().to_owned();
    let file = |name: &str, pin: &str| {
        let path = folder.join(name);
        fs::write(&path, format!("{pin}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong, weak) =
        (file("right", "271828"), file("wrong", "314159"), file("weak", "123456"));

    let told = world.json(&["pin", "set", "--new-pin-file", &weak]).await;
    assert_eq!(told.problem(3), "pin.pattern");
    world.json(&["pin", "set", "--new-pin-file", &right]).await.json(0);
    assert_eq!(world.json(&["drafts", "list"]).await.problem(5), "vault.locked");
    let told = world.json(&["drafts", "list", "--pin-file", &wrong]).await;
    assert_eq!(told.problem(5), "pin.wrong");
    world.json(&["drafts", "list", "--pin-file", &right]).await.json(0);

    // What is public needs no PIN, and whose it is shows only the first character.
    world.json(&["guides", "search"]).await;
    let accounts = world.json(&["accounts", "list"]).await.json(0);
    let row = &accounts["accounts"][0];
    assert_eq!((&row["label"], &row["pinned"]), (&"李**".into(), &true.into()));

    assert_eq!(world.json(&["pin", "forget"]).await.problem(2), "cli.usage");
    world.json(&["drafts", "list", "--pin-file", &right]).await.json(0);
    world.json(&["pin", "forget", "--start-over"]).await.json(0);
    assert_eq!(world.json(&["drafts", "list"]).await.problem(5), "sign-in.needed");
}
