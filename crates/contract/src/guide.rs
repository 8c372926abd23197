//! Service items and guides (GB/T 39046-2020). An item is stored, shipped and
//! indexed once; each place that carries it out adds only what differs there.
//! A guide is an item as one place carries it out.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    merge_patch::merge_patch,
    numbers::DivisionCode,
    vocabulary::{
        Audience, Badge, Channel, ItemState, ItemType, Level, MaterialSource, Necessity,
        ProjectType, Theme,
    },
};

/// A basic item (基本编码): what is the same wherever it is carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Basic code (基本编码), opaque text, usually 12 characters.
    pub code: String,
    /// Version of the item; a draft pins the one it was made with.
    pub version: String,
    /// Official name.
    pub name: String,
    /// Everyday names (日常用语), key for search.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// State in the catalogue.
    pub state: ItemState,
    /// First day it is in force.
    #[serde(default)]
    pub effective: Option<Date>,
    /// Day it was cancelled.
    #[serde(default)]
    pub cancelled: Option<Date>,
    /// Type of item.
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Level that carries it out.
    pub level: Level,
    /// Whom it serves.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// Themes it is shown under.
    #[serde(default)]
    pub themes: Vec<Theme>,
    /// Immediate or promised; an empty code where it is not said.
    #[serde(default = "not_said")]
    pub project_type: ProjectType,
    /// How it can be handled.
    #[serde(default)]
    pub channels: Vec<Channel>,
    /// Online depth (网上办理深度): `I`, `II`, `III` or `IV`.
    #[serde(default)]
    pub online_depth: String,
    /// Visits to a window that a person must make (到现场次数), where it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits: Option<u32>,
    /// Why a visit is needed; empty where none is.
    #[serde(default)]
    pub visit_reason: String,
    /// Scope of cross-region handling (通办范围): empty, `province`, `cross-province` …
    #[serde(default)]
    pub cross_region: String,
    /// Departments that take part besides the responsible one.
    #[serde(default)]
    pub joint_departments: Vec<String>,
    /// Laws it rests on.
    #[serde(default)]
    pub legal_basis: Vec<LegalBasis>,
    /// Acceptance conditions (受理条件), one sentence each.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Steps (办理流程).
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Statutory limit (法定办结时限) in working days, where it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory_days: Option<u32>,
    /// Promised limit (承诺办结时限) in working days, where it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_days: Option<u32>,
    /// Special procedures that stop the clock (特别程序).
    #[serde(default)]
    pub special_procedures: Vec<SpecialProcedure>,
    /// Fees, where they are said; none of them means free of charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fees: Option<Vec<Fee>>,
    /// Results (办理结果).
    #[serde(default)]
    pub results: Vec<ItemResult>,
    /// Questions whose answers select materials (情形).
    #[serde(default)]
    pub situations: Vec<Situation>,
    /// Materials to hand in.
    #[serde(default)]
    pub materials: Vec<Material>,
    /// Frequent questions.
    #[serde(default)]
    pub faq: Vec<Faq>,
    /// Whether an appointment can be made, fees paid online, results sent by courier.
    #[serde(default)]
    pub services: Services,
    /// Assurance level that signing in must have reached to file: 1, 2 or 3.
    #[serde(default = "default_assurance")]
    pub assurance: u8,
    /// Whether a form is published for it, so that it can be filed from here.
    #[serde(default)]
    pub has_form: bool,
}

fn default_assurance() -> u8 {
    2
}

fn not_said() -> ProjectType {
    ProjectType::Other(String::new())
}

impl Item {
    /// The texts that a search looks through besides the code, the names and those of what is
    /// handed in and given out: who takes part, whom and what it is for, conditions, steps,
    /// laws, questions and their answers.
    pub fn body(&self) -> impl Iterator<Item = &str> {
        let situations = self.situations.iter().flat_map(|situation| {
            let options = situation.options.iter().map(|option| option.label.as_str());
            std::iter::once(situation.question.as_str()).chain(options)
        });
        let faq = self.faq.iter().flat_map(|faq| [faq.question.as_str(), faq.answer.as_str()]);
        (self.joint_departments.iter().map(String::as_str))
            .chain(self.themes.iter().map(Theme::term))
            .chain(self.audiences.iter().map(Audience::term))
            .chain(self.conditions.iter().map(String::as_str))
            .chain(self.steps.iter().map(|step| step.name.as_str()))
            .chain(self.legal_basis.iter().map(|basis| basis.title.as_str()))
            .chain(situations)
            .chain(faq)
    }

