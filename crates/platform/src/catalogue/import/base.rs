//! What a basic item says, made of what its places say: of each member what most of them have,
//! and each place has what differs. A member that enough of them still have stays: every place's
//! differences are told anew where it changes, and must not be with every list.

use std::{cmp::Reverse, collections::HashMap};

use serde_json::{Map, Value};
use tongban_contract::{
    guide::{Guide, Item},
    merge_patch::diff_patch,
};

use super::store::Imported;

/// Makes the basic item anew, and what each place changes of it. What the guide of a place says
/// stays as it is.
///
/// # Errors
/// Where a place makes of the item something that is no item.
pub(super) fn rebuild(imported: &mut Imported) -> Result<(), serde_json::Error> {
    if imported.places.values().all(|place| place.patch.is_null()) {
        return Ok(());
    }
    let before = members(&imported.item)?;
    let places = imported.places.values();
    let guides = places.map(|place| Guide::patched(&imported.item, &place.patch));
    let guides: Vec<Item> = guides.collect::<Result<_, _>>()?;
    let said: Vec<_> = guides.iter().map(members).collect::<Result<_, _>>()?;
    let item: Item = serde_json::from_value(Value::Object(most(&said, &before)))?;
    for (place, guide) in imported.places.values_mut().zip(&guides) {
        let patch = diff_patch(&item, guide)?;
        // What is published is compared by its text: the same in another order would be news.
        if place.patch != patch {
            place.patch = patch;
        }
    }
    imported.item = item;
    Ok(())
}

/// What an item says. A member that is null says what one that is absent says.
fn members(item: &Item) -> Result<Map<String, Value>, serde_json::Error> {
    let Value::Object(mut members) = serde_json::to_value(item)? else { return Ok(Map::new()) };
    members.retain(|_, value| !value.is_null());
    Ok(members)
}

/// Of each member the value that most have, or the one from before.
fn most(said: &[Map<String, Value>], before: &Map<String, Value>) -> Map<String, Value> {
    let mut chosen = Map::new();
    for name in said.iter().flat_map(Map::keys) {
        if !chosen.contains_key(name) {
            let of = |whole: &'_ Map<String, Value>| whole.get(name).cloned().unwrap_or_default();
            let values: Vec<Value> = said.iter().map(of).collect();
            chosen.insert(name.clone(), value_of_most(&values, &of(before)).clone());
        }
    }
    chosen.retain(|_, value| !value.is_null());
    chosen
}

/// The value that comes most often; of several the one that says most, and of those the first.
/// That nothing is said is chosen only where more than half say nothing. The one from before is
/// chosen where it comes at least half as often.
fn value_of_most<'a>(values: &'a [Value], before: &Value) -> &'a Value {
    let mut counts: HashMap<&Value, (usize, usize)> = HashMap::new();
    for (at, value) in values.iter().enumerate() {
        counts.entry(value).or_insert((0, at)).0 += 1;
    }
    counts.retain(|value, (count, _)| *count * 2 > values.len() || !says_nothing(value));
    let top = counts.values().map(|(count, _)| *count).max().unwrap_or_default();
    if let Some((kept, (count, _))) = counts.get_key_value(before)
        && *count * 2 >= top
    {
        return kept;
    }
    let tied = counts.into_iter().filter(|(_, (count, _))| *count == top);
    let best = tied.max_by_key(|(value, (_, at))| (value.to_string().len(), Reverse(*at)));
    best.map_or(&Value::Null, |(value, _)| value)
}

