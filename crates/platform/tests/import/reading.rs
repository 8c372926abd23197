//! Three formats and whatever spreadsheets make of them: one meaning, and nothing lost in silence.

use std::fs;

use serde_json::{Value, json};
use tongban_platform::catalogue::import::import;

use super::{Office, row};

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
