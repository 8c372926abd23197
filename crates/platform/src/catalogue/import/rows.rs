//! Reads rows out of files: a JSON array (or an object that holds one, or is one row), JSON
//! Lines, CSV. A row is a JSON object by the time it leaves; what it means is `row`'s.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{
    columns::{here, is_blank, named},
    text,
};
use crate::{Error, Result};

/// A row, or why there is none; with its number in the file, from 1: that of its line, or in
/// JSON that of the row.
pub(super) type Numbered = (usize, Result<Map<String, Value>, String>);

/// How deep within objects a list is looked for.
const DEEP: usize = 4;
const QUOTE: u8 = b'"';

/// What a folder holds.
pub(super) struct Found {
    /// Files that rows may be in, in the order of their names.
    pub(super) lists: Vec<PathBuf>,
    /// Everything else, and why it is not read.
    pub(super) others: Vec<(PathBuf, String)>,
}

/// The files of a folder; not those of folders in it.
pub(super) fn files(folder: &Path) -> Result<Found> {
    let mut found = Found { lists: Vec::new(), others: Vec::new() };
    for entry in std::fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        if path.is_dir() {
            found.others.push((path, "是文件夹，要单独导入".to_owned()));
        } else if format(&path).is_some() {
            found.lists.push(path);
        } else {
            let why = not_a_list(&path);
            found.others.push((path, why));
        }
    }
    found.lists.sort();
    found.others.sort();
    Ok(found)
}

enum Format {
    Json,
    Lines,
    Csv,
}

fn format(path: &Path) -> Option<Format> {
    match extension(path).as_str() {
        "json" => Some(Format::Json),
        "jsonl" | "ndjson" => Some(Format::Lines),
        "csv" => Some(Format::Csv),
        _ => None,
    }
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

fn not_a_list(path: &Path) -> String {
    match extension(path).as_str() {
        "xlsx" | "xls" | "et" | "ods" => "是电子表格，请另存为 CSV 文件再导入".to_owned(),
        _ => "只认识 .json、.jsonl 和 .csv 文件".to_owned(),
    }
}

/// Whether the numbers of a file's rows are those of its lines.
pub(super) fn has_lines(path: &Path) -> bool {
    matches!(format(path), Some(Format::Lines | Format::Csv))
}

/// The rows of a file.
///
/// # Errors
/// Where it cannot be read as a whole.
pub(super) fn read(path: &Path) -> Result<Box<dyn Iterator<Item = Numbered>>> {
    match format(path) {
        Some(Format::Json) => {
            let whole = serde_json::from_str(&text::read(path)?);
            let whole = whole.map_err(|error| fault(path, no_json(&error)))?;
            let rows = rows_of(whole).ok_or_else(|| fault(path, "里面没有事项列表"))?;
            Ok(Box::new((1..).zip(rows.into_iter().map(object))))
        }
        Some(Format::Lines) => {
            let lines = text::lines(path)?;
            Ok(Box::new(lines.filter_map(|(at, line)| Some((at, read_line(line)?)))))
        }
        Some(Format::Csv) => read_csv(path, &text::read(path)?),
        None => Err(fault(path, not_a_list(path))),
    }
}

fn fault(path: &Path, reason: impl ToString) -> Error {
    Error::Source { path: path.to_owned(), reason: reason.to_string() }
}

fn no_json(error: &serde_json::Error) -> String {
    format!("不是完整的 JSON，问题在第 {} 行第 {} 列附近", error.line(), error.column())
}

/// The rows in a JSON text: one that is a row, or the lists whose objects are.
fn rows_of(whole: Value) -> Option<Vec<Value>> {
    match whole {
        Value::Array(rows) => Some(rows),
        row if is_row(&row) => Some(vec![row]),
        Value::Object(members) => {
            let mut lists = Vec::new();
            lists_in(members, DEEP, &mut lists);
            let mut rows = Vec::new();
            if lists.iter().flatten().any(is_row) {
                for list in lists.into_iter().filter(|list| list.iter().any(is_row)) {
                    rows.extend(list);
                }
                return Some(rows);
            }
            // Nothing is a row: why not is told of each of the first.
            lists.into_iter().next()
        }
        _ => None,
    }
}

fn lists_in(members: Map<String, Value>, deep: usize, lists: &mut Vec<Vec<Value>>) {
    for (_, member) in members {
        match member {
            Value::Array(list) => lists.push(list),
            Value::Object(members) if deep > 0 => lists_in(members, deep - 1, lists),
            _ => {}
        }
    }
}

/// Whether a value names an item and its code.
fn is_row(value: &Value) -> bool {
    let has = |name: &str| value.as_object().is_some_and(|row| row.keys().any(|k| here(k) == name));
    has("name") && has("code")
}

/// None for a blank line.
fn read_line(line: Result<String, String>) -> Option<Result<Map<String, Value>, String>> {
    let line = match line {
        Ok(line) => line,
        Err(error) => return Some(Err(error)),
    };
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    let read = serde_json::from_str(line);
    Some(read.map_err(|error| no_json(&error)).and_then(object))
}

/// The object of a row, with the names of its members as they are called here.
fn object(row: Value) -> Result<Map<String, Value>, String> {
    let Value::Object(members) = row else { return Err("不是一个事项".to_owned()) };
    Ok(named(members))
}

fn read_csv(path: &Path, text: &str) -> Result<Box<dyn Iterator<Item = Numbered>>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // Spreadsheets part the cells of “Unicode text” by tabs.
    let between = if first.contains('\t') && !first.contains(',') { b'\t' } else { b',' };
    let shape = shape(text, between);
    let mut reader = csv::ReaderBuilder::new();
    reader.flexible(true).has_headers(false).delimiter(between);
    let mut records = reader.from_reader(std::io::Cursor::new(text.to_owned())).into_records();
    let columns = match records.next() {
        Some(columns) => columns.map_err(|error| fault(path, error))?,
        None => return Ok(Box::new(std::iter::empty())),
    };
    let columns: Vec<String> = columns.iter().map(|name| name.trim().to_owned()).collect();
    let Shape { begins, open } = shape;
    if begins.len() == 1
        && let Some(line) = open
    {
        return Err(fault(path, unclosed(line)));
    }
    let last = begins.last().copied();
    let rows = begins.into_iter().skip(1).zip(records).filter_map(move |(line, record)| {
        if let Some(open) = open.filter(|_| Some(line) == last) {
            return Some((line, Err(unclosed(open))));
        }
        let row = match record {
            Ok(record) => of_cells(&columns, &record)?,
            Err(error) => Err(error.to_string()),
        };
        Some((line, row))
    });
    Ok(Box::new(rows))
}

