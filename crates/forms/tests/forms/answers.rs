//! Keeping, adding and removing answers.

use serde_json::{Value, json};
use tongban_contract::form::Input;
use tongban_forms::CompiledForm;

use crate::support::{compiled, controls, lines, lists};

fn form() -> CompiledForm {
    compiled(
        json!({"type": "object", "properties": {
            "who": {"type": "object", "properties": {"name": {"type": "string"}, "a/b": {"type": "string"}}},
            "people": {"type": "array", "maxItems": 2, "minItems": 1, "title": "人员", "items": {"type": "object",
                "properties": {"name": {"type": "string"}, "country": {"type": "string", "default": "中国"}},
                "required": ["name"]}},
            "phones": {"type": "array", "items": {"type": "string", "title": "电话", "format": "mobile-phone"}},
            "extra": {"type": "string"}
        }}),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/who"},
            {"type": "Control", "scope": "#/properties/people"},
            {"type": "Control", "scope": "#/properties/phones"}
        ]}),
    )
}

#[test]
fn an_answer_makes_its_parents_and_its_removal_takes_them_away() {
    let form = form();
    let mut answers = Value::Null;
    form.set(&mut answers, "/who/name", json!("周")).unwrap();
    form.set(&mut answers, "/who/a~1b", json!("x")).unwrap();
    assert_eq!(answers, json!({"who": {"name": "周", "a/b": "x"}}));
    form.set(&mut answers, "/who/name", json!("")).unwrap();
    form.set(&mut answers, "/who/a~1b", Value::Null).unwrap();
    form.set(&mut answers, "/who/name", Value::Null).unwrap();
    assert_eq!(answers, json!({}));
}

#[test]
fn what_is_no_field_is_refused_and_nothing_changes() {
    let form = form();
    let mut answers = json!({"who": "a plain value", "people": {}});
    let before = answers.clone();
    for (pointer, code) in [
        ("/extra", "answer.unknown-field"),
        ("/who", "answer.unknown-field"),
        ("/who/name/first", "answer.unknown-field"),
        ("who/name", "answer.unknown-field"),
        ("", "answer.unknown-field"),
        ("/who/name", "answer.through-scalar"),
        ("/people/0/name", "answer.through-scalar"),
        ("/phones/0", "answer.no-such-entry"),
    ] {
        let error = form.set(&mut answers, pointer, json!("x")).unwrap_err();
        assert_eq!(error.code(), code, "{pointer}");
        assert!(error.sentence().ends_with('。') && error.next().ends_with('。'));
    }
    assert_eq!(
        form.add_entry(&mut answers, "/people").unwrap_err().code(),
        "answer.through-scalar"
    );
    assert_eq!(
        form.add_entry(&mut answers, "/who/name").unwrap_err().code(),
        "answer.unknown-field"
    );
    assert_eq!(answers, before);
}

#[test]
fn nothing_is_coerced() {
    let mut answers = json!({});
    form().set(&mut answers, "/who/name", json!(7)).unwrap();
    assert_eq!(answers, json!({"who": {"name": 7}}));
}

#[test]
fn entries_come_with_their_defaults_up_to_the_most_and_go() {
    let form = form();
    let mut answers = json!({});
    form.add_entry(&mut answers, "/people").unwrap();
    form.add_entry(&mut answers, "/people").unwrap();
    assert_eq!(answers, json!({"people": [{"country": "中国"}, {"country": "中国"}]}));
    assert_eq!(form.add_entry(&mut answers, "/people").unwrap_err().code(), "answer.list-full");
    form.set(&mut answers, "/people/1/name", json!("李")).unwrap();
    assert_eq!(lines(&form.faults(&answers)), ["/answers/people/0/name required 请填写“name”。"]);
    form.remove_entry(&mut answers, "/people/0").unwrap();
    assert_eq!(answers, json!({"people": [{"country": "中国", "name": "李"}]}));
    for (pointer, code) in [
        ("/people/1", "answer.no-such-entry"),
        ("/people/01", "answer.unknown-field"),
        ("/people", "answer.unknown-field"),
        ("/who/name", "answer.unknown-field"),
        ("/phones/0", "answer.no-such-entry"),
    ] {
        assert_eq!(form.remove_entry(&mut answers, pointer).unwrap_err().code(), code, "{pointer}");
    }
    form.remove_entry(&mut answers, "/people/0").unwrap();
    assert_eq!(answers, json!({}));
}

#[test]
fn the_buttons_of_a_list_say_what_can_be_done() {
    let schema = |required: &[&str]| json!({"properties": {"l": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}}}, "required": required});
    for (required, count, can_add, can_remove) in [
        (&["l"][..], 0, true, false),
        (&["l"], 1, true, false),
        (&["l"], 2, false, true),
        (&[], 1, true, true),
    ] {
        let form = compiled(schema(required), Value::Null);
        let tree = form.tree(&json!({"l": vec!["x"; count]}));
        assert_eq!((lists(&tree)[0].can_add, lists(&tree)[0].can_remove), (can_add, can_remove));
    }
}

#[test]
fn entries_that_are_one_field_keep_their_place_while_they_are_blank() {
    let form = form();
    let mut answers = json!({});
    form.add_entry(&mut answers, "/phones").unwrap();
    form.add_entry(&mut answers, "/phones").unwrap();
    form.set(&mut answers, "/phones/0", json!("13800138000")).unwrap();
    form.set(&mut answers, "/phones/1", json!("")).unwrap();
    assert_eq!(answers, json!({"phones": ["13800138000", ""]}));
    assert_eq!(lines(&form.faults(&answers)), ["/answers/phones/1 required 请填写“电话”。"]);
    let tree = form.tree(&answers);
    let tel = controls(&tree).into_iter().find(|c| c.pointer == "/phones/1").unwrap();
    assert!(
        tel.required && matches!(&tel.input, Input::Text { keyboard, .. } if keyboard == "tel")
    );
}

#[test]
fn a_draft_starts_with_the_defaults_of_its_schema() {
    let form = compiled(
        json!({"properties": {"a": {"type": "string", "default": "x"}, "b": {"type": "object",
            "properties": {"c": {"type": "boolean", "default": false}, "d": {"type": "string"}}}}}),
        Value::Null,
    );
    assert_eq!(form.defaults(), json!({"a": "x", "b": {"c": false}}));
    assert_eq!(compiled(json!({}), Value::Null).defaults(), json!({}));
}
