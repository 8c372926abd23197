//! The rules of handling, without any effect: a case, an event and a day give the
//! case as it is afterwards and what must be done besides, or a refusal. The office,
//! the exchange and the automatic departments all go through [`plan`].
//!
//! A department acts only where it has a step; the promised limit and every step's
//! limit stand still together while a correction is awaited or a special procedure runs.
//!
//! # Layout
//! - `acts`: what each event does.
//! - `course`: stages, ends, clocks, and whose turn it is.

use jiff::Timestamp;
use tongban_contract::{
    calendar::WorkingDays,
    case::{CaseEvent, CaseState, StepState},
    form::Fault,
    identifiers::NoticeId,
    operation::Filing,
};

use super::{
    clock::Clock,
    record::{CaseRecord, NewCase, StepRecord},
    words,
};
use crate::clock::day_in_china;

mod acts;
mod course;

/// Working days within which a correction is to be answered.
pub const ANSWER_DAYS: u32 = 15;
/// Most faults that one notice lists.
pub const MOST_FAULTS: usize = 50;
/// Longest remark or sentence, in characters.
pub const LONGEST_REMARK: usize = 500;

/// Who acts where the applicant does.
const APPLICANT: &str = "申请人";

/// Something that somebody does to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A department acts.
    Office {
        /// The department.
        department: String,
        /// What it does.
        action: Action,
        /// Words to the person; may be empty where the action allows it.
        remark: String,
    },
    /// The applicant answers the correction notice.
    Corrected {
        /// The notice.
        notice: NoticeId,
        /// The filing, mended.
        filing: Box<Filing>,
        /// For each step of the flow whether the mended filing needs it.
        needed: Vec<bool>,
    },
    /// The applicant takes the application back.
    Withdraw {
        /// Why; may be empty.
        reason: String,
    },
}

/// What a department can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// 受理.
    Accept,
    /// 不予受理.
    NotAccept,
    /// Passes a step.
    Pass {
        /// Place of the step in the case; none means the department's own active one.
        step: Option<usize>,
    },
    /// 补正: tells the person every fault, once.
    Notify {
        /// Id of the notice to give.
        notice: NoticeId,
        /// Every fault.
        faults: Vec<Fault>,
    },
    /// 不予许可.
    Deny,
    /// 退件.
    Return,
    /// 特别程序 begins.
    SpecialStart,
    /// 特别程序 ends.
    SpecialEnd,
}

/// What must be done besides keeping the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell the applicant, with this sentence.
    Tell(String),
    /// Issue the licence of the flow.
    IssueLicence,
}

/// Why an event is not possible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {sentence}")]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// One sentence, in Simplified Chinese.
    pub sentence: String,
    /// What can be done instead.
    pub next: &'static str,
}

fn refuse<T>(
    code: &'static str,
    sentence: impl Into<String>,
    next: &'static str,
) -> Result<T, Refusal> {
    Err(Refusal { code, sentence: sentence.into(), next })
}

/// The case as it is when it has been received.
pub fn receive(new: NewCase, calendar: &WorkingDays, now: Timestamp) -> (CaseRecord, Vec<Effect>) {
    let today = day_in_china(now);
    let mut steps = Vec::new();
    let mut needed = new.needed.iter();
    for (stage, steps_of_stage) in (0..).zip(&new.flow.stages) {
        for step in &steps_of_stage.steps {
            steps.push(StepRecord {
                stage,
                department: step.department.clone(),
                name: step.name.clone(),
                days: step.days,
                state: waiting_or_skipped(needed.next().copied().unwrap_or(true)),
                clock: Clock::NotStarted,
            });
        }
    }
    let acceptance = Clock::start(today, new.flow.acceptance_days);
    let remark = acceptance.due(calendar).map_or_else(String::new, |due| {
        format!("{}将在 {}前告知您是否受理。", new.flow.first_department(), words::day(due.date))
    });
    let headline = format!("“{}”的申请已收到，收件编号 {}。", new.item_name, new.number);
    let record = CaseRecord {
        id: new.id,
        revision: 1,
        number: new.number,
        item: new.item,
        item_version: new.item_version,
        form_version: new.form_version,
        item_name: new.item_name,
        division: new.division,
        office: new.office,
        office_code: new.office_code,
        state: CaseState::Received,
        received_at: now,
        limit_days: new.limit_days,
        acceptance,
        clock: Clock::NotStarted,
        steps,
        events: vec![event(now, APPLICANT, "提交申请", remark)],
        notice: None,
        resume_to: None,
        corrected_by: Default::default(),
        special: None,
        flow: new.flow,
        filing: new.filing,
        licence: None,
    };
    (record, vec![Effect::Tell(headline)])
}

/// What becomes of a case by an event.
///
/// # Errors
/// A [`Refusal`] where the event is not possible as the case stands; nothing has changed then.
pub fn plan(
    case: &CaseRecord,
    event: Event,
    calendar: &WorkingDays,
    now: Timestamp,
) -> Result<(CaseRecord, Vec<Effect>), Refusal> {
    if case.state.is_final() {
        return refuse(
            "case.ended",
            format!("这件申请已经办结（{}），不能再处理。", words::state(&case.state)),
            "如有疑问，请联系办理单位。",
        );
    }
    let mut next = Planned { case: case.clone(), effects: Vec::new(), calendar, now };
    match event {
        Event::Office { department, action, remark } => {
            next.office(&department, action, remark.trim())?;
        }
        Event::Corrected { notice, filing, needed } => next.corrected(notice, *filing, &needed)?,
        Event::Withdraw { reason } => next.withdraw(reason.trim()),
    }
    next.case.revision += 1;
    Ok((next.case, next.effects))
}

/// A case on its way through one transition.
struct Planned<'a> {
    case: CaseRecord,
    effects: Vec<Effect>,
    calendar: &'a WorkingDays,
    now: Timestamp,
}

impl Planned<'_> {
    fn record(&mut self, actor: &str, title: &str, remark: &str) {
        self.case.events.push(event(self.now, actor, title, remark.to_owned()));
    }

    fn tell(&mut self, headline: String) {
        // One transition is one piece of news; the last sentence is the one that counts.
        self.effects.retain(|effect| !matches!(effect, Effect::Tell(_)));
        self.effects.push(Effect::Tell(headline));
    }
}

fn event(at: Timestamp, actor: &str, title: &str, remark: String) -> CaseEvent {
    CaseEvent { at, actor: actor.to_owned(), title: title.to_owned(), remark }
}

fn waiting_or_skipped(needed: bool) -> StepState {
    if needed { StepState::Waiting } else { StepState::Skipped }
}

fn reason_given(remark: &str) -> Result<(), Refusal> {
    if remark.is_empty() {
        return refuse("case.reason-needed", "作出这个决定须写明理由。", "请写明理由和依据。");
    }
    Ok(())
}
