//! The Chinese terms of states, and days in words.

use jiff::civil::Date;
use tongban_contract::case::{CaseState, StepState};

/// A day as a person reads it.
pub fn day(date: Date) -> String {
    format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
}

/// The Chinese term of a state.
pub fn state(state: &CaseState) -> &str {
    match state {
        CaseState::Received => "待受理",
        CaseState::Accepted => "已受理",
        CaseState::NotAccepted => "不予受理",
        CaseState::CorrectionAwaited => "等待补正",
        CaseState::UnderReview => "审查中",
        CaseState::SpecialProcedure => "特别程序中",
        CaseState::Approved => "准予",
        CaseState::Denied => "不予",
        CaseState::Returned => "退件",
        CaseState::Withdrawn => "已撤件",
        CaseState::Other(other) => other,
    }
}

/// The Chinese term of a step's state.
pub fn step(state: &StepState) -> &str {
    match state {
        StepState::Waiting => "未开始",
        StepState::Active => "办理中",
        StepState::Stopped => "计时停止",
        StepState::Passed => "已通过",
        StepState::Failed => "未通过",
        StepState::Skipped => "无需办理",
        StepState::Other(other) => other,
    }
}
