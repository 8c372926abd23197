//! Departments' own lists: three formats, one meaning; what belongs together; what is left out.

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

#[tokio::test]
async fn a_list_says_the_same_in_each_format() {
    let rows = json!([
        {"name": "居住证办理", "department": "区公安分局", "code": "a-1", "division": "420506000000",
         "type": "7", "aliases": ["暂住证", "办居住证"], "visits": 1, "promised_days": 15,
         "address": "小溪塔街道 1 号，二楼", "materials": [
            {"id": "id", "name": "居民身份证", "necessity": "1", "source": "20"}]},
        {"name": "户口注销", "department": "区公安分局", "code": "a-2", "division": "4205",
         "type": "20"},
    ]);
    let lines: Vec<String> = rows.as_array().unwrap().iter().map(Value::to_string).collect();
    let csv = "\u{feff}事项名称,实施主体,实施编码,行政区划,事项类型,日常用语,到现场次数,承诺办结时限,办理地点,materials\r\n\
        居住证办理,区公安分局,a-1,420506000000,7,暂住证；办居住证,1,15,\"小溪塔街道 1 号，二楼\",\
        \"[{\"\"id\"\":\"\"id\"\",\"\"name\"\":\"\"居民身份证\"\",\"\"necessity\"\":\"\"1\"\",\"\"source\"\":\"\"20\"\"}]\"\r\n\
        户口注销,区公安分局,a-2,4205,20,,,,,\r\n";
    let mut published = Vec::new();
    for (name, text) in [
        ("list.json", rows.to_string()),
        ("wrapped.json", json!({"updated": "2026-11", "items": rows}).to_string()),
        ("list.jsonl", format!("{}\n\n", lines.join("\n"))),
        ("list.csv", csv.to_owned()),
    ] {
        let office = Office::new();
        let report = office.take(name, &text);
        assert_eq!((report.rows, report.added, report.items), (2, 2, 2), "{name}: {report}");
        assert!(report.left_out.is_empty() && report.unknown.is_empty(), "{name}: {report}");
        published.push(office.guides("420506").await);
    }
    let [first, others @ ..] = published.as_slice() else { panic!() };
    assert!(others.iter().all(|other| other == first), "{published:#?}");
    // What was given, and of what was not given nothing is made up.
    let of = |name: &str| first.iter().find(|guide| guide.item.name == name).unwrap();
    let (permit, removal) = (of("居住证办理"), of("户口注销"));
    assert_eq!((permit.item.visits, permit.item.promised_days), (Some(1), Some(15)));
    assert_eq!(
        (permit.item.item_type.code(), permit.office.address.as_str()),
        ("07", "小溪塔街道 1 号，二楼")
    );
    assert_eq!((removal.item.visits, &removal.item.fees), (None, &None));
    assert!(removal.item.badges().is_empty() && removal.item.project_type.code().is_empty());
    assert_eq!(removal.item.level.code(), "3");
}

#[tokio::test]
async fn places_of_one_item_are_known_by_its_code_or_by_name_and_type() {
    let office = Office::new();
    let code = |organisation: &str| format!("{organisation}4002014102000");
    let (here, there) = (code("11420506MB1234567X"), code("11420505MB1234567X"));
    let mut other = row(&there, "创业补贴（一次性）", "420505");
    other["promised_days"] = json!(10);
    let mut of_type = row("x-4", "居住证办理", "420506");
    of_type["type"] = json!("07");
    let rows = json!([
        row(&here, "一次性创业补贴", "420506"),
        other,
        row("x-1", "居住证办理", "420506"),
        row("x-2", "居住证办理", "420505"),
        row("x-3", "居住证补办", "420505"),
        of_type,
    ]);
    let report = office.take("list.json", &rows.to_string());
    assert_eq!((report.places, report.items), (6, 4), "{report}");
    let guides = office.guides("420505").await;
    let names: Vec<&str> = guides.iter().map(|guide| guide.item.name.as_str()).collect();
    assert_eq!(guides.len(), 3, "{names:?}");
    let subsidy = guides.iter().find(|guide| guide.code == there).unwrap();
    assert_eq!(subsidy.item.code, "002014102000");
    assert_eq!(subsidy.item.name, "创业补贴（一次性）");
    assert_eq!(subsidy.item.promised_days, Some(10));
    let of_here = office.guides("420506").await;
    assert_eq!(of_here.iter().find(|guide| guide.code == here).unwrap().item.promised_days, None);
    let basic = |code: &str| {
        of_here.iter().chain(&guides).find(|guide| guide.code == code).unwrap().item.code.clone()
    };
    assert_eq!(basic("x-1"), basic("x-2"));
    assert_ne!(basic("x-1"), basic("x-4"));
}

