//! Takes items in from departments' own lists: JSON, JSON Lines or CSV, a row for each place
//! that carries an item out. Only name, department, code, division and type must be there.
//! What is odd is reported, never refused; a row that names no item is left out and told.
//!
//! - `rows` reads files, of which `text` knows how they are encoded; `columns` knows what is
//!   called how, `plain` makes plain text of rich text, `values` and `codes` write numbers,
//!   days and terms as they are written here.
//! - `row` is an item as one place carries it out, where `divisions` knows which place is meant.
//! - `merge` makes basic items and places of rows, `base` what an item says of what its places
//!   say. `report` is what it came to.
//! - `store` keeps them below the node's data, apart from the sources that it was installed with.

pub(super) mod base;
mod codes;
mod columns;
mod divisions;
mod merge;
mod plain;
mod report;
mod row;
mod rows;
pub(super) mod store;
mod text;
mod values;

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};
use tongban_contract::numbers::DivisionCode;

use self::{
    divisions::Divisions,
    merge::{Lists, Taken},
    row::{Row, Told},
};
use super::{Source, lock, own_places, sources};
use crate::{Error, Result};

pub use report::Report;

/// Takes a file in, or every file of a folder, and keeps what results below `data_dir`. What
/// has the code of a place that is there replaces it; everything else stays. Waits for whoever
/// else works on the catalogue. Blocks.
///
/// # Errors
/// Where a single file cannot be read or is none of the three formats, or the result cannot be
/// kept.
pub fn import(data_dir: &Path, assets: &Path, from: &Path) -> Result<Report> {
    let divisions = Divisions::new(sources::read_divisions(assets)?);
    let of_assets = sources::read_items(assets)?;
    let _held = lock::hold(data_dir)?;
    let lists = Lists::new(store::read(data_dir)?, &of_assets).map_err(Error::json("an item"))?;
    let mut import = Import {
        divisions,
        lists,
        seen: HashMap::new(),
        told: Told::default(),
        report: Report::default(),
    };
    if from.is_dir() {
        let found = rows::files(from)?;
        import.report.not_read = found.others;
        for file in &found.lists {
            // The other lists are not to wait for this one.
            if let Err(error) = import.file(file) {
                import.report.not_read.push((file.clone(), reason(error)));
            }
        }
    } else {
        import.file(from)?;
    }
    let Import { mut lists, mut report, told, .. } = import;
    lists.settle().map_err(Error::json("an imported item"))?;
    store::write(data_dir, &lists.items)?;
    report.unknown = told.unknown;
    report.uncoded = told.uncoded;
    look(&mut report, &lists, &of_assets)?;
    Ok(report)
}

/// A list that is being taken in.
struct Import {
    divisions: Divisions,
    lists: Lists,
    /// The rows that were taken, by the places' codes.
    seen: HashMap<String, Seen>,
    told: Told,
    report: Report,
}

/// Where a code was before, and whose it was.
struct Seen {
    file: PathBuf,
    line: usize,
    division: DivisionCode,
    name: String,
}

impl Import {
    fn file(&mut self, file: &Path) -> Result<()> {
        for (line, row) in rows::read(file)? {
            self.report.rows += 1;
            match row.and_then(|row| self.take(file, line, row)) {
                Ok(Taken::Added) => self.report.added += 1,
                Ok(Taken::Changed) => self.report.changed += 1,
                Ok(Taken::Unchanged) => self.report.unchanged += 1,
                Ok(Taken::Left) => self.report.left += 1,
                Err(reason) => self.report.left_out.push((file.to_owned(), line, reason)),
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        file: &Path,
        line: usize,
        mut row: Map<String, Value>,
    ) -> Result<Taken, String> {
        if plain::clean(&mut row) {
            let at = || format!("{} {}", file.display(), report::at(file, line));
            self.report.odd.note("html", "内容里的 HTML 标记换成了文字", at);
        }
        let row = Row::new(row, &self.divisions, &mut self.told);
        let dropped = std::mem::take(&mut self.told.dropped);
        let row = row?;
        self.is_first(file, line, &row)?;
        let taken = merge::take(&mut self.lists, row)?;
        for one in dropped {
            self.report.drop(file, line, one);
        }
        Ok(taken)
    }

    /// Refuses a code that another place or item of this import has.
    fn is_first(&mut self, file: &Path, line: usize, row: &Row) -> Result<(), String> {
        match self.seen.entry(row.code.clone()) {
            Entry::Occupied(known) => {
                let known = known.get();
                if known.division == row.division && known.name == row.item.name {
                    return Ok(());
                }
                Err(format!(
                    "实施编码“{}”在 {} {}已经用过，那里是“{}”（{}），这里是“{}”（{}）",
                    row.code,
                    known.file.display(),
                    report::at(&known.file, known.line),
                    known.name,
                    known.division,
                    row.item.name,
                    row.division
                ))
            }
            Entry::Vacant(free) => {
                let (division, name) = (row.division.clone(), row.item.name.clone());
                free.insert(Seen { file: file.to_owned(), line, division, name });
                Ok(())
            }
        }
    }
}

/// Counts what is there, and looks for what is odd about it.
fn look(report: &mut Report, lists: &Lists, of_assets: &BTreeMap<String, Source>) -> Result<()> {
    report.items = lists.items.len();
    for (code, imported) in &lists.items {
        report.places += imported.places.len();
        report.odd.look(&imported.item, imported.places.values())?;
        let source = of_assets.get(code);
        if source.is_some_and(|source| own_places::is_of_form(&source.item, &imported.item)) {
            let sentence = "平台有这个事项的表单，申请材料和情形按表单公布，没有用清单里的";
            report.odd.note("form-materials", sentence, || code.clone());
        }
    }
    Ok(())
}

/// What an error says of a file that is named beside it.
fn reason(error: Error) -> String {
    match error {
        Error::Source { reason, .. } => reason,
        Error::File { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}
