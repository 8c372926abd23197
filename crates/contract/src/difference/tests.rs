//! Whatever changes of a guide is told, once, and nothing that does not.

use serde_json::{Value, json};

use super::*;

/// A guide with something in every field.
fn full() -> Value {
    const FULL: &str = r#"{
        "code": "1142050600000000000200014102000",
        "division": "420506",
        "office": {
            "department": "夷陵区人社局", "organisation_code": "11420506000000000X",
            "address": "夷兴大道 1 号", "hours": "9:00—17:00", "phone": "0717-1",
            "complaint_phone": "12345"
        },
        "item": {
            "code": "002014102000", "version": "1", "name": "一次性创业补贴",
            "aliases": ["创业钱"], "state": "1", "effective": "2026-01-01",
            "cancelled": "2027-01-01", "type": "05", "level": "4", "audiences": ["1", "2"],
            "themes": ["work"], "project_type": "2", "channels": ["1", "2"],
            "online_depth": "III", "visits": 1, "visit_reason": "核验原件",
            "cross_region": "province", "joint_departments": ["财政局"],
            "legal_basis": [{"title": "就业促进法", "article": "第十七条", "text": "国家鼓励……"}],
            "conditions": ["年满十六周岁", "已登记"],
            "steps": [
                {"name": "审查", "days": 1.5, "unit": "窗口", "standard": "齐全"},
                {"name": "决定", "days": 2.0, "unit": "科室", "standard": "合法"}
            ],
            "statutory_days": 20, "promised_days": 5,
            "special_procedures": [{"name": "公示", "days": 7, "basis": "办法"}],
            "fees": [{"name": "工本费", "standard": "10 元", "basis": "通知", "reduction": "低保"}],
            "results": [{"name": "批复", "kind": "文书", "licence_type": "11100"}],
            "situations": [{"id": "who", "question": "谁来办？", "options": [
                {"value": "self", "label": "本人"}, {"value": "agent", "label": "委托"}
            ]}],
            "materials": [{
                "id": "id-card", "name": "身份证", "kind": "证件", "necessity": "1",
                "source": "10", "originals": 1, "copies": 2, "paper": true, "electronic": true,
                "notes": "正反面", "standard": "清晰", "basis": "办法", "exempt": true,
                "licence_type": "11100", "when": {"required": ["situation"]}
            }],
            "faq": [{"question": "要多久？", "answer": "五天。"}],
            "services": {"appointment": true, "online_payment": true, "courier": true},
            "assurance": 3, "has_form": true
        }
    }"#;
    serde_json::from_str(FULL).unwrap()
}

fn guide(value: &Value) -> Guide {
    serde_json::from_value(value.clone()).unwrap()
}

fn told(before: &Value, after: &Value) -> Vec<GuideDifference> {
    differences(&guide(before), &guide(after))
}

/// Where each value stands that is none of others, or a list of values.
fn leaves(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, &format!("{at}/{name}"), into);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (number, one) in list.iter().enumerate() {
                leaves(one, &format!("{at}/{number}"), into);
            }
        }
        _ => into.push(at.to_owned()),
    }
}

/// Another value that can stand there.
fn other(value: &Value, at: &str) -> Value {
    match value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => match number.as_u64() {
            Some(number) => json!(number + 1),
            None => json!(number.as_f64().unwrap() + 1.0),
        },
        Value::Array(list) => Value::Array(list[1..].to_vec()),
        Value::String(_) if at.ends_with("division") => json!("420502"),
        Value::String(text) if text.parse::<jiff::civil::Date>().is_ok() => json!("2026-05-05"),
        Value::String(text) => json!(format!("{text}9")),
        other => panic!("{at}: {other}"),
    }
}

/// What no person is told of.
const SILENT: [&str; 7] = [
    "/item/code",
    "/item/version",
    "/item/aliases",
    "/item/themes",
    "/office/organisation_code",
    // Of the answers, only what a person reads.
    "/item/situations/0/options/0/value",
    "/item/situations/0/options/1/value",
];

/// The whole guide, value by value: no field is forgotten, also none that is new.
#[test]
fn every_value_that_changes_is_told_once() {
    let before = full();
    let mut places = Vec::new();
    leaves(&before, "", &mut places);
    assert!(places.len() > 60, "{}", places.len());
    for at in &places {
        let mut after = before.clone();
        let value = after.pointer_mut(at).unwrap();
        *value = other(value, at);
        let told = told(&before, &after);
        if SILENT.contains(&at.as_str()) {
            assert_eq!(told, [], "{at}");
            continue;
        }
        // One of several that is known by what changed is another one then.
        let is_key = ["/name", "/question", "/title", "/article", "/materials/0/id"]
            .iter()
            .any(|key| at.ends_with(key))
            || at == "/item/situations/0/id";
        let renamed = ["/item/materials/0/name", "/item/situations/0/question", "/item/name"];
        let expected = if is_key && !renamed.contains(&at.as_str()) { 2 } else { 1 };
        assert_eq!(told.len(), expected, "{at}: {told:?}");
        assert!(told.iter().all(|one| one.before != one.after), "{at}: {told:?}");
    }
}

