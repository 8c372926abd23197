//! More than one at a time.

use std::fs;

use serde_json::json;

use super::{Office, row};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_that_come_at_once_are_all_taken() {
    let office = Office::new();
    std::thread::scope(|scope| {
        for number in 0..12 {
            let office = &office;
            scope.spawn(move || {
                let row = row(&format!("h-{number}"), &format!("事项{number}"), "420506");
                office.take(&format!("list-{number}.json"), &json!([row]).to_string())
            });
        }
    });
    // A node that starts meanwhile publishes what is there, or what was.
    let (one, other) = tokio::join!(office.published(), office.published());
    assert_eq!(one.0.manifest, other.0.manifest);
    assert_eq!(office.guides("420506").await.len(), 12);
    // What a process that was killed left unfinished goes.
    fs::write(office.data().join("catalogue/index.json.1-1.new"), "{").unwrap();
    office.published().await;
    let left = fs::read_dir(office.data().join("catalogue")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| !name.ends_with(".new")));
}

#[test]
fn whoever_comes_second_waits_for_the_catalogue() {
    let office = Office::new();
    fs::create_dir_all(office.data()).unwrap();
    let path = office.data().join("catalogue.lock");
    let held = fs::File::create(&path).unwrap();
    held.lock().unwrap();
    let list = json!([row("i-1", "事项", "420506")]).to_string();
    std::thread::scope(|scope| {
        let taking = scope.spawn(|| office.take("list.json", &list));
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(!taking.is_finished() && !office.data().join("catalogue").exists());
        drop(held);
        assert_eq!(taking.join().unwrap().added, 1);
    });
}