#[tokio::test]
async fn a_place_that_is_cancelled_leaves_its_item_to_the_others() {
    let office = Office::new();
    let with = |code: &str, division: &str, state: &str| {
        let mut row = row(code, "居住证办理", division);
        row["state"] = json!(state);
        row
    };
    let both = json!([with("e-1", "420505", "1"), with("e-2", "420506", "1")]);
    office.take("list.json", &both.to_string());
    let report = office.take("list.json", &json!([with("e-1", "420505", "3")]).to_string());
    assert_eq!((report.left, report.places, report.items), (1, 1, 1), "{report}");
    assert_eq!(office.guides("420506").await[0].item.state.code(), "1");
    // What never was there cannot leave, and one that is being drafted is not there yet.
    let report = office.take("list.json", &json!([with("e-3", "420506", "4")]).to_string());
    assert_eq!((report.places, report.left_out.len()), (1, 1), "{report}");
    assert!(report.to_string().contains("状态是“拟定”，不公布"), "{report}");
    // Another word for a state is no reason to keep an item from people.
    let report = office.take("list.json", &json!([with("e-2", "420506", "启用")]).to_string());
    assert_eq!((report.places, report.uncoded.contains("状态=启用")), (1, true), "{report}");
    assert_eq!(office.guides("420506").await[0].item.state.code(), "1");
    // The last one takes the item with it.
    let report = office.take("list.json", &json!([with("e-2", "420506", "3")]).to_string());
    assert_eq!((report.left, report.places, report.items), (1, 0, 0), "{report}");
}

#[tokio::test]
async fn what_names_no_item_is_left_out_and_told_and_the_rest_is_taken() {
    let office = Office::new();
    let mut elsewhere = row("b-1", "事项", "510100");
    elsewhere["colour"] = json!("green");
    let mut wrong = row("b-2", "事项", "420506");
    wrong["visits"] = json!("often");
    let mut nameless = row("b-3", " ", "420506");
    nameless["name"] = json!(null);
    let mut odd = row("b-4", "好事项", "420506");
    odd["visits"] = json!(2);
    odd["colour"] = json!("green");
    let rows = [elsewhere, wrong, nameless, json!(7), odd].map(|row| row.to_string());
    let report = office.take("list.jsonl", &format!("{}\n{{broken", rows.join("\n")));
    assert_eq!((report.rows, report.added, report.left_out.len()), (6, 2, 4), "{report}");
    let lines: Vec<usize> = report.left_out.iter().map(|(_, line, _)| *line).collect();
    assert_eq!(lines, [1, 3, 4, 6]);
    let told = report.to_string();
    for words in [
        "5101",
        "没有写事项名称",
        "colour",
        "visit-reason",
        "2 个基本事项",
        "“到现场次数”有 1 处没有收下",
        "list.jsonl 第 2 行应当是不带文字的整数，写的是“often”",
        "list.jsonl 第 6 行没有收下",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // What cannot be read is not there, and the rest of its row is.
    let guides = office.guides("420506").await;
    let wrong = guides.iter().find(|guide| guide.item.name == "事项").unwrap();
    assert_eq!((guides.len(), wrong.item.visits), (2, None));
}

#[tokio::test]
async fn a_list_that_comes_again_changes_what_it_says_differently_and_keeps_the_rest() {
    let office = Office::new();
    let first = json!([row("c-1", "事项甲", "420506"), row("c-2", "事项甲", "420505")]);
    assert_eq!(office.take("list.json", &first.to_string()).added, 2);
    let again = office.take("list.json", &first.to_string());
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2), "{again}");
    let mut other = row("c-2", "事项甲", "420505");
    other["phone"] = json!("0717-0000000");
    let second = office.take("list.json", &json!([other]).to_string());
    assert_eq!((second.changed, second.places), (1, 2), "{second}");
    assert_eq!(office.guides("420505").await[0].office.phone, "0717-0000000");
    assert_eq!(office.guides("420506").await[0].office.phone, "");
    // A place that is renamed is there under its new name alone, and an item without a place
    // is gone.
    let renamed = json!([row("c-1", "事项乙", "420506"), row("c-2", "事项乙", "420505")]);
    let third = office.take("list.json", &renamed.to_string());
    assert_eq!((third.changed, third.items, third.places), (2, 1, 2), "{third}");
    let names: Vec<String> =
        office.guides("420506").await.into_iter().map(|guide| guide.item.name).collect();
    assert_eq!(names, ["事项乙"]);
}

