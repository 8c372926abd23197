//! What is odd about a guide: warnings for whoever writes it, never errors, as real
//! guides break every one of these rules.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::Path,
};

use serde_json::Value;
use tongban_contract::{
    guide::{Guide, Item, Office, Place},
    vocabulary::ProjectType,
};

use super::sources;
use crate::{Error, Result};

/// The unified line answers questions and complaints alike, by design.
const HOTLINE: &str = "12345";

/// Places that are named for each rule; the rest is counted.
const TOLD: usize = 5;

/// Something odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable code of the rule.
    pub code: &'static str,
    /// What is odd, for whoever writes the guide.
    pub sentence: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}（{}）", self.sentence, self.code)
    }
}

/// What is odd about `item`.
pub fn item(item: &Item) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut warn = |code, sentence: String| found.push(Warning { code, sentence });
    if let (ProjectType::Immediate, Some(days @ 2..)) = (&item.project_type, item.promised_days) {
        warn("immediate-promise", format!("即办件的承诺时限是 {days} 个工作日，应为 0 或 1。"));
    }
    if let Some(visits @ 1..) = item.visits {
        if item.visit_reason.is_empty() {
            warn("visit-reason", format!("要跑 {visits} 次，但没有写必须到现场的原因。"));
        }
        if item.online_depth == "IV" {
            warn("depth-visits", format!("网办深度是 IV 级，却要跑 {visits} 次。"));
        }
    }
    for fee in item.fees.iter().flatten().filter(|fee| fee.basis.is_empty()) {
        warn("fee-basis", format!("收费“{}”没有写依据。", fee.name));
    }
    let days: f64 = item.steps.iter().map(|step| step.days).sum();
    if let Some(promised) = item.promised_days
        && !item.steps.is_empty()
        && (days - f64::from(promised)).abs() > 1e-9
    {
        warn("step-days", format!("各环节合计 {days} 个工作日，承诺时限是 {promised} 个工作日。"));
    }
    if let (Some(promised), Some(statutory)) = (item.promised_days, item.statutory_days)
        && promised > statutory
    {
        warn("promise-above-statute", "承诺时限比法定时限还长。".to_owned());
    }
    found
}

/// What is odd about `office`.
pub fn office(office: &Office) -> Vec<Warning> {
    let same = !office.phone.is_empty()
        && office.phone == office.complaint_phone
        && office.phone != HOTLINE;
    same.then(|| Warning {
        code: "same-phone",
        sentence: format!("咨询电话和投诉电话都是 {}，应当分开。", office.phone),
    })
    .into_iter()
    .collect()
}

/// What was found in many guides, rule by rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(BTreeMap<&'static str, Finding>);

/// Where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    count: usize,
    /// What is said of the first.
    sentence: String,
    /// Where the first of them are.
    first: Vec<String>,
}

impl Findings {
    /// Counts something odd, and keeps where the first are.
    pub fn note(&mut self, code: &'static str, sentence: &str, at: impl FnOnce() -> String) {
        let new = || Finding { count: 0, sentence: sentence.to_owned(), first: Vec::new() };
        let finding = self.0.entry(code).or_insert_with(new);
        finding.count += 1;
        if finding.first.len() < TOLD {
            finding.first.push(at());
        }
    }

    /// How often a rule is broken.
    pub fn count(&self, code: &str) -> usize {
        self.0.get(code).map_or(0, |finding| finding.count)
    }

    /// Looks at the guides of an item: what each place makes of it, and who carries it out.
    ///
    /// # Errors
    /// Where a place makes of the item something that is no item.
    pub fn look<'a>(
        &mut self,
        of: &Item,
        places: impl IntoIterator<Item = &'a Place>,
    ) -> Result<()> {
        // Many places change the same.
        let mut known: HashMap<&Value, Vec<Warning>> = HashMap::new();
        for place in places {
            let fault = Error::json("a place");
            if !known.contains_key(&place.patch) {
                let there = Guide::patched(of, &place.patch).map_err(fault)?;
                known.insert(&place.patch, item(&there));
            }
            let of_item = known.get(&place.patch).into_iter().flatten();
            for warning in of_item.chain(&office(&place.office)) {
                let at = || format!("{} {}（{}）", of.name, place.code, place.division);
                self.note(warning.code, &warning.sentence, at);
            }
        }
        Ok(())
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (code, Finding { count, sentence, first }) in &self.0 {
            let more = if *count > first.len() { " 等" } else { "" };
            writeln!(
                f,
                "值得再看看：{count} 处（{code}），例如 {sentence}\n    {}{more}",
                first.join("、")
            )?;
        }
        Ok(())
    }
}

/// What is odd about every guide that is published. Blocks.
///
/// # Errors
/// Where the sources cannot be read.
pub fn report(assets: &Path, data_dir: &Path) -> Result<String> {
    let sources = sources::read(assets, data_dir)?;
    let mut found = Findings::default();
    for (code, source) in &sources.items {
        for warning in item(&source.item) {
            let at = || format!("{} {code}", source.item.name);
            found.note(warning.code, &warning.sentence, at);
        }
        found.look(&source.item, sources.own_places.of(code))?;
    }
    let mut places = sources.own_places.iter().count();
    for imported in sources.imported.values() {
        places += imported.places.len();
        found.look(&imported.item, imported.places.values())?;
    }
    let items = sources.items.len() + sources.imported.len();
    Ok(format!("{found}看过 {items} 个事项，各部门清单里的 {places} 个办理地点。\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// 一次性创业补贴 as published: 20 days promised, steps that sum to 30.
    fn sample(changes: serde_json::Value) -> Item {
        let mut whole = json!({
            "code": "002014102000", "version": "1", "name": "一次性创业补贴", "state": "1",
            "type": "05", "level": "4", "project_type": "2", "online_depth": "IV", "visits": 0,
            "statutory_days": 20, "promised_days": 20,
            "steps": [{"name": "受理", "days": 5.5}, {"name": "审核", "days": 14.5}],
        });
        tongban_contract::merge_patch::merge_patch(&mut whole, &changes);
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn each_rule_is_noticed_alone() {
        assert_eq!(item(&sample(json!({}))), []);
        for (changes, code) in [
            (json!({"steps": [{"name": "受理", "days": 30}]}), "step-days"),
            (json!({"project_type": "1"}), "immediate-promise"),
            (json!({"visits": 1, "online_depth": "III"}), "visit-reason"),
            (json!({"visits": 1, "visit_reason": "核验原件"}), "depth-visits"),
            (json!({"fees": [{"name": "工本费", "standard": "10 元"}]}), "fee-basis"),
            (json!({"statutory_days": 10}), "promise-above-statute"),
        ] {
            let codes: Vec<_> = item(&sample(changes.clone())).iter().map(|w| w.code).collect();
            assert_eq!(codes, [code], "{changes}");
        }
    }

    #[test]
    fn one_telephone_for_both_is_odd_unless_it_is_the_hotline() {
        let with = |phone: &str| Office {
            department: "夷陵区市场监督管理局".to_owned(),
            organisation_code: String::new(),
            address: String::new(),
            hours: String::new(),
            phone: phone.to_owned(),
            complaint_phone: phone.to_owned(),
        };
        assert_eq!(office(&with("0717-0000000")).len(), 1);
        assert_eq!(office(&with("12345")), []);
    }
}
