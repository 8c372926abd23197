//! A made-up province: as many guides as asked for, complete, without anything odd, and the same
//! ones again for the same seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use serde_json::{Value, json};
use tongban_contract::{
    catalogue::Record,
    guide::{Guide, Item, Place},
    merge_patch::diff_patch,
};
use tongban_platform::catalogue::{
    lint,
    synthesise::{Made, synthesise},
};

/// A province of 13 cities with 8 counties each, and two counties that answer to it.
struct Province {
    folder: tempfile::TempDir,
    divisions: BTreeMap<String, String>,
}

impl Province {
    fn new() -> Self {
        let mut divisions = BTreeMap::from([
            ("42".to_owned(), "湖北省".to_owned()),
            ("4290".to_owned(), "省直辖县级行政区划".to_owned()),
            ("429004".to_owned(), "甲子市".to_owned()),
            ("429005".to_owned(), "乙丑市".to_owned()),
            ("429004001".to_owned(), "城关街道".to_owned()),
        ]);
        for city in 1..=13 {
            divisions.insert(format!("42{city:02}"), format!("第{city}市"));
            for county in 1..=8 {
                let code = format!("42{city:02}{county:02}");
                divisions.insert(code.clone(), format!("{city}之{county}县"));
                for township in 1..=6 {
                    divisions.insert(format!("{code}1{township:02}"), format!("石桥{township}镇"));
                }
            }
        }
        Self { folder: tempfile::tempdir().unwrap(), divisions }.written()
    }

    fn small() -> Self {
        let divisions = [("42", "湖北省"), ("4205", "宜昌市"), ("420506", "夷陵区")];
        let divisions = divisions.map(|(code, name)| (code.to_owned(), name.to_owned()));
        Self { folder: tempfile::tempdir().unwrap(), divisions: divisions.into() }.written()
    }

    fn written(self) -> Self {
        let line = |(code, name)| json!({"code": code, "name": name}).to_string();
        let lines: Vec<String> = self.divisions.iter().map(line).collect();
        fs::create_dir_all(self.assets().join("generated")).unwrap();
        fs::write(self.assets().join("generated/divisions.jsonl"), lines.join("\n")).unwrap();
        self
    }

    fn assets(&self) -> PathBuf {
        self.folder.path().join("assets")
    }

    /// What is made, and what is kept of it.
    fn make(&self, items: usize, seed: u64) -> (Made, String) {
        let data = self.folder.path().join("data");
        let made = synthesise(&data, &self.assets(), items, seed).unwrap();
        (made, fs::read_to_string(data.join("catalogue/imported.jsonl")).unwrap())
    }
}

/// Items, each with its places.
fn read(kept: &str) -> Vec<(Item, Vec<Place>)> {
    let mut items: Vec<(Item, Vec<Place>)> = Vec::new();
    for line in kept.lines() {
        match serde_json::from_str(line).unwrap() {
            Record::Item(item) => items.push((*item, Vec::new())),
            Record::Place(place) => items.last_mut().unwrap().1.push(*place),
            other => panic!("{other:?}"),
        }
    }
    items
}

#[test]
fn the_same_seed_makes_the_same_and_another_seed_something_else() {
    let province = Province::new();
    let (made, kept) = province.make(500, 7);
    assert_eq!(province.make(500, 8).0.places, 500);
    // Made again in place of what was made in between.
    assert_eq!(province.make(500, 7), (made, kept.clone()));
    assert_ne!(province.make(500, 8).1, kept);
}

#[test]
fn there_are_exactly_as_many_places_as_asked_for() {
    let province = Province::new();
    for wanted in [0, 1, 33, 34, 131, 2_000] {
        let (made, kept) = province.make(wanted, 1);
        let items = read(&kept);
        assert_eq!(made.places, wanted, "{made}");
        assert_eq!(items.iter().map(|(_, places)| places.len()).sum::<usize>(), wanted);
        assert_eq!(made.items, items.len());
        assert!(items.iter().all(|(_, places)| (1..=130).contains(&places.len())));
    }
    // Where there are few divisions there are more items instead.
    let (made, _) = Province::small().make(1_000, 1);
    assert_eq!((made.places, made.divisions), (1_000, 3), "{made}");
    let data = province.folder.path().join("data");
    assert!(synthesise(&data, &province.assets(), 100_000_000, 1).is_err());
}

