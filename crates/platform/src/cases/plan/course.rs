//! The course of a case: its stages, its end, its clocks, and which department's turn it is.

use tongban_contract::case::{CaseState, StepState};

use super::{Effect, Planned, Refusal, refuse, waiting_or_skipped};
use crate::{
    cases::{clock::Clock, record::StepRecord, words},
    clock::day_in_china,
};

impl Planned<'_> {
    /// Begins the next stage where the one at work has ended, or approves.
    pub(super) fn go_on(&mut self) {
        let at_work =
            |step: &StepRecord| matches!(step.state, StepState::Active | StepState::Stopped);
        if self.case.steps.iter().any(at_work) {
            return;
        }
        let waiting = |step: &&StepRecord| step.state == StepState::Waiting;
        let Some(stage) = self.case.steps.iter().filter(waiting).map(|step| step.stage).min()
        else {
            self.approve();
            return;
        };
        let today = day_in_china(self.now);
        for step in &mut self.case.steps {
            if step.stage == stage && step.state == StepState::Waiting {
                step.state = StepState::Active;
                step.clock = Clock::start(today, step.days);
            }
        }
        self.case.state = CaseState::UnderReview;
    }

    pub(super) fn approve(&mut self) {
        let office = self.case.office.clone();
        self.record(&office, "办结（准予）", "");
        let mut headline = format!("“{}”已办结，准予。", self.case.item_name);
        if let Some(licence) = &self.case.flow.licence {
            headline = format!(
                "“{}”已办结，准予，{}已发到您的证照夹。",
                self.case.item_name, licence.name
            );
            self.effects.push(Effect::IssueLicence);
        }
        self.tell(headline);
        self.end(CaseState::Approved);
    }

    pub(super) fn end(&mut self, state: CaseState) {
        self.case.state = state;
        self.case.notice = None;
        self.case.resume_to = None;
        self.case.acceptance = Clock::Ended;
        self.case.clock = Clock::Ended;
        if let Some(special) = &mut self.case.special {
            special.clock = Clock::Ended;
        }
        for step in &mut self.case.steps {
            step.clock = Clock::Ended;
            if matches!(step.state, StepState::Waiting | StepState::Active | StepState::Stopped) {
                step.state = StepState::Skipped;
            }
        }
    }

    pub(super) fn stop(&mut self, state: CaseState) {
        let today = day_in_china(self.now);
        self.case.resume_to = Some(self.case.state.clone());
        self.case.state = state;
        self.case.acceptance = self.case.acceptance.stop(self.calendar, today);
        self.case.clock = self.case.clock.stop(self.calendar, today);
        for step in &mut self.case.steps {
            if step.state == StepState::Active {
                step.state = StepState::Stopped;
                step.clock = step.clock.stop(self.calendar, today);
            }
        }
    }

    pub(super) fn resume(&mut self) {
        let today = day_in_china(self.now);
        self.case.state = self.case.resume_to.take().unwrap_or(CaseState::UnderReview);
        self.case.acceptance = self.case.acceptance.resume(today);
        self.case.clock = self.case.clock.resume(today);
        for step in &mut self.case.steps {
            if step.state == StepState::Stopped {
                step.state = StepState::Active;
                step.clock = step.clock.resume(today);
            }
        }
    }

    /// The mended filing may need other steps than the first one did. What has begun
    /// goes on; where a step of an earlier stage is needed after all, the case goes back
    /// to that stage, as a later one must never be at work before an earlier has ended.
    pub(super) fn choose_steps_again(&mut self, needed: &[bool]) {
        let at_work = |step: &&StepRecord| step.state == StepState::Stopped;
        let current = self.case.steps.iter().filter(at_work).map(|step| step.stage).max();
        for (step, needed) in self.case.steps.iter_mut().zip(needed) {
            if matches!(step.state, StepState::Waiting | StepState::Skipped) {
                step.state = waiting_or_skipped(*needed);
            }
        }
        let Some(current) = current else { return };
        let waiting = |step: &&StepRecord| step.state == StepState::Waiting;
        let earliest = self.case.steps.iter().filter(waiting).map(|step| step.stage).min();
        let stage = earliest.map_or(current, |earliest| earliest.min(current));
        for step in &mut self.case.steps {
            if step.stage == stage && step.state == StepState::Waiting {
                step.state = StepState::Stopped;
                step.clock = Clock::Stopped { left: step.days };
            } else if step.stage > stage && step.state == StepState::Stopped {
                step.state = StepState::Waiting;
                step.clock = Clock::NotStarted;
            }
        }
    }

    pub(super) fn must_be_received(&self, department: &str) -> Result<(), Refusal> {
        if self.case.state != CaseState::Received {
            return refuse(
                "case.not-received",
                format!("这件申请的状态是“{}”，不在等待受理。", words::state(&self.case.state)),
                "请刷新后查看办件状态。",
            );
        }
        let first = self.case.flow.first_department();
        if first != department {
            return refuse(
                "case.not-first",
                format!("是否受理由{first}决定。"),
                "请待受理后再办理本部门的环节。",
            );
        }
        Ok(())
    }

    pub(super) fn must_run(&self) -> Result<(), Refusal> {
        match self.case.state {
            CaseState::Accepted | CaseState::UnderReview => Ok(()),
            CaseState::Received => {
                refuse("case.not-accepted-yet", "这件申请还没有受理。", "请先决定是否受理。")
            }
            CaseState::CorrectionAwaited => refuse(
                "case.stopped",
                "正在等申请人补正，办理时间已停止计算。",
                "请待申请人补正后再办理。",
            ),
            CaseState::SpecialProcedure => refuse(
                "case.stopped",
                "特别程序正在进行，办理时间已停止计算。",
                "请待特别程序结束后再办理。",
            ),
            _ => refuse("case.ended", "这件申请不能再处理。", "请刷新后查看办件状态。"),
        }
    }

    pub(super) fn active_step(
        &self,
        department: &str,
        wanted: Option<usize>,
    ) -> Result<usize, Refusal> {
        let mine = self.case.steps.iter().enumerate().find(|(at, step)| {
            step.state == StepState::Active
                && step.department == department
                && wanted.is_none_or(|wanted| wanted == *at)
        });
        match mine {
            Some((at, _)) => Ok(at),
            None => refuse(
                "case.no-active-step",
                "本部门在这件申请中没有正在办理的环节。",
                "请待前面的环节办完，或刷新后查看。",
            ),
        }
    }
}