/// A guide that says nothing any more of something says so, and the other way round.
#[test]
fn what_is_no_longer_said_is_told_with_what_it_was() {
    let full = full();
    let members: Vec<String> =
        full["item"].as_object().unwrap().keys().map(|name| format!("/item/{name}")).collect();
    for at in members {
        let name = at.trim_start_matches("/item/");
        let mut less = full.clone();
        less["item"].as_object_mut().unwrap().remove(name);
        // What must be there.
        let Ok(fewer) = serde_json::from_value::<Guide>(less.clone()) else { continue };
        let (away, back) = (differences(&guide(&full), &fewer), differences(&fewer, &guide(&full)));
        assert_eq!(away.len(), back.len(), "{name}");
        assert_eq!(away.is_empty(), SILENT.contains(&at.as_str()), "{name}");
        for (one, other) in away.iter().zip(&back) {
            assert_eq!((&one.before, &one.after), (&other.after, &other.before), "{name}");
        }
    }
}

#[test]
fn nothing_is_told_of_what_is_the_same() {
    assert_eq!(told(&full(), &full()), []);
}

#[test]
fn of_a_material_that_is_new_it_is_told_that_it_is_and_no_more() {
    let before = full();
    let mut after = before.clone();
    let mut licence = after["item"]["materials"][0].clone();
    licence["id"] = json!("licence");
    licence["name"] = json!("营业执照");
    let materials = after["item"]["materials"].as_array_mut().unwrap();
    materials.insert(0, licence);
    let of = |before: Option<&str>, after: Option<&str>| GuideDifference {
        field: GuideField::Material,
        of: String::new(),
        before: before.map(|name| Said::Text(name.into())),
        after: after.map(|name| Said::Text(name.into())),
    };
    assert_eq!(told(&before, &after), [of(None, Some("营业执照"))]);
    assert_eq!(told(&after, &before), [of(Some("营业执照"), None)]);
}

#[test]
fn a_material_by_another_name_is_the_same_one() {
    let before = full();
    let mut after = before.clone();
    after["item"]["materials"][0]["name"] = json!("居民身份证");
    after["item"]["materials"][0]["copies"] = json!(0);
    let told = told(&before, &after);
    let fields: Vec<(GuideField, &str)> =
        told.iter().map(|one| (one.field, one.of.as_str())).collect();
    let expected = [(GuideField::Material, ""), (GuideField::MaterialCopies, "居民身份证")];
    assert_eq!(fields, expected);
}

#[test]
fn conditions_that_are_put_otherwise_are_told_beside_what_they_were() {
    let mut before = full();
    before["item"]["conditions"] = json!(["甲", "乙", "丙"]);
    let conditions = |after: Value| -> Vec<[Option<String>; 2]> {
        let mut now = before.clone();
        now["item"]["conditions"] = after;
        let said = |said: Option<Said>| match said? {
            Said::Text(text) => Some(text),
            other => panic!("{other:?}"),
        };
        told(&before, &now).into_iter().map(|one| [said(one.before), said(one.after)]).collect()
    };
    let pair = |before: &str, after: &str| {
        [before, after].map(|text| (!text.is_empty()).then(|| text.to_owned()))
    };
    assert_eq!(conditions(json!(["甲", "丁", "丙"])), [pair("乙", "丁")]);
    assert_eq!(conditions(json!(["丁", "丙"])), [pair("甲", "丁"), pair("乙", "")]);
    assert_eq!(conditions(json!(["丁", "戊", "乙", "丙"])), [pair("甲", "丁"), pair("", "戊")]);
    assert_eq!(conditions(json!([])), [pair("甲", ""), pair("乙", ""), pair("丙", "")]);
    // In another order they say the same.
    assert!(conditions(json!(["丙", "甲", "乙"])).is_empty());
}

#[test]
fn of_two_steps_with_one_name_each_is_compared_with_itself() {
    let mut before = full();
    before["item"]["steps"][1]["name"] = before["item"]["steps"][0]["name"].clone();
    let mut after = before.clone();
    after["item"]["steps"][1]["days"] = json!(3.0);
    let told = told(&before, &after);
    let [one] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(one.before, Some(Said::Number(2.0)));
    assert_eq!(one.after, Some(Said::Number(3.0)));
}

#[test]
fn every_field_has_a_code_and_a_name_of_its_own() {
    let all = GuideField::ALL;
    for (number, field) in all.iter().enumerate() {
        assert_eq!(serde_json::to_value(field).unwrap(), json!(field.code()));
        let others = all.iter().skip(number + 1);
        for other in others {
            assert_ne!(field.code(), other.code());
            assert_ne!(field.term(), other.term());
        }
    }
}