#[test]
fn nothing_is_odd_about_what_is_made_and_nothing_is_missing() {
    let province = Province::new();
    let (made, kept) = province.make(3_000, 3);
    let items = read(&kept);
    let (mut names, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for (item, places) in &items {
        assert_eq!(lint::item(item), [], "{}", item.name);
        assert_eq!(item.code.len(), 12);
        assert!(names.insert(&item.name), "{}", item.name);
        assert!((2..=6).contains(&item.materials.len()), "{}", item.name);
        assert!((2..=4).contains(&item.faq.len()), "{}", item.name);
        assert!((2..=4).contains(&item.aliases.len()), "{}: {:?}", item.name, item.aliases);
        assert!(item.statutory_days.is_some() && item.fees.is_some() && item.effective.is_some());
        has_texts(item);
        conditions_can_be_met(item);
        for place in places {
            assert_eq!(place.code.len(), 31);
            assert!(codes.insert(&place.code), "{}", place.code);
            assert!(province.divisions.contains_key(place.division.as_str()));
            assert_eq!(lint::office(&place.office), []);
            let guide = Guide::at(item, place).unwrap();
            assert_eq!(lint::item(&guide.item), [], "{} {}", item.name, place.code);
            assert_eq!(diff_patch(item, &guide.item).unwrap(), place.patch, "{}", item.name);
            assert_eq!(guide.item.level.code(), &place.code[18..19]);
            has_texts(&guide.item);
            whole(&serde_json::to_value(&guide.office).unwrap(), &place.code);
        }
    }
    // About half of the places differ, some of them in what somebody must bring.
    assert!((made.places * 2 / 5..made.places * 3 / 5).contains(&made.different), "{made}");
    let differ = |name: &str| {
        let patches = items.iter().flat_map(|(_, places)| places).map(|place| &place.patch);
        patches.filter(|patch| patch.get(name).is_some()).count()
    };
    for name in ["promised_days", "visits", "aliases", "conditions", "materials", "faq", "level"] {
        assert!(differ(name) > 10, "{name}");
    }
}

/// What may be empty: there is no reason for a visit where there is none, and so on.
fn has_texts(item: &Item) {
    let mut whole_item = serde_json::to_value(item).unwrap();
    let members = whole_item.as_object_mut().unwrap();
    for name in ["visit_reason", "cross_region"] {
        members.shift_remove(name);
    }
    for basis in members["legal_basis"].as_array_mut().unwrap() {
        basis.as_object_mut().unwrap().shift_remove("article");
    }
    for name in
        ["legal_basis", "conditions", "steps", "results", "materials", "audiences", "themes"]
    {
        assert!(!members[name].as_array().unwrap().is_empty(), "{} {name}", item.name);
    }
    whole(&whole_item, &item.name);
}

/// No text is empty, and none has a place left that should have been filled.
fn whole(value: &Value, of: &str) {
    match value {
        Value::String(text) => {
            assert!(!text.trim().is_empty() && !text.contains(['{', '}']), "{of}: {text:?}");
        }
        Value::Array(all) => all.iter().for_each(|value| whole(value, of)),
        Value::Object(members) => members.values().for_each(|value| whole(value, of)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every paper of a situation is asked for by an answer that can be given.
fn conditions_can_be_met(item: &Item) {
    let mut ids = BTreeSet::new();
    for material in &item.materials {
        assert!(ids.insert(&material.id), "{}: {}", item.name, material.id);
        let Some(when) = &material.when else { continue };
        let asked = &when["properties"]["situation"];
        let id = asked["required"][0].as_str().unwrap();
        let answer = asked["properties"][id]["const"].as_str().unwrap();
        let situation = item.situations.iter().find(|situation| situation.id == id).unwrap();
        assert!(situation.options.iter().any(|option| option.value == answer), "{}", item.name);
    }
}
