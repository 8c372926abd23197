//! The published catalogue: signed, complete, resumable, and never changed under anyone.

use std::{collections::BTreeSet, path::Path};

use crate::node::{Node, hex};
use reqwest::{Response, StatusCode};
use tongban_contract::{
    catalogue::{
        CatalogueFile, FileContent, MANIFEST_PATH, MANIFEST_SIGNATURE_PATH, Manifest, Record,
    },
    discovery::{PlatformInfo, WELL_KNOWN_PATH},
    numbers::OrgCode,
    update::{Update, UpdateHead, update_path},
};
use tongban_platform::{
    Config,
    catalogue::{Catalogue, lint},
    clock, database,
    keys::Keys,
};

async fn get(node: &Node, path: &str) -> Response {
    let response = node.client.get(format!("{}{path}", node.address)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response
}

async fn bytes_of(node: &Node, file: &CatalogueFile) -> Vec<u8> {
    get(node, &format!("/catalogue/{}", file.path)).await.bytes().await.unwrap().to_vec()
}

fn region(file: &CatalogueFile) -> Option<&str> {
    match &file.content {
        FileContent::Region { division, .. } => Some(division.as_str()),
        _ => None,
    }
}

fn file_of<'a>(manifest: &'a Manifest, code: &str) -> &'a CatalogueFile {
    manifest.files.iter().find(|file| region(file) == Some(code)).unwrap()
}

