//! Makes basic items and their places of rows. Rows belong to one basic item where they have
//! its code, or else where they have one name and type. What the item itself says is `base`'s.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    guide::{Guide, Item, Office, Place},
    identifiers::Digest,
    merge_patch::diff_patch,
    numbers::{DivisionCode, DivisionLevel},
    vocabulary::ItemState,
};

use super::{base, store::Imported};

/// Members of a place or an office; everything else is of the item.
const OF_PLACE: [&str; 8] = [
    "basic_code",
    "department",
    "organisation_code",
    "address",
    "hours",
    "phone",
    "complaint_phone",
    "division",
];
/// An implementation code (实施编码) as the standard has it: 18 characters of the organisation,
/// one of the level, 12 of the basic item. Others are opaque.
const IMPLEMENTATION_CODE: usize = 31;
const BASIC_CODE: usize = 12;

/// A row that names an item and a place.
pub(super) struct Row {
    /// Code of the basic item, given or made.
    basic: String,
    code: String,
    pub(super) division: DivisionCode,
    office: Office,
    /// The item as it is carried out there.
    item: Item,
}

/// What is there, and which item each place has.
pub(super) struct Lists {
    pub(super) items: BTreeMap<String, Imported>,
    /// Basic codes by the places' codes.
    item_of: HashMap<String, String>,
    /// Items of which a place came, changed or left.
    touched: BTreeSet<String>,
}

impl Lists {
    pub(super) fn new(items: BTreeMap<String, Imported>) -> Self {
        let places = items.values().flat_map(|imported| imported.places.values());
        let item_of = places.map(|place| (place.code.clone(), place.item.clone())).collect();
        Self { items, item_of, touched: BTreeSet::new() }
    }

    /// Makes each item that rows were about say what most of its places say.
    pub(super) fn settle(&mut self) -> Result<(), serde_json::Error> {
        for code in std::mem::take(&mut self.touched) {
            if let Some(imported) = self.items.get_mut(&code) {
                base::rebuild(imported)?;
            }
        }
        Ok(())
    }

    /// Has a place leave its item where that is another one than `basic`.
    fn leave_another(&mut self, code: &str, basic: &str) -> bool {
        if self.item_of.get(code).is_some_and(|item| item == basic) {
            return false;
        }
        let left = self.leave(code);
        self.item_of.insert(code.to_owned(), basic.to_owned());
        left
    }

    /// Has a place leave its item. An item that is carried out nowhere goes.
    fn leave(&mut self, code: &str) -> bool {
        let Some(before) = self.item_of.remove(code) else { return false };
        if let Some(imported) = self.items.get_mut(&before) {
            imported.places.remove(code);
            if imported.places.is_empty() {
                self.items.remove(&before);
            } else {
                self.touched.insert(before);
            }
        }
        true
    }
}

/// What became of a row.
pub(super) enum Taken {
    Added,
    Changed,
    Unchanged,
    /// It is not carried out any more.
    Left,
}

impl Row {
    /// Reads a row; `unknown` gains the names of members that nothing has a use for.
    pub(super) fn new(
        mut row: Map<String, Value>,
        unknown: &mut BTreeSet<String>,
    ) -> Result<Self, String> {
        row.retain(|_, value| !value.is_null());
        let text = |name: &str, called: &str| match row.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(format!("没有写{called}（{name}）")),
        };
        let name = text("name", "事项名称")?;
        let department = text("department", "实施主体")?;
        let code = text("code", "实施编码")?;
        let division = text("division", "行政区划")?;
        let item_type = text("type", "事项类型")?;
        let basic = text("basic_code", "基本编码").ok();
        let division: DivisionCode =
            division.parse().map_err(|_| format!("行政区划“{division}”不是区划代码"))?;
        // Some lists leave the zero out.
        let item_type = format!("{item_type:0>2}");
        let basic =
            basic.or_else(|| basic_code_in(&code)).unwrap_or_else(|| made_of(&name, &item_type));

