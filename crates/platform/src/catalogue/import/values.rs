//! Values as their members have them: numbers that were written as text and the other way
//! round, days, lists in one cell. And of what cannot be read, which member it is.

use serde::Deserialize as _;
use serde_json::{Map, Number, Value};
use sha2::{Digest as _, Sha256};
use tongban_contract::{guide::Item, identifiers::Digest};

use super::columns::{called, is_blank};

/// Members that are numbers.
const NUMBERS: [&str; 7] =
    ["statutory_days", "promised_days", "visits", "assurance", "originals", "copies", "days"];
/// Members that are yes or no.
const TRUTHS: [&str; 6] =
    ["paper", "electronic", "exempt", "appointment", "online_payment", "courier"];
/// Members that are days of the calendar.
const DAYS: [&str; 2] = ["effective", "cancelled"];
/// Members that are lists of texts; in one cell they are parted by semicolons.
const LISTS: [&str; 3] = ["aliases", "conditions", "joint_departments"];
/// Members that are lists of objects, with the member that a text alone stands for.
const OBJECTS: [(&str, &str); 3] =
    [("materials", "name"), ("results", "name"), ("legal_basis", "title")];
/// Other members that are lists or objects; in one cell they are JSON.
const NESTED: [&str; 9] = [
    "audiences",
    "themes",
    "channels",
    "steps",
    "special_procedures",
    "fees",
    "situations",
    "faq",
    "services",
];
/// A rule, left as it is.
const RULE: &str = "when";
/// A text that may be empty.
const MAY_BE_EMPTY: &str = "value";
const YES: [&str; 6] = ["是", "有", "支持", "true", "1", "Y"];
const NO: [&str; 6] = ["否", "无", "不支持", "false", "0", "N"];
/// What numbers are counted in. Days that are no working days are another number.
const UNITS: [&str; 4] = ["个工作日", "工作日", "次", "份"];
/// Characters of a value that are told.
const TOLD: usize = 20;

/// A member that was left out, and why.
pub(super) type Dropped = (String, String);

/// Writes every value as its member has it, where that is plain.
pub(super) fn straighten(row: &mut Map<String, Value>) {
    row.retain(|name, value| !is_blank(value) || (name == MAY_BE_EMPTY && value.is_string()));
    for (name, value) in row.iter_mut().filter(|(name, _)| *name != RULE) {
        of_cell(name, value);
        straighten_value(name, value);
    }
    identify(row);
}

/// A list that is in one text.
fn of_cell(name: &str, value: &mut Value) {
    let Value::String(text) = value else { return };
    let text = text.trim();
    let is_list = LISTS.contains(&name) || OBJECTS.iter().any(|(list, _)| *list == name);
    if !is_list && !NESTED.contains(&name) {
        return;
    }
    if text.starts_with(['[', '{'])
        && let Ok(read) = serde_json::from_str(text)
    {
        *value = read;
        return;
    }
    if is_list {
        let parts = text.split(['；', ';']).map(str::trim).filter(|part| !part.is_empty());
        *value = parts.map(Value::from).collect();
    }
}

fn straighten_value(name: &str, value: &mut Value) {
    match value {
        Value::Object(members) => straighten(members),
        Value::Array(list) => {
            list.retain(|one| !is_blank(one));
            let of_text = OBJECTS.iter().find(|(list, _)| *list == name).map(|(_, text)| *text);
            for one in list {
                if let (Some(text), Value::String(_)) = (of_text, &*one) {
                    *one = Value::Object(Map::from_iter([(text.to_owned(), one.take())]));
                }
                straighten_value(name, one);
            }
        }
        scalar => {
            if let Some(straight) = straight(name, scalar) {
                *scalar = straight;
            }
        }
    }
}

/// A number, a truth, a day or a text as its member has it.
fn straight(name: &str, value: &Value) -> Option<Value> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    if NUMBERS.contains(&name) {
        return number(&text).map(Value::Number);
    }
    if TRUTHS.contains(&name) {
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
        return is(&YES).then_some(true).or(is(&NO).then_some(false)).map(Value::Bool);
    }
    if DAYS.contains(&name) {
        return day(&text).map(Value::from);
    }
    (!value.is_string()).then(|| Value::from(text))
}

