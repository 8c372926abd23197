//! What is damaged on the device: it is built again of what is kept, or put aside and said.

use std::path::Path;

use super::{
    server::Fault,
    update::{Setting, shelf},
};
use crate::catalogue::Updated;

#[tokio::test]
async fn a_damaged_database_is_built_again_without_any_network() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    let summary = catalogue.summary();
    drop(catalogue);
    setting.server.fail(Fault::Page);
    let spoil: [fn(&Path); 3] = [
        |path| std::fs::remove_file(path).unwrap(),
        |path| std::fs::write(path, b"SQLite format 3\0").unwrap(),
        |path| {
            std::fs::write(path, vec![7; std::fs::metadata(path).unwrap().len() as usize]).unwrap()
        },
    ];
    for spoil in spoil {
        let name = shelf(setting.path()).into_iter().find(|name| name.ends_with(".db")).unwrap();
        spoil(&setting.path().join(name));
        let catalogue = setting.catalogue().await;
        assert_eq!(catalogue.summary(), summary);
        assert!(catalogue.guide("000131001000", None, None).await.is_ok());
    }
}

#[tokio::test]
async fn what_cannot_be_built_again_is_put_aside_said_and_mended_by_the_next_update() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    drop(catalogue);
    for name in shelf(setting.path()) {
        if name.ends_with(".db") {
            std::fs::write(setting.path().join(&name), b"no database").unwrap();
        } else if name.ends_with(".zst") {
            std::fs::write(setting.path().join("downloads").join(&name), b"no file").unwrap();
        }
    }
    let catalogue = setting.catalogue().await;
    assert_eq!(catalogue.summary().problem.unwrap().code, "catalogue.damaged");
    assert_eq!(
        catalogue.guide("x", None, None).await.unwrap_err().problem().code,
        "catalogue.damaged"
    );
    assert!(shelf(setting.path()).contains(&"catalogue.db.damaged".to_owned()));
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);
    assert_eq!(catalogue.summary().problem, None);
    assert_eq!(catalogue.summary().guides, 7);
}

#[tokio::test]
async fn a_database_of_another_format_is_built_again_without_any_network() {
    use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    drop(catalogue);
    setting.server.fail(Fault::Page);
    let name = shelf(setting.path()).into_iter().find(|name| name.ends_with(".db")).unwrap();
    let path = setting.path().join(name);
    let mut database = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::query("PRAGMA user_version = 99").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let catalogue = setting.catalogue().await;
    assert_eq!(catalogue.summary().problem, None);
    assert!(catalogue.guide("000131001000", None, None).await.is_ok());
}

#[tokio::test]
async fn damage_that_a_reader_meets_is_said_and_mended_by_the_next_update() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    drop(catalogue);
    let catalogue = setting.catalogue().await;
    let name = shelf(setting.path()).into_iter().find(|name| name.ends_with(".db")).unwrap();
    let path = setting.path().join(name);
    let mut bytes = std::fs::read(&path).unwrap();
    // Behind the pages that opening has read.
    bytes[8192..].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let error = catalogue.guide("000131001000", None, None).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.damaged", "{error}");
    assert_eq!(catalogue.summary().problem.unwrap().code, "catalogue.damaged");
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);
    assert_eq!(catalogue.summary().problem, None);
    assert!(catalogue.guide("000131001000", None, None).await.is_ok());
}

#[tokio::test]
async fn an_unreadable_pointer_is_put_aside() {
    let setting = Setting::new().await;
    setting.update(&setting.catalogue().await).await.unwrap();
    std::fs::write(setting.path().join("catalogue.json"), b"{").unwrap();
    let catalogue = setting.catalogue().await;
    assert_eq!(catalogue.summary().version, 0);
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);
}
