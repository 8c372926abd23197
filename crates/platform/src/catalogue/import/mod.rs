//! Takes items in from departments' own lists: JSON, JSON Lines or CSV, a row for each place
//! that carries an item out. Only name, department, code, division and type must be there.
//! What is odd is reported, never refused; a row that names no item is left out and told.
//!
//! - `rows` reads files, `plain` makes plain text of rich text, `merge` makes basic items and
//!   places of rows, `base` what an item says of what its places say.
//! - `store` keeps them below the node's data, apart from the sources that it was installed with.

pub(super) mod base;
mod merge;
mod plain;
mod rows;
pub(super) mod store;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

use tongban_contract::numbers::DivisionCode;

use super::{lint, lock, own_places, sources};
use crate::{Error, Result};

/// Rows that were left out and are told one by one; the rest is counted.
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
    /// Columns that no guide has.
    pub unknown: BTreeSet<String>,
    /// How often each rule found something odd ([`lint`]), with the first of each.
    pub odd: BTreeMap<&'static str, (usize, String)>,
}

/// Takes a file in, or every file of a folder, and keeps what results below `data_dir`. What
/// has the code of a place that is there replaces it; everything else stays. Waits for whoever else
/// works on the catalogue. Blocks.
///
/// # Errors
/// Where a file cannot be read or is none of the three formats, or the result cannot be kept.
pub fn import(data_dir: &Path, assets: &Path, from: &Path) -> Result<Report> {
    let divisions = sources::read_divisions(assets)?;
    let sample = sources::read_items(assets)?;
    let _held = lock::hold(data_dir)?;
    let mut lists = merge::Lists::new(store::read(data_dir)?);
    let mut report = Report::default();
    for file in rows::files(from)? {
        for (line, row) in rows::read(&file)? {
            report.rows += 1;
            let taken = row.and_then(|mut row| {
                if plain::clean(&mut row) {
                    report.note("html", || format!("第 {line} 条里的 HTML 标记换成了文字"));
                }
                let row = merge::Row::new(row, &mut report.unknown)?;
                within(&divisions, &row.division)?;
                merge::take(&mut lists, row)
            });
            match taken {
                Ok(merge::Taken::Added) => report.added += 1,
                Ok(merge::Taken::Changed) => report.changed += 1,
                Ok(merge::Taken::Unchanged) => report.unchanged += 1,
                Ok(merge::Taken::Left) => report.left += 1,
                Err(reason) => report.left_out.push((file.clone(), line, reason)),
            }
        }
    }
    lists.settle().map_err(Error::json("an imported item"))?;
    store::write(data_dir, &lists.items)?;
    report.items = lists.items.len();
    for imported in lists.items.values() {
        report.places += imported.places.len();
        let of_assets = sample.get(&imported.item.code);
        if of_assets.is_some_and(|source| own_places::is_of_form(&source.item, &imported.item)) {
            report.note("form-materials", || {
                format!("{}有平台的表单，申请材料和情形按表单公布", imported.item.name)
            });
        }
        let offices = imported.places.values().flat_map(|place| lint::office(&place.office));
        for warning in lint::item(&imported.item).into_iter().chain(offices) {
            let example = || format!("{}：{}", imported.item.name, warning.sentence);
            report.note(warning.code, example);
        }
    }
    Ok(report)
}

impl Report {
    /// Counts something odd; the first of its kind is the example.
    fn note(&mut self, code: &'static str, example: impl FnOnce() -> String) {
        let (count, _) = self.odd.entry(code).or_insert_with(|| (0, example()));
        *count += 1;
    }
}

fn within(
    divisions: &BTreeMap<DivisionCode, String>,
    division: &DivisionCode,
) -> Result<(), String> {
    if divisions.contains_key(division) {
        Ok(())
    } else {
        Err(format!("区划 {division} 不在本省的区划表里"))
    }
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
        for (file, line, reason) in self.left_out.iter().take(TOLD) {
            writeln!(f, "  {} 第 {line} 条没有收下：{reason}", file.display())?;
        }
        if let Some(more @ 1..) = self.left_out.len().checked_sub(TOLD) {
            writeln!(f, "  还有 {more} 条没有收下")?;
        }
        if !self.unknown.is_empty() {
            let names: Vec<_> = self.unknown.iter().map(String::as_str).collect();
            writeln!(f, "这些栏目用不上：{}", names.join("、"))?;
        }
        for (code, (count, example)) in &self.odd {
            writeln!(f, "值得再看看：{count} 处（{code}），例如 {example}")?;
        }
        writeln!(f, "现有 {} 个基本事项，{} 个实施事项。", self.items, self.places)
    }
}