fn records(bytes: &[u8]) -> Vec<Record> {
    let text = zstd::decode_all(bytes).unwrap();
    let lines = text.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[tokio::test]
async fn the_manifest_is_signed_with_the_key_that_the_platform_names() {
    let node = Node::start().await;
    let info: PlatformInfo = get(&node, WELL_KNOWN_PATH).await.json().await.unwrap();
    assert_eq!(
        (info.issuer.as_str(), info.client_id.as_str()),
        (node.address.as_str(), "tongban-app")
    );
    assert_eq!(info.name, "湖北省政务服务平台（演示）");
    let manifest = get(&node, MANIFEST_PATH).await.bytes().await.unwrap();
    let signature = get(&node, MANIFEST_SIGNATURE_PATH).await.text().await.unwrap();
    let key = minisign_verify::PublicKey::from_base64(&info.public_key).unwrap();
    let signature = minisign_verify::Signature::decode(&signature).unwrap();
    key.verify(&manifest, &signature, false).unwrap();
    let mut changed = manifest.to_vec();
    changed[10] ^= 1;
    assert!(key.verify(&changed, &signature, false).is_err());
}

#[tokio::test]
async fn every_file_is_what_the_manifest_promises() {
    let node = Node::start().await;
    let manifest: Manifest = get(&node, MANIFEST_PATH).await.json().await.unwrap();
    assert!(manifest.sample);
    assert_eq!((manifest.province.as_str(), manifest.version), ("湖北省", 1));
    let regions: Vec<_> = manifest.files.iter().filter_map(region).collect();
    assert_eq!(regions, ["42", "4205", "420506"]);
    for file in &manifest.files {
        let bytes = bytes_of(&node, file).await;
        assert_eq!(hex(&bytes), file.digest.as_str());
        assert!(file.path.contains(file.digest.as_str()));
        assert_eq!(bytes.len() as u64, file.bytes);
        assert_eq!(zstd::decode_all(&*bytes).unwrap().len() as u64, file.unpacked_bytes);
    }

    let common = records(&bytes_of(&node, &manifest.files[0]).await);
    assert_eq!(manifest.files[0].content, FileContent::Common);
    assert_eq!(common.iter().filter(|r| matches!(r, Record::Division(_))).count(), 4);
    assert_eq!(common.iter().filter(|r| matches!(r, Record::Holidays(_))).count(), 2);

    let county = file_of(&manifest, "420506");
    assert_eq!(county.guides, 1);
    let county = records(&bytes_of(&node, county).await);
    let [Record::Item(item), Record::Form { item: of, .. }, Record::Place(place)] = &county[..]
    else {
        panic!("{county:?}");
    };
    assert_eq!((of, &place.item), (&item.code, &item.code));
    assert_eq!(place.division.as_str(), "420506");
    assert!(place.office.department.starts_with("夷陵区"));
    assert_eq!(place.code.len(), 31);
    assert_eq!(place.code, format!("{}4{}", place.office.organisation_code, item.code));
    let organisation: OrgCode = place.office.organisation_code.parse().unwrap();
    assert!(organisation.check_is_right());
    for above in ["42", "4205"] {
        assert_eq!(records(&bytes_of(&node, file_of(&manifest, above)).await), county, "{above}");
    }
}

#[tokio::test]
async fn a_download_is_resumed_where_it_broke() {
    let node = Node::start().await;
    let file = file_of(&node.platform.catalogue.manifest, "420506").clone();
    let address = format!("{}/catalogue/{}", node.address, file.path);
    let whole = node.client.get(&address).send().await.unwrap();
    let etag = whole.headers()["etag"].clone();
    assert!(whole.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let whole = whole.bytes().await.unwrap();

    let ask = |range: &str| node.client.get(&address).header("Range", range.to_owned());
    let rest = ask("bytes=100-").header("If-Range", &etag).send().await.unwrap();
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(rest.headers()["etag"], etag);
    let range = rest.headers()["content-range"].to_str().unwrap().to_owned();
    assert_eq!(range, format!("bytes 100-{}/{}", whole.len() - 1, whole.len()));
    assert_eq!(rest.bytes().await.unwrap(), whole.slice(100..));

    let other = ask("bytes=100-").header("If-Range", "\"another file\"").send().await.unwrap();
    assert_eq!((other.status(), other.bytes().await.unwrap()), (StatusCode::OK, whole.clone()));
    let beyond = ask("bytes=99999999-").send().await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let known = node.client.get(&address).header("If-None-Match", &etag).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn the_manifest_is_asked_for_again_and_costs_nothing_when_it_is_known() {
    let node = Node::start().await;
    let first = get(&node, MANIFEST_PATH).await;
    assert!(first.headers()["cache-control"].to_str().unwrap().contains("no-cache"));
    let again = node
        .client
        .get(format!("{}{MANIFEST_PATH}", node.address))
        .header("If-None-Match", &first.headers()["etag"])
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn only_published_files_are_handed_out() {
    let node = Node::start().await;
    let absent = format!("{}.jsonl.zst", "0".repeat(64));
    for name in [absent.as_str(), "..%2Fmanifest.json", "..%2F..%2Findex.json", "manifest.json"] {
        let address = format!("{}/catalogue/files/{name}", node.address);
        let response = node.client.get(address).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn the_version_grows_with_the_content_alone_and_old_files_stay() {
    let node = Node::start().await;
    let first = node.platform.catalogue.manifest.clone();
    node.set_day("2026-09-29");
    let node = node.restart().await;
    assert!(!node.platform.catalogue.changed);
    assert_eq!(node.platform.catalogue.manifest, first);

    node.publish_second_form();
    let node = node.restart().await;
    let second = &node.platform.catalogue.manifest;
    assert_eq!((second.version, second.published_at), (2, node.platform.now()));
    assert_eq!(second.files[0], first.files[0]);
    let before = file_of(&first, "420506");
    assert_ne!(file_of(second, "420506").path, before.path);
    assert_eq!(hex(&bytes_of(&node, before).await), before.digest.as_str());
}

#[tokio::test]
async fn without_divisions_the_command_that_makes_them_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let pool = database::open(folder.path()).await.unwrap();
    let now = clock::system()();
    let keys = Keys::open(&pool, now, None).await.unwrap();
    let config = Config::new(folder.path(), folder.path(), "http://localhost".parse().unwrap());
    let Err(error) = Catalogue::open(&config, &keys, now).await else { panic!("published") };
    assert!(error.to_string().contains("cargo xtask setup"), "{error}");
}

/// The sample catalogue of this repository, with one county of it.
#[tokio::test]
async fn the_sample_catalogue_can_be_published() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let folder = tempfile::tempdir().unwrap();
    let assets = folder.path().join("assets");
    std::fs::create_dir_all(assets.join("generated")).unwrap();
    for part in ["catalogue", "calendar"] {
        std::os::unix::fs::symlink(repository.join(part), assets.join(part)).unwrap();
    }
    let divisions =
        [("42", "湖北省"), ("4205", "宜昌市"), ("420506", "夷陵区"), ("420506001", "小溪塔街道")]
            .map(|(code, name)| format!("{{\"code\":\"{code}\",\"name\":\"{name}\"}}"));
    std::fs::write(assets.join("generated/divisions.jsonl"), divisions.join("\n")).unwrap();
    let pool = database::open(folder.path()).await.unwrap();
    let now = clock::system()();
    let keys = Keys::open(&pool, now, None).await.unwrap();
    let mut config = Config::new(folder.path(), &assets, "http://localhost".parse().unwrap());
    config.zstd_level = 1;
    let catalogue = Catalogue::open(&config, &keys, now).await.unwrap();

    assert!(catalogue.items.len() >= 60, "{}", catalogue.items.len());
    let county = file_of(&catalogue.manifest, "420506");
    assert_eq!(county.guides, catalogue.items.len() as u64);
    for source in catalogue.items.values() {
        if let Some(flow) = &source.flow {
            flow.check().unwrap_or_else(|e| panic!("{}: {e}", source.item.name));
        }
    }
    // The real guide behind this one has steps that sum to more than it promises.
    let odd: BTreeSet<(String, &str)> = catalogue
        .items
        .values()
        .flat_map(|s| lint::item(&s.item).into_iter().map(|w| (s.item.code.clone(), w.code)))
        .collect();
    assert_eq!(odd, BTreeSet::from([("002014102000".to_owned(), "step-days")]));
}

#[tokio::test]
async fn an_update_is_signed_and_one_that_nobody_knows_is_not_there() {
    let node = Node::start().await;
    let path = update_path(&"420506".parse().unwrap(), 1);
    let response = get(&node, &path).await;
    let etag = response.headers()["etag"].clone();
    assert!(response.headers()["cache-control"].to_str().unwrap().contains("no-cache"));
    let bytes = response.bytes().await.unwrap();
    let update = Update::read(&bytes).unwrap();
    let info: PlatformInfo = get(&node, WELL_KNOWN_PATH).await.json().await.unwrap();
    let key = minisign_verify::PublicKey::from_base64(&info.public_key).unwrap();
    let signature = minisign_verify::Signature::decode(update.signature).unwrap();
    key.verify(update.head, &signature, false).unwrap();
    let head: UpdateHead = serde_json::from_slice(update.head).unwrap();
    assert_eq!((head.from, head.version, head.bytes), (1, 1, 0));

    let known = node.client.get(format!("{}{path}", node.address)).header("If-None-Match", etag);
    assert_eq!(known.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    for path in ["420506/0", "420506/9", "420506001/1", "99/1", "x/y", "420506/-1"] {
        let address = format!("{}/catalogue/updates/{path}", node.address);
        let response = node.client.get(address).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
