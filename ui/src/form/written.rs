//! Between what is typed in a field and the answer it stands for.

use serde_json::{Number, Value};
use tongban_contract::form::Input;

/// The answer that a text stands for; null for an empty one. What is no number where one
/// is asked for is kept as it was typed: the engine says what is wrong with it.
pub(super) fn read(input: &Input, text: &str) -> Value {
    let tidy = match input {
        Input::Text { keyboard, .. } => match keyboard.as_str() {
            "citizen-id" | "organisation-code" => half_width(text).to_uppercase(),
            "tel" | "email" => half_width(text),
            _ => text.to_owned(),
        },
        Input::Number { .. } => half_width(text),
        _ => text.to_owned(),
    };
    if tidy.trim().is_empty() {
        return Value::Null;
    }
    match input {
        Input::Number { .. } => number(&tidy).map_or(Value::String(tidy), Value::Number),
        _ => Value::String(tidy),
    }
}

/// An answer as it stands in its field.
pub(super) fn write(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn number(text: &str) -> Option<Number> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    // Rust reads words such as "inf" as numbers; nobody else does.
    if !text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+')) {
        return None;
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

/// Full-width letters and digits, as Chinese input methods make them, become plain ones;
/// spaces go.
fn half_width(text: &str) -> String {
    let plain = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '。' => '.',
        other => other,
    };
    text.chars().filter(|letter| !letter.is_whitespace()).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(keyboard: &str) -> Input {
        Input::Text { multiline: false, max_length: None, keyboard: keyboard.into() }
    }

    const NUMBER: Input = Input::Number { integer: false, unit: String::new() };

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, answer) in [
            ("12", json!(12)),
            ("１２．５", json!(12.5)),
            ("12。5", json!(12.5)),
            ("1.", json!(1.0)),
            ("-3", json!(-3)),
            ("1 000", json!(1000)),
            ("十二", json!("十二")),
            ("inf", json!("inf")),
            ("1e3", json!("1e3")),
            ("", Value::Null),
        ] {
            assert_eq!(read(&NUMBER, typed), answer, "{typed}");
        }
    }

    #[test]
    fn codes_are_tidied_and_words_are_left_alone() {
        assert_eq!(
            read(&text("citizen-id"), "３４０５２４ 198001010 01x"),
            json!("34052419800101001X")
        );
        assert_eq!(read(&text("tel"), "139 0000 0000"), json!("13900000000"));
        assert_eq!(read(&text("text"), " 王 小明"), json!(" 王 小明"));
        assert_eq!(read(&text("text"), "  "), Value::Null);
    }

    #[test]
    fn what_is_written_reads_back_as_the_same_answer() {
        for answer in [json!(12), json!(12.5), json!("十二"), Value::Null] {
            assert_eq!(read(&NUMBER, &write(&answer)), answer);
        }
    }
}
