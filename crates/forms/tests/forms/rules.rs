//! Rules of the UI schema, as JSON Forms defines them.

use serde_json::{Value, json};
use tongban_contract::form::Node;
use tongban_forms::CompiledForm;

use crate::support::{compiled, controls, lines, shown};

fn schema() -> Value {
    json!({"type": "object", "properties": {
        "a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"},
        "tags": {"type": "array", "items": {"enum": ["x", "y"]}}
    }, "required": ["b"]})
}

/// `b` under a rule, after `a`.
fn with_rule(rule: Value) -> CompiledForm {
    compiled(
        schema(),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/a"},
            {"type": "Control", "scope": "#/properties/b", "rule": rule}
        ]}),
    )
}

fn shows_b(form: &CompiledForm, answers: Value) -> bool {
    shown(form, &answers).contains(&"/b".to_owned())
}

#[test]
fn show_and_hide() {
    let condition = json!({"scope": "#/properties/a", "schema": {"const": "1"}});
    let show = with_rule(json!({"effect": "SHOW", "condition": condition}));
    assert!(shows_b(&show, json!({"a": "1"})) && !shows_b(&show, json!({"a": "2"})));
    assert!(!shows_b(&show, json!({})));
    let hide = with_rule(json!({"effect": "HIDE", "condition": condition}));
    assert!(!shows_b(&hide, json!({"a": "1"})) && shows_b(&hide, json!({})));
}

#[test]
fn a_hidden_field_is_not_missed_though_the_schema_requires_it() {
    let form = with_rule(json!({"effect": "SHOW",
        "condition": {"scope": "#/properties/a", "schema": {"const": "1"}}}));
    assert_eq!(lines(&form.faults(&json!({}))), Vec::<String>::new());
    assert_eq!(lines(&form.faults(&json!({"a": "1"}))), ["/answers/b required 请填写“b”。"]);
    assert_eq!(lines(&form.faults(&json!({"a": "2", "b": 7}))), Vec::<String>::new());
}

#[test]
fn enable_and_disable_keep_the_field_and_its_answer() {
    let condition = json!({"scope": "#/properties/a", "schema": {"const": "1"}});
    for (effect, when_it_holds) in [("ENABLE", true), ("DISABLE", false)] {
        let form = with_rule(json!({"effect": effect, "condition": condition}));
        for (a, holds) in [("1", true), ("2", false)] {
            let answers = json!({"a": a, "b": "kept"});
            let tree = form.tree(&answers);
            assert_eq!(controls(&tree)[1].enabled, holds == when_it_holds, "{effect} {a}");
            assert_eq!(form.effective(&answers), answers);
        }
    }
}

#[test]
fn a_missing_answer_fails_only_what_speaks_of_it() {
    let contains = |fail: bool| {
        with_rule(json!({"effect": "SHOW", "condition": {"scope": "#/properties/tags",
            "schema": {"contains": {"const": "x"}}, "failWhenUndefined": fail}}))
    };
    assert!(shows_b(&contains(false), json!({})));
    assert!(!shows_b(&contains(true), json!({})));
    assert!(shows_b(&contains(true), json!({"tags": ["y", "x"]})));
    assert!(!shows_b(&contains(false), json!({"tags": ["y"]})));
}

#[test]
fn conditions_combine() {
    let is = |scope: &str, value: &str| json!({"scope": scope, "schema": {"const": value}});
    let both = [
        is("#/properties/a", "1"),
        json!({"type": "LEAF", "scope": "#/properties/c", "expectedValue": "2"}),
    ];
    let and =
        with_rule(json!({"effect": "SHOW", "condition": {"type": "AND", "conditions": both}}));
    assert!(shows_b(&and, json!({"a": "1", "c": "2"})) && !shows_b(&and, json!({"a": "1"})));
    let or = with_rule(json!({"effect": "SHOW", "condition": {"type": "OR", "conditions": both}}));
    assert!(
        shows_b(&or, json!({"a": "1"}))
            && shows_b(&or, json!({"c": "2"}))
            && !shows_b(&or, json!({}))
    );
    let nested = json!({"type": "OR", "conditions": [{"type": "AND", "conditions": []}]});
    assert!(shows_b(&with_rule(json!({"effect": "SHOW", "condition": nested})), json!({})));
}

