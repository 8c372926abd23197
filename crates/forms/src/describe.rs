//! Which kind of input a field is, read from its flat schema: label, hint, choices.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tongban_contract::form::{ChoiceOption, Input};

use crate::formats::DIGITS;

/// Keyword under which a form words its own faults.
const FAULTS: &str = "x-fault";
/// Keyword that names the unit of a number.
const UNIT: &str = "x-unit";

/// A text keyword; empty where there is none.
pub(crate) fn text(flat: &Map<String, Value>, keyword: &str) -> String {
    flat.get(keyword).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The form's own sentences.
pub(crate) fn sentences(flat: &Map<String, Value>) -> BTreeMap<String, String> {
    let own = flat.get(FAULTS).and_then(Value::as_object).into_iter().flatten();
    own.filter_map(|(code, text)| Some((code.clone(), text.as_str()?.to_owned()))).collect()
}

/// The type a field is drawn by: the first that is not null, or what the keywords imply.
pub(crate) fn type_of(flat: &Map<String, Value>) -> &str {
    let named = match flat.get("type") {
        Some(Value::String(name)) => Some(name.as_str()),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).find(|n| *n != "null"),
        _ => None,
    };
    named.unwrap_or_else(|| {
        if flat.contains_key("properties") {
            "object"
        } else if flat.contains_key("items") {
            "array"
        } else if flat.get("const").is_some_and(Value::is_boolean) {
            "boolean"
        } else {
            "string"
        }
    })
}

/// Whether it is a statement that must be agreed to.
pub(crate) fn is_commitment(flat: &Map<String, Value>) -> bool {
    let only = flat.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    flat.get("const") == Some(&Value::Bool(true)) || matches!(only, Some([Value::Bool(true)]))
}

/// What can be chosen: `oneOf` or `anyOf` of constants with titles, or `enum`.
pub(crate) fn choices(flat: &Map<String, Value>) -> Option<Vec<ChoiceOption>> {
    for keyword in ["oneOf", "anyOf"] {
        let Some(parts) = flat.get(keyword).and_then(Value::as_array) else {
            continue;
        };
        let options: Option<Vec<_>> = parts.iter().map(constant).collect();
        if let Some(options) = options.filter(|o| !o.is_empty()) {
            return Some(options);
        }
    }
    let values = flat.get("enum")?.as_array()?;
    Some(values.iter().map(|value| option(value, None)).collect())
}

fn constant(part: &Value) -> Option<ChoiceOption> {
    let title = part.get("title").and_then(Value::as_str);
    Some(option(part.get("const")?, title))
}

fn option(value: &Value, title: Option<&str>) -> ChoiceOption {
    let label = match (title, value) {
        (Some(title), _) => title.to_owned(),
        (None, Value::String(text)) => text.clone(),
        (None, Value::Bool(true)) => "是".to_owned(),
        (None, Value::Bool(false)) => "否".to_owned(),
        (None, other) => other.to_string(),
    };
    ChoiceOption { value: value.clone(), label }
}

/// The input of a field that holds one answer.
pub(crate) fn input(flat: &Map<String, Value>, multiline: bool) -> Input {
    if let Some(options) = choices(flat) {
        return Input::Choice { options };
    }
    match type_of(flat) {
        "boolean" => return Input::Boolean,
        number @ ("number" | "integer") => {
            return Input::Number { integer: number == "integer", unit: text(flat, UNIT) };
        }
        _ => {}
    }
    let keyboard = match flat.get("format").and_then(Value::as_str).unwrap_or_default() {
        "date" => return Input::Date,
        "division-code" => {
            let digits = flat.get(DIGITS).and_then(Value::as_u64);
            let digits = digits.and_then(|digits| u8::try_from(digits).ok()).unwrap_or(6);
            return Input::Division { digits };
        }
        "mobile-phone" => "tel",
        known @ ("email" | "citizen-id" | "organisation-code") => known,
        _ => "text",
    };
    let longest = flat.get("maxLength").and_then(Value::as_u64);
    Input::Text {
        multiline,
        max_length: longest.and_then(|length| u32::try_from(length).ok()),
        keyboard: keyboard.to_owned(),
    }
}