fn unclosed(line: usize) -> String {
    format!("第 {line} 行的引号没有闭合，从那里到文件末尾都没有读")
}

/// A row of cells; none where all of them are blank.
fn of_cells(
    columns: &[String],
    record: &csv::StringRecord,
) -> Option<Result<Map<String, Value>, String>> {
    if record.iter().all(|cell| cell.trim().is_empty()) {
        return None;
    }
    if record.len() != columns.len() {
        return Some(Err(format!(
            "有 {} 格，表头有 {} 格，对不上；请看看这一行是不是多了或少了逗号、引号",
            record.len(),
            columns.len()
        )));
    }
    let cells = columns.iter().zip(record).map(|(name, cell)| (name.clone(), cell.trim().into()));
    Some(Ok(named(cells.filter(|(_, cell)| !is_blank(cell)))))
}

/// Where the records of a CSV text are.
#[derive(Debug, PartialEq)]
struct Shape {
    /// The lines on which they begin.
    begins: Vec<usize>,
    /// The line of the quote that is open at the end.
    open: Option<usize>,
}

/// Follows the quotes of a CSV text as the `csv` crate does.
fn shape(text: &str, between: u8) -> Shape {
    let mut begins = Vec::new();
    let (mut line, mut open) = (1, None);
    let (mut in_record, mut at_cell) = (false, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let ends_line = byte == b'\n' || byte == b'\r';
        if open.is_none() && !in_record && !ends_line {
            begins.push(line);
            (in_record, at_cell) = (true, true);
        }
        match byte {
            // Two of them are one that is written.
            QUOTE if open.is_some() => open = open.filter(|_| bytes.next_if_eq(&QUOTE).is_some()),
            QUOTE if at_cell => open = Some(line),
            _ if open.is_none() && ends_line => in_record = false,
            _ => {}
        }
        at_cell = open.is_none() && byte == between;
        line += usize::from(byte == b'\n');
    }
    Shape { begins, open }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_lines_of_records_are_known_and_a_quote_that_stays_open() {
        for (text, begins, open) in [
            ("a,b\n1,2\n", vec![1, 2], None),
            ("a,b\r\n\r\n1,2\r\n3,4", vec![1, 3, 4], None),
            ("a,b\n\"1\n\n\",2\n3,4\n", vec![1, 2, 5], None),
            ("a,b\n\"1\"\"\n,2\n3,4\n", vec![1, 2], Some(2)),
            ("a,b\n1,x\"y\n3,\"4\n5,6\n", vec![1, 2, 3], Some(3)),
            ("a,b\n\"1\"x,2\n3,4\n", vec![1, 2, 3], None),
        ] {
            let expected = Shape { begins, open };
            assert_eq!(shape(text, b','), expected, "{text}");
            let mut reader = csv::ReaderBuilder::new();
            let reader = reader.flexible(true).has_headers(false).from_reader(text.as_bytes());
            assert_eq!(reader.into_records().count(), expected.begins.len(), "{text}");
        }
    }

    #[test]
    fn rows_are_found_wherever_they_are() {
        let row = json!({"事项名称": "甲", "实施编码": "1"});
        for whole in [
            row.clone(),
            json!([row]),
            json!({"code": 0, "data": {"columns": [{"name": "x"}], "list": [row]}}),
            json!({"tags": ["x"], "items": [row]}),
        ] {
            assert_eq!(rows_of(whole.clone()), Some(vec![row.clone()]), "{whole}");
        }
        assert_eq!(rows_of(json!({"data": []})), Some(vec![]));
        assert_eq!(rows_of(json!({"data": 1})), None);
    }
}
