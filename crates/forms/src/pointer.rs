//! RFC 6901 pointers: joining, splitting, and removing what one points at.

use serde_json::Value;

/// The pointer of `name` below `base`.
pub(crate) fn join(base: &str, name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    format!("{base}/{name}")
}

/// The pointer of `names` below `base`.
pub(crate) fn join_all(base: &str, names: &[String]) -> String {
    names.iter().fold(base.to_owned(), |pointer, name| join(&pointer, name))
}

/// The segments of a pointer; `None` where it is no pointer.
pub(crate) fn split(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    pointer.strip_prefix('/')?.split('/').map(unescape).collect()
}

fn unescape(segment: &str) -> Option<String> {
    let mut text = String::with_capacity(segment.len());
    let mut characters = segment.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

/// The position a segment names in an array.
pub(crate) fn index(segment: &str) -> Option<usize> {
    let canonical = segment == "0" || !segment.starts_with('0');
    let digits = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    if canonical && digits { segment.parse().ok() } else { None }
}

/// Removes what the segments lead to, and every object and array that is empty for it.
/// An entry of a list is never removed: it would move the others. Where it is itself
/// what is pointed at, null takes its place. Answers whether anything changed.
pub(crate) fn remove(value: &mut Value, segments: &[String]) -> bool {
    let Some((name, rest)) = segments.split_first() else {
        return false;
    };
    match value {
        Value::Object(members) => {
            if rest.is_empty() {
                return members.remove(name).is_some();
            }
            let Some(child) = members.get_mut(name) else {
                return false;
            };
            let changed = remove(child, rest);
            if changed && is_empty(child) {
                members.remove(name);
            }
            changed
        }
        Value::Array(entries) => {
            let Some(entry) = index(name).and_then(|at| entries.get_mut(at)) else {
                return false;
            };
            if !rest.is_empty() {
                return remove(entry, rest);
            }
            let changed = !entry.is_null();
            *entry = Value::Null;
            changed
        }
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether nothing in `value` lies deeper than `most` levels.
pub(crate) fn is_within_depth(value: &Value, most: usize) -> bool {
    match value {
        Value::Object(members) => {
            most > 0 && members.values().all(|child| is_within_depth(child, most - 1))
        }
        Value::Array(entries) => {
            most > 0 && entries.iter().all(|child| is_within_depth(child, most - 1))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_with_slashes_and_tildes_come_back() {
        for name in ["a/b", "~1", "~", "", "地址", "m~0n/"] {
            assert_eq!(split(&join("/x", name)).unwrap(), ["x", name]);
        }
        assert_eq!(split(""), Some(Vec::new()));
        assert_eq!(split("x"), None);
        assert_eq!(split("/~2"), None);
        assert_eq!(split("/~"), None);
    }

    #[test]
    fn only_canonical_positions_are_positions() {
        assert_eq!(index("0"), Some(0));
        assert_eq!(index("12"), Some(12));
        for wrong in ["", "01", "+1", "-", "1a", "99999999999999999999999"] {
            assert_eq!(index(wrong), None);
        }
    }

    #[test]
    fn removing_the_last_answer_removes_its_empty_parents_but_no_entry() {
        let mut answers = json!({"a": {"b": {"c": 1}}, "l": [{"x": 1}, {"x": 2}]});
        assert!(remove(&mut answers, &split("/a/b/c").unwrap()));
        assert!(remove(&mut answers, &split("/l/0/x").unwrap()));
        assert_eq!(answers, json!({"l": [{}, {"x": 2}]}));
        assert!(!remove(&mut answers, &split("/a/b/c").unwrap()));
    }
}
