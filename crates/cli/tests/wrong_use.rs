//! What the program says where it cannot do what it was asked: exit codes and problems
//! are what scripts build upon.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod world;

use insta::assert_json_snapshot;
use world::{COUNTY, ITEM, World, without};

#[tokio::test]
async fn a_wrong_command_line_is_told_in_chinese_with_exit_code_2() {
    let world = World::without_platform();
    for wrong in [
        &["no-such-command"][..],
        &["drafts"],
        &["guides", "show"],
        &["drafts", "check", "not-a-case"],
        &["drafts", "set", "0192f0c1-2b3c-7d4e-8f50-617283940516"],
        &["drafts", "set", "0192f0c1-2b3c-7d4e-8f50-617283940516", "/a=text"],
        &["drafts", "attach", "0192f0c1-2b3c-7d4e-8f50-617283940516", "m"],
        &["divisions", "abc"],
        &["guides", "search", "--theme", "宇航"],
        &["status", "--profile", "../elsewhere"],
        &["status", "--no-such-option"],
    ] {
        assert_eq!(world.json(wrong).await.problem(2), "cli.usage", "{wrong:?}");
        let told = world.run(wrong).await;
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{wrong:?}");
        assert!(told.stderr.contains("--help"), "{}", told.stderr);
        assert!(!told.stderr.contains("error:"), "{}", told.stderr);
    }
    assert!(!world.data().exists(), "a wrong command leaves nothing behind");
}

#[tokio::test]
async fn help_tells_the_exit_codes() {
    let world = World::without_platform();
    let help = world.run(&["--help"]).await;
    assert_eq!(help.code, 0);
    for expected in ["用法：", "退出码", "需要先登录", "catalogue", "licences", "--passphrase-file"]
    {
        assert!(help.stdout.contains(expected), "{expected} is not in {}", help.stdout);
    }
    let help = world.run(&["drafts", "set", "--help"]).await;
    assert!(help.stdout.contains("--answers"), "{}", help.stdout);
    assert!(!help.stdout.contains("Options:"), "{}", help.stdout);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_with_exit_code_5() {
    let world = World::without_platform();
    for command in [
        &["drafts", "list"][..],
        &["drafts", "new", "000131023000"],
        &["outbox"],
        &["sync"],
        &["cases", "list"],
        &["licences", "list"],
    ] {
        assert_eq!(world.json(command).await.problem(5), "sign-in.needed", "{command:?}");
    }
    let told = world.json(&["sync"]).await.json(5);
    assert_json_snapshot!("not_signed_in", told);
}

#[tokio::test]
async fn an_unreachable_platform_is_told_with_exit_code_4_and_status_still_answers() {
    let world = World::without_platform();
    assert_eq!(world.json(&["sign-in"]).await.problem(4), "network.unreachable");
    let told = world.json(&["catalogue", "sync", "--county", "420506"]).await;
    assert_eq!(told.problem(4), "network.unreachable");
    assert_eq!(
        world.json(&["catalogue", "sync", "--county", "42"]).await.problem(2),
        "catalogue.not-a-county"
    );
    let nobody = world.json(&["accounts", "begin-anew", "nobody"]).await;
    assert_eq!(nobody.problem(3), "account.key-there");
    let told = world.run(&["catalogue", "sync"]).await;
    assert_eq!((told.code, told.stdout.as_str()), (4, ""));
    assert!(told.stderr.contains("再运行一次"), "{}", told.stderr);
    let status = world.json(&["status"]).await.json(0);
    assert_json_snapshot!("status", without(&["app_version"], status));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_passphrase_opens_nothing_and_a_folder_is_held_by_one() {
    let world = World::new().await;
    world.sign_in("wangjianguo").await;

    std::fs::write(world.data().parent().unwrap().join("passphrase"), "wrong\n").unwrap();
    let told = world.run(&["drafts", "list"]).await;
    assert_eq!(told.code, 1);
    assert!(told.stderr.contains("口令"), "{}", told.stderr);
    // What needs no account goes on, and says why there is none.
    let status = world.json(&["status"]).await.json(0);
    assert_eq!(status["account"]["state"], "unavailable");
    assert!(status["account"]["problem"]["detail"].as_str().unwrap().contains("口令"));
    std::fs::write(world.data().parent().unwrap().join("passphrase"), "correct horse\n").unwrap();
    assert_eq!(world.json(&["status"]).await.json(0)["account"]["state"], "signed_in");

    let lock = std::fs::File::open(world.data().join("default/lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(world.json(&["status"]).await.problem(1), "device.in-use");
    // Another profile is another folder.
    let other = world.json(&["status", "--profile", "other"]).await.json(0);
    assert_eq!(other["account"]["state"], "signed_out");
    drop(lock);
    world.json(&["status"]).await.json(0);
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_to_is_told_of_and_left_as_it_is() {
    let mut world = World::new().await;
    world.json(&["catalogue", "sync", "--county", COUNTY]).await.json(0);
    world.sign_in("lixiulan").await;
    let begun = world.json(&["drafts", "new", ITEM]).await.json(0);
    world.forbid_writing();
    let before = world.content();
    for command in [&["drafts", "list"][..], &["drafts", "new", ITEM], &["sync"], &["status"]] {
        let ended = world.json(command).await;
        assert_eq!(ended.problem(ended.code), "device.read-only", "{command:?}");
        assert_eq!(ended.code, 1, "{command:?}");
    }
    assert!(world.content() == before, "something was changed");
    world.allow_writing();
    let drafts = world.json(&["drafts", "list"]).await.json(0);
    assert_eq!(drafts["drafts"][0]["case"], begun["case"]);
}
