//! The formats of this field, and the one way every validator of this crate is built:
//! 2020-12, formats asserted, no reference ever fetched, patterns that cannot run away.

use jsonschema::{
    Draft, Keyword, PatternOptions, ValidationError, ValidationOptions, paths::Location,
};
use serde_json::{Map, Value};
use tongban_contract::numbers::{CitizenId, DivisionCode, OrgCode};

use crate::pointer::is_within_depth;

/// Keyword that asks for the level of a division: 6, 9 or 12 digits.
pub(crate) const DIGITS: &str = "x-digits";
/// Deepest nesting of a schema, a UI schema, or answers.
pub(crate) const MOST_DEPTH: usize = 48;
/// Largest number of values in a schema or a UI schema.
const MOST_VALUES: usize = 50_000;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Steps a pattern with look-around may take before it counts as not matched.
const MOST_BACKTRACKS: usize = 100_000;
/// Bytes a compiled pattern may take.
const MOST_PATTERN_BYTES: usize = 2 << 20;

/// The options of every validator.
pub(crate) fn options() -> ValidationOptions<'static> {
    let patterns = PatternOptions::fancy_regex()
        .backtrack_limit(MOST_BACKTRACKS)
        .size_limit(MOST_PATTERN_BYTES);
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(patterns)
        .should_validate_formats(true)
        .with_format("citizen-id", |text: &str| text.parse::<CitizenId>().is_ok())
        // A wrong check character is a warning elsewhere, never a fault.
        .with_format("organisation-code", |text: &str| text.parse::<OrgCode>().is_ok())
        .with_format("division-code", |text: &str| text.parse::<DivisionCode>().is_ok())
        .with_format("mobile-phone", is_mobile_phone)
        .with_keyword(DIGITS, division_level)
}

/// Why a schema or a UI schema is too large to be looked at.
pub(crate) fn too_large(schema: &Value) -> Option<String> {
    if !is_within_depth(schema, MOST_DEPTH) {
        return Some(format!("it is nested deeper than {MOST_DEPTH} levels"));
    }
    if count(schema) > MOST_VALUES {
        return Some(format!("it has more than {MOST_VALUES} values"));
    }
    None
}

/// Why a schema cannot be used at all, before it is compiled.
pub(crate) fn refuse(schema: &Value) -> Option<String> {
    if let Some(reason) = too_large(schema) {
        return Some(reason);
    }
    match schema.get("$schema") {
        None => None,
        Some(Value::String(dialect)) if dialect.trim_end_matches('#') == DIALECT => None,
        Some(_) => Some(format!("`$schema` must be {DIALECT}")),
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        Value::Array(entries) => 1 + entries.iter().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// A mobile number of the mainland: 11 digits, 13 to 19 at its head.
fn is_mobile_phone(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1', b'3'..=b'9', rest @ ..]
        if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// Checks that a division code reaches the level that is asked for.
struct DivisionLevel {
    digits: usize,
}

impl DivisionLevel {
    /// Anything but a division code is the matter of `type` and `format`.
    fn is_reached(&self, instance: &Value) -> bool {
        let code = instance.as_str().and_then(|text| text.parse::<DivisionCode>().ok());
        code.is_none_or(|code| code.as_str().len() >= self.digits)
    }
}

impl<'i> Keyword<'i> for DivisionLevel {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_reached(instance) {
            Ok(())
        } else {
            Err(ValidationError::custom("the division is not of the level asked for"))
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.is_reached(instance)
    }
}

fn division_level<'a>(
    _parent: &'a Map<String, Value>,
    digits: &'a Value,
    _path: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    match digits.as_u64() {
        Some(digits @ (6 | 9 | 12)) => Ok(Box::new(DivisionLevel { digits: digits as usize })),
        _ => Err(ValidationError::schema("x-digits must be 6, 9 or 12")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(schema: Value, instance: &str) -> bool {
        options().build(&schema).unwrap().is_valid(&json!(instance))
    }

    #[test]
    fn citizen_ids_are_checked_with_birth_date_and_check_character() {
        let schema = json!({"format": "citizen-id"});
        assert!(holds(schema.clone(), "34052419800101001X"));
        assert!(holds(schema.clone(), "11010519491231002X"));
        assert!(!holds(schema, "110101197608056896"));
    }

    #[test]
    fn an_early_organisation_code_with_a_wrong_check_character_is_held() {
        let schema = json!({"format": "organisation-code"});
        assert!(holds(schema.clone(), "91350100M0001TGQXM"));
        assert!(!holds(schema, "91350100M0001TGQX"));
    }

    #[test]
    fn a_division_must_reach_its_level() {
        let schema = json!({"format": "division-code", "x-digits": 9});
        assert!(holds(schema.clone(), "420506100"));
        assert!(holds(schema.clone(), "420506100001"));
        assert!(!holds(schema.clone(), "420506"));
        assert!(!holds(schema, "420506000000"));
        assert!(options().build(&json!({"x-digits": 7})).is_err());
    }

    #[test]
    fn mobile_numbers_have_eleven_digits() {
        for (number, right) in [
            ("13800138000", true),
            ("19912345678", true),
            ("12800138000", false),
            ("1380013800", false),
            ("+8613800138000", false),
            ("1380013800一", false),
        ] {
            assert_eq!(is_mobile_phone(number), right, "{number}");
        }
    }

    #[test]
    fn no_reference_is_ever_fetched() {
        for reference in ["https://example.com/a.json", "file:///etc/hostname", "other.json"] {
            assert!(options().build(&json!({"$ref": reference})).is_err(), "{reference}");
        }
    }
}