#[test]
fn a_rule_on_a_layout_holds_for_all_in_it() {
    let form = compiled(
        schema(),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/a"},
            {"type": "Group", "label": "更多", "elements": [
                {"type": "Label", "text": "请填写"},
                {"type": "HorizontalLayout", "elements": [{"type": "Control", "scope": "#/properties/b"}]}
            ], "rule": {"effect": "HIDE", "condition": {"scope": "#", "schema": {"required": ["a"]}}}}
        ]}),
    );
    assert!(matches!(form.tree(&json!({})).as_slice(), [Node::Control(_), Node::Group { .. }]));
    assert!(matches!(form.tree(&json!({"a": "1"})).as_slice(), [Node::Control(_)]));
}

#[test]
fn hiding_goes_on_until_nothing_changes() {
    let follows = |of: &str| json!({"effect": "SHOW", "condition": {"scope": format!("#/properties/{of}"), "schema": {"const": "1"}}});
    let form = compiled(
        schema(),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/c", "rule": follows("b")},
            {"type": "Control", "scope": "#/properties/b", "rule": follows("a")},
            {"type": "Control", "scope": "#/properties/a"}
        ]}),
    );
    let all = json!({"a": "1", "b": "1", "c": "1"});
    assert_eq!(form.effective(&all), all);
    assert_eq!(form.effective(&json!({"a": "2", "b": "1", "c": "1"})), json!({"a": "2"}));
    assert_eq!(shown(&form, &json!({"a": "2", "b": "1", "c": "1"})), ["/a"]);
}

#[test]
fn rules_that_contradict_each_other_come_to_an_end() {
    let absent = |of: &str| json!({"effect": "HIDE", "condition": {"scope": format!("#/properties/{of}"), "schema": {"type": "string"}}});
    let form = compiled(
        schema(),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/a", "rule": absent("b")},
            {"type": "Control", "scope": "#/properties/b", "rule": absent("a")},
            {"type": "Control", "scope": "#/properties/c", "rule": absent("c")}
        ]}),
    );
    let effective = form.effective(&json!({"a": "1", "b": "1", "c": "1"}));
    assert_eq!(effective, json!({}));
}

#[test]
fn a_field_drawn_twice_is_hidden_only_where_both_are() {
    let when = |value: &str| json!({"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {"const": value}}});
    let form = compiled(
        schema(),
        json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/b", "label": "甲", "rule": when("1")},
            {"type": "Control", "scope": "#/properties/b", "label": "乙", "rule": when("2")}
        ]}),
    );
    let answers = json!({"a": "2", "b": "x"});
    assert_eq!(form.effective(&answers), answers);
    assert_eq!(controls(&form.tree(&answers))[0].label, "乙");
    assert_eq!(form.effective(&json!({"a": "3", "b": "x"})), json!({"a": "3"}));
    assert_eq!(lines(&form.faults(&json!({"a": "2"}))), ["/answers/b required 请填写“乙”。"]);
}

#[test]
fn rules_in_an_entry_look_at_that_entry() {
    let form = compiled(
        json!({"properties": {"l": {"type": "array", "items": {"type": "object",
            "properties": {"kind": {"enum": ["p", "q"]}, "more": {"type": "string"}}, "required": ["kind", "more"]}}}}),
        json!({"type": "Control", "scope": "#/properties/l", "options": {"detail": {
        "type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/kind"},
            {"type": "Control", "scope": "#/properties/more", "rule": {"effect": "SHOW",
                "condition": {"scope": "#/properties/kind", "schema": {"const": "q"}}}}
        ]}}}),
    );
    let answers = json!({"l": [{"kind": "p", "more": "gone"}, {"kind": "q", "more": "kept"}, {"kind": "q"}, {"more": "gone"}]});
    let effective = json!({"l": [{"kind": "p"}, {"kind": "q", "more": "kept"}, {"kind": "q"}, {}]});
    assert_eq!(form.effective(&answers), effective);
    assert_eq!(
        lines(&form.faults(&answers)),
        ["/answers/l/2/more required 请填写“more”。", "/answers/l/3/kind required 请选择“kind”。"]
    );
}