/// Whether a value is as good as none.
pub(in crate::catalogue) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.values().all(says_nothing),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{prelude::*, sample::select};
    use serde_json::json;
    use tongban_contract::{guide::Place, merge_patch::merge_patch};

    use super::*;

    fn item(members: Value) -> Item {
        let mut whole = json!({"code": "b", "version": "1", "name": "居住证办理", "state": "1",
            "type": "07", "level": "4"});
        merge_patch(&mut whole, &members);
        serde_json::from_value(whole).unwrap()
    }

    /// An item whose places say this, told of one after the other in this order.
    fn imported(rows: &[(usize, Item)]) -> Imported {
        let base = rows[0].1.clone();
        let places = rows.iter().map(|(number, item)| {
            let place = Place {
                code: format!("p-{number}"),
                item: "b".to_owned(),
                division: "420506".parse().unwrap(),
                office: tongban_contract::guide::Office::default(),
                patch: diff_patch(&base, item).unwrap(),
            };
            (place.code.clone(), place)
        });
        let places: BTreeMap<_, _> = places.collect();
        Imported { item: base.clone(), places }
    }

    fn of(rows: &[Value]) -> Item {
        let rows: Vec<_> = rows.iter().cloned().map(item).enumerate().collect();
        let mut imported = imported(&rows);
        rebuild(&mut imported).unwrap();
        imported.item
    }

    #[test]
    fn an_item_says_what_most_of_its_places_say() {
        let new = json!({"name": "居住证申领", "themes": ["education"]});
        let made = of(&[json!({}), new.clone(), new.clone(), new]);
        assert_eq!((made.name.as_str(), made.themes.len()), ("居住证申领", 1));
        // Most say nothing: then the item says nothing.
        assert_eq!(of(&[json!({}), json!({"visits": 2}), json!({})]).visits, None);
    }

    #[test]
    fn what_a_minority_leaves_out_is_not_left_out_of_the_item() {
        let said = |aliases: &[&str]| json!({"aliases": aliases});
        // More than half say something, but each something else: the first that says most.
        let made =
            of(&[said(&[]), said(&["甲"]), said(&["乙", "丙"]), said(&["丁", "戊"]), said(&[])]);
        assert_eq!(made.aliases, ["乙", "丙"]);
        // Half of them.
        assert_eq!(of(&[json!({}), json!({"visits": 2})]).visits, Some(2));
    }

    /// Otherwise one place's news would tell every other place anew.
    #[test]
    fn what_enough_places_still_say_stays() {
        let named = |name: &str| json!({ "name": name });
        let [old, new] = ["居住证办理", "居住证申领"].map(named);
        let made = of(&[old.clone(), new.clone()]);
        assert_eq!(made.name, "居住证办理");
        let made = of(&[old.clone(), new.clone(), new.clone()]);
        assert_eq!(made.name, "居住证办理");
        let made = of(&[old, new.clone(), new.clone(), new]);
        assert_eq!(made.name, "居住证申领");
    }

    fn any_item() -> impl Strategy<Value = Item> {
        let name = select(vec!["居住证办理", "居住证申领", "居住登记"]);
        let aliases = select(vec![json!([]), json!(["暂住证"]), json!(["办证", "暂住证"])]);
        let visits = select(vec![Value::Null, json!(0), json!(1)]);
        let day = select(vec![Value::Null, json!("2026-01-01")]);
        let fees =
            select(vec![Value::Null, json!([]), json!([{"name": "工本费", "standard": "1"}])]);
        let services = select(vec![json!({}), json!({"courier": true})]);
        let materials = select(vec![
            json!([]),
            json!([{"id": "m", "name": "证", "necessity": "1", "source": "10",
                "when": {"const": null}}]),
        ]);
        (name, aliases, visits, day, fees, services, materials).prop_map(
            |(name, aliases, visits, day, fees, services, materials)| {
                item(json!({"name": name, "aliases": aliases, "visits": visits,
                    "effective": day, "fees": fees, "services": services,
                    "materials": materials}))
            },
        )
    }

    proptest! {
        #[test]
        fn each_place_says_what_its_row_said(
            rows in prop::collection::vec(any_item(), 1..9),
        ) {
            let rows: Vec<_> = rows.into_iter().enumerate().collect();
            let mut made = imported(&rows);
            rebuild(&mut made).unwrap();
            for (number, row) in &rows {
                let place = &made.places[&format!("p-{number}")];
                prop_assert_eq!(&Guide::at(&made.item, place).unwrap().item, row);
            }
            // Again, nothing changes, to the letter: what is published is told by its text.
            let text = |of: &Imported| {
                let patches: Vec<_> = of.places.values().map(|place| &place.patch).collect();
                serde_json::to_string(&(&of.item, patches)).unwrap()
            };
            let mut again = made.clone();
            rebuild(&mut again).unwrap();
            prop_assert_eq!(text(&again), text(&made));
        }
    }
}
