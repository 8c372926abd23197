//! Makes a signed publication out of records, as a platform would.

use std::collections::BTreeMap;

use minisign::KeyPair;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::{
        CatalogueFile, Division, FileContent, Holidays, MANIFEST_PATH, MANIFEST_SIGNATURE_PATH,
        Manifest, Record,
    },
    discovery::PlatformInfo,
    form::Form,
    guide::{Item, Place},
    identifiers::Digest,
    update::{Update, UpdateHead},
};

/// A platform's keys and what it publishes.
pub(in crate::catalogue) struct Publication {
    keys: KeyPair,
    pub(in crate::catalogue) version: u64,
    /// Records of the common file.
    pub(in crate::catalogue) common: Vec<Record>,
    /// Records by county.
    pub(in crate::catalogue) counties: BTreeMap<String, Vec<Record>>,
    /// Changes the manifest before it is signed.
    pub(in crate::catalogue) twist: fn(&mut Manifest),
}

impl Publication {
    /// Two counties of 湖北省, of which 夷陵区 has a few guides.
    pub(in crate::catalogue) fn small() -> Self {
        let counties = BTreeMap::from([
            ("420506".to_owned(), guides()),
            (
                "420502".to_owned(),
                vec![
                    record(item("002014205000", "社会保障卡申领")),
                    Record::Place(Box::new(place("002014205000", "420502"))),
                    record(item("000109004000", "别处的登记")),
                    Record::Place(Box::new(place("000109004000", "420502"))),
                ],
            ),
        ]);
        Self {
            keys: KeyPair::generate_unencrypted_keypair().unwrap(),
            version: 1,
            common: common(),
            counties,
            twist: |_| {},
        }
    }

    /// Every path with its bytes.
    pub(in crate::catalogue) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut published = BTreeMap::new();
        let mut files = vec![pack(&mut published, FileContent::Common, &self.common)];
        for (county, records) in &self.counties {
            let content =
                FileContent::Region { division: county.parse().unwrap(), name: county.clone() };
            files.push(pack(&mut published, content, records));
        }
        let mut manifest = Manifest {
            version: self.version,
            published_at: "2026-09-01T00:00:00Z".parse().unwrap(),
            province: "湖北省".into(),
            sample: true,
            files,
        };
        (self.twist)(&mut manifest);
        let manifest = serde_json::to_vec(&manifest).unwrap();
        let signature = minisign::sign(None, &self.keys.sk, manifest.as_slice(), None, None);
        published.insert(MANIFEST_SIGNATURE_PATH.into(), signature.unwrap().into_string().into());
        published.insert(MANIFEST_PATH.into(), manifest);
        published
    }

    /// An update of a region to this version, signed as the platform does.
    pub(in crate::catalogue) fn update(
        &self,
        region: &str,
        from: u64,
        records: &[Record],
    ) -> Vec<u8> {
        let (payload, unpacked) = match records {
            [] => (Vec::new(), 0),
            records => {
                let lines = lines(records);
                (zstd::encode_all(lines.as_bytes(), 3).unwrap(), lines.len())
            }
        };
        let head = UpdateHead {
            region: region.parse().unwrap(),
            from,
            version: self.version,
            published_at: "2026-09-03T00:00:00Z".parse().unwrap(),
            sample: true,
            digest: Digest::from_bytes(&Sha256::digest(&payload).into()),
            bytes: payload.len() as u64,
            unpacked_bytes: unpacked as u64,
        };
        self.signed_update(&head, &payload)
    }

    pub(in crate::catalogue) fn signed_update(&self, head: &UpdateHead, payload: &[u8]) -> Vec<u8> {
        let head = serde_json::to_vec(head).unwrap();
        let signature = minisign::sign(None, &self.keys.sk, head.as_slice(), None, None);
        let signature = signature.unwrap().into_string();
        Update { head: &head, signature: &signature, payload }.write()
    }

    pub(in crate::catalogue) fn info(&self) -> PlatformInfo {
        PlatformInfo {
            name: "演示".into(),
            issuer: "http://127.0.0.1/oidc".into(),
            client_id: "tongban".into(),
            public_key: self.keys.pk.to_base64(),
            courier_recipient: None,
        }
    }
}

fn pack(
    published: &mut BTreeMap<String, Vec<u8>>,
    content: FileContent,
    records: &[Record],
) -> CatalogueFile {
    let lines = lines(records);
    let packed = zstd::encode_all(lines.as_bytes(), 3).unwrap();
    let digest = Digest::from_bytes(&Sha256::digest(&packed).into());
    let path = format!("files/{digest}.jsonl.zst");
    let file = CatalogueFile {
        path: path.clone(),
        content,
        digest,
        bytes: packed.len() as u64,
        unpacked_bytes: lines.len() as u64,
        guides: 0,
    };
    published.insert(format!("/catalogue/{path}"), packed);
    file
}

fn lines(records: &[Record]) -> String {
    records.iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect()
}

