//! A case as the platform keeps it, and as it tells it to its applicant.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tongban_contract::{
    calendar::WorkingDays,
    case::{Case, CaseEvent, CaseState, CaseStep, Notice, StepState},
    identifiers::CaseId,
    numbers::{DivisionCode, LicenceId},
    operation::Filing,
};

use super::{clock::Clock, flow::Flow};

/// A case, whole: what a plan takes and gives. Kept as one JSON document, as its
/// parts are only ever read and written together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// The application.
    pub id: CaseId,
    /// Grows with every transition.
    pub revision: u64,
    /// Acceptance number.
    pub number: String,
    /// Basic code of the item.
    pub item: String,
    /// Version of the item it was filed with.
    pub item_version: String,
    /// Version of the form it was filed with.
    pub form_version: String,
    /// Name of the item.
    pub item_name: String,
    /// Division whose office handles it.
    pub division: DivisionCode,
    /// Office that is responsible.
    pub office: String,
    /// Its organisation code.
    #[serde(default)]
    pub office_code: String,
    /// State.
    pub state: CaseState,
    /// When it was received.
    pub received_at: Timestamp,
    /// Promised limit in working days, from acceptance.
    pub limit_days: u32,
    /// Clock of the first department's decision to accept.
    #[serde(default)]
    pub acceptance: Clock,
    /// Clock of the promised limit.
    #[serde(default)]
    pub clock: Clock,
    /// The departments' steps, stage by stage.
    pub steps: Vec<StepRecord>,
    /// What has happened, oldest first.
    pub events: Vec<CaseEvent>,
    /// The correction notice that waits for an answer.
    #[serde(default)]
    pub notice: Option<Notice>,
    /// State to go back to when the clock goes on.
    #[serde(default)]
    pub resume_to: Option<CaseState>,
    /// Departments that have given their one correction notice.
    #[serde(default)]
    pub corrected_by: BTreeSet<String>,
    /// Special procedure that runs, or ran.
    #[serde(default)]
    pub special: Option<SpecialRun>,
    /// The flow it began with.
    pub flow: Flow,
    /// What was stated and handed in, in its latest version.
    pub filing: Filing,
    /// Licence issued at the end.
    #[serde(default)]
    pub licence: Option<LicenceId>,
}

/// One department's step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Stage, from 0.
    pub stage: u32,
    /// Department.
    pub department: String,
    /// Name.
    pub name: String,
    /// Limit in working days.
    pub days: u32,
    /// State.
    pub state: StepState,
    /// Its clock.
    #[serde(default)]
    pub clock: Clock,
}

/// A special procedure that was begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecialRun {
    /// Department that carries it out.
    pub department: String,
    /// Its own limit.
    pub clock: Clock,
}

/// What is known of a case before its first transition.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// The application.
    pub id: CaseId,
    /// Acceptance number.
    pub number: String,
    /// Basic code of the item.
    pub item: String,
    /// Version of the item it was filed with.
    pub item_version: String,
    /// Version of the form it was filed with.
    pub form_version: String,
    /// Name of the item.
    pub item_name: String,
    /// Division whose office handles it.
    pub division: DivisionCode,
    /// Office that is responsible.
    pub office: String,
    /// Its organisation code.
    pub office_code: String,
    /// Promised limit in working days.
    pub limit_days: u32,
    /// The flow.
    pub flow: Flow,
    /// For each step of the flow whether this filing needs it.
    pub needed: Vec<bool>,
    /// What was stated and handed in.
    pub filing: Filing,
}

impl CaseRecord {
    /// Case as its applicant is told of it.
    pub fn to_case(&self, calendar: &WorkingDays) -> Case {
        let due = self.clock.due(calendar);
        Case {
            id: self.id,
            revision: self.revision,
            number: self.number.clone(),
            item: self.item.clone(),
            item_name: self.item_name.clone(),
            division: self.division.clone(),
            office: self.office.clone(),
            state: self.state.clone(),
            received_at: self.received_at,
            due: due.map(|due| due.date),
            due_estimated: due.is_some_and(|due| due.estimated),
            steps: self
                .steps
                .iter()
                .map(|step| CaseStep {
                    stage: step.stage,
                    department: step.department.clone(),
                    name: step.name.clone(),
                    state: step.state.clone(),
                    due: step.clock.due(calendar).map(|due| due.date),
                })
                .collect(),
            events: self.events.clone(),
            notice: self.notice.clone(),
            licence: self.licence.clone(),
        }
    }

    /// Steps at work or stopped, with their places in the list.
    pub fn open_steps(&self) -> impl Iterator<Item = (usize, &StepRecord)> {
        self.steps
            .iter()
            .enumerate()
            .filter(|(_, step)| matches!(step.state, StepState::Active | StepState::Stopped))
    }

    /// Whether a department has a step of its own in this case.
    pub fn concerns(&self, department: &str) -> bool {
        self.steps.iter().any(|step| step.department == department)
    }
}