#[test]
fn what_is_no_list_is_refused_as_a_whole_and_changes_nothing() {
    let office = Office::new();
    office.take("list.json", &json!([row("d-1", "事项", "420506")]).to_string());
    let kept = || fs::read(office.data().join("catalogue/imported.jsonl")).unwrap();
    let before = kept();
    for (name, text) in [("a.json", "{"), ("b.json", "7"), ("c.xlsx", "PK"), ("d.json", "{}")] {
        let list = office.folder.path().join(name);
        fs::write(&list, text).unwrap();
        import(&office.data(), &office.assets(), &list).unwrap_err();
        assert_eq!(kept(), before, "{name}");
    }
}

#[tokio::test]
async fn an_item_is_known_by_what_most_of_its_places_say_and_not_by_the_first_that_came() {
    let office = Office::new();
    let named = |code: &str, division: &str, name: &str| {
        let mut row = row(code, name, division);
        row["basic_code"] = json!("b");
        row
    };
    // The first says little.
    let bare = named("g-1", "420505", "居住证办理");
    let mut full = [("g-2", "420506"), ("g-3", "4205"), ("g-4", "420506001")]
        .map(|(code, division)| named(code, division, "居住证办理"));
    for row in &mut full {
        row["aliases"] = json!(["暂住证"]);
        row["themes"] = json!(["education"]);
    }
    let list = json!([bare, full[0], full[1], full[2]]).to_string();
    office.take("list.json", &list);
    let kept = || {
        let kept = fs::read_to_string(office.data().join("catalogue/imported.jsonl")).unwrap();
        serde_json::from_str::<Value>(kept.lines().next().unwrap()).unwrap()
    };
    assert_eq!(kept()["aliases"], json!(["暂住证"]));
    assert_eq!(kept()["themes"], json!(["education"]));
    let bare = office.guides("420505").await;
    let bare = bare.iter().find(|guide| guide.code == "g-1").unwrap();
    assert!(bare.item.aliases.is_empty(), "{bare:?}");
    // The same again is nothing new, nor published anew.
    let version = office.published().await.0.manifest.version;
    let again = office.take("list.json", &list);
    assert_eq!((again.changed, again.unchanged), (0, 4), "{again}");
    assert_eq!(office.published().await.0.manifest.version, version);

    // Most of them rename it: so it is called.
    let renamed = [("g-1", "420505"), ("g-2", "420506"), ("g-3", "4205")]
        .map(|(code, division)| named(code, division, "居住证申领"));
    office.take("list.json", &json!(renamed).to_string());
    assert_eq!(kept()["name"], "居住证申领");
    let names: Vec<_> = office.guides("420506").await;
    let name = |code: &str| &names.iter().find(|guide| guide.code == code).unwrap().item.name;
    assert_eq!((name("g-2").as_str(), name("g-4").as_str()), ("居住证申领", "居住证办理"));
}

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

