//! What several tests share: reading sample forms, walking a tree, small forms.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use tongban_contract::{
    form::{Control, Fault, Form, ListControl, Node},
    guide::Item,
};
use tongban_forms::CompiledForm;

/// A file of the sample catalogue, as far as these tests need it.
#[derive(Deserialize)]
pub(crate) struct Sample {
    pub(crate) item: Item,
    #[serde(default)]
    pub(crate) form: Option<Form>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/catalogue/items")
}

/// One item of the sample catalogue.
pub(crate) fn sample(code: &str) -> Sample {
    let text = fs::read_to_string(folder().join(format!("{code}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every item of the sample catalogue that has a form, by its code.
pub(crate) fn samples_with_forms() -> BTreeMap<String, (Item, Form)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let sample: Sample =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        if let Some(form) = sample.form {
            found.insert(sample.item.code.clone(), (sample.item, form));
        }
    }
    found
}

/// A form of these two documents.
pub(crate) fn form(schema: Value, ui_schema: Value) -> Form {
    Form { version: "1".into(), schema, ui_schema }
}

/// A form of these two documents, read.
pub(crate) fn compiled(schema: Value, ui_schema: Value) -> CompiledForm {
    CompiledForm::compile(&form(schema, ui_schema)).unwrap()
}

/// A form of these properties, laid out by itself.
pub(crate) fn of_properties(properties: Value, required: &[&str]) -> CompiledForm {
    compiled(json!({"type": "object", "properties": properties, "required": required}), Value::Null)
}

/// Every field a tree shows.
pub(crate) fn controls(nodes: &[Node]) -> Vec<&Control> {
    let mut found = Vec::new();
    each(nodes, &mut |node| {
        if let Node::Control(control) = node {
            found.push(control.as_ref());
        }
    });
    found
}

/// Every list a tree shows.
pub(crate) fn lists(nodes: &[Node]) -> Vec<&ListControl> {
    let mut found = Vec::new();
    each(nodes, &mut |node| {
        if let Node::List(list) = node {
            found.push(list.as_ref());
        }
    });
    found
}

fn each<'a>(nodes: &'a [Node], visit: &mut dyn FnMut(&'a Node)) {
    for node in nodes {
        visit(node);
        match node {
            Node::Vertical { children }
            | Node::Horizontal { children }
            | Node::Group { children, .. } => each(children, visit),
            Node::List(list) => each(&list.entries, visit),
            Node::Label { .. } | Node::Control(_) => {}
        }
    }
}

/// Pointers of all a tree shows.
pub(crate) fn shown(form: &CompiledForm, answers: &Value) -> Vec<String> {
    let tree = form.tree(answers);
    controls(&tree).into_iter().map(|control| control.pointer.clone()).collect()
}

/// Faults as `pointer code sentence`.
pub(crate) fn lines(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|f| format!("{} {} {}", f.pointer, f.code, f.sentence)).collect()
}

/// The one fault these answers have.
pub(crate) fn only_fault(form: &CompiledForm, answers: &Value) -> Fault {
    let mut faults = form.faults(answers);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}
