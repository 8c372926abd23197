//! Coded columns: the published term, or the code, becomes the code. What is neither stays as
//! it came and is told.

use std::{collections::BTreeSet, sync::LazyLock};

use serde_json::{Map, Value};
use tongban_contract::vocabulary::{
    Audience, Channel, ItemState, ItemType, Level, MaterialSource, Necessity, ProjectType, Theme,
};

use super::columns;

/// Codes with their terms.
type Terms = Vec<(&'static str, &'static str)>;

macro_rules! terms {
    ($name:ident) => {
        LazyLock::new(|| $name::ALL.iter().map(|one| (one.code(), one.term())).collect())
    };
}

/// Columns with one code.
static SINGLE: [(&str, LazyLock<Terms>); 4] = [
    ("type", terms!(ItemType)),
    ("state", terms!(ItemState)),
    ("level", terms!(Level)),
    ("project_type", terms!(ProjectType)),
];
/// Columns with any number of them.
static SEVERAL: [(&str, LazyLock<Terms>); 3] =
    [("audiences", terms!(Audience)), ("themes", terms!(Theme)), ("channels", terms!(Channel))];
/// Members of materials.
static OF_MATERIALS: [(&str, LazyLock<Terms>); 2] =
    [("necessity", terms!(Necessity)), ("source", terms!(MaterialSource))];
/// What parts several in one cell.
const BETWEEN: [char; 9] = ['、', '，', ',', '；', ';', '|', '/', '\n', '\t'];

/// Writes the codes of terms; `unknown` gains what is neither, with its column.
pub(super) fn settle(row: &mut Map<String, Value>, unknown: &mut BTreeSet<String>) {
    for (name, terms) in &SINGLE {
        settle_one(row, name, terms, unknown);
    }
    for (name, terms) in &SEVERAL {
        let Some(value) = row.get_mut(*name) else { continue };
        let mut codes: Vec<Value> = Vec::new();
        for text in texts(value) {
            let code = Value::from(code(name, &text, terms, unknown));
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        *value = Value::Array(codes);
    }
    let materials = row.get_mut("materials").and_then(Value::as_array_mut);
    for material in materials.into_iter().flatten().filter_map(Value::as_object_mut) {
        for (name, terms) in &OF_MATERIALS {
            settle_one(material, name, terms, unknown);
        }
    }
}

fn settle_one(
    row: &mut Map<String, Value>,
    name: &str,
    terms: &Terms,
    unknown: &mut BTreeSet<String>,
) {
    if let Some(value) = row.get_mut(name)
        && let Some(text) = text(value).filter(|text| !text.is_empty())
    {
        *value = Value::from(code(name, &text, terms, unknown));
    }
}

fn code(name: &str, text: &str, terms: &Terms, unknown: &mut BTreeSet<String>) -> String {
    // Some lists leave zeros out, or write them.
    let short = text.trim_start_matches('0');
    let found = terms.iter().find(|(code, term)| {
        *term == text || code.eq_ignore_ascii_case(text) || code.trim_start_matches('0') == short
    });
    found.map_or_else(
        || {
            unknown.insert(format!("{}={text}", columns::called(name)));
            text.to_owned()
        },
        |(code, _)| (*code).to_owned(),
    )
}

/// The texts of a value that stands for several.
fn texts(value: &Value) -> Vec<String> {
    let parts = |text: &str| {
        let parts = text.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    match value {
        Value::Array(list) => list.iter().filter_map(text).flat_map(|one| parts(&one)).collect(),
        one => text(one).map(|one| parts(&one)).unwrap_or_default(),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_term_becomes_its_code_and_every_code_stays() {
        for (name, terms) in SINGLE.iter() {
            for (code, term) in terms.iter() {
                for said in [code, term] {
                    let mut row = Map::from_iter([((*name).to_owned(), json!(said))]);
                    let mut unknown = BTreeSet::new();
                    settle(&mut row, &mut unknown);
                    assert_eq!((&row[*name], unknown.len()), (&json!(code), 0), "{name} {said}");
                }
            }
        }
    }

    #[test]
    fn several_may_stand_in_one_cell_and_what_is_neither_is_told() {
        let row = json!({
            "audiences": "自然人、企业法人；6", "themes": ["医疗卫生|health", "户籍"],
            "channels": 1, "type": "行政许可证", "state": "停用",
            "materials": [{"necessity": "容缺后补", "source": "政府部门核发"},
                {"necessity": "", "source": 99}],
        });
        let Value::Object(mut row) = row else { panic!() };
        let mut unknown = BTreeSet::new();
        settle(&mut row, &mut unknown);
        let expected = json!({
            "audiences": ["1", "2", "6"], "themes": ["health", "户籍"], "channels": ["1"],
            "type": "行政许可证", "state": "停用",
            "materials": [{"necessity": "3", "source": "20"},
                {"necessity": "", "source": "99"}],
        });
        assert_eq!(Value::Object(row), expected);
        let unknown: Vec<_> = unknown.iter().map(String::as_str).collect();
        assert_eq!(unknown, ["主题=户籍", "事项类型=行政许可证", "状态=停用"]);
    }
}
