//! Departments' own lists: three formats, one meaning; what belongs together; what is left out.

mod items;
mod reading;
mod rows;
mod together;

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use tongban_contract::{
    catalogue::{FileContent, Record},
    guide::{Guide, Item, Place},
};
use tongban_platform::{
    Config,
    catalogue::{
        Catalogue,
        import::{Report, import},
    },
    database,
    keys::Keys,
};

pub(crate) struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let assets = folder.path().join("assets");
        for part in ["generated", "catalogue/items", "calendar"] {
            fs::create_dir_all(assets.join(part)).unwrap();
        }
        let divisions = [
            ("42", "湖北省"),
            ("4205", "宜昌市"),
            ("420505", "猇亭区"),
            ("420506", "夷陵区"),
            ("420506001", "小溪塔街道"),
        ];
        let divisions =
            divisions.map(|(code, name)| json!({"code": code, "name": name}).to_string());
        fs::write(assets.join("generated/divisions.jsonl"), divisions.join("\n")).unwrap();
        Self { folder }
    }

    fn assets(&self) -> PathBuf {
        self.folder.path().join("assets")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Takes a list in that is kept under this name.
    pub(crate) fn take(&self, name: &str, text: &str) -> Report {
        let list = self.folder.path().join(name);
        fs::write(&list, text).unwrap();
        import(&self.data(), &self.assets(), &list).unwrap()
    }

    /// What is published now, and the keys that sign it.
    pub(crate) async fn published(&self) -> (Catalogue, Keys) {
        fs::create_dir_all(self.data()).unwrap();
        let pool = database::open(&self.data()).await.unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let keys = Keys::open(&pool, now, None).await.unwrap();
        let mut config =
            Config::new(self.data(), self.assets(), "http://localhost".parse().unwrap());
        config.zstd_level = 1;
        (Catalogue::open(&config, &keys, now).await.unwrap(), keys)
    }

    /// The records of a region, as they are published.
    pub(crate) fn records(&self, catalogue: &Catalogue, region: &str) -> Vec<Record> {
        let of_region = |content: &FileContent| matches!(content, FileContent::Region { division, .. } if division.as_str() == region);
        let file = catalogue.manifest.files.iter().find(|f| of_region(&f.content)).unwrap();
        let packed = fs::read(self.data().join("catalogue/public").join(&file.path)).unwrap();
        let text = zstd::decode_all(packed.as_slice()).unwrap();
        assert_eq!(text.len() as u64, file.unpacked_bytes);
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let records: Vec<Record> =
            lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
        let items = records.iter().filter(|record| matches!(record, Record::Item(_))).count();
        assert_eq!(items as u64, file.guides);
        records
    }

    /// The guides of a county, as they are published.
    async fn guides(&self, county: &str) -> Vec<Guide> {
        let (catalogue, _) = self.published().await;
        let (mut items, mut guides) = (Vec::<Item>::new(), Vec::new());
        for record in self.records(&catalogue, county) {
            match record {
                Record::Item(item) => items.push(*item),
                Record::Place(place) => guides.push(guide(&items, &place)),
                other => panic!("{other:?}"),
            }
        }
        guides
    }
}

fn guide(items: &[Item], place: &Place) -> Guide {
    let item = items.iter().find(|item| item.code == place.item).expect("an item comes first");
    Guide::at(item, place).unwrap()
}

fn row(code: &str, name: &str, division: &str) -> Value {
    json!({"name": name, "department": "夷陵区公安局", "code": code, "division": division,
        "type": "20"})
}
