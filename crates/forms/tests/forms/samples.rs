//! Every form of the sample catalogue can be drawn, filled in and checked.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tongban_contract::form::{Input, Node};
use tongban_forms::{CompiledForm, Condition};

use crate::support::{controls, lists, samples_with_forms};

/// What a person might answer so that some rule of a form shows a field.
fn candidates(input: &Input) -> Vec<Value> {
    match input {
        Input::Boolean | Input::Commitment => vec![json!(true), json!(false)],
        Input::Choice { options } => options.iter().map(|o| o.value.clone()).collect(),
        Input::MultipleChoice { options } => {
            vec![Value::Array(options.iter().map(|o| o.value.clone()).collect())]
        }
        Input::Number { .. } => vec![json!(1), json!(100)],
        Input::Text { .. } | Input::Date | Input::Division { .. } => Vec::new(),
    }
}

/// Answers every choice that is shown in every way, one at a time, and adds an entry to
/// every list; collects all that was ever shown.
fn reachable(form: &CompiledForm) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut tried = BTreeSet::new();
    let mut open = vec![json!({})];
    while let Some(answers) = open.pop() {
        let tree = form.tree(&answers);
        for list in lists(&tree) {
            if seen.insert(list.pointer.clone()) {
                let mut next = answers.clone();
                form.add_entry(&mut next, &list.pointer).unwrap();
                open.push(next);
            }
        }
        for control in controls(&tree) {
            seen.insert(control.pointer.clone());
            for value in candidates(&control.input) {
                if tried.insert(format!("{} {value}", control.pointer)) {
                    let mut next = answers.clone();
                    form.set(&mut next, &control.pointer, value).unwrap();
                    open.push(next);
                }
            }
        }
    }
    seen
}

/// Pointers of all controls of a UI schema, the first entry standing for a list's.
fn published(ui: &Value, base: &str, found: &mut BTreeSet<String>) {
    for element in ui["elements"].as_array().into_iter().flatten() {
        published(element, base, found);
    }
    if let Some(scope) = ui["scope"].as_str() {
        let pointer =
            format!("{base}{}", scope.trim_start_matches('#').replace("/properties/", "/"));
        if ui["options"]["detail"].is_object() {
            published(&ui["options"]["detail"], &format!("{pointer}/0"), found);
        }
        found.insert(pointer);
    }
}

#[test]
fn each_sample_form_compiles_and_each_control_can_be_reached() {
    let samples = samples_with_forms();
    assert!(!samples.is_empty());
    for (code, (item, form)) in samples {
        let compiled = CompiledForm::compile(&form).unwrap_or_else(|e| panic!("{code}: {e}"));
        let mut expected = BTreeSet::new();
        published(&form.ui_schema, "", &mut expected);
        let missing: Vec<_> = expected.difference(&reachable(&compiled)).cloned().collect();
        assert!(missing.is_empty(), "{code} {}: never shown: {missing:?}", item.name);
    }
}

#[test]
fn an_empty_filing_lists_its_faults_each_at_a_control_that_is_shown() {
    for (code, (item, form)) in samples_with_forms() {
        let compiled = CompiledForm::compile(&form).unwrap();
        let faults = compiled.faults(&json!({}));
        assert!(!faults.is_empty(), "{code} {} can be filed empty", item.name);
        let tree = compiled.tree(&json!({}));
        let mut places: BTreeSet<String> =
            controls(&tree).iter().map(|c| format!("/answers{}", c.pointer)).collect();
        places.extend(lists(&tree).iter().map(|l| format!("/answers{}", l.pointer)));
        for fault in faults {
            assert!(places.contains(&fault.pointer), "{code}: nobody can mend {fault:?}");
            assert!(fault.sentence.ends_with(['。', '！', '？']), "{code}: {fault:?}");
        }
    }
}

#[test]
fn what_is_needed_is_marked_so_before_it_is_missed() {
    for (code, (_, form)) in samples_with_forms() {
        let compiled = CompiledForm::compile(&form).unwrap();
        let tree = compiled.tree(&json!({}));
        for control in controls(&tree) {
            let missed = control.faults.iter().any(|fault| fault.code == "required");
            assert_eq!(control.required, missed, "{code}: {}", control.pointer);
        }
    }
}

#[test]
fn each_condition_of_a_material_can_be_read() {
    for (code, (item, _)) in samples_with_forms() {
        for when in item.materials.iter().filter_map(|material| material.when.as_ref()) {
            Condition::compile(when).unwrap_or_else(|e| panic!("{code}: {e}"));
        }
    }
}

#[test]
fn no_sample_draws_an_empty_layout() {
    fn check(nodes: &[Node], code: &str) {
        for node in nodes {
            if let Node::Vertical { children }
            | Node::Horizontal { children }
            | Node::Group { children, .. } = node
            {
                assert!(!children.is_empty(), "{code}");
                check(children, code);
            }
        }
    }
    for (code, (_, form)) in samples_with_forms() {
        check(&CompiledForm::compile(&form).unwrap().tree(&json!({})), &code);
    }
}

/// Pointers of the controls under a rule that shows them, outside of lists.
fn conditional(ui: &Value, under_rule: bool, found: &mut BTreeSet<String>) {
    let under_rule = under_rule || ui["rule"]["effect"] == "SHOW";
    for element in ui["elements"].as_array().into_iter().flatten() {
        conditional(element, under_rule, found);
    }
    if let Some(scope) = ui["scope"].as_str().filter(|_| under_rule) {
        found.insert(scope.trim_start_matches('#').replace("/properties/", "/"));
    }
}

/// A condition that says nothing of a missing answer holds for it (`contains` without
/// `type`, say), and shows its field before the question is answered.
#[test]
fn no_sample_shows_what_depends_on_a_question_not_yet_answered() {
    for (code, (_, form)) in samples_with_forms() {
        let compiled = CompiledForm::compile(&form).unwrap();
        let mut found = BTreeSet::new();
        conditional(&form.ui_schema, false, &mut found);
        let tree = compiled.tree(&compiled.defaults());
        for control in controls(&tree) {
            assert!(
                !found.contains(&control.pointer),
                "{code}: {} is shown too early",
                control.pointer
            );
        }
        for list in lists(&tree) {
            assert!(!found.contains(&list.pointer), "{code}: {} is shown too early", list.pointer);
        }
    }
}
