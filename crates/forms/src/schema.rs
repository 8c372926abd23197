//! Looks into a JSON Schema: follows local references, lays composed schemas over each
//! other, finds the schema of a property or of a place in the answers.

use serde_json::{Map, Value};

/// Steps that looking into one schema may take. Real forms take a few hundred; only a
/// schema that multiplies itself by references takes more.
const MOST_STEPS: u32 = 50_000;
/// Longest chain of references and compositions.
const MOST_CHAIN: u32 = 24;

/// Keywords whose subschemas apply to the same value, whether or not they hold.
const ALTERNATIVES: [&str; 2] = ["anyOf", "oneOf"];

/// A schema document that is looked into.
pub(crate) struct Schema<'a> {
    root: &'a Value,
    steps: std::cell::Cell<u32>,
}

impl<'a> Schema<'a> {
    /// Looks into the document `root`.
    pub(crate) fn new(root: &'a Value) -> Self {
        Self { root, steps: std::cell::Cell::new(0) }
    }

    /// Whether more steps were needed than are allowed, so that answers are incomplete.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.steps.get() >= MOST_STEPS
    }

    fn step(&self) -> bool {
        self.steps.set(self.steps.get().saturating_add(1));
        !self.is_exhausted()
    }

    /// The keywords of `schema` with those of its `$ref` and `allOf` laid under them,
    /// and the properties that its alternatives and conditions know besides.
    pub(crate) fn flatten(&self, schema: &Value) -> Map<String, Value> {
        let mut flat = Map::new();
        self.lay_under(&mut flat, schema, 0);
        flat
    }

    fn lay_under(&self, flat: &mut Map<String, Value>, schema: &Value, chain: u32) {
        let Value::Object(keywords) = schema else {
            return;
        };
        if chain > MOST_CHAIN || !self.step() {
            return;
        }
        for (keyword, value) in keywords {
            if keyword == "properties" {
                lay_properties(flat, value);
            } else if !flat.contains_key(keyword) {
                flat.insert(keyword.clone(), value.clone());
            }
        }
        if let Some(target) = keywords.get("$ref").and_then(|r| resolve(self.root, r.as_str()?)) {
            self.lay_under(flat, target.1, chain + 1);
        }
        for part in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.lay_under(flat, part, chain + 1);
        }
        for part in ["then", "else"].into_iter().filter_map(|k| keywords.get(k)) {
            self.lay_properties_of(flat, part, chain + 1);
        }
        for alternatives in ALTERNATIVES.into_iter().filter_map(|k| keywords.get(k)?.as_array()) {
            for part in alternatives {
                self.lay_properties_of(flat, part, chain + 1);
            }
        }
    }

    /// Lays only the properties of a subschema under those that are known.
    fn lay_properties_of(&self, flat: &mut Map<String, Value>, part: &Value, chain: u32) {
        let mut inner = Map::new();
        self.lay_under(&mut inner, part, chain);
        if let Some(properties) = inner.get("properties") {
            lay_properties(flat, properties);
        }
    }

    /// The schema of a property, wherever the schema of its object speaks of it.
    pub(crate) fn property(&self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.search(schema, &|part| part.get("properties")?.get(name), 0)
    }

    /// The schema of the entries of a list.
    pub(crate) fn entries(&self, schema: &'a Value) -> Option<&'a Value> {
        self.search(schema, &|part| part.get("items"), 0)
    }

    /// The schema of the place in the answers that `segments` lead to.
    pub(crate) fn at(&self, segments: &[String]) -> Option<&'a Value> {
        segments.iter().try_fold(self.root, |schema, segment| {
            let entry = || crate::pointer::index(segment).and_then(|_| self.entries(schema));
            self.property(schema, segment).or_else(entry)
        })
    }

    /// Looks for something in a schema and in all that apply to the same value.
    fn search(
        &self,
        schema: &'a Value,
        look: &dyn Fn(&'a Value) -> Option<&'a Value>,
        chain: u32,
    ) -> Option<&'a Value> {
        if chain > MOST_CHAIN || !self.step() {
            return None;
        }
        if let Some(found) = look(schema) {
            return Some(found);
        }
        let below = |part: &'a Value| self.search(part, look, chain + 1);
        let target = schema.get("$ref").and_then(|r| resolve(self.root, r.as_str()?));
        if let Some(found) = target.and_then(|(_, target)| below(target)) {
            return Some(found);
        }
        let single = ["then", "else"].into_iter().filter_map(|keyword| schema.get(keyword));
        let several = ["allOf", "anyOf", "oneOf"].into_iter();
        let several = several.filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
        several.chain(single).find_map(below)
    }

    /// The default answers of a schema; null where it has none.
    pub(crate) fn defaults(&self, schema: &Value, depth: u32) -> Value {
        let flat = self.flatten(schema);
        let mut start = flat.get("default").cloned().unwrap_or(Value::Null);
        let Some(properties) = flat.get("properties").and_then(Value::as_object) else {
            return start;
        };
        if depth > MOST_CHAIN || !(start.is_null() || start.is_object()) {
            return start;
        }
        for (name, property) in properties {
            let value = self.defaults(property, depth + 1);
            if value.is_null() {
                continue;
            }
            if start.is_null() {
                start = Value::Object(Map::new());
            }
            if let Value::Object(members) = &mut start
                && !members.contains_key(name)
            {
                members.insert(name.clone(), value);
            }
        }
        start
    }
}