#[tokio::test]
async fn a_departments_place_of_an_item_of_the_assets_stands_where_the_sample_made_one_up() {
    let office = Office::new();
    let source = json!({
        "item": {"code": "002014102000", "version": "7", "name": "一次性创业补贴", "state": "1",
            "type": "05", "level": "4", "promised_days": 20, "has_form": true, "assurance": 3,
            "materials": [{"id": "m", "name": "申请表", "necessity": "1", "source": "10"}]},
        "form": {"version": "1", "schema": {"type": "object"},
            "ui_schema": {"type": "VerticalLayout", "elements": []}},
        "places": {"level": "county", "department": "{name}人社局"},
    });
    fs::write(office.assets().join("catalogue/items/a.json"), source.to_string()).unwrap();
    let mut here = row("11420506MB1234567X4002014102000", "一次性创业补贴", "420506");
    here["type"] = json!("05");
    here["address"] = json!("平云二路 1 号");
    here["promised_days"] = json!(5);
    here["materials"] = json!([{"id": "x", "name": "别的", "necessity": "1", "source": "10"}]);
    let report = office.take("list.json", &json!([here]).to_string());
    assert_eq!((report.added, report.places), (1, 1), "{report}");
    assert!(report.to_string().contains("form-materials"), "{report}");

    let guides = office.records(&office.published().await.0, "420506");
    let places: Vec<&Place> = guides
        .iter()
        .filter_map(|record| match record {
            Record::Place(place) => Some(&**place),
            _ => None,
        })
        .collect();
    let [place] = places[..] else { panic!("{places:?}") };
    assert_eq!((place.code.len(), place.office.address.as_str()), (31, "平云二路 1 号"));
    let Record::Item(item) = &guides[0] else { panic!("{guides:?}") };
    assert!(matches!(&guides[1], Record::Form { .. }), "{guides:?}");
    let guide = Guide::at(item, place).unwrap();
    assert_eq!(guide.item.promised_days, Some(5));
    // What is filed is checked by the assets' item: it stays what it is.
    let kept = Item { promised_days: Some(20), ..guide.item };
    assert_eq!(&kept, &**item);
    // Elsewhere the sample's office is as it was.
    let (catalogue, _) = office.published().await;
    let there = office.records(&catalogue, "420505");
    let made_up = |record: &Record| matches!(record, Record::Place(place) if place.office.department == "猇亭区人社局");
    assert!(there.iter().any(made_up), "{there:?}");
}

#[tokio::test]
async fn terms_are_understood_as_their_codes() {
    let office = Office::new();
    let csv = "事项名称,实施主体,实施编码,行政区划,事项类型,服务对象,办件类型,主题,状态\n\
        许可甲,区公安分局,j-1,夷陵区,行政许可,自然人、企业法人,即办件,教育|医疗卫生,在用\n\
        许可乙,区公安分局,j-2,420506,行政许可,自然人,承诺件,户籍,取消\n";
    let report = office.take("list.csv", csv);
    assert_eq!((report.added, report.left_out.len()), (1, 1), "{report}");
    assert!(report.to_string().contains("状态是“取消”，不公布"), "{report}");
    assert!(report.to_string().contains("规定的名称：主题=户籍"), "{report}");
    let guides = office.guides("420506").await;
    let item = &guides[0].item;
    assert_eq!((item.item_type.code(), item.project_type.code()), ("01", "1"));
    let codes: Vec<_> = item.audiences.iter().map(|one| one.code()).collect();
    let themes: Vec<_> = item.themes.iter().map(|one| one.code()).collect();
    assert_eq!((codes, themes), (vec!["1", "2"], vec!["education", "health"]));
}

#[test]
fn a_row_of_another_width_is_left_out_with_its_line() {
    let office = Office::new();
    let header = "事项名称,实施主体,实施编码,行政区划,事项类型,办理地点\n";
    let good = |code: &str| format!("事项{code},公安局,{code},420506,20,\"一号，\n二楼\"\n");
    let csv = format!(
        "{header}{}坏事项,公安局,k-2,420506,20,一号,二楼\n短,公安局\n,,,,,\n{}",
        good("k-1"),
        good("k-3")
    );
    let report = office.take("list.csv", &csv);
    assert_eq!((report.rows, report.added), (4, 2), "{report}");
    let lines: Vec<usize> = report.left_out.iter().map(|(_, line, _)| *line).collect();
    assert_eq!(lines, [4, 5], "{report}");
    assert!(
        report.to_string().contains("list.csv 第 4 行没有收下：有 7 格，表头有 6 格"),
        "{report}"
    );

    // A quote that is open swallows what follows, and that is told.
    let csv = format!(
        "{header}{}坏事项,公安局,k-4,420506,20,\"一号\n{}",
        good("k-1"),
        "事项,公安局,k-5,420506,20,二号\n"
    );
    let report = office.take("open.csv", &csv);
    assert_eq!((report.unchanged, report.added, report.left_out.len()), (1, 0, 1), "{report}");
    assert!(report.to_string().contains("第 4 行的引号没有闭合"), "{report}");
}

