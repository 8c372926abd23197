//! The departments' steps, those of one stage beside each other, and what has happened.

use tongban_contract::case::{CaseEvent, CaseStep, StepState};
use yew::prelude::*;

use crate::{
    format,
    i18n::t,
    parts::{Icon, Shape},
};

/// The departments' steps, stage by stage.
pub(super) fn stages(steps: &[CaseStep]) -> Html {
    if steps.is_empty() {
        return Html::default();
    }
    let stage = |steps: Vec<&CaseStep>| {
        let together = steps.len() > 1;
        html! {
            <li class={classes!("stage", stage_class(&steps))}>
                if together {
                    <p class="stage-together">{ t!("stage-together", count = steps.len()) }</p>
                }
                <ul class="stage-steps">{ for steps.into_iter().map(step) }</ul>
            </li>
        }
    };
    html! {
        <section class="card" aria-labelledby="item-stages">
            <h3 class="card-title" id="item-stages">{ t!("item-stages") }</h3>
            <ol class="stages">{ for by_stage(steps).into_iter().map(stage) }</ol>
        </section>
    }
}

fn step(step: &CaseStep) -> Html {
    let (tone, shape, words) = state(&step.state);
    html! {
        <li class={classes!("track", tone)}>
            <p class="track-name" lang="zh-CN">{ &step.name }</p>
            <p class="track-office" lang="zh-CN">{ &step.department }</p>
            <p class="track-state"><Icon {shape} />{ words }</p>
            if let Some(due) = step.due.filter(|_| step.state == StepState::Active) {
                <p class="track-due">{ t!("step-due", day = format::day(due)) }</p>
            }
        </li>
    }
}

fn state(state: &StepState) -> (&'static str, Shape, String) {
    match state {
        StepState::Waiting => ("track-waiting", Shape::Clock, t!("step-waiting")),
        StepState::Active => ("track-active", Shape::Sync, t!("step-active")),
        StepState::Stopped => ("track-stopped", Shape::Warning, t!("step-stopped")),
        StepState::Passed => ("track-passed", Shape::Done, t!("step-passed")),
        StepState::Failed => ("track-failed", Shape::Clear, t!("step-failed")),
        StepState::Skipped => ("track-waiting", Shape::Forward, t!("step-skipped")),
        StepState::Other(other) => ("track-waiting", Shape::Info, other.clone()),
    }
}

fn stage_class(steps: &[&CaseStep]) -> &'static str {
    if steps.iter().all(|step| matches!(step.state, StepState::Passed | StepState::Skipped)) {
        "stage-passed"
    } else if steps.iter().all(|step| step.state == StepState::Waiting) {
        "stage-waiting"
    } else {
        "stage-active"
    }
}

/// The steps of each stage, in the order of stages, whatever the order they came in.
fn by_stage(steps: &[CaseStep]) -> Vec<Vec<&CaseStep>> {
    let mut stages: std::collections::BTreeMap<u32, Vec<&CaseStep>> =
        std::collections::BTreeMap::new();
    for step in steps {
        stages.entry(step.stage).or_default().push(step);
    }
    stages.into_values().collect()
}

/// What has happened, newest first.
pub(super) fn events(events: &[CaseEvent]) -> Html {
    if events.is_empty() {
        return Html::default();
    }
    let event = |event: &CaseEvent| {
        html! {
            <li class="event">
                <p class="event-title" lang="zh-CN">{ &event.title }</p>
                <p class="event-facts"><span lang="zh-CN">{ &event.actor }</span>{ " · " }{ format::moment(event.at) }</p>
                if !event.remark.is_empty() {
                    <p class="event-remark" lang="zh-CN">{ &event.remark }</p>
                }
            </li>
        }
    };
    html! {
        <section class="card" aria-labelledby="item-events">
            <h3 class="card-title" id="item-events">{ t!("item-events") }</h3>
            <ol class="events">{ for newest_first(events).into_iter().map(event) }</ol>
        </section>
    }
}

fn newest_first(events: &[CaseEvent]) -> Vec<&CaseEvent> {
    let mut events: Vec<_> = events.iter().rev().collect();
    // Of two at the same moment the later told stays first.
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(stage: u32, name: &str) -> CaseStep {
        CaseStep {
            stage,
            department: "消防救援大队".into(),
            name: name.into(),
            state: StepState::Waiting,
            due: None,
        }
    }

    #[test]
    fn steps_of_one_stage_stand_beside_each_other() {
        let steps = [step(1, "决定"), step(0, "现场核查"), step(0, "材料审查")];
        let names: Vec<Vec<&str>> = by_stage(&steps)
            .iter()
            .map(|stage| stage.iter().map(|step| step.name.as_str()).collect())
            .collect();
        assert_eq!(names, [vec!["现场核查", "材料审查"], vec!["决定"]]);
    }

    #[test]
    fn the_newest_event_is_first_and_of_two_at_once_the_later_told() {
        let event = |title: &str, at: &str| CaseEvent {
            at: at.parse().unwrap(),
            actor: "市场监督管理局".into(),
            title: title.into(),
            remark: String::new(),
        };
        let events = [
            event("收件", "2026-09-28T06:05:00Z"),
            event("受理", "2026-09-28T06:06:00Z"),
            event("开始审查", "2026-09-28T06:06:00Z"),
        ];
        let titles: Vec<&str> =
            newest_first(&events).iter().map(|event| event.title.as_str()).collect();
        assert_eq!(titles, ["开始审查", "受理", "收件"]);
    }
}
