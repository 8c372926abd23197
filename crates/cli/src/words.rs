//! The Chinese words for what the engine answers: states, days, times, answers.

use jiff::{Timestamp, civil::Date, tz};
use serde_json::Value;
use tongban_contract::{
    case::{CaseState, StepState},
    form::{ChoiceOption, Fault, Input},
    page::{AccountView, Asked, ItemState, Person},
};

/// A time as it is in China, to the minute.
pub(crate) fn time(time: Timestamp) -> String {
    // One offset without daylight saving since 1991: no time zone database is needed.
    time.to_zoned(tz::TimeZone::fixed(tz::offset(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A time that may not have come yet.
pub(crate) fn time_or(moment: Option<Timestamp>, otherwise: &str) -> String {
    moment.map_or_else(|| otherwise.to_owned(), time)
}

/// A day that may not be set.
pub(crate) fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// The state of an application at the platform.
pub(crate) fn case_state(state: &CaseState) -> &str {
    match state {
        CaseState::Received => "已收件",
        CaseState::Accepted => "已受理",
        CaseState::NotAccepted => "不予受理",
        CaseState::CorrectionAwaited => "等待补正",
        CaseState::UnderReview => "审查中",
        CaseState::SpecialProcedure => "特别程序",
        CaseState::Approved => "办结（准予）",
        CaseState::Denied => "办结（不予）",
        CaseState::Returned => "已退件",
        CaseState::Withdrawn => "已撤件",
        CaseState::Other(state) => state,
    }
}

/// The state of a department's step.
pub(crate) fn step_state(state: &StepState) -> &str {
    match state {
        StepState::Waiting => "未开始",
        StepState::Active => "办理中",
        StepState::Stopped => "等待补正",
        StepState::Passed => "通过",
        StepState::Failed => "未通过",
        StepState::Skipped => "不需要",
        StepState::Other(state) => state,
    }
}

/// The one state of an application.
pub(crate) fn item_state(state: &ItemState) -> &str {
    match state {
        ItemState::Draft => "草稿",
        ItemState::Queued { what: Asked::Filing, .. } => "等待发送",
        ItemState::Queued { what: Asked::Withdrawal, .. } => "撤件等待发送",
        ItemState::Sending { what: Asked::Filing } => "正在发送",
        ItemState::Sending { what: Asked::Withdrawal } => "正在发送撤件",
        ItemState::Submitted { case: None } => "已提交",
        ItemState::Submitted { case: Some(state) } => case_state(state),
        ItemState::NeedsAttention { .. } => "需要处理",
    }
}

/// Why an application waits or needs the person, with the next step; may be empty.
pub(crate) fn reason(state: &ItemState) -> String {
    match state {
        ItemState::NeedsAttention { problem } => format!("{}{}", problem.detail, problem.next),
        // The next step promises that the window tries again by itself.
        ItemState::Queued { waits: Some(problem), .. } => problem.detail.clone(),
        ItemState::Draft
        | ItemState::Queued { waits: None, .. }
        | ItemState::Sending { .. }
        | ItemState::Submitted { .. } => String::new(),
    }
}

/// Who is signed in.
pub(crate) fn account(account: &AccountView) -> String {
    let person = |person: &Person| {
        let level = match person.assurance {
            3 => "高级实名",
            2 => "初级实名",
            _ => "未实名",
        };
        format!("{}（{}，{level}）", person.name, person.masked_id)
    };
    match account {
        AccountView::SignedOut => "未登录".to_owned(),
        AccountView::SigningIn => "正在登录".to_owned(),
        AccountView::SignedIn(who) => person(who),
        AccountView::SessionEnded(who) => format!("{}，登录已过期", person(who)),
        AccountView::Locked(locked) => format!("{}，已锁定", locked.label),
        AccountView::Unavailable(who) if who.label.is_empty() => who.problem.detail.clone(),
        AccountView::Unavailable(who) => format!("{}，{}", who.label, who.problem.detail),
        AccountView::PinNeeded(who) => format!("{}，要先设置解锁密码", person(who)),
    }
}

/// Faults, one a line.
pub(crate) fn faults(faults: &[Fault]) -> String {
    let rows: Vec<[String; 2]> =
        faults.iter().map(|fault| [fault.pointer.clone(), fault.sentence.clone()]).collect();
    if rows.is_empty() {
        String::new()
    } else {
        crate::output::table(["位置", "请处理"], &rows)
    }
}

/// An answer as a person reads it.
pub(crate) fn answer(value: &Value, input: &Input) -> String {
    match (value, input) {
        (Value::Null, _) => String::new(),
        (Value::Bool(yes), _) => if *yes { "是" } else { "否" }.to_owned(),
        (Value::Array(values), Input::MultipleChoice { options }) => {
            let labels: Vec<String> = values.iter().map(|value| label(value, options)).collect();
            labels.join("、")
        }
        (value, Input::Choice { options }) => label(value, options),
        // What is printed is read over shoulders and pasted into tickets.
        (Value::String(number), Input::Text { keyboard, .. }) if keyboard == "citizen-id" => {
            masked(number)
        }
        (Value::String(text), _) => text.clone(),
        (value, _) => value.to_string(),
    }
}

/// A citizen ID, right or wrong, of which only the ends are shown.
fn masked(number: &str) -> String {
    let count = number.chars().count();
    let shown = |(index, c)| if index < 3 || index + 2 >= count { c } else { '*' };
    number.chars().enumerate().map(shown).collect()
}

fn label(value: &Value, options: &[ChoiceOption]) -> String {
    match (options.iter().find(|option| option.value == *value), value) {
        (Some(option), _) => option.label.clone(),
        (None, Value::String(text)) => text.clone(),
        (None, value) => value.to_string(),
    }
}

/// A size as a person reads it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} 字节"),
        1_000..1_000_000 => format!("{:.0} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_citizen_id_is_not_shown() {
        let input =
            Input::Text { multiline: false, max_length: None, keyboard: "citizen-id".to_owned() };
        let number = Value::from("34052419800101001X");
        assert_eq!(answer(&number, &input), "340*************1X");
    }

    #[test]
    fn a_time_is_told_as_it_is_in_china() {
        assert_eq!(time("2026-09-28T18:30:00Z".parse().unwrap()), "2026-09-29 02:30");
    }
}
