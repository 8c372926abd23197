//! Situations of handling, and what must hold after any sequence of events.

use jiff::{SignedDuration, Timestamp, civil::date};
use proptest::prelude::*;
use serde_json::json;
use tongban_contract::{
    calendar::WorkingDays,
    case::{CaseState, StepState},
    catalogue::Holidays,
    form::Fault,
    identifiers::{CaseId, NoticeId},
    operation::Filing,
};
use uuid::Uuid;

use super::{
    flow::{Flow, FlowStep, Special, Stage},
    plan::{Action, Effect, Event, Refusal, plan, receive},
    record::{CaseRecord, NewCase},
};

const FIRST: &str = "市场监管局";
const BESIDE: &str = "城市管理局";
const LAST: &str = "行政审批局";

fn calendar() -> WorkingDays {
    WorkingDays::new([
        Holidays { year: 2025, off: vec![], worked: vec![] },
        Holidays {
            year: 2026,
            off: [(1, 1..=3), (2, 15..=23), (10, 1..=7)]
                .into_iter()
                .flat_map(|(month, days)| days.map(move |day| date(2026, month, day)))
                .collect(),
            worked: vec![
                date(2026, 1, 4),
                date(2026, 2, 14),
                date(2026, 2, 28),
                date(2026, 10, 10),
            ],
        },
    ])
}

fn step(department: &str, days: u32) -> FlowStep {
    FlowStep { department: department.into(), name: "审查".into(), days, when: None }
}

fn flow() -> Flow {
    Flow {
        acceptance_days: 1,
        stages: vec![
            Stage { steps: vec![step(FIRST, 5), step(BESIDE, 3)] },
            Stage { steps: vec![step(LAST, 4)] },
        ],
        special: Some(Special { name: "实地核查".into(), days: 5, department: FIRST.into() }),
        licence: None,
    }
}

fn filing() -> Filing {
    Filing { answers: json!({ "name": "张三" }), ..Filing::default() }
}

fn new_case(flow: Flow, needed: Vec<bool>) -> NewCase {
    NewCase {
        id: CaseId(Uuid::from_u128(1)),
        number: "42-20260928-000001-1".into(),
        item: "000131023000".into(),
        item_version: "1".into(),
        form_version: "1".into(),
        item_name: "食品经营许可".into(),
        division: "420506".parse().unwrap(),
        office: "夷陵区市场监督管理局".into(),
        office_code: "11420506000000000A".into(),
        limit_days: 5,
        flow,
        needed,
        filing: filing(),
    }
}

fn at(day: jiff::civil::Date) -> Timestamp {
    day.at(10, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .unwrap()
        .timestamp()
}

fn office(department: &str, action: Action) -> Event {
    Event::Office { department: department.into(), action, remark: "理由".into() }
}

fn fault(pointer: &str) -> Fault {
    Fault { pointer: pointer.into(), code: "office".into(), sentence: "请改正。".into() }
}

fn notice(number: u128) -> Action {
    Action::Notify {
        notice: NoticeId(Uuid::from_u128(number)),
        faults: vec![fault("/answers/name"), fault("/materials/photo")],
    }
}

fn corrected(number: u128) -> Event {
    Event::Corrected {
        notice: NoticeId(Uuid::from_u128(number)),
        filing: Box::new(filing()),
        needed: vec![true; 3],
    }
}

/// A case that goes its way, event by event.
struct Walk {
    case: CaseRecord,
    told: Vec<String>,
}

impl Walk {
    fn received(flow: Flow, needed: Vec<bool>, day: jiff::civil::Date) -> Self {
        let (case, effects) = receive(new_case(flow, needed), &calendar(), at(day));
        let mut walk = Self { case, told: vec![] };
        walk.keep(effects);
        walk
    }

    fn keep(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Tell(headline) = effect {
                self.told.push(headline);
            }
        }
    }

    fn go(&mut self, event: Event, day: jiff::civil::Date) -> Result<(), Refusal> {
        let (case, effects) = plan(&self.case, event, &calendar(), at(day))?;
        assert_eq!(case.revision, self.case.revision + 1);
        self.case = case;
        self.keep(effects);
        Ok(())
    }

    fn states(&self) -> Vec<StepState> {
        self.case.steps.iter().map(|step| step.state.clone()).collect()
    }

    fn due(&self) -> Option<jiff::civil::Date> {
        self.case.to_case(&calendar()).due
    }
}

fn accepted() -> Walk {
    let mut walk = Walk::received(flow(), vec![true; 3], date(2026, 9, 27));
    walk.go(office(FIRST, Action::Accept), date(2026, 9, 28)).unwrap();
    walk
}

