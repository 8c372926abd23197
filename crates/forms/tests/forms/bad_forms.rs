//! Forms that are none: each is refused with its code, none panics or reaches out.

use serde_json::{Value, json};
use tongban_forms::{CompiledForm, Condition};

use crate::support::form;

fn code(schema: Value, ui_schema: Value) -> &'static str {
    match CompiledForm::compile(&form(schema, ui_schema)) {
        Ok(_) => "accepted",
        Err(error) => {
            assert!(error.sentence().ends_with('。') && error.next().ends_with('。'), "{error}");
            error.code()
        }
    }
}

fn nested(depth: usize, mut value: Value, wrap: impl Fn(Value) -> Value) -> Value {
    for _ in 0..depth {
        value = wrap(value);
    }
    value
}

#[test]
fn schemas_that_are_none() {
    for schema in [
        json!(7),
        json!("x"),
        json!({"type": "strnig"}),
        json!({"properties": {"a": {"pattern": "("}}}),
        json!({"minLength": -1}),
        json!({"$ref": "#/$defs/nowhere"}),
        json!({"$ref": "https://example.com/schema.json"}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
        json!({"$schema": "https://example.com/own"}),
        json!({"properties": {"a": {"x-digits": 5}}}),
        nested(200, json!({}), |v| json!({ "not": v })),
    ] {
        assert_eq!(code(schema.clone(), Value::Null), "form.schema", "{schema}");
    }
}

#[test]
fn ui_schemas_that_are_none() {
    let schema = json!({"properties": {"a": {"type": "string"}, "l": {"type": "array", "items": {"type": "object", "properties": {"x": {}}}}}});
    for (ui, expected) in [
        (json!({}), "form.ui-schema"),
        (json!([]), "form.ui-schema"),
        (json!({"type": "Carousel"}), "form.ui-schema"),
        (json!({"type": "Label"}), "form.ui-schema"),
        (json!({"type": "Group", "label": "x"}), "form.ui-schema"),
        (json!({"type": "Control"}), "form.ui-schema"),
        (json!({"type": "Control", "scope": "#/properties/b"}), "form.scope"),
        (json!({"type": "Control", "scope": "a"}), "form.scope"),
        (json!({"type": "Control", "scope": "#/properties"}), "form.scope"),
        (json!({"type": "Control", "scope": "#/items/a"}), "form.scope"),
        (json!({"type": "Control", "scope": "#/properties/%zz"}), "form.scope"),
        (
            json!({"type": "Control", "scope": "#/properties/l", "options": {"detail": {"type": "Control", "scope": "#/properties/a"}}}),
            "form.scope",
        ),
        (
            nested(
                100,
                json!({"type": "Label", "text": "x"}),
                |v| json!({"type": "Group", "elements": [v]}),
            ),
            "form.ui-schema",
        ),
    ] {
        assert_eq!(code(schema.clone(), ui.clone()), expected, "{ui}");
    }
}

#[test]
fn rules_that_are_none() {
    let with = |rule: Value| json!({"type": "Label", "text": "x", "rule": rule});
    for rule in [
        json!(true),
        json!({"effect": "SHOW"}),
        json!({"effect": "BLINK", "condition": {"scope": "#", "schema": {}}}),
        json!({"effect": "SHOW", "condition": {"schema": {}}}),
        json!({"effect": "SHOW", "condition": {"scope": "#"}}),
        json!({"effect": "SHOW", "condition": {"scope": "#", "schema": {"type": 7}}}),
        json!({"effect": "SHOW", "condition": {"scope": "#", "schema": {"$ref": "http://example.com/"}}}),
        json!({"effect": "SHOW", "condition": {"type": "AND"}}),
        json!({"effect": "SHOW", "condition": {"type": "OR", "conditions": [{}]}}),
    ] {
        assert_eq!(code(json!({}), with(rule.clone())), "form.rule", "{rule}");
    }
}

#[test]
fn conditions_that_are_none() {
    for schema in [json!(null), json!({"type": 7}), json!({"$ref": "file:///etc/hostname"})] {
        assert_eq!(Condition::compile(&schema).unwrap_err().code(), "form.condition");
    }
}

#[test]
fn forms_without_an_end_come_to_one() {
    // A field that contains itself can be drawn only where a layout says how far.
    let person = json!({"type": "object", "properties": {"name": {"type": "string"}, "parent": {"$ref": "#"}}});
    assert_eq!(code(person.clone(), Value::Null), "form.too-large");
    let first = json!({"type": "Control", "scope": "#/properties/parent/properties/parent/properties/name"});
    assert_eq!(code(person, first), "accepted");
    let twice = json!({"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}});
    assert_ne!(code(twice, Value::Null), "accepted");
    let list = json!({"type": "object", "properties": {"l": {"type": "array", "items": {"$ref": "#/properties/l"}}}});
    assert_eq!(code(list, Value::Null), "form.too-large");
}

#[test]
fn schemas_that_go_in_circles_are_checked_all_the_same() {
    for schema in [
        json!({"allOf": [{"$ref": "#"}], "type": "object"}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}}),
        json!({"if": {"$ref": "#"}, "then": {"required": ["a"]}, "properties": {"a": {}}}),
        json!({"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}}, "properties": {"x": {"$ref": "#/$defs/a"}}}),
        json!({"$dynamicRef": "#m", "$dynamicAnchor": "m"}),
    ] {
        if let Ok(compiled) = CompiledForm::compile(&form(schema, Value::Null)) {
            compiled.tree(&json!({"x": "y"}));
            compiled.faults(&json!({"x": {"x": {"x": 1}}}));
        }
    }
}

#[test]
fn answers_nested_too_deep_are_one_fault() {
    let compiled = CompiledForm::compile(&form(
        json!({"properties": {"a": {"$ref": "#"}}}),
        json!({"type": "Label", "text": "x"}),
    ))
    .unwrap();
    let deep = nested(100, json!({}), |v| json!({ "a": v }));
    let faults = compiled.faults(&deep);
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].pointer.as_str(), faults[0].code.as_str()), ("/answers", "too-deep"));
    assert_eq!(compiled.effective(&deep), deep);
    compiled.tree(&deep);
}

#[test]
fn a_pattern_that_would_run_for_ages_is_stopped() {
    let schema =
        json!({"properties": {"a": {"type": "string", "pattern": "^(?=(a|a)*$)(a|a)*b(?!c)$"}}});
    let compiled = CompiledForm::compile(&form(schema, Value::Null)).unwrap();
    let started = std::time::Instant::now();
    let faults = compiled.faults(&json!({"a": "a".repeat(40)}));
    assert_eq!(faults.len(), 1);
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn a_compiled_form_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<CompiledForm>();
    shared::<Condition>();
}
