//! What must hold for any form and any answers.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tongban_contract::form::Form;
use tongban_forms::{CompiledForm, Condition};

use crate::support::{controls, form, lists, samples_with_forms};

/// Words that make random JSON look like a form now and then.
const WORDS: [&str; 44] = [
    "type",
    "properties",
    "required",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "then",
    "else",
    "const",
    "enum",
    "format",
    "pattern",
    "$ref",
    "$defs",
    "title",
    "minLength",
    "minItems",
    "x-fault",
    "x-digits",
    "default",
    "elements",
    "scope",
    "rule",
    "effect",
    "condition",
    "schema",
    "conditions",
    "options",
    "detail",
    "label",
    "text",
    "a",
    "b",
    "0",
    "not",
    "additionalProperties",
    "dependentRequired",
    "$id",
    "$anchor",
    "$dynamicRef",
    "~/",
    "",
];
const TEXTS: [&str; 30] = [
    "object",
    "array",
    "string",
    "boolean",
    "integer",
    "a",
    "b",
    "#",
    "#/$defs/a",
    "#/properties/a",
    "#/properties/b",
    "#/properties/a/properties/b",
    "VerticalLayout",
    "Group",
    "Control",
    "Label",
    "SHOW",
    "HIDE",
    "ENABLE",
    "AND",
    "OR",
    "date",
    "citizen-id",
    "division-code",
    "^a*$",
    "(",
    "https://example.com/x",
    "é中",
    "",
    "#/properties/a/items",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        let name = prop_oneof![
            8 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
            1 => any::<String>(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Schemas of two properties that are mostly right.
fn any_property() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![
        json!({"type": "string", "minLength": 1}),
        json!({"type": "boolean", "const": true}),
        json!({"enum": ["a", "b", 1]}),
        json!({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 1}),
        json!({"type": "string", "format": "citizen-id"}),
        json!({"$ref": "#/$defs/a"}),
        json!({}),
    ]);
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| {
                json!({"type": "object", "properties": {"a": a, "b": b}, "required": ["a"]})
            }),
            inner.prop_map(|items| json!({"type": "array", "items": items, "maxItems": 3})),
        ]
    })
}

fn any_rule() -> impl Strategy<Value = Value> {
    let effect = prop::sample::select(vec!["SHOW", "HIDE", "ENABLE", "DISABLE"]);
    let scope = prop::sample::select(vec![
        "#/properties/a",
        "#/properties/b",
        "#/properties/b/properties/a",
        "#",
    ]);
    let schema = prop::sample::select(vec![
        json!({"const": "a"}),
        json!({"type": "object"}),
        json!({"not": {"type": "null"}}),
        json!({"contains": {"const": "a"}}),
        json!(true),
    ]);
    (effect, scope, schema, any::<bool>()).prop_map(|(effect, scope, schema, undefined)| {
        json!({"effect": effect, "condition": {"scope": scope, "schema": schema, "failWhenUndefined": undefined}})
    })
}

fn any_form() -> impl Strategy<Value = Form> {
    let rules = prop::collection::vec(prop::option::of(any_rule()), 3);
    (any_property(), any_property(), rules).prop_map(|(a, b, rules)| {
        let controls = ["a", "b", "a"].iter().zip(rules).map(|(name, rule)| {
            json!({"type": "Control", "scope": format!("#/properties/{name}"), "rule": rule})
        });
        form(
            json!({"$defs": {"a": {"type": "string"}}, "properties": {"a": a, "b": b}, "required": ["a", "b"]}),
            json!({"type": "VerticalLayout", "elements": controls.collect::<Vec<_>>()}),
        )
    })
}

/// Answers that fit such forms about half of the time.
fn any_answers() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![
        json!("a"),
        json!("b"),
        json!(""),
        json!(true),
        json!(1),
        Value::Null,
        json!([]),
        json!({}),
        json!("34052419800101001X"),
        json!(["a"]),
    ]);
    let part = leaf.prop_recursive(4, 20, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"a": a, "b": b})),
            inner.clone().prop_map(|a| json!({ "a": a })),
            prop::collection::vec(inner, 0..3).prop_map(Value::Array),
        ]
    });
    (part.clone(), part).prop_map(|(a, b)| json!({"a": a, "b": b}))
}

