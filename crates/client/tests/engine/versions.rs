//! Reading while updates come into use: whoever asks is answered, and of one version.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::Value;
use tongban_client::Client;
use tongban_contract::{guide::Guide, page::*};

use crate::world::{World, choose_county};

/// Versions that are published one after the other.
const VERSIONS: u64 = 8;
const READERS: usize = 4;

/// A text that says of which version it is.
fn marked(text: &Value, version: u64) -> Value {
    let text = text.as_str().unwrap();
    let before = text.rsplit_once('#').map_or(text, |(before, _)| before);
    format!("{before}#{version}").into()
}

fn version_of(text: &str) -> u64 {
    let (_, version) = text.rsplit_once('#').unwrap_or_else(|| panic!("{text} has no mark"));
    version.parse().unwrap()
}

/// The theme of everything in a version: neighbouring ones have none in common.
fn theme_of(version: u64) -> &'static str {
    if version.is_multiple_of(2) { "health" } else { "education" }
}

/// Makes every guide say in its names, in its department and by its theme of which version it is.
fn mark_everything(items: &Path, version: u64) {
    for file in std::fs::read_dir(items).unwrap() {
        let path = file.unwrap().path();
        let mut source: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let item = &mut source["item"];
        item["name"] = marked(&item["name"], version);
        for alias in item["aliases"].as_array_mut().into_iter().flatten() {
            *alias = marked(alias, version);
        }
        item["themes"] = vec![theme_of(version)].into();
        source["places"]["department"] = marked(&source["places"]["department"], version);
        std::fs::write(path, source.to_string()).unwrap();
    }
}

async fn publish(world: &mut World, version: u64) {
    world.stop_platform().await;
    mark_everything(&world.folder("assets").join("catalogue/items"), version);
    world.start_platform().await;
}

/// Asks one of the things that a page asks, and answers of which versions the answer is.
async fn versions_in_an_answer(client: &Client, turn: usize) -> BTreeSet<u64> {
    let whole = |pieces: &[TextPiece]| -> String {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    };
    let queries = ["", "登记", "zheng", "z", "怎么办社保卡"];
    let request = SearchGuides {
        query: queries[turn / 4 % queries.len()].to_owned(),
        filter: GuideFilter::default(),
        sort: GuideSort::default(),
        offset: 0,
        limit: 100,
    };
    match turn % 4 {
        0 | 1 => {
            let rows = client.search_guides(request).await.unwrap().rows;
            assert!(!rows.is_empty());
            let names = rows.iter().map(|row| whole(&row.name));
            let departments = rows.iter().map(|row| row.department.clone());
            names.chain(departments).map(|text| version_of(&text)).collect()
        }
        2 => {
            let filter = GuideFilter::default();
            let view = client.browse_guides(BrowseGuides { filter }).await.unwrap();
            let versions: BTreeSet<u64> =
                view.departments.iter().map(|facet| version_of(&facet.name)).collect();
            let [theme] = view.themes.as_slice() else { panic!("{:?}", view.themes) };
            assert_eq!(theme.guides, view.total);
            assert!(versions.iter().all(|version| theme_of(*version) == theme.code));
            versions
        }
        _ => {
            let item = crate::world::SIGN.to_owned();
            let asked = ReadGuide { item: item.clone(), division: None };
            let Guide { item: guide, office, .. } = client.read_guide(asked).await.unwrap().guide;
            let names = [&guide.name, &office.department].into_iter().chain(&guide.aliases);
            let versions: BTreeSet<u64> = names.map(|text| version_of(text)).collect();
            assert!(versions.iter().all(|version| theme_of(*version) == guide.themes[0].code()));
            let groups = client.list_places(ListPlaces { item }).await.unwrap();
            // It is asked by itself, so that a newer one may have come in between.
            let at_places: BTreeSet<u64> = groups
                .iter()
                .flat_map(|group| &group.places)
                .map(|place| version_of(&place.department))
                .collect();
            assert_eq!(at_places.len(), 1, "{at_places:?}");
            assert!(at_places >= versions, "{at_places:?} after {versions:?}");
            versions
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_reads_while_updates_are_applied_is_answered_of_one_version() {
    let mut world = World::with_every_item().await;
    publish(&mut world, 1).await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let newest = Arc::new(AtomicU64::new(1));
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (client, newest) = (client.clone(), Arc::clone(&newest));
            tokio::spawn(async move {
                let (mut seen, mut turn) = (BTreeSet::new(), reader);
                while seen.last() != Some(&VERSIONS) {
                    let installed = newest.load(Ordering::SeqCst);
                    let versions = versions_in_an_answer(&client, turn).await;
                    assert_eq!(versions.len(), 1, "{versions:?} in answer {turn}");
                    let version = *versions.first().unwrap();
                    let before = seen.last().copied().unwrap_or(1).max(installed);
                    assert!(version >= before, "{version} after {before}");
                    seen.insert(version);
                    turn += 1;
                }
                (seen.len(), turn)
            })
        })
        .collect();
    for version in 2..=VERSIONS {
        publish(&mut world, version).await;
        client.update_catalogue(UpdateCatalogue {}).await.unwrap();
        newest.store(version, Ordering::SeqCst);
    }
    for reader in readers {
        let (versions, answers) = reader.await.unwrap();
        assert!(versions > 2 && answers > 50, "{versions} versions in {answers} answers");
    }
}