fn common() -> Vec<Record> {
    let divisions = [
        ("42", "湖北省"),
        ("4205", "宜昌市"),
        ("420502", "西陵区"),
        ("420506", "夷陵区"),
        ("420506001", "小溪塔街道"),
        ("420506100", "樟村坪镇"),
        ("4290", "省直辖县级行政区划"),
        ("429004", "仙桃市"),
    ];
    let mut records: Vec<Record> = divisions
        .map(|(code, name)| {
            Record::Division(Division { code: code.parse().unwrap(), name: name.into() })
        })
        .into();
    records.push(Record::Holidays(Holidays {
        year: 2026,
        off: (1..=7).map(|day| jiff::civil::date(2026, 10, day)).collect(),
        worked: vec![jiff::civil::date(2026, 10, 10)],
    }));
    records
}

/// A few guides of 夷陵区, as different from each other as the tests need.
fn guides() -> Vec<Record> {
    let mut records = Vec::new();
    let mut add = |item: Item, places: &[Place]| {
        records.push(record(item));
        // Places and forms may come in any order; here after the item.
        records.extend(places.iter().map(|place| Record::Place(Box::new(place.clone()))));
    };
    let mut licence = item("000131001000", "个体工商户设立登记");
    licence.aliases = vec!["办营业执照".into(), "开店办执照".into(), "开个小店".into()];
    licence.themes = vec!["employment".into()];
    licence.has_form = true;
    licence.results = serde_json::from_value(json!([{"name": "营业执照"}])).unwrap();
    let mut here = place("000131001000", "420506");
    here.patch = json!({"promised_days": 3, "aliases": ["办营业执照", "夷陵开店"]});
    add(licence, &[place("000131001000", "42"), here, place("000131001000", "420506100")]);

    let mut food = item("000131023000", "食品经营许可（餐饮店开办）");
    food.aliases = vec!["办个饭馆".into(), "开餐馆".into()];
    food.themes = vec!["employment".into(), "health".into()];
    food.materials = serde_json::from_value(json!([
        {"id": "a", "name": "营业执照", "necessity": "1", "source": "20"}
    ]))
    .unwrap();
    add(food, &[place("000131023000", "4205")]);

    let mut pension = item("002014201000", "城乡居民基本养老保险参保登记");
    pension.aliases = vec!["居民养老保险".into(), "社保".into(), "农村养老保险".into()];
    pension.themes = vec!["social-security".into()];
    add(pension, &[place("002014201000", "420506100")]);

    let mut allowance = item("000511011000", "高龄津贴申领");
    allowance.themes = vec!["social-security".into()];
    allowance.has_form = true;
    let mut mountain = place("000511011000", "420506100");
    mountain.patch = json!({"promised_days": 15});
    add(allowance, &[place("000511011000", "420506001"), mountain]);

    let mut card = item("002014205000", "社会保障卡申领");
    card.aliases = vec!["办社保卡".into(), "医保卡丢了".into()];
    card.themes = vec!["social-security".into()];
    card.audiences = vec!["1".into()];
    add(card, &[place("002014205000", "420506")]);

    let mut name = item("000109001000", "变更姓名登记");
    name.aliases = vec!["改名字".into()];
    name.themes = vec!["public-safety".into()];
    add(name, &[place("000109001000", "420506")]);

    let mut driving = item("000109002000", "机动车驾驶证期满换证");
    driving.aliases = vec!["驾照到期".into(), "驾照换证".into()];
    driving.themes = vec!["public-safety".into()];
    add(driving, &[place("000109002000", "420506")]);

    let mut cancelled = item("000109003000", "取消了的登记");
    cancelled.state = "3".into();
    cancelled.themes = vec!["public-safety".into()];
    add(cancelled, &[place("000109003000", "420506")]);

    add(item("000109004000", "别处的登记"), &[place("000109004000", "420502")]);

    for item in ["000131001000", "000511011000"] {
        records.push(Record::Form { item: item.into(), form: form() });
    }
    // A form that its item does not own up to is not offered.
    records.push(Record::Form { item: "002014205000".into(), form: form() });
    records.push(Record::Unknown);
    records
}

pub(in crate::catalogue) fn form() -> Form {
    Form { version: "1".into(), schema: json!({"type": "object"}), ui_schema: json!({}) }
}

pub(in crate::catalogue) fn record(item: Item) -> Record {
    Record::Item(Box::new(item))
}

/// An item with nothing but a name.
pub(in crate::catalogue) fn item(code: &str, name: &str) -> Item {
    serde_json::from_value(json!({
        "code": code, "version": "1", "name": name, "state": "1", "type": "20", "level": "4",
        "project_type": "2", "visits": 1, "statutory_days": 20, "promised_days": 10,
    }))
    .unwrap()
}

/// The place of an item in a division.
pub(in crate::catalogue) fn place(item: &str, division: &str) -> Place {
    Place {
        code: format!("11{division:0<12}MB1B{item}"),
        item: item.into(),
        division: division.parse().unwrap(),
        office: serde_json::from_value(json!({"department": format!("{division}办事处")})).unwrap(),
        patch: Value::Null,
    }
}
