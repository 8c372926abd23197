//! The flow of an item: which departments handle a case, in which stages, within how
//! many working days, and which licence comes out. Published with the item; a case
//! keeps the flow it began with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The flow of an item. Stages run one after the other, the steps of one stage in parallel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Working days within which the first department accepts, or not (受理).
    #[serde(default = "default_acceptance_days")]
    pub acceptance_days: u32,
    /// Stages, in order; at least one.
    pub stages: Vec<Stage>,
    /// Special procedure that stops the clock (特别程序), where the item has one.
    #[serde(default)]
    pub special: Option<Special>,
    /// Licence issued at approval, where one is.
    #[serde(default)]
    pub licence: Option<LicenceTemplate>,
}

/// Legal limit for accepting or telling the person what is missing.
fn default_acceptance_days() -> u32 {
    5
}

/// Steps that run in parallel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The steps; at least one.
    pub steps: Vec<FlowStep>,
}

/// The step of one department.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowStep {
    /// Department, without the name of its division, such as 市场监管局.
    pub department: String,
    /// Name of the step.
    pub name: String,
    /// Limit in working days.
    pub days: u32,
    /// Condition under which it is needed: a JSON Schema 2020-12 over
    /// `{"situation": {…}, "answers": {…}}`; absent means always.
    #[serde(default)]
    pub when: Option<Value>,
}

/// A special procedure whose days do not count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Special {
    /// Name, such as 实地核查.
    pub name: String,
    /// Working days it may take.
    pub days: u32,
    /// Department that carries it out.
    pub department: String,
}

/// How the licence of an approved case is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceTemplate {
    /// Code of its type (21 characters).
    #[serde(rename = "type")]
    pub licence_type: String,
    /// Name, such as 营业执照.
    pub name: String,
    /// Pointer into the filing at the holder's name.
    pub holder: String,
    /// Pointer into the filing at the holder's number, printed masked.
    #[serde(default)]
    pub holder_number: Option<String>,
    /// Years of validity; none means without end.
    #[serde(default)]
    pub valid_years: Option<u16>,
    /// What else is printed, in order.
    #[serde(default)]
    pub fields: Vec<TemplateField>,
}

/// One printed line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateField {
    /// Label.
    pub label: String,
    /// RFC 6901 pointer into the filing (`/answers/…`).
    pub pointer: String,
}

/// Why a flow cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowFault {
    /// No stage, or a stage without steps.
    #[error("a flow needs at least one stage, and a stage at least one step")]
    Empty,
    /// A step without department or name, or whose limit is no day at all.
    #[error("step {0:?} needs a department, a name and at least one day")]
    Step(String),
}

impl Flow {
    /// A flow of one step, for an item whose own flow is not published.
    pub fn of_one_step(department: &str, days: u32) -> Self {
        Self {
            acceptance_days: default_acceptance_days(),
            stages: vec![Stage {
                steps: vec![FlowStep {
                    department: department.to_owned(),
                    name: "审核".to_owned(),
                    days: days.max(1),
                    when: None,
                }],
            }],
            special: None,
            licence: None,
        }
    }

    /// Checks what the types cannot say. Conditions are checked where they are compiled.
    ///
    /// # Errors
    /// Where a stage has no step, or a step no department, name or day.
    pub fn check(&self) -> Result<(), FlowFault> {
        if self.stages.is_empty() || self.stages.iter().any(|stage| stage.steps.is_empty()) {
            return Err(FlowFault::Empty);
        }
        for step in self.steps() {
            if step.department.is_empty() || step.name.is_empty() || step.days == 0 {
                return Err(FlowFault::Step(step.name.clone()));
            }
        }
        Ok(())
    }

    /// Every step, stage by stage.
    pub fn steps(&self) -> impl Iterator<Item = &FlowStep> {
        self.stages.iter().flat_map(|stage| &stage.steps)
    }

    /// Department that accepts: the first of the first stage.
    pub fn first_department(&self) -> &str {
        self.steps().next().map(|step| step.department.as_str()).unwrap_or_default()
    }

    /// Departments that take part, in order; one with several steps comes as often.
    pub fn departments(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps().map(|step| step.department.as_str());
        steps.chain(self.special.iter().map(|special| special.department.as_str()))
    }
}
