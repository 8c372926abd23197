//! A county whose guides come from departments' own lists: real names, where they are at hand.

use std::{collections::HashMap, path::Path};

use serde_json::Value;
use tongban_contract::page::{GuideFilter, GuideRow, GuideSort, SearchGuides};
use tongban_platform::catalogue::import::import;

use crate::world::{World, choose_county};

/// Where the names are: a JSON list of `name`, `department`, `item_code`, `type`, `division`.
const REAL_ITEMS: &str = "TONGBAN_REAL_ITEMS";
/// The county they are imported as.
const COUNTY: &str = "420506";
/// Rows of a first page.
const FIRST_PAGE: u32 = 20;

async fn found(client: &tongban_client::Client, query: &str) -> (u32, Vec<GuideRow>) {
    let request = SearchGuides {
        query: query.to_owned(),
        filter: GuideFilter::default(),
        sort: GuideSort::default(),
        offset: 0,
        limit: FIRST_PAGE,
    };
    let view = client.search_guides(request).await.unwrap();
    (view.total, view.rows)
}

fn name(row: &GuideRow) -> String {
    row.name.iter().map(|piece| piece.text.as_str()).collect()
}

#[tokio::test]
async fn each_real_name_is_its_own_first_result_and_its_beginning_brings_it_to_the_first_page() {
    let Some(file) = std::env::var_os(REAL_ITEMS) else {
        eprintln!("SKIPPED: no real names: {REAL_ITEMS} names no file");
        return;
    };
    let mut rows: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    for row in &mut rows {
        row["division"] = COUNTY.into();
    }
    let mut world = World::start().await;
    world.stop_platform().await;
    let list = world.folder("real.json");
    std::fs::write(&list, serde_json::to_vec(&rows).unwrap()).unwrap();
    let assets = world.folder("assets");
    let report = import(&world.platform_data(), Path::new(&assets), &list).unwrap();
    assert!(report.left_out.is_empty(), "{report}");
    world.start_platform().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();

    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    let mut beginnings: HashMap<String, u32> = HashMap::new();
    for name in names.iter().collect::<std::collections::BTreeSet<_>>() {
        *beginnings.entry(name.chars().take(4).collect()).or_default() += 1;
    }
    let (mut not_first, mut not_there) = (Vec::new(), Vec::new());
    for whole in &names {
        let (_, rows) = found(&client, whole).await;
        if rows.first().map(name).as_deref() != Some(*whole) {
            not_first.push((*whole, rows.first().map(name)));
        }
        let beginning: String = whole.chars().take(4).collect();
        if beginnings[&beginning] > FIRST_PAGE {
            continue;
        }
        let (_, rows) = found(&client, &beginning).await;
        if !rows.iter().any(|row| name(row) == *whole) {
            not_there.push((beginning, *whole));
        }
    }
    println!("{} names", names.len());
    assert!(not_first.is_empty(), "{} of {}: {not_first:#?}", not_first.len(), names.len());
    assert!(not_there.is_empty(), "{} of {}: {not_there:#?}", not_there.len(), names.len());
}
