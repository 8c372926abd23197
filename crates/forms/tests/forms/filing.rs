//! Rules of a filing as a whole.

use std::collections::BTreeMap;

use serde_json::json;
use tongban_contract::{
    guide::Item,
    identifiers::Digest,
    operation::{Enclosure, Filing},
};
use tongban_forms::{CompiledForm, Condition, filing_faults, materials_asked};

use crate::support::{lines, of_properties, sample};

fn food() -> (Item, CompiledForm) {
    let sample = sample("000131023000");
    (sample.item, CompiledForm::compile(&sample.form.unwrap()).unwrap())
}

fn situation(answers: &[(&str, &str)]) -> BTreeMap<String, String> {
    answers.iter().map(|(id, value)| ((*id).into(), (*value).into())).collect()
}

fn file() -> Enclosure {
    Enclosure::File {
        digest: Digest::from_bytes(&[7; 32]),
        name: "照片.jpg".into(),
        media_type: "image/jpeg".into(),
        bytes: 4,
    }
}

fn asked(item: &Item, of: &[(&str, &str)]) -> Vec<String> {
    let asked = materials_asked(item, &situation(of), &json!({})).unwrap();
    asked.into_iter().map(|material| material.id.clone()).collect()
}

#[test]
fn the_situation_selects_materials() {
    let (item, _) = food();
    let always = ["id_card", "premises_photo", "health_certificate", "business_licence"];
    assert_eq!(asked(&item, &[]), always);
    let rented = asked(&item, &[("premises", "rented"), ("operator", "unit")]);
    assert!(rented.contains(&"lease".into()) && rented.contains(&"authorisation".into()));
    assert!(!rented.contains(&"property_proof".into()));
}

#[test]
fn an_empty_filing_lists_situation_form_and_materials() {
    let (item, form) = food();
    let faults = filing_faults(&item, &form, &Filing::default()).unwrap();
    insta::assert_json_snapshot!(lines(&faults));
}

#[test]
fn what_may_follow_later_is_not_missing_and_what_is_unknown_is_named() {
    let (item, _) = food();
    let form = of_properties(json!({}), &[]);
    let materials = ["id_card", "premises_photo", "lease", "health_certificate", "a/b"];
    let mut filing = Filing {
        situation: situation(&[("operator", "person"), ("premises", "rented")]),
        answers: json!({}),
        materials: materials.iter().map(|id| ((*id).into(), vec![file()])).collect(),
    };
    let faults = filing_faults(&item, &form, &filing).unwrap();
    assert_eq!(
        lines(&faults),
        ["/materials/a~1b material.unknown 这个事项不收这份材料，请把它从申请里移除。"]
    );

    filing.materials.insert("a/b".into(), Vec::new());
    filing.materials.insert("lease".into(), Vec::new());
    filing.situation.insert("operator".into(), "alien".into());
    let faults = filing_faults(&item, &form, &filing).unwrap();
    assert_eq!(
        lines(&faults),
        [
            "/situation/operator situation.unknown-option “您是以个人（个体工商户）名义开店，还是以公司等单位名义开店？”的选项已有变化，请重新选择。",
            "/materials/lease material.missing 请提交“租赁合同”。",
        ]
    );
}

#[test]
fn an_exempt_material_is_not_missing_and_a_licence_may_stand_for_a_file() {
    let (mut item, _) = food();
    let form = of_properties(json!({}), &[]);
    item.situations.clear();
    for material in &mut item.materials {
        material.exempt = material.id != "id_card";
    }
    item.materials[0].licence_type = Some("11100000000013338W011".into());
    let missing = filing_faults(&item, &form, &Filing::default()).unwrap();
    assert_eq!(
        lines(&missing),
        [
            "/materials/id_card material.missing 请提交“申请人身份证件”，可以引用电子证照，也可以上传文件。"
        ]
    );
    let licence = "11100000000013338W011.11430000006122244L.20230000403.001.U".parse().unwrap();
    let mut filing = Filing::default();
    filing.materials.insert("id_card".into(), vec![Enclosure::Licence { licence }]);
    assert_eq!(filing_faults(&item, &form, &filing).unwrap(), []);
}

#[test]
fn a_hidden_answer_asks_for_no_material() {
    let (mut item, _) = food();
    item.situations.clear();
    item.materials.truncate(1);
    item.materials[0].when = Some(json!({"properties": {"answers": {"required": ["b"]}}}));
    let form = crate::support::compiled(
        json!({"properties": {"a": {"type": "boolean"}, "b": {"type": "string"}}}),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/a"},
            {"type": "Control", "scope": "#/properties/b", "rule": {"effect": "SHOW",
                "condition": {"scope": "#/properties/a", "schema": {"const": true}}}}
        ]}),
    );
    let filed = |a: bool| Filing { answers: json!({"a": a, "b": "x"}), ..Filing::default() };
    assert_eq!(filing_faults(&item, &form, &filed(true)).unwrap().len(), 1);
    assert_eq!(filing_faults(&item, &form, &filed(false)).unwrap(), []);
    item.materials[0].when = Some(json!({"type": 7}));
    assert_eq!(filing_faults(&item, &form, &filed(true)).unwrap_err().code(), "form.condition");
}

#[test]
fn a_condition_sees_situation_and_answers() {
    let condition = Condition::compile(&json!({
        "properties": {
            "situation": {"properties": {"who": {"const": "unit"}}, "required": ["who"]},
            "answers": {"properties": {"area": {"minimum": 20}}, "required": ["area"]}
        }
    }))
    .unwrap();
    assert!(condition.holds(&situation(&[("who", "unit")]), &json!({"area": 20})));
    assert!(!condition.holds(&situation(&[("who", "unit")]), &json!({"area": 19})));
    assert!(!condition.holds(&situation(&[]), &json!({"area": 20})));
}
