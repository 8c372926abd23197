//! A row of a list: an item as one place carries it out. What it must have is asked for here;
//! what else cannot be read is left out and told.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use tongban_contract::{
    guide::{Item, Office},
    numbers::{DivisionCode, DivisionLevel},
    vocabulary::ItemState,
};

use super::{
    codes,
    columns::{called, is_standard},
    divisions::Divisions,
    values::{self, Dropped, beginning},
};

/// Members of an office.
const OF_OFFICE: [&str; 5] = ["organisation_code", "address", "hours", "phone", "complaint_phone"];
/// Codes, which a spreadsheet rounds where it takes them for numbers.
const CODES: [&str; 4] = ["code", "basic_code", "organisation_code", "division"];
/// Beyond it a number may have been rounded by whoever wrote it.
const EXACT: u64 = 1 << 53;
/// Length of a basic code at the end of an implementation code.
const BASIC_CODE: usize = 12;

/// Members of an item that a row need not have.
const MEMBERS: [&str; 25] = [
    "aliases",
    "effective",
    "cancelled",
    "audiences",
    "themes",
    "project_type",
    "channels",
    "online_depth",
    "visits",
    "visit_reason",
    "cross_region",
    "joint_departments",
    "legal_basis",
    "conditions",
    "steps",
    "statutory_days",
    "promised_days",
    "special_procedures",
    "fees",
    "results",
    "situations",
    "materials",
    "faq",
    "services",
    "assurance",
];
/// A row that names an item and a place.
pub(super) struct Row {
    /// Code of the basic item, where one is given.
    pub(super) basic: Option<String>,
    pub(super) code: String,
    pub(super) division: DivisionCode,
    pub(super) office: Office,
    /// The item as it is carried out there; its code is not known yet.
    pub(super) item: Item,
}

/// What is told of rows besides those that are left out.
#[derive(Default)]
pub(super) struct Told {
    /// Columns that nothing has a use for.
    pub(super) unknown: BTreeSet<String>,
    /// Values of coded columns that are neither code nor term.
    pub(super) uncoded: BTreeSet<String>,
    /// What of the row was left out.
    pub(super) dropped: Vec<Dropped>,
}

impl Row {
    /// Reads a row, or says why it is none.
    pub(super) fn new(
        mut row: Map<String, Value>,
        divisions: &Divisions,
        told: &mut Told,
    ) -> Result<Self, String> {
        inexact(&mut row, &mut told.dropped)?;
        values::straighten(&mut row);
        codes::settle(&mut row, &mut told.uncoded);
        let name = needed(&mut row, "name")?;
        let department = needed(&mut row, "department")?;
        let code = needed(&mut row, "code")?;
        let division = divisions.find(&needed(&mut row, "division")?)?;
        let item_type = needed(&mut row, "type")?;
        let basic = row.remove("basic_code").and_then(|code| text(&code));
        let basic = basic.or_else(|| basic_code_in(&code));
        let office = office(department, &mut row, told);

        let mut must = Map::new();
        let mut has = |name: &str, value: Value| must.insert(name.to_owned(), value);
        has("code", "".into());
        has("name", name.into());
        has("type", item_type.into());
        has("version", row.remove("version").filter(Value::is_string).unwrap_or("1".into()));
        let level = row.remove("level").filter(Value::is_string);
        has("level", level.unwrap_or_else(|| level_of(&division).into()));
        // Only what is known to be cancelled, or not begun, is kept from people.
        let state = row.remove("state").and_then(|state| text(&state)).unwrap_or_default();
        let state = match ItemState::from(state.as_str()) {
            ItemState::Other(_) => ItemState::InUse,
            known => known,
        };
        has("state", state.code().into());
        // What is filed is told by a form, which a list has not.
        row.remove("has_form");
        row.retain(|name, _| {
            let known = MEMBERS.contains(&name.as_str());
            if !known && !told.unknown.contains(name) {
                told.unknown.insert(name.clone());
            }
            known
        });
        let item = values::item(must, row, &mut told.dropped)?;
        Ok(Self { basic, code, division, office, item })
    }
}

/// Refuses a code that was rounded, and leaves out one that need not be there.
fn inexact(row: &mut Map<String, Value>, dropped: &mut Vec<Dropped>) -> Result<(), String> {
    for name in CODES {
        let Some(value) = row.get(name) else { continue };
        if !is_rounded(value) {
            continue;
        }
        let called = called(name);
        let why = format!(
            "“{}”是按数字保存的，末几位已经丢失，请把这一栏改成文本格式，重新填写",
            beginning(value)
        );
        if matches!(name, "code" | "division") {
            return Err(format!("{called}{why}"));
        }
        dropped.push((called.to_owned(), why));
        row.remove(name);
    }
    Ok(())
}

/// Whether a code is a number that has lost its last digits: `1.14205E+30`.
fn is_rounded(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_none_or(|number| number > EXACT),
        Value::String(text) => {
            let text = text.trim().to_ascii_uppercase();
            let Some((number, exponent)) = text.split_once("E+") else { return false };
            let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
            whole.len() == 1 && digits(whole) && digits(rest) && digits(exponent)
        }
        _ => false,
    }
}

/// The text of a member that must be there.
fn needed(row: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    let text = row.remove(name).and_then(|value| text(&value));
    text.ok_or_else(|| format!("没有写{}（{name}）", called(name)))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn office(department: String, row: &mut Map<String, Value>, told: &mut Told) -> Office {
    let mut of = |name: &str| match row.remove(name) {
        Some(Value::String(text)) => text,
        None => String::new(),
        Some(other) => {
            let why = format!("应当是一段文字，写的是“{}”", beginning(&other));
            told.dropped.push((called(name).to_owned(), why));
            String::new()
        }
    };
    let [organisation_code, address, hours, phone, complaint_phone] = OF_OFFICE.map(&mut of);
    Office { department, organisation_code, address, hours, phone, complaint_phone }
}

fn basic_code_in(code: &str) -> Option<String> {
    let basic = code.get(code.len().checked_sub(BASIC_CODE)?..)?;
    is_standard(code).then(|| basic.to_owned())
}

fn level_of(division: &DivisionCode) -> &'static str {
    match division.level() {
        DivisionLevel::Province => "2",
        DivisionLevel::City => "3",
        DivisionLevel::County => "4",
        DivisionLevel::Township => "5",
        DivisionLevel::Village => "6",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_member_of_an_item_is_known() {
        let item = json!({"code": "b", "version": "1", "name": "事项", "state": "1", "type": "07",
            "level": "4", "visits": 0, "statutory_days": 0, "promised_days": 0, "fees": []});
        let item: Item = serde_json::from_value(item).unwrap();
        let Value::Object(members) = serde_json::to_value(&item).unwrap() else { panic!() };
        let mut known: Vec<_> = MEMBERS.to_vec();
        known.extend(["code", "version", "name", "state", "type", "level", "has_form"]);
        assert_eq!(
            members.keys().map(String::as_str).collect::<BTreeSet<_>>(),
            known.into_iter().collect()
        );
    }

    #[test]
    fn a_code_that_a_spreadsheet_rounded_is_told_from_one_that_looks_alike() {
        for rounded in [json!("1.14205E+30"), json!("4e+11"), json!(1.14e30), json!(EXACT + 2)] {
            assert!(is_rounded(&rounded), "{rounded}");
        }
        for code in [json!("12E30"), json!("E+1"), json!("1E5"), json!(420_506), json!("")] {
            assert!(!is_rounded(&code), "{code}");
        }
    }
}