/// A number, where nothing but its unit stands beside it.
fn number(text: &str) -> Option<Number> {
    let text = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text).trim();
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    // Spreadsheets write 5.0.
    let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
    if let Some(whole) = whole.and_then(|(whole, _)| whole.parse::<u64>().ok()) {
        return Some(whole.into());
    }
    text.parse().ok().and_then(Number::from_f64)
}

/// A day that is written with other signs, or with a time.
fn day(text: &str) -> Option<String> {
    let day = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = match day.len() {
        8 if day.bytes().all(|byte| byte.is_ascii_digit()) => {
            vec![day.get(..4)?, day.get(4..6)?, day.get(6..)?]
        }
        _ => day.split(['-', '/', '.', '年', '月', '日']).filter(|one| !one.is_empty()).collect(),
    };
    let [year, month, day] = parts[..] else { return None };
    // 26 may be any century's.
    (year.len() == 4).then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// Gives materials that have no name of their own one: the same each time, so that a list that
/// comes again says the same.
fn identify(row: &mut Map<String, Value>) {
    let Some(Value::Array(materials)) = row.get_mut("materials") else { return };
    let mut given: Vec<String> = Vec::new();
    for material in materials.iter_mut().filter_map(Value::as_object_mut) {
        // Neither is said, where it is not.
        for coded in ["necessity", "source"] {
            material.entry(coded).or_insert_with(|| "".into());
        }
        let id = match (material.get("id"), material.get("name")) {
            (Some(Value::String(id)), _) => id.clone(),
            (None, Some(Value::String(name))) => made_of(name, &given),
            _ => continue,
        };
        material.insert("id".to_owned(), id.clone().into());
        given.push(id);
    }
}

fn made_of(name: &str, given: &[String]) -> String {
    let digest = Digest::from_bytes(&Sha256::digest(name).into()).to_string();
    let id = format!("m{}", digest.get(..8).unwrap_or(&digest));
    let same = given.iter().filter(|other| other.starts_with(&id)).count();
    if same == 0 { id } else { format!("{id}-{}", same + 1) }
}

/// The item of a row: what it must have, and of the rest what can be read.
///
/// # Errors
/// Where what it must have makes no item.
pub(super) fn item(
    must: Map<String, Value>,
    rest: Map<String, Value>,
    dropped: &mut Vec<Dropped>,
) -> Result<Item, String> {
    let names: Vec<String> = must.keys().cloned().collect();
    let mut whole = Value::Object(must);
    join(&mut whole, rest);
    if let Ok(item) = Item::deserialize(&whole) {
        return Ok(item);
    }
    let Value::Object(mut rest) = whole else { return Err("不是一个事项".to_owned()) };
    let must: Map<_, _> =
        names.into_iter().filter_map(|name| rest.shift_remove_entry(&name)).collect();
    let reads = |name: &str, value: &Value| {
        let mut one = Value::Object(must.clone());
        join(&mut one, Map::from_iter([(name.to_owned(), value.clone())]));
        Item::deserialize(&one).is_ok()
    };
    let mut good = Map::new();
    for (name, value) in rest {
        if let Some(value) = readable(&name, value, &reads, dropped) {
            good.insert(name, value);
        }
    }
    let mut whole = Value::Object(must);
    join(&mut whole, good);
    Item::deserialize(&whole).map_err(|_| "缺少事项必须有的内容".to_owned())
}

fn join(whole: &mut Value, members: Map<String, Value>) {
    if let Value::Object(whole) = whole {
        whole.extend(members);
    }
}

/// What of a member can be read; the rest is told.
fn readable(
    name: &str,
    value: Value,
    reads: &impl Fn(&str, &Value) -> bool,
    dropped: &mut Vec<Dropped>,
) -> Option<Value> {
    if reads(name, &value) {
        return Some(value);
    }
    let Value::Array(list) = value else {
        dropped.push((called(name).to_owned(), why(name, &value)));
        return None;
    };
    let mut good = Vec::new();
    for (at, one) in list.into_iter().enumerate() {
        if reads(name, &Value::Array(vec![one.clone()])) {
            good.push(one);
        } else {
            let why = format!("第 {} 项{}", at + 1, why_part(name, &one));
            dropped.push((called(name).to_owned(), why));
        }
    }
    (!good.is_empty()).then_some(Value::Array(good))
}

fn why(name: &str, value: &Value) -> String {
    let shape = match name {
        _ if NUMBERS.contains(&name) => "应当是不带文字的整数",
        _ if DAYS.contains(&name) => "应当像 2026-01-31 这样写日期",
        _ => "写法读不懂",
    };
    format!("{shape}，写的是“{}”", beginning(value))
}

fn why_part(name: &str, value: &Value) -> String {
    let members = value.as_object();
    let has = |name: &str| members.is_some_and(|members| members.contains_key(name));
    let (lacks, called) = match name {
        "steps" if has("name") && !has("days") => (true, "工作日数（days）"),
        "materials" | "results" | "steps" | "fees" | "special_procedures" => {
            (!has("name"), "名称（name）")
        }
        "legal_basis" => (!has("title"), "名称（title）"),
        _ => (false, ""),
    };
    if lacks {
        format!("没有写{called}")
    } else {
        format!("里有读不懂的内容：{}", beginning(value))
    }
}

/// The beginning of what was written.
pub(super) fn beginning(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut short: String = text.chars().take(TOLD).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn straightened(row: Value) -> Value {
        let Value::Object(mut row) = row else { panic!() };
        straighten(&mut row);
        Value::Object(row)
    }

    #[test]
    fn what_is_plain_is_written_as_its_member_has_it() {
        let row = json!({
            "visits": "1次", "promised_days": 5.0, "statutory_days": "20 个工作日",
            "phone": 7170000, "address": "[1] 号", "hours": "",
            "visit_reason": null, "effective": "2026年1月5日",
            "cancelled": "20271231", "aliases": "甲；乙", "conditions": ["一", 2, ""],
            "steps": "[{\"name\": \"受理\", \"days\": \"0.5\", \"unit\": null}]",
            "services": {"courier": "支持"},
            "situations": [{"id": "s", "question": "问", "options": [{"value": "", "label": "否"}]}],
        });
        let expected = json!({
            "visits": 1, "promised_days": 5, "statutory_days": 20, "phone": "7170000",
            "address": "[1] 号",
            "effective": "2026-01-05", "cancelled": "2027-12-31", "aliases": ["甲", "乙"],
            "conditions": ["一", "2"], "steps": [{"name": "受理", "days": 0.5}],
            "services": {"courier": true},
            "situations": [{"id": "s", "question": "问", "options": [{"value": "", "label": "否"}]}],
        });
        assert_eq!(straightened(row), expected);
        // What is not plain stays, to be told.
        let odd = json!({"visits": "often", "promised_days": "30 天", "effective": "明年"});
        assert_eq!(straightened(odd.clone()), odd);
    }

    #[test]
    fn a_material_without_an_id_has_the_same_each_time_and_no_other_has_it() {
        let row = || json!({"materials": ["身份证", {"name": "身份证", "when": {"const": ""}}, {"id": 7}]});
        let made = straightened(row());
        assert_eq!(straightened(row()), made);
        let ids: Vec<_> = made["materials"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
        assert!(ids[0] != ids[1] && ids[2] == "7", "{made}");
        assert_eq!(made["materials"][1]["when"], json!({"const": ""}));
    }

    #[test]
    fn only_what_cannot_be_read_is_left_out() {
        let must = json!({"code": "b", "version": "1", "name": "事项", "state": "1", "type": "07",
            "level": "4"});
        let rest = json!({
            "visits": "often", "promised_days": 5, "effective": "明年", "services": 7,
            "materials": [{"id": "a", "name": "证", "necessity": "1", "source": "10"},
                {"id": "b", "necessity": "1", "source": "10"}],
        });
        let (Value::Object(must), Value::Object(rest)) = (must, rest) else { panic!() };
        let mut dropped = Vec::new();
        let item = item(must, rest, &mut dropped).unwrap();
        assert_eq!((item.visits, item.promised_days, item.materials.len()), (None, Some(5), 1));
        let columns: Vec<_> = dropped.iter().map(|(column, _)| column.as_str()).collect();
        assert_eq!(columns, ["到现场次数", "生效日期", "服务方式", "申请材料"]);
        assert_eq!(dropped[3].1, "第 2 项没有写名称（name）");
    }
}