/// What holds between the tree, the faults and the answers of any form.
fn check(compiled: &CompiledForm, answers: &Value) -> Result<(), TestCaseError> {
    let effective = compiled.effective(answers);
    prop_assert_eq!(&compiled.effective(&effective), &effective);
    let faults = compiled.faults(answers);
    prop_assert_eq!(&compiled.faults(&effective), &faults);
    let tree = compiled.tree(answers);
    prop_assert_eq!(&compiled.tree(&effective), &tree);

    let places: BTreeSet<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    prop_assert_eq!(places.len(), faults.len(), "one fault per place: {:?}", faults);
    let mut drawn = 0;
    for control in controls(&tree) {
        // A hidden control has no answer in what would be filed; one that is shown has its own.
        let answer = effective.pointer(&control.pointer).cloned().unwrap_or_default();
        prop_assert_eq!(&control.value, &answer);
        prop_assert!(control.faults.len() <= 1);
        drawn += control.faults.len();
        let mut next = effective.clone();
        if compiled.set(&mut next, &control.pointer, json!("值")).is_ok() {
            prop_assert_eq!(next.pointer(&control.pointer), Some(&json!("值")));
            compiled.set(&mut next, &control.pointer, Value::Null).unwrap();
            let gone = next.pointer(&control.pointer).is_none_or(Value::is_null);
            prop_assert!(gone);
        } else {
            prop_assert_eq!(&next, &effective);
        }
    }
    for list in lists(&tree) {
        drawn += list.faults.len();
        let mut next = effective.clone();
        if list.can_add && compiled.add_entry(&mut next, &list.pointer).is_ok() {
            let last = next.pointer(&list.pointer).and_then(Value::as_array).unwrap().len() - 1;
            compiled.remove_entry(&mut next, &format!("{}/{last}", list.pointer)).unwrap();
        }
    }
    prop_assert!(drawn >= controls(&tree).iter().filter(|c| !c.faults.is_empty()).count());
    prop_assert!(
        faults
            .iter()
            .all(|f| f.pointer.starts_with("/answers") && f.sentence.ends_with(['。', '！', '？']))
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_on_any_json(schema in any_json(), ui_schema in any_json(), answers in any_json()) {
        let _ = Condition::compile(&schema).map(|c| c.holds(&Default::default(), &answers));
        if let Ok(compiled) = CompiledForm::compile(&form(schema.clone(), Value::Null)) {
            check(&compiled, &answers)?;
        }
        if let Ok(compiled) = CompiledForm::compile(&form(schema, ui_schema)) {
            check(&compiled, &answers)?;
            compiled.defaults();
        }
    }

    #[test]
    fn tree_faults_and_answers_agree(form in any_form(), answers in any_answers()) {
        let compiled = CompiledForm::compile(&form).unwrap();
        check(&compiled, &answers)?;
    }

    #[test]
    fn any_way_into_the_answers_is_refused_or_kept(form in any_form(), answers in any_answers(), pointer in "(/(a|b|0|1|~0|~)){0,4}") {
        let compiled = CompiledForm::compile(&form).unwrap();
        let mut next = answers.clone();
        match compiled.set(&mut next, &pointer, json!({"kept": true})) {
            Ok(()) => prop_assert_eq!(next.pointer(&pointer), Some(&json!({"kept": true}))),
            Err(_) => prop_assert_eq!(next, answers),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Answers to sample forms, taken from what they themselves offer.
    #[test]
    fn samples_hold_for_any_walk_through_them(picks in prop::collection::vec(any::<prop::sample::Index>(), 1..12)) {
        for (_, (_, form)) in samples_with_forms() {
            let compiled = CompiledForm::compile(&form).unwrap();
            let mut answers = compiled.defaults();
            for pick in &picks {
                let tree = compiled.tree(&answers);
                let all = controls(&tree);
                let control = all[pick.index(all.len())];
                let value = match &control.input {
                    tongban_contract::form::Input::Choice { options } => options[pick.index(options.len())].value.clone(),
                    tongban_contract::form::Input::Boolean | tongban_contract::form::Input::Commitment => json!(pick.index(2) == 0),
                    _ => json!("3"),
                };
                compiled.set(&mut answers, &control.pointer, value).unwrap();
                if let Some(list) = lists(&tree).into_iter().find(|list| list.can_add) {
                    compiled.add_entry(&mut answers, &list.pointer).unwrap();
                }
            }
            check(&compiled, &answers)?;
        }
    }
}