#[test]
fn two_departments_work_beside_each_other_and_the_last_after_both() {
    use StepState::{Active, Passed, Waiting};
    let mut walk = accepted();
    assert_eq!(walk.case.state, CaseState::UnderReview);
    assert_eq!(walk.states(), [Active, Active, Waiting]);
    // 28 September + 5 working days over National Day and a make-up Saturday.
    assert_eq!(walk.due(), Some(date(2026, 10, 10)));

    walk.go(office(BESIDE, Action::Pass { step: None }), date(2026, 9, 29)).unwrap();
    assert_eq!(walk.states(), [Active, Passed, Waiting]);
    let early = walk.go(office(LAST, Action::Pass { step: None }), date(2026, 9, 29));
    assert_eq!(early.unwrap_err().code, "case.no-active-step");

    walk.go(office(FIRST, Action::Pass { step: None }), date(2026, 9, 30)).unwrap();
    assert_eq!(walk.states(), [Passed, Passed, Active]);
    assert_eq!(walk.told.last().unwrap(), "市场监管局已通过审查。");
    walk.go(office(LAST, Action::Pass { step: None }), date(2026, 9, 30)).unwrap();
    assert_eq!(walk.case.state, CaseState::Approved);
    assert_eq!(walk.told.last().unwrap(), "“食品经营许可”已办结，准予。");
    assert_eq!(walk.due(), None);
}

#[test]
fn a_correction_stops_the_clock_and_the_answer_lets_the_rest_of_it_run() {
    let mut walk = accepted();
    walk.go(office(BESIDE, notice(7)), date(2026, 9, 30)).unwrap();
    assert_eq!(walk.case.state, CaseState::CorrectionAwaited);
    assert_eq!(walk.due(), None);
    assert!(walk.case.to_case(&calendar()).steps.iter().all(|step| step.due.is_none()));
    assert_eq!(walk.case.notice.as_ref().unwrap().faults.len(), 2);

    let pass = walk.go(office(FIRST, Action::Pass { step: None }), date(2026, 9, 30));
    assert_eq!(pass.unwrap_err().code, "case.stopped");
    let other = walk.go(corrected(8), date(2026, 10, 9));
    assert_eq!(other.unwrap_err().code, "case.other-notice");

    // Two of five days were used; three are left from 9 October: 10 (worked), 12, 13.
    walk.go(corrected(7), date(2026, 10, 9)).unwrap();
    assert_eq!(walk.case.state, CaseState::UnderReview);
    assert_eq!(walk.due(), Some(date(2026, 10, 13)));
    assert_eq!(walk.case.notice, None);
}

#[test]
fn a_department_tells_what_is_missing_once_and_no_more() {
    let mut walk = accepted();
    walk.go(office(BESIDE, notice(7)), date(2026, 9, 29)).unwrap();
    walk.go(corrected(7), date(2026, 9, 30)).unwrap();
    let again = walk.go(office(BESIDE, notice(8)), date(2026, 9, 30));
    assert_eq!(again.unwrap_err().code, "case.told-once");
    // Another department has a notice of its own.
    walk.go(office(FIRST, notice(9)), date(2026, 9, 30)).unwrap();
}

#[test]
fn before_acceptance_the_first_department_may_ask_and_the_limit_of_acceptance_stops() {
    let mut walk = Walk::received(flow(), vec![true; 3], date(2026, 9, 28));
    let beside = walk.go(office(BESIDE, notice(7)), date(2026, 9, 28));
    assert_eq!(beside.unwrap_err().code, "case.not-first");
    walk.go(office(FIRST, notice(7)), date(2026, 9, 28)).unwrap();
    assert!(!walk.case.acceptance.is_running());
    walk.go(corrected(7), date(2026, 9, 29)).unwrap();
    assert_eq!(walk.case.state, CaseState::Received);
    assert_eq!(walk.case.acceptance.due(&calendar()).unwrap().date, date(2026, 9, 30));
    walk.go(office(FIRST, Action::Accept), date(2026, 9, 30)).unwrap();
}

#[test]
fn a_special_procedure_stops_the_clock_and_only_its_department_runs_it() {
    let mut walk = accepted();
    let beside = walk.go(office(BESIDE, Action::SpecialStart), date(2026, 9, 29));
    assert_eq!(beside.unwrap_err().code, "case.special-other");
    walk.go(office(FIRST, Action::SpecialStart), date(2026, 9, 29)).unwrap();
    assert_eq!((walk.case.state.clone(), walk.due()), (CaseState::SpecialProcedure, None));
    walk.go(office(FIRST, Action::SpecialEnd), date(2026, 10, 12)).unwrap();
    // One day was used; four are left from 12 October.
    assert_eq!(walk.due(), Some(date(2026, 10, 16)));
}