#[tokio::test]
async fn a_code_that_comes_twice_for_something_else_is_told_and_the_first_stays() {
    let office = Office::new();
    let rows = json!([
        row("l-1", "事项甲", "420506"),
        row("l-1", "事项甲", "420505"),
        row("l-1", "事项乙", "420506"),
        row("l-1", "事项甲", "420506"),
        row("1.14205E+30", "事项丙", "420506"),
    ]);
    let report = office.take("list.json", &rows.to_string());
    assert_eq!((report.added, report.unchanged, report.places), (1, 1, 1), "{report}");
    let told = report.to_string();
    for words in [
        "list.json 第 1 条已经用过，那里是“事项甲”（420506），这里是“事项甲”（420505）",
        "“1.14205E+30”是按数字保存的",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(office.guides("420506").await[0].item.name, "事项甲");
    // As a number it is not exact any more, however it is written.
    let number = r#"[{"name": "丁", "department": "局", "code": 1142050600000000001,
        "division": "420506", "type": "20"}]"#;
    assert_eq!(office.take("number.json", number).left_out.len(), 1);
    // The next list may well say something else of it.
    let next = office.take("list.json", &json!([row("l-1", "事项乙", "420506")]).to_string());
    assert_eq!((next.changed, next.left_out.len()), (1, 0), "{next}");
}

