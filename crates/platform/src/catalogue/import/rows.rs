//! Reads rows out of files: a JSON array (or an object that holds one), JSON Lines, CSV. A row
//! is a JSON object by the time it leaves; what it means is `merge`'s.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use serde_json::{Map, Number, Value};

use crate::{Error, Result};

/// A row, or why there is none; with its number in the file, from 1.
pub(super) type Numbered = (usize, Result<Map<String, Value>, String>);

/// What departments call their columns, and what they are called here.
const COLUMNS: [(&str, &str); 19] = [
    ("事项名称", "name"),
    ("实施主体", "department"),
    ("实施主体编码", "organisation_code"),
    ("实施编码", "code"),
    ("item_code", "code"),
    ("基本编码", "basic_code"),
    ("行政区划", "division"),
    ("行政区划代码", "division"),
    ("事项类型", "type"),
    ("日常用语", "aliases"),
    ("服务对象", "audiences"),
    ("主题", "themes"),
    ("办件类型", "project_type"),
    ("法定办结时限", "statutory_days"),
    ("承诺办结时限", "promised_days"),
    ("到现场次数", "visits"),
    ("办理地点", "address"),
    ("咨询电话", "phone"),
    ("监督投诉电话", "complaint_phone"),
];
/// Columns whose cell holds several values, parted by semicolons.
const LISTS: [&str; 6] =
    ["aliases", "audiences", "themes", "channels", "conditions", "joint_departments"];
const NUMBERS: [&str; 4] = ["statutory_days", "promised_days", "visits", "assurance"];
/// The byte order mark that spreadsheets write.
const MARK: &str = "\u{feff}";

/// The file itself, or the files of a folder that rows may be in, in the order of their names.
pub(super) fn files(from: &Path) -> Result<Vec<PathBuf>> {
    if !from.is_dir() {
        return Ok(vec![from.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(from).map_err(Error::file(from))? {
        let path = entry.map_err(Error::file(from))?.path();
        if format(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

enum Format {
    Json,
    Lines,
    Csv,
}

fn format(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "jsonl" | "ndjson" => Some(Format::Lines),
        "csv" => Some(Format::Csv),
        _ => None,
    }
}

/// The rows of a file.
///
/// # Errors
/// Where it cannot be read as a whole.
pub(super) fn read(path: &Path) -> Result<Box<dyn Iterator<Item = Numbered>>> {
    let file = || File::open(path).map_err(Error::file(path));
    match format(path) {
        Some(Format::Json) => {
            let whole: Value =
                serde_json::from_reader(BufReader::new(file()?)).map_err(|e| fault(path, e))?;
            let rows = rows_of(whole).ok_or_else(|| fault(path, "里面没有事项列表"))?;
            let rows = rows.into_iter().map(named);
            Ok(Box::new(rows.enumerate().map(|(at, row)| (at + 1, row))))
        }
        Some(Format::Lines) => {
            let lines = BufReader::new(file()?).lines().enumerate();
            Ok(Box::new(lines.filter_map(|(at, line)| Some((at + 1, read_line(line)?)))))
        }
        Some(Format::Csv) => {
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file()?);
            let columns: Vec<String> = reader
                .headers()
                .map_err(|e| fault(path, e))?
                .iter()
                .map(|name| name.trim_start_matches(MARK).trim().to_owned())
                .collect();
            let records = reader.into_records().enumerate();
            Ok(Box::new(records.map(move |(at, record)| {
                let row = record.map_err(|e| e.to_string());
                (at + 1, row.map(|record| of_cells(&columns, &record)).and_then(named))
            })))
        }
        None => Err(fault(path, "只认识 .json、.jsonl 和 .csv 文件")),
    }
}

fn fault(path: &Path, reason: impl ToString) -> Error {
    Error::Source { path: path.to_owned(), reason: reason.to_string() }
}

fn rows_of(whole: Value) -> Option<Vec<Value>> {
    match whole {
        Value::Array(rows) => Some(rows),
        Value::Object(members) => members.into_iter().find_map(|(_, member)| match member {
            Value::Array(rows) => Some(rows),
            _ => None,
        }),
        _ => None,
    }
}

/// None for a blank line.
fn read_line(line: std::io::Result<String>) -> Option<Result<Map<String, Value>, String>> {
    let line = match line {
        Ok(line) => line,
        Err(error) => return Some(Err(error.to_string())),
    };
    let line = line.trim_start_matches(MARK).trim();
    if line.is_empty() {
        return None;
    }
    Some(serde_json::from_str(line).map_err(|e| e.to_string()).and_then(named))
}

/// The object of a row, with the names of its members as they are called here.
fn named(row: Value) -> Result<Map<String, Value>, String> {
    let Value::Object(members) = row else { return Err("不是一个事项".to_owned()) };
    let known = |name: String| {
        let found = COLUMNS.iter().find(|(other, _)| *other == name);
        found.map_or(name, |(_, here)| (*here).to_owned())
    };
    Ok(members.into_iter().map(|(name, value)| (known(name), value)).collect())
}

fn of_cells(columns: &[String], record: &csv::StringRecord) -> Value {
    let cells = columns.iter().zip(record).filter(|(_, cell)| !cell.trim().is_empty());
    Value::Object(cells.map(|(column, cell)| (column.clone(), of_cell(column, cell))).collect())
}

/// What a cell holds: a list, a number or JSON where its column does; else its text.
fn of_cell(column: &str, cell: &str) -> Value {
    let cell = cell.trim();
    let column = COLUMNS.iter().find(|(other, _)| *other == column).map_or(column, |(_, n)| n);
    if cell.starts_with(['[', '{'])
        && let Ok(value) = serde_json::from_str(cell)
    {
        return value;
    }
    if LISTS.contains(&column) {
        let parts = cell.split(['；', ';']).map(str::trim).filter(|part| !part.is_empty());
        return parts.map(Value::from).collect();
    }
    if NUMBERS.contains(&column)
        && let Ok(number) = cell.parse::<u64>()
    {
        return Value::Number(Number::from(number));
    }
    Value::from(cell)
}