#[test]
fn a_step_that_the_filing_does_not_need_is_skipped() {
    let mut walk = Walk::received(flow(), vec![true, false, true], date(2026, 9, 28));
    walk.go(office(FIRST, Action::Accept), date(2026, 9, 28)).unwrap();
    walk.go(office(FIRST, Action::Pass { step: None }), date(2026, 9, 28)).unwrap();
    assert_eq!(walk.states(), [StepState::Passed, StepState::Skipped, StepState::Active]);
}

#[test]
fn a_mended_filing_that_needs_an_earlier_step_after_all_goes_back_to_it() {
    let mut walk = Walk::received(flow(), vec![true, false, true], date(2026, 9, 28));
    walk.go(office(FIRST, Action::Accept), date(2026, 9, 28)).unwrap();
    walk.go(office(FIRST, Action::Pass { step: None }), date(2026, 9, 28)).unwrap();
    walk.go(office(LAST, notice(7)), date(2026, 9, 29)).unwrap();
    walk.go(corrected(7), date(2026, 9, 30)).unwrap();
    assert_eq!(walk.states(), [StepState::Passed, StepState::Active, StepState::Waiting]);
}

#[test]
fn a_refusal_needs_a_reason() {
    let mut walk = accepted();
    for action in [Action::Deny, Action::Return] {
        let event = Event::Office { department: FIRST.into(), action, remark: "  ".into() };
        assert_eq!(walk.go(event, date(2026, 9, 29)).unwrap_err().code, "case.reason-needed");
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let department = prop_oneof![Just(FIRST), Just(BESIDE), Just(LAST), Just("财政局")];
    let action = prop_oneof![
        4 => Just(Action::Accept),
        1 => Just(Action::NotAccept),
        6 => proptest::option::of(0usize..4).prop_map(|step| Action::Pass { step }),
        3 => (0u128..3).prop_map(notice),
        1 => Just(Action::Deny),
        1 => Just(Action::Return),
        3 => Just(Action::SpecialStart),
        3 => Just(Action::SpecialEnd),
    ];
    prop_oneof![
        20 => (department, action).prop_map(|(department, action)| office(department, action)),
        6 => ((0u128..3), proptest::collection::vec(any::<bool>(), 3)).prop_map(|(number, needed)| {
            Event::Corrected {
                notice: NoticeId(Uuid::from_u128(number)),
                filing: Box::new(filing()),
                needed,
            }
        }),
        1 => Just(Event::Withdraw { reason: String::new() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_the_rules_hold(
        events in proptest::collection::vec((any_event(), 0i64..60), 1..60),
        needed in proptest::collection::vec(any::<bool>(), 3),
    ) {
        let mut now = at(date(2026, 9, 1));
        let calendar = calendar();
        let (mut case, _) = receive(new_case(flow(), needed), &calendar, now);
        let mut notices = 0;
        for (event, hours) in events {
            now = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
            let notifies = matches!(&event, Event::Office { action: Action::Notify { .. }, .. });
            let was_final = case.state.is_final();
            match plan(&case, event, &calendar, now) {
                Ok((next, effects)) => {
                    prop_assert!(!was_final, "a final state stays final");
                    prop_assert_eq!(next.revision, case.revision + 1);
                    prop_assert_eq!(
                        effects.iter().filter(|e| matches!(e, Effect::Tell(_))).count(), 1);
                    prop_assert!(next.events.len() > case.events.len());
                    notices += usize::from(notifies);
                    case = next;
                }
                Err(refusal) => prop_assert!(!refusal.sentence.is_empty()),
            }
            let stopped =
                matches!(case.state, CaseState::CorrectionAwaited | CaseState::SpecialProcedure);
            let running = case.clock.is_running()
                || case.acceptance.is_running()
                || case.steps.iter().any(|step| step.clock.is_running());
            prop_assert!(!(stopped && running), "a clock runs while it must stand still");
            prop_assert!(!(case.state.is_final() && running), "a clock runs after the end");
            prop_assert_eq!(stopped, case.resume_to.is_some());
            prop_assert_eq!(case.notice.is_some(), case.state == CaseState::CorrectionAwaited);
            for step in &case.steps {
                prop_assert_eq!(step.clock.is_running(), step.state == StepState::Active);
                if matches!(step.state, StepState::Active | StepState::Stopped) {
                    prop_assert!(!case.state.is_final());
                    let earlier_open = case.steps.iter().any(|other| other.stage < step.stage
                        && matches!(other.state,
                            StepState::Waiting | StepState::Active | StepState::Stopped));
                    prop_assert!(!earlier_open, "a later stage is at work before an earlier ended");
                }
            }
            if case.state == CaseState::UnderReview {
                prop_assert!(case.open_steps().next().is_some(), "nobody is at work");
            }
        }
        prop_assert!(notices <= 3, "a department told more than once");
    }
}
