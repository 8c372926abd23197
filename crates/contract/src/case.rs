//! An application in handling (办件), as the platform tells it to its applicant.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    form::Fault,
    identifiers::{CaseId, NoticeId},
    numbers::{DivisionCode, LicenceId},
};

/// The whole state of an application. A change carries it whole, so that one that
/// arrives twice, late or after a gap still leaves the right state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// The application.
    pub id: CaseId,
    /// Grows with every change of the case; a smaller one is old news.
    #[serde(deserialize_with = "crate::entry::countable")]
    pub revision: u64,
    /// Acceptance number (收件编号).
    pub number: String,
    /// Basic code of the item.
    pub item: String,
    /// Name of the item.
    pub item_name: String,
    /// Division whose office handles it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub division: DivisionCode,
    /// Office that is responsible.
    pub office: String,
    /// State.
    pub state: CaseState,
    /// When it was received.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
    /// Day on which the promised limit ends; absent while the clock stands still.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Whether the due day passes the published calendars and may move.
    #[serde(default)]
    pub due_estimated: bool,
    /// The departments' steps, stage by stage.
    #[serde(default)]
    pub steps: Vec<CaseStep>,
    /// What has happened, oldest first.
    #[serde(default)]
    pub events: Vec<CaseEvent>,
    /// The correction notice that waits for an answer.
    #[serde(default)]
    pub notice: Option<Notice>,
    /// Licence issued at the end.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub licence: Option<LicenceId>,
}

impl Case {
    /// Whether an answer to a correction notice is awaited.
    pub fn awaits_correction(&self) -> bool {
        let asked = self.state == CaseState::CorrectionAwaited || self.notice.is_some();
        asked && !self.state.is_final()
    }
}

/// State of an application at the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// 收件: received, not yet accepted.
    Received,
    /// 受理: accepted; the clock runs.
    Accepted,
    /// 不予受理.
    NotAccepted,
    /// 补正: a correction is awaited; the clock stands still.
    CorrectionAwaited,
    /// 审查: departments are at work.
    UnderReview,
    /// 特别程序: the clock stands still.
    SpecialProcedure,
    /// 办结（准予）.
    Approved,
    /// 办结（不予）.
    Denied,
    /// 退件.
    Returned,
    /// 撤件.
    Withdrawn,
    /// A state of a later version, kept as it came.
    #[serde(untagged)]
    Other(String),
}

impl CaseState {
    /// Whether nothing more will happen.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::NotAccepted | Self::Approved | Self::Denied | Self::Returned | Self::Withdrawn
        )
    }
}

/// One department's step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseStep {
    /// Stage it belongs to, from 0. Steps of one stage run in parallel.
    pub stage: u32,
    /// Department.
    pub department: String,
    /// Name of the step.
    pub name: String,
    /// State.
    pub state: StepState,
    /// Day on which its limit ends, once it has begun.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
}

/// State of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Waits for earlier stages.
    Waiting,
    /// At work.
    Active,
    /// Stopped until the applicant has corrected.
    Stopped,
    /// Passed.
    Passed,
    /// Not passed.
    Failed,
    /// Not needed in this case.
    Skipped,
    /// A state of a later version, kept as it came.
    #[serde(untagged)]
    Other(String),
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseEvent {
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Who acted: a department, or 申请人.
    pub actor: String,
    /// What happened, in a few words for the timeline, such as 受理 or 材料审查通过.
    pub title: String,
    /// Remark for the person; may be empty.
    #[serde(default)]
    pub remark: String,
}

/// A correction notice (一次性告知补正): told once, with every fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The notice.
    pub id: NoticeId,
    /// Department that gave it.
    pub department: String,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Every fault, in one go.
    pub faults: Vec<Fault>,
    /// Words to the person; may be empty.
    #[serde(default)]
    pub remark: String,
    /// Day until which an answer is awaited.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub answer_by: Option<Date>,
}
