//! What each event does: checks whether it is possible, then changes the case and says so.

use tongban_contract::{
    case::{CaseState, Notice, StepState},
    form::Fault,
    identifiers::NoticeId,
    operation::Filing,
};

use super::{
    ANSWER_DAYS, APPLICANT, Action, LONGEST_REMARK, MOST_FAULTS, Planned, Refusal, reason_given,
    refuse,
};
use crate::{
    cases::{clock::Clock, record::SpecialRun, words},
    clock::day_in_china,
};

impl Planned<'_> {
    pub(super) fn office(
        &mut self,
        department: &str,
        action: Action,
        remark: &str,
    ) -> Result<(), Refusal> {
        if !self.case.concerns(department) {
            return refuse(
                "case.not-yours",
                "这件申请没有由本部门办理的环节。",
                "请由负责该环节的部门办理。",
            );
        }
        if remark.chars().count() > LONGEST_REMARK {
            return refuse(
                "case.remark-too-long",
                format!("意见不能超过 {LONGEST_REMARK} 个字。"),
                "请写得简短一些。",
            );
        }
        match action {
            Action::Accept => self.accept(department, remark),
            Action::NotAccept => self.not_accept(department, remark),
            Action::Pass { step } => self.pass(department, step, remark),
            Action::Notify { notice, faults } => self.notify(department, notice, faults, remark),
            Action::Deny => self.deny(department, remark),
            Action::Return => self.return_it(department, remark),
            Action::SpecialStart => self.special_start(department, remark),
            Action::SpecialEnd => self.special_end(department, remark),
        }
    }

    pub(super) fn accept(&mut self, department: &str, remark: &str) -> Result<(), Refusal> {
        self.must_be_received(department)?;
        self.case.acceptance = Clock::Ended;
        self.case.clock = Clock::start(day_in_china(self.now), self.case.limit_days);
        self.case.state = CaseState::Accepted;
        self.record(department, "受理", remark);
        self.tell(format!("{department}已受理“{}”的申请。", self.case.item_name));
        self.go_on();
        Ok(())
    }

    pub(super) fn not_accept(&mut self, department: &str, remark: &str) -> Result<(), Refusal> {
        self.must_be_received(department)?;
        reason_given(remark)?;
        self.record(department, "不予受理", remark);
        self.tell(format!("{department}未受理“{}”的申请：{remark}", self.case.item_name));
        self.end(CaseState::NotAccepted);
        Ok(())
    }

    pub(super) fn pass(
        &mut self,
        department: &str,
        step: Option<usize>,
        remark: &str,
    ) -> Result<(), Refusal> {
        self.must_run()?;
        let at = self.active_step(department, step)?;
        let mut name = String::new();
        if let Some(step) = self.case.steps.get_mut(at) {
            step.state = StepState::Passed;
            step.clock = Clock::Ended;
            name.clone_from(&step.name);
        }
        self.record(department, &format!("{name}通过"), remark);
        // Where this ends the case, its own sentence takes the place of this one.
        self.tell(format!("{department}已通过{name}。"));
        self.go_on();
        Ok(())
    }

    pub(super) fn notify(
        &mut self,
        department: &str,
        notice: NoticeId,
        faults: Vec<Fault>,
        remark: &str,
    ) -> Result<(), Refusal> {
        if self.case.state == CaseState::CorrectionAwaited {
            return refuse(
                "case.notice-open",
                "已有一份补正通知在等申请人答复。",
                "请待申请人补正后再办理。",
            );
        }
        if self.case.state == CaseState::Received {
            self.must_be_received(department)?;
        } else {
            self.must_run()?;
            self.active_step(department, None)?;
        }
        if self.case.corrected_by.contains(department) {
            return refuse(
                "case.told-once",
                "本部门已就这件申请一次性告知过补正内容，不能再次要求补正。",
                "请按现有材料作出决定。",
            );
        }
        if faults.is_empty() || faults.len() > MOST_FAULTS {
            return refuse(
                "case.faults-needed",
                format!("补正通知须一次写全需要补正的内容（1 至 {MOST_FAULTS} 项）。"),
                "请逐项写明哪里需要补正。",
            );
        }
        let too_long = |text: &str| text.chars().count() > LONGEST_REMARK;
        if faults.iter().any(|fault| fault.sentence.trim().is_empty() || too_long(&fault.sentence))
        {
            return refuse(
                "case.faults-needed",
                "补正通知的每一项都要写明问题和改法，且不超过 500 个字。",
                "请把空着或过长的那一项写好。",
            );
        }
        self.case.corrected_by.insert(department.to_owned());
        let answer_by = self.calendar.after(day_in_china(self.now), ANSWER_DAYS).date;
        let count = faults.len();
        self.case.notice = Some(Notice {
            id: notice,
            department: department.to_owned(),
            at: self.now,
            faults,
            remark: remark.to_owned(),
            answer_by: Some(answer_by),
        });
        self.record(department, "一次性告知补正", remark);
        self.stop(CaseState::CorrectionAwaited);
        self.tell(format!(
            "{department}请您补正 {count} 处，请在 {}前改好再交，期间不计办理时间。",
            words::day(answer_by)
        ));
        Ok(())
    }

    pub(super) fn corrected(
        &mut self,
        notice: NoticeId,
        filing: Filing,
        needed: &[bool],
    ) -> Result<(), Refusal> {
        let open = match &self.case.notice {
            Some(open) if self.case.state == CaseState::CorrectionAwaited => open,
            _ => {
                return refuse(
                    "case.no-notice",
                    "这件申请现在没有等待答复的补正通知。",
                    "请刷新办件进度后查看。",
                );
            }
        };
        if open.id != notice {
            return refuse(
                "case.other-notice",
                "您答复的补正通知已经失效，现在等待答复的是另一份。",
                "请刷新办件进度，按最新的补正通知修改。",
            );
        }
        self.case.notice = None;
        self.case.filing = filing;
        self.choose_steps_again(needed);
        self.record(APPLICANT, "补正材料", "");
        self.resume();
        self.tell(String::new());
        Ok(())
    }

    pub(super) fn deny(&mut self, department: &str, remark: &str) -> Result<(), Refusal> {
        self.must_run()?;
        let at = self.active_step(department, None)?;
        reason_given(remark)?;
        if let Some(step) = self.case.steps.get_mut(at) {
            step.state = StepState::Failed;
            step.clock = Clock::Ended;
        }
        self.record(department, "不予许可", remark);
        self.tell(format!("“{}”未获准予：{remark}", self.case.item_name));
        self.end(CaseState::Denied);
        Ok(())
    }

    pub(super) fn return_it(&mut self, department: &str, remark: &str) -> Result<(), Refusal> {
        if self.case.state == CaseState::Received {
            self.must_be_received(department)?;
        } else {
            self.must_run()?;
            self.active_step(department, None)?;
        }
        reason_given(remark)?;
        self.record(department, "退件", remark);
        self.tell(format!("“{}”的申请已退回：{remark}", self.case.item_name));
        self.end(CaseState::Returned);
        Ok(())
    }

    pub(super) fn special_start(&mut self, department: &str, remark: &str) -> Result<(), Refusal> {
        self.must_run()?;
        let Some(special) = self.case.flow.special.clone() else {
            return refuse("case.no-special", "这个事项没有规定特别程序。", "请在承诺时限内办理。");
        };
        if special.department != department {
            return refuse(
                "case.special-other",
                format!("{}由{}办理。", special.name, special.department),
                "请由该部门启动。",
            );
        }
        self.active_step(department, None)?;
        if self.case.special.is_some() {
            return refuse(
                "case.special-once",
                format!("{}已经办过一次。", special.name),
                "请在承诺时限内办理。",
            );
        }
        let clock = Clock::start(day_in_china(self.now), special.days);
        let due = clock.due(self.calendar).map(|due| words::day(due.date)).unwrap_or_default();
        self.case.special = Some(SpecialRun { department: department.to_owned(), clock });
        self.record(department, &format!("开始{}", special.name), remark);
        self.stop(CaseState::SpecialProcedure);
        self.tell(format!(
            "{department}开始{}，预计 {due}前结束，期间不计办理时间。",
            special.name
        ));
        Ok(())
    }

    pub(super) fn special_end(&mut self, department: &str, remark: &str) -> Result<(), Refusal> {
        let name = self.case.flow.special.as_ref().map(|s| s.name.clone()).unwrap_or_default();
        match &mut self.case.special {
            Some(run)
                if self.case.state == CaseState::SpecialProcedure
                    && run.department == department =>
            {
                run.clock = Clock::Ended;
            }
            _ => {
                return refuse(
                    "case.no-special-running",
                    "本部门没有正在进行的特别程序。",
                    "请刷新后查看办件状态。",
                );
            }
        }
        self.record(department, &format!("{name}结束"), remark);
        self.resume();
        self.tell(format!("{department}的{name}已结束，办理时间继续计算。"));
        Ok(())
    }

    pub(super) fn withdraw(&mut self, reason: &str) {
        let reason: String = reason.chars().take(LONGEST_REMARK).collect();
        self.record(APPLICANT, "撤件", &reason);
        self.tell(format!("“{}”已按您的要求撤件。", self.case.item_name));
        self.end(CaseState::Withdrawn);
    }
}
