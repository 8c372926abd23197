//! What belongs together: which item a place carries out, and what that item says.

use std::fs;

use serde_json::{Value, json};
use tongban_contract::{
    catalogue::Record,
    guide::{Guide, Item, Place},
};

use super::{Office, row};

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
