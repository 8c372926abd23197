//! Updates: applied to what was published once, they make of it what is published now.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tongban_contract::{
    catalogue::{Record, Removed},
    update::{Update, UpdateHead},
};
use tongban_platform::{catalogue::Catalogue, keys::Keys};

use crate::import::Office;

const REGIONS: [&str; 4] = ["42", "4205", "420505", "420506"];

fn row(code: &str, name: &str, division: &str, more: Value) -> Value {
    let mut row = json!({"name": name, "department": "公安局", "code": code,
        "division": division, "type": "20"});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

/// What departments send in, one version after the other.
fn lists() -> Vec<Value> {
    let row = |code, name, division| row(code, name, division, json!({}));
    let with = self::row;
    vec![
        json!([
            row("everywhere-1", "居住证办理", "42"),
            row("city-1", "户口注销", "4205"),
            row("both-1", "养犬登记", "420505"),
            row("own-1", "开锁备案", "420506"),
        ]),
        // The same item begins to be carried out in another county; a new one comes.
        json!([row("both-2", "养犬登记", "420506"), row("street-1", "居住登记", "420506001"),]),
        // Another says something else, of the item and of the place alone.
        json!([
            with("city-1", "户口注销", "4205", json!({"visits": 1, "visit_reason": "核验"})),
            with("both-2", "养犬登记", "420506", json!({"address": "平云二路"})),
        ]),
        // One is renamed: its place leaves the old item, which goes. One moves.
        json!([row("own-1", "开锁业备案", "420506"), row("street-1", "居住登记", "420505"),]),
        // And back again.
        json!([row("own-1", "开锁备案", "420506")]),
    ]
}

/// An update, verified.
fn update(
    catalogue: &Catalogue,
    keys: &Keys,
    region: &str,
    from: u64,
) -> (UpdateHead, Vec<Record>) {
    let bytes = catalogue.update(&region.parse().unwrap(), from, keys).unwrap().unwrap();
    let update = Update::read(&bytes).unwrap();
    let key = minisign_verify::PublicKey::from_base64(&keys.public_key()).unwrap();
    let signature = minisign_verify::Signature::decode(update.signature).unwrap();
    key.verify(update.head, &signature, false).unwrap();
    let head: UpdateHead = serde_json::from_slice(update.head).unwrap();
    let text = match update.payload {
        [] => Vec::new(),
        payload => zstd::decode_all(payload).unwrap(),
    };
    assert_eq!((head.bytes, head.unpacked_bytes), (update.payload.len() as u64, text.len() as u64));
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (head, lines.map(|line| serde_json::from_slice(line).unwrap()).collect())
}

/// What is there once these records were read, one after the other: what no place carries out
/// is not. What has left one place may have been told of in another before.
fn read(records: impl IntoIterator<Item = Record>) -> BTreeMap<String, Record> {
    let mut there = BTreeMap::new();
    for record in records {
        let known_by = match &record {
            Record::Item(item) => format!("item {}", item.code),
            Record::Removed(Removed::Item { code }) => format!("item {code}"),
            Record::Place(place) => format!("place {}", place.code),
            Record::Removed(Removed::Place { code, .. }) => format!("place {code}"),
            other => panic!("{other:?}"),
        };
        match record {
            Record::Removed(Removed::Place { division, .. }) => {
                let left = |there: &Record| match there {
                    Record::Place(place) => division.as_ref() == Some(&place.division),
                    _ => false,
                };
                if there.get(&known_by).is_some_and(left) {
                    there.remove(&known_by);
                }
            }
            Record::Removed(_) => drop(there.remove(&known_by)),
            record => drop(there.insert(known_by, record)),
        }
    }
    let carried_out: Vec<String> = there
        .values()
        .filter_map(|record| match record {
            Record::Place(place) => Some(place.item.clone()),
            _ => None,
        })
        .collect();
    there.retain(|_, record| match record {
        Record::Item(item) => carried_out.contains(&item.code),
        _ => true,
    });
    there
}

#[tokio::test]
async fn an_update_makes_of_each_older_version_what_is_published_now() {
    let office = Office::new();
    let mut versions: Vec<BTreeMap<&str, Vec<Record>>> = Vec::new();
    for (number, list) in lines_of(lists()) {
        office.take("list.json", &list);
        let (catalogue, keys) = office.published().await;
        assert_eq!(catalogue.manifest.version, number);
        let now = REGIONS.map(|region| (region, office.records(&catalogue, region)));
        versions.push(now.into_iter().collect());
        for (from, there) in versions.iter().enumerate().map(|(at, there)| (at as u64 + 1, there)) {
            for region in REGIONS {
                let (head, changed) = update(&catalogue, &keys, region, from);
                assert_eq!((head.from, head.version), (from, number));
                assert_eq!(head.region.as_str(), region);
                let now = read(versions.last().unwrap()[region].clone());
                let updated = read(there[region].iter().cloned().chain(changed));
                assert_eq!(updated, now, "{region} from {from} to {number}");
            }
            for both in [["420505", "420506"], ["420506", "420505"]] {
                let of_both = |version: &BTreeMap<&str, Vec<Record>>| {
                    both.iter().flat_map(|region| version[region].clone()).collect::<Vec<_>>()
                };
                let changed = both.iter().flat_map(|r| update(&catalogue, &keys, r, from).1);
                let updated = read(of_both(there).into_iter().chain(changed));
                let now = read(of_both(versions.last().unwrap()));
                assert_eq!(updated, now, "{both:?} from {from} to {number}");
            }
        }
    }
}

fn lines_of(lists: Vec<Value>) -> impl Iterator<Item = (u64, String)> {
    (1..).zip(lists).map(|(number, list)| (number, list.to_string()))
}

#[tokio::test]
async fn an_update_says_what_changed_and_no_more() {
    let office = Office::new();
    for list in lists().iter().take(3) {
        office.take("list.json", &list.to_string());
        office.published().await;
    }
    let (catalogue, keys) = office.published().await;
    assert_eq!(catalogue.manifest.version, 3);
    let changed = |region, from| update(&catalogue, &keys, region, from).1;
    assert_eq!(changed("420506", 3), []);
    // Of the city's item and of the place in the other county: not the items that stay.
    let of_other = changed("420506", 2);
    assert_eq!(of_other.len(), 2, "{of_other:?}");
    let of_one = changed("420505", 2);
    assert!(matches!(&of_one[..], [Record::Item(item)] if item.name == "户口注销"), "{of_one:?}");
    // An item that comes to a county comes with what it says.
    let from_first = changed("420506", 1);
    let names = from_first.iter().filter_map(|record| match record {
        Record::Item(item) => Some(item.name.as_str()),
        _ => None,
    });
    let names: Vec<_> = names.collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(["养犬登记", "居住登记", "户口注销"].iter().all(|name| names.contains(name)));
}