    /// Handling promises, derived from the item so that they can never contradict it.
    pub fn badges(&self) -> Vec<Badge> {
        let online = |c: &Channel| matches!(c, Channel::Computer | Channel::Mobile);
        let mut badges = Vec::new();
        if self.project_type == ProjectType::Immediate {
            badges.push(Badge::AtOnce);
        }
        if self.visits == Some(0) {
            badges.push(Badge::NoVisit);
        }
        if self.visits == Some(1) {
            badges.push(Badge::OneVisit);
        }
        if self.channels.iter().any(online) {
            badges.push(Badge::Online);
        }
        if matches!(self.level, Level::Township | Level::Village) {
            badges.push(Badge::Nearby);
        }
        badges
    }
}

/// A law or rule an item rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// Title of the law.
    pub title: String,
    /// Article, such as 第八条.
    #[serde(default)]
    pub article: String,
    /// Wording, where it is quoted.
    #[serde(default)]
    pub text: String,
}

/// One step of handling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Name, such as 受理.
    pub name: String,
    /// Working days; halves occur.
    pub days: f64,
    /// Unit that takes it.
    #[serde(default)]
    pub unit: String,
    /// Standard by which it is judged.
    #[serde(default)]
    pub standard: String,
}

/// A procedure whose days do not count (特别程序).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecialProcedure {
    /// Name, such as 实地核查.
    pub name: String,
    /// Working days it may take.
    pub days: u32,
    /// Law it rests on.
    #[serde(default)]
    pub basis: String,
}

/// A fee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    /// Name of the fee.
    pub name: String,
    /// Standard, such as 每证 10 元.
    pub standard: String,
    /// Law it rests on.
    #[serde(default)]
    pub basis: String,
    /// Who pays less, or nothing.
    #[serde(default)]
    pub reduction: String,
}

/// What the person gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Name, such as 营业执照.
    pub name: String,
    /// Kind, such as 证照 or 文书.
    #[serde(default)]
    pub kind: String,
    /// E-licence type code that is issued, where one is.
    #[serde(default)]
    pub licence_type: Option<String>,
}

/// A question whose answers select materials (情形).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Situation {
    /// Name under which the answer is kept.
    pub id: String,
    /// The question.
    pub question: String,
    /// The answers that can be given.
    pub options: Vec<SituationOption>,
}

/// One answer to a situation's question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SituationOption {
    /// Value kept.
    pub value: String,
    /// What the person reads.
    pub label: String,
}

/// A material to hand in (申请材料).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// Name within the item under which it is attached.
    pub id: String,
    /// Official name.
    pub name: String,
    /// Kind, such as 申请表格文书, 证件证书证明 or 其他.
    #[serde(default)]
    pub kind: String,
    /// Necessity.
    pub necessity: Necessity,
    /// Where it comes from.
    pub source: MaterialSource,
    /// Originals to hand in.
    #[serde(default)]
    pub originals: u32,
    /// Copies to hand in.
    #[serde(default)]
    pub copies: u32,
    /// Whether paper is asked for.
    #[serde(default)]
    pub paper: bool,
    /// Whether an electronic file is accepted.
    #[serde(default = "yes")]
    pub electronic: bool,
    /// How to fill it in.
    #[serde(default)]
    pub notes: String,
    /// Standard by which it is accepted.
    #[serde(default)]
    pub standard: String,
    /// Law it rests on.
    #[serde(default)]
    pub basis: String,
    /// Whether it need not be handed in (免提交), as the platform fetches it itself.
    #[serde(default)]
    pub exempt: bool,
    /// E-licence type code that stands for it.
    #[serde(default)]
    pub licence_type: Option<String>,
    /// Condition under which it is asked for: a JSON Schema 2020-12 over
    /// `{"situation": {…}, "answers": {…}}`; absent means always.
    #[serde(default)]
    pub when: Option<Value>,
}