        let mut office = Map::new();
        for name in OF_PLACE {
            if let Some(value) = row.remove(name) {
                office.insert(name.to_owned(), value);
            }
        }
        office.insert("department".to_owned(), department.into());
        let office: Office = serde_json::from_value(Value::Object(office))
            .map_err(|error| format!("办理地点写得不对：{error}"))?;

        row.insert("code".to_owned(), basic.clone().into());
        row.insert("name".to_owned(), name.into());
        row.insert("type".to_owned(), item_type.into());
        row.entry("version").or_insert_with(|| "1".into());
        row.entry("state").or_insert_with(|| "1".into());
        row.entry("level").or_insert_with(|| level(&division).into());
        // What is filed is told by a form, which a list has not.
        row.remove("has_form");
        let given: BTreeSet<String> = row.keys().cloned().collect();
        let mut item: Item = serde_json::from_value(Value::Object(row))
            .map_err(|error| format!("有一栏写得不对：{error}"))?;
        // Only what is known to be cancelled, or not begun, is kept from people.
        if let ItemState::Other(state) = &item.state {
            unknown.insert(format!("state={state}"));
            item.state = ItemState::InUse;
        }
        if let Ok(Value::Object(known)) = serde_json::to_value(&item) {
            unknown.extend(given.into_iter().filter(|name| !known.contains_key(name)));
        }
        Ok(Self { basic, code, division, office, item })
    }
}

/// Adds a row to what is there. What items say is made anew by [`Lists::settle`].
///
/// A place has one item: where its row names another one than before, it leaves that.
pub(super) fn take(lists: &mut Lists, row: Row) -> Result<Taken, String> {
    let Row { basic, code, division, office, item } = row;
    // One place's state is not that of the item, which others carry out.
    if !item.state.is_listed() {
        let told = || format!("状态是“{}”，不公布", item.state.term());
        return if lists.leave(&code) { Ok(Taken::Left) } else { Err(told()) };
    }
    let moved = lists.leave_another(&code, &basic);
    let imported = lists
        .items
        .entry(basic.clone())
        .or_insert_with(|| Imported { item: item.clone(), places: BTreeMap::new() });
    // An earlier version took the state of the first place for the item's.
    if !imported.item.state.is_listed() {
        imported.item.state = item.state.clone();
    }
    let fault = |error: serde_json::Error| error.to_string();
    let patch = diff_patch(&imported.item, &item).map_err(fault)?;
    let place = Place { code: code.clone(), item: basic.clone(), division, office, patch };
    let taken = match imported.places.get(&code) {
        None => Taken::Added,
        Some(before) if says_the_same(&imported.item, before, &place, &item).map_err(fault)? => {
            Taken::Unchanged
        }
        Some(_) => Taken::Changed,
    };
    imported.places.insert(code, place);
    lists.touched.insert(basic);
    Ok(if moved { Taken::Changed } else { taken })
}

/// Whether the guide of a place is what it was `before`. There is more than one patch that says
/// the same.
fn says_the_same(
    of: &Item,
    before: &Place,
    now: &Place,
    item: &Item,
) -> Result<bool, serde_json::Error> {
    if before.division != now.division || before.office != now.office {
        return Ok(false);
    }
    Ok(before.patch == now.patch || Guide::patched(of, &before.patch)? == *item)
}

fn basic_code_in(code: &str) -> Option<String> {
    let standard =
        code.len() == IMPLEMENTATION_CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let basic = code.get(code.len().checked_sub(BASIC_CODE)?..)?;
    standard.then(|| basic.to_owned())
}

/// A code for a basic item that has none: the same for the same name and type.
fn made_of(name: &str, item_type: &str) -> String {
    let digest = Sha256::digest(format!("{item_type}\n{name}"));
    let digest = Digest::from_bytes(&digest.into()).to_string();
    format!("n{}", digest.get(..BASIC_CODE - 1).unwrap_or(&digest))
}

fn level(division: &DivisionCode) -> &'static str {
    match division.level() {
        DivisionLevel::Province => "2",
        DivisionLevel::City => "3",
        DivisionLevel::County => "4",
        DivisionLevel::Township => "5",
        DivisionLevel::Village => "6",
    }
}