#[tokio::test]
async fn what_spreadsheets_write_is_read_and_a_bad_file_leaves_the_others_alone() {
    let office = Office::new();
    let folder = office.folder.path().join("lists");
    fs::create_dir_all(folder.join("inner")).unwrap();
    fs::create_dir_all(folder.join("folder.jsonl")).unwrap();
    let csv = |code: &str| {
        format!(
            "事项名称,实施主体,实施编码,行政区划,事项类型\r\n居住证办理,区公安分局,{code},420506,20\r\n"
        )
    };
    let text = csv("m-1");
    let (gbk, _, _) = encoding_rs::GBK.encode(&text);
    fs::write(folder.join("a.csv"), gbk).unwrap();
    let wide = csv("m-2").replace(',', "\t");
    let wide: Vec<u8> =
        std::iter::once(0xFEFF).chain(wide.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.join("b.csv"), wide).unwrap();
    let json = json!([row("m-3", "居住证办理", "420506")]).to_string();
    fs::write(folder.join("c.json"), format!("\u{feff}{json}")).unwrap();
    fs::write(folder.join("d.json"), "[{").unwrap();
    fs::write(folder.join("e.xlsx"), "PK").unwrap();
    fs::write(folder.join("f.txt"), "").unwrap();
    let report = import(&office.data(), &office.assets(), &folder).unwrap();
    assert_eq!((report.added, report.items, report.left_out.len()), (3, 1, 0), "{report}");
    let others: Vec<_> = report
        .not_read
        .iter()
        .map(|(path, _)| path.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(others, ["e.xlsx", "f.txt", "folder.jsonl", "inner", "d.json"], "{report}");
    let told = report.to_string();
    for words in ["另存为 CSV", "不是完整的 JSON", "是文件夹"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(office.guides("420506").await[0].item.name, "居住证办理");
}

#[test]
fn a_list_without_a_row_is_warned_of() {
    let office = Office::new();
    let report = office.take("list.json", "[]");
    assert!(report.to_string().contains("一个事项也没有读到"), "{report}");
    let one = json!({"name": "事项", "department": "局", "code": "n-1", "division": "夷陵区",
        "type": "20", "materials": [{"name": "证", "necessity": "1", "source": "10"}]});
    let report = office.take("one.json", &one.to_string());
    assert_eq!((report.rows, report.added), (1, 1), "{report}");
}

#[tokio::test]
async fn a_row_without_a_code_joins_the_item_of_its_name_and_type_wherever_that_stands() {
    let code = "11420506MB1234567X4002014102000";
    let with = |code: &str, division: &str| {
        let mut row = row(code, "一次性创业补贴", division);
        row["type"] = json!("05");
        row
    };
    let (coded, bare) = (with(code, "420506"), with("o-1", "420505"));
    for rows in [json!([coded, bare]), json!([bare, coded])] {
        let office = Office::new();
        let report = office.take("list.json", &rows.to_string());
        assert_eq!((report.items, report.places), (1, 2), "{report}");
        let again = office.take("list.json", &rows.to_string());
        assert_eq!((again.unchanged, again.items), (2, 1), "{again}");
        assert_eq!(office.guides("420505").await[0].item.code, "002014102000");
        // Nor where the item is there already.
        let more = office.take("more.json", &json!([with("o-2", "4205")]).to_string());
        assert_eq!((more.added, more.items), (1, 1), "{more}");
    }
    // An item of the assets is one as well.
    let office = Office::new();
    let source = json!({
        "item": {"code": "000000000007", "version": "1", "name": "一次性创业补贴", "state": "1",
            "type": "05", "level": "4"},
        "places": {"level": "county", "department": "{name}人社局"},
    });
    fs::write(office.assets().join("catalogue/items/a.json"), source.to_string()).unwrap();
    office.take("list.json", &json!([bare]).to_string());
    let guides = office.guides("420505").await;
    let codes: Vec<_> = guides.iter().map(|guide| (&*guide.item.code, &*guide.code)).collect();
    assert_eq!(codes, [("000000000007", "o-1")]);
}

#[test]
fn what_is_odd_about_a_place_is_found_with_its_code() {
    let office = Office::new();
    let mut rows: Vec<Value> =
        (0..9).map(|number| row(&format!("p-{number}"), "居住证办理", "420506")).collect();
    for row in rows.iter_mut().skip(2) {
        row["visits"] = json!(2);
        row["visit_reason"] = json!("核验");
    }
    rows[1]["visits"] = json!(2);
    rows[0]["phone"] = json!("0717-1");
    rows[0]["complaint_phone"] = json!("0717-1");
    let report = office.take("list.json", &json!(rows).to_string());
    assert_eq!((report.odd.count("visit-reason"), report.odd.count("same-phone")), (1, 1));
    let told = report.to_string();
    assert!(
        told.contains("1 处（visit-reason）") && told.contains("居住证办理 p-1（420506）"),
        "{told}"
    );
    let data = office.data();
    let published = tongban_platform::catalogue::lint::report(&office.assets(), &data).unwrap();
    assert!(published.contains("居住证办理 p-1（420506）"), "{published}");
}

#[tokio::test]
async fn only_what_holds_examples_is_called_a_sample() {
    let office = Office::new();
    let sample = async || office.published().await.0.manifest.sample;
    office.take("list.json", &json!([row("q-1", "居住证办理", "420506")]).to_string());
    assert!(!sample().await, "departments' lists alone are none");
    let source = json!({
        "item": {"code": "000000000007", "version": "1", "name": "事项", "state": "1",
            "type": "05", "level": "4"},
        "places": {"level": "county", "department": "{name}人社局"},
    });
    fs::write(office.assets().join("catalogue/items/a.json"), source.to_string()).unwrap();
    assert!(sample().await, "where nobody says otherwise");
    let about = office.assets().join("catalogue/catalogue.json");
    let version = office.published().await.0.manifest.version;
    fs::write(&about, r#"{"sample": false}"#).unwrap();
    assert!(!sample().await);
    assert_eq!(office.published().await.0.manifest.version, version + 1);
    // What was made up is none of the departments', also when a list comes on top of it.
    let made = tongban_platform::catalogue::synthesise::synthesise;
    made(&office.data(), &office.assets(), 3, 1).unwrap();
    office.take("list.json", &json!([row("q-1", "居住证办理", "420506")]).to_string());
    assert!(sample().await);
    made(&office.data(), &office.assets(), 0, 1).unwrap();
    assert!(!sample().await);
}