fn lay_properties(flat: &mut Map<String, Value>, properties: &Value) {
    let Value::Object(properties) = properties else {
        return;
    };
    let known = flat.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(known) = known else { return };
    for (name, property) in properties {
        if !known.contains_key(name) {
            known.insert(name.clone(), property.clone());
        }
    }
}

/// What a reference within the document names: its pointer and its schema.
pub(crate) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<(String, &'a Value)> {
    let pointer = decode(reference.strip_prefix('#')?)?;
    let schema = root.pointer(&pointer)?;
    Some((pointer, schema))
}

/// Undoes the percent-encoding of a URI fragment.
pub(crate) fn decode(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keywords_beside_a_reference_win_over_those_it_names() {
        let root = json!({"$defs": {"名": {"type": "string", "title": "a", "maxLength": 3}}});
        let flat = Schema::new(&root).flatten(&json!({"$ref": "#/$defs/%E5%90%8D", "title": "b"}));
        assert_eq!((&flat["title"], &flat["maxLength"]), (&json!("b"), &json!(3)));
    }

    #[test]
    fn properties_of_parts_and_conditions_are_found() {
        let root = json!({
            "properties": {"a": {"title": "A"}},
            "allOf": [{"properties": {"b": {"title": "B"}}}],
            "then": {"title": "no", "properties": {"c": {"title": "C"}}},
            "oneOf": [{"properties": {"d": {"items": {"title": "D"}}}}]
        });
        let schema = Schema::new(&root);
        for (segments, title) in [("/a", "A"), ("/b", "B"), ("/c", "C"), ("/d/7", "D")] {
            let segments = crate::pointer::split(segments).unwrap();
            assert_eq!(schema.at(&segments).unwrap()["title"], title);
        }
        assert!(!schema.flatten(&root).contains_key("title"));
    }

    #[test]
    fn a_schema_that_multiplies_itself_comes_to_an_end() {
        let part = |n: u32| json!({ "allOf": vec![json!({"$ref": format!("#/$defs/{n}")}); 4] });
        let defs: Map<String, Value> = (0..40).map(|n| (n.to_string(), part(n + 1))).collect();
        let root = json!({"$ref": "#/$defs/0", "$defs": defs});
        let schema = Schema::new(&root);
        schema.flatten(&root);
        assert!(schema.is_exhausted());
        let circle = json!({"allOf": [{"$ref": "#"}]});
        assert!(Schema::new(&circle).flatten(&circle).contains_key("allOf"));
    }

    #[test]
    fn defaults_of_members_make_a_start() {
        let root = json!({"properties": {
            "a": {"default": 1},
            "b": {"properties": {"c": {"default": "x"}, "d": {}}},
            "e": {"default": {"f": 1}, "properties": {"f": {"default": 2}, "g": {"default": 3}}}
        }});
        let start = Schema::new(&root).defaults(&root, 0);
        assert_eq!(start, json!({"a": 1, "b": {"c": "x"}, "e": {"f": 1, "g": 3}}));
    }
}
