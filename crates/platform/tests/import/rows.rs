//! What a row says, what of it is left out and how that is told.

use serde_json::{Value, json};

use super::{Office, row};

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
        "list.jsonl 第 2 行：应当是不带文字的整数，写的是“often”",
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
    // A basic code that was rounded would make one item of many.
    let mut rounded = row("l-2", "事项戊", "420506");
    rounded["基本编码"] = json!("2.01E+11");
    let report = office.take("basic.json", &json!([rounded]).to_string());
    assert_eq!((report.added, report.dropped["基本编码"].0), (1, 1), "{report}");
    // As a number it is not exact any more, however it is written.
    let number = r#"[{"name": "丁", "department": "局", "code": 1142050600000000001,
        "division": "420506", "type": "20"}]"#;
    assert_eq!(office.take("number.json", number).left_out.len(), 1);
    // The next list may well say something else of it.
    let next = office.take("list.json", &json!([row("l-1", "事项乙", "420506")]).to_string());
    assert_eq!((next.changed, next.left_out.len()), (1, 0), "{next}");
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