fn yes() -> bool {
    true
}

/// A frequent question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Faq {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// Services around an item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Services {
    /// An appointment can be made.
    #[serde(default)]
    pub appointment: bool,
    /// Fees can be paid online.
    #[serde(default)]
    pub online_payment: bool,
    /// Results can be sent by courier.
    #[serde(default)]
    pub courier: bool,
}

/// A place that carries an item out (实施编码), and what differs there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Implementation code (实施编码), opaque text, usually 31 characters.
    pub code: String,
    /// Basic code of the item.
    pub item: String,
    /// Division it serves.
    pub division: DivisionCode,
    /// The office.
    pub office: Office,
    /// RFC 7396 merge patch on the [`Item`]; null where nothing differs.
    #[serde(default)]
    pub patch: Value,
}

/// The office of a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Office {
    /// Department (实施主体).
    pub department: String,
    /// Organisation code of the department (opaque here: official ones may fail their check).
    #[serde(default)]
    pub organisation_code: String,
    /// Address of the window.
    #[serde(default)]
    pub address: String,
    /// Opening hours.
    #[serde(default)]
    pub hours: String,
    /// Telephone for questions.
    #[serde(default)]
    pub phone: String,
    /// Telephone for complaints.
    #[serde(default)]
    pub complaint_phone: String,
}

/// An item as one place carries it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guide {
    /// The item with the place's differences applied.
    pub item: Item,
    /// Implementation code of the place.
    pub code: String,
    /// Division it serves.
    pub division: DivisionCode,
    /// The office.
    pub office: Office,
}

impl Guide {
    /// The guide of `item` at `place`.
    ///
    /// # Errors
    /// Where the place's patch makes of the item something that is no item.
    pub fn at(item: &Item, place: &Place) -> Result<Self, serde_json::Error> {
        Ok(Self {
            item: Self::patched(item, &place.patch)?,
            code: place.code.clone(),
            division: place.division.clone(),
            office: place.office.clone(),
        })
    }

    /// `item` with the differences of a place applied.
    ///
    /// # Errors
    /// Where they make of the item something that is no item.
    pub fn patched(item: &Item, patch: &Value) -> Result<Item, serde_json::Error> {
        if patch.is_null() {
            return Ok(item.clone());
        }
        let mut whole = serde_json::to_value(item)?;
        merge_patch(&mut whole, patch);
        serde_json::from_value(whole)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Guide, Item, Place};
    use crate::merge_patch::{diff_patch, merge_patch};

    fn item(changes: &serde_json::Value) -> Item {
        let mut whole = json!({
            "code": "002014102000", "version": "1", "name": "一次性创业补贴", "state": "1",
            "type": "05", "level": "4",
        });
        merge_patch(&mut whole, changes);
        serde_json::from_value(whole).unwrap()
    }

    /// Every one of these made of every other by what is kept of the difference.
    #[test]
    fn a_place_has_what_differs_from_its_item_and_nothing_else() {
        let items = [
            json!({}),
            json!({"visits": 0, "promised_days": 5, "statutory_days": 20, "fees": []}),
            json!({"visits": 1, "visit_reason": "核验原件", "name": "创业补贴", "aliases": ["补贴"]}),
            json!({"services": {"courier": true}, "effective": "2026-01-01"}),
            json!({"services": {"appointment": true}, "promised_days": 3, "materials": [{
                "id": "m", "name": "身份证", "necessity": "1", "source": "10",
                "when": {"properties": {"a": {"const": null}}},
            }]}),
        ]
        .map(|changes| item(&changes));
        for from in &items {
            for to in &items {
                let patch = diff_patch(from, to).unwrap();
                assert_eq!(patch.is_null(), from == to);
                let place = json!({"code": "p", "item": from.code, "division": "420506",
                    "office": {"department": "人社局"}, "patch": patch});
                let place: Place = serde_json::from_value(place).unwrap();
                assert_eq!(Guide::at(from, &place).unwrap().item, *to);
            }
        }
    }
}
