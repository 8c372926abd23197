//! What an import came to, as it is told to whoever keeps the lists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

use super::{rows, values::Dropped};
use crate::catalogue::lint::Findings;

/// Rows and files that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// What an import came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows read.
    pub rows: usize,
    /// Places that are new.
    pub added: usize,
    /// Places that are there in another form than before.
    pub changed: usize,
    /// Places that were there, and are not carried out any more.
    pub left: usize,
    /// Rows that say what was there already.
    pub unchanged: usize,
    /// Basic items there are now.
    pub items: usize,
    /// Places there are now.
    pub places: usize,
    /// Where rows were left out, and why.
    pub left_out: Vec<(PathBuf, usize, String)>,
    /// What of a folder was not read, and why.
    pub not_read: Vec<(PathBuf, String)>,
    /// How often a column of a row was left out, with the first of each.
    pub dropped: BTreeMap<String, (usize, String)>,
    /// Columns that no guide has.
    pub unknown: BTreeSet<String>,
    /// Values of coded columns that are neither code nor term.
    pub uncoded: BTreeSet<String>,
    /// What is odd ([`lint`](crate::catalogue::lint)).
    pub odd: Findings,
}

impl Report {
    /// Tells what was left out of a row that was taken in.
    pub(super) fn drop(&mut self, file: &Path, line: usize, (column, why): Dropped) {
        let first = || format!("{} {}：{why}", file.display(), at(file, line));
        self.dropped.entry(column).or_insert_with(|| (0, first())).0 += 1;
    }
}

/// Where something stands in a file.
pub(super) fn at(file: &Path, line: usize) -> String {
    let counted = if rows::has_lines(file) { "行" } else { "条" };
    format!("第 {line} {counted}")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "读到 {} 行：新增 {}，更新 {}，撤下 {}，没有变化 {}，没有收下 {}。",
            self.rows,
            self.added,
            self.changed,
            self.left,
            self.unchanged,
            self.left_out.len()
        )?;
        if self.rows == 0 {
            writeln!(f, "注意：一个事项也没有读到，请看看是不是选错了文件。")?;
        }
        let read =
            self.not_read.iter().map(|(file, why)| format!("{} 没有读：{why}", file.display()));
        several(f, read, self.not_read.len(), "个文件没有读")?;
        let rows = self.left_out.iter();
        let rows = rows.map(|(file, line, why)| {
            format!("{} {}没有收下：{why}", file.display(), at(file, *line))
        });
        several(f, rows, self.left_out.len(), "条没有收下")?;
        for (column, (count, first)) in &self.dropped {
            writeln!(f, "“{column}”有 {count} 处没有收下，例如 {first}")?;
        }
        if !self.unknown.is_empty() {
            writeln!(f, "这些栏目用不上：{}", joined(&self.unknown))?;
        }
        if !self.uncoded.is_empty() {
            writeln!(f, "这些值既不是规定的代码，也不是规定的名称：{}", joined(&self.uncoded))?;
        }
        write!(f, "{}", self.odd)?;
        writeln!(f, "现有 {} 个基本事项，{} 个实施事项。", self.items, self.places)
    }
}

fn several(
    f: &mut fmt::Formatter<'_>,
    lines: impl Iterator<Item = String>,
    all: usize,
    more: &str,
) -> fmt::Result {
    for line in lines.take(TOLD) {
        writeln!(f, "  {line}")?;
    }
    match all.checked_sub(TOLD) {
        Some(rest @ 1..) => writeln!(f, "  还有 {rest} {more}"),
        _ => Ok(()),
    }
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join("、")
}
