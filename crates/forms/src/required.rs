//! Which answers are needed now: the `required` of a schema, followed through its
//! references, compositions and conditions along the answers.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Registry, Validator};
use serde_json::{Map, Value, json};

use crate::{CompiledForm, FormError, formats, pointer, schema};

/// Steps one look may take; beyond it, a field is drawn as not needed (a missing answer
/// is a fault all the same).
const MOST_STEPS: u32 = 200_000;
/// Longest chain of references and compositions.
const MOST_CHAIN: u32 = 24;
/// Name under which a schema's conditions refer to it.
const WHOLE: &str = "urn:tongban:form";

/// Validators of every `if` of a schema, by their pointer.
pub(crate) fn conditions(root: &Value) -> Result<BTreeMap<String, Validator>, FormError> {
    let mut found = BTreeMap::new();
    find(root, "", &mut found);
    let refuse = |reason: String| FormError::Schema { reason };
    let registry = if found.values().any(|condition| refers(condition)) {
        let registry =
            Registry::new().add(WHOLE, root.clone()).map_err(|e| refuse(e.to_string()))?;
        Some(registry.prepare().map_err(|e| refuse(e.to_string()))?)
    } else {
        None
    };
    let mut conditions = BTreeMap::new();
    for (pointer, condition) in found {
        let built = match &registry {
            Some(registry) if refers(condition) => {
                let reference = format!("{WHOLE}#{}", encode(&pointer));
                formats::options().with_registry(registry).build(&json!({"$ref": reference}))
            }
            _ => formats::options().build(condition),
        };
        // The whole schema has been accepted, so what fails here is no condition but a
        // value that happens to be named so.
        if let Ok(validator) = built {
            conditions.insert(pointer, validator);
        }
    }
    Ok(conditions)
}

fn find<'a>(value: &'a Value, at: &str, found: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(members) => {
            for (name, child) in members {
                let below = pointer::join(at, name);
                if name == "if" && (child.is_object() || child.is_boolean()) {
                    found.insert(below.clone(), child);
                }
                find(child, &below, found);
            }
        }
        Value::Array(entries) => {
            for (n, child) in entries.iter().enumerate() {
                find(child, &pointer::join(at, &n.to_string()), found);
            }
        }
        _ => {}
    }
}

/// Whether anything in a schema refers elsewhere.
fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members
            .iter()
            .any(|(name, child)| name == "$ref" || name == "$dynamicRef" || refers(child)),
        Value::Array(entries) => entries.iter().any(refers),
        _ => false,
    }
}

/// Percent-encodes what a URI fragment cannot hold.
fn encode(pointer: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~$".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

impl CompiledForm {
    /// Pointers of all that `answers` must have, as far as their parents are there.
    pub(crate) fn needed(&self, answers: &Value) -> BTreeSet<String> {
        let mut look = Look { form: self, needed: BTreeSet::new(), steps: 0 };
        look.walk(&self.schema, "", answers, "", 0);
        look.needed
    }
}

struct Look<'a> {
    form: &'a CompiledForm,
    needed: BTreeSet<String>,
    steps: u32,
}

impl Look<'_> {
    /// `at` and `chain` are of the schema, `here` is of the answers.
    fn walk(&mut self, schema: &Value, at: &str, answers: &Value, here: &str, chain: u32) {
        self.steps = self.steps.saturating_add(1);
        let Value::Object(keywords) = schema else {
            return;
        };
        if chain > MOST_CHAIN || self.steps > MOST_STEPS {
            return;
        }
        match answers {
            Value::Object(members) => self.walk_members(keywords, at, members, here),
            Value::Array(entries) => {
                if let Some(items) = keywords.get("items") {
                    for (n, entry) in entries.iter().enumerate() {
                        self.walk(items, &format!("{at}/items"), entry, &format!("{here}/{n}"), 0);
                    }
                }
            }
            _ => return,
        }
        let reference = keywords.get("$ref").and_then(Value::as_str);
        if let Some((target_at, target)) =
            reference.and_then(|r| schema::resolve(&self.form.schema, r))
        {
            self.walk(target, &target_at, answers, here, chain + 1);
        }
        for (n, part) in
            keywords.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            self.walk(part, &format!("{at}/allOf/{n}"), answers, here, chain + 1);
        }
        if let Some(condition) = self.form.conditions.get(&format!("{at}/if")) {
            let branch = if condition.is_valid(answers) { "then" } else { "else" };
            if let Some(part) = keywords.get(branch) {
                self.walk(part, &format!("{at}/{branch}"), answers, here, chain + 1);
            }
        }
        let dependent = keywords.get("dependentSchemas").and_then(Value::as_object);
        for (name, part) in
            dependent.into_iter().flatten().filter(|(name, _)| answers.get(name).is_some())
        {
            let below = pointer::join(&format!("{at}/dependentSchemas"), name);
            self.walk(part, &below, answers, here, chain + 1);
        }
    }

    fn walk_members(
        &mut self,
        keywords: &Map<String, Value>,
        at: &str,
        members: &Map<String, Value>,
        here: &str,
    ) {
        let mut need = |names: &Value| {
            for name in names.as_array().into_iter().flatten().filter_map(Value::as_str) {
                self.needed.insert(pointer::join(here, name));
            }
        };
        if let Some(names) = keywords.get("required") {
            need(names);
        }
        let dependent = keywords.get("dependentRequired").and_then(Value::as_object);
        for (_, names) in
            dependent.into_iter().flatten().filter(|(name, _)| members.contains_key(*name))
        {
            need(names);
        }
        let properties = keywords.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if let Some(member) = members.get(name) {
                let below = pointer::join(&format!("{at}/properties"), name);
                self.walk(property, &below, member, &pointer::join(here, name), 0);
            }
        }
    }
}
