//! One application that was filed: where it stands, what to do, who is at work, what has
//! happened.

mod acts;
mod course;

use tongban_contract::{
    case::{Case, CaseState, Notice},
    identifiers::CaseId,
    page::{Asked, ItemState, ItemView, ReadItem, Topic},
    problem::Problem,
};
use yew::prelude::*;

use super::items;
use crate::{
    form::place,
    format,
    hooks::use_ask,
    i18n::t,
    parts::{Go, Icon, Shape},
    route::Route,
};

/// Properties of [`Item`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) case: CaseId,
}

/// One application that was filed.
#[component]
pub(crate) fn Item(props: &Props) -> Html {
    let case = props.case;
    let item = use_ask(ReadItem { case }, move |topic| {
        *topic == (Topic::Item { case }) || *topic == Topic::Items
    });
    item.show(|item| {
        html! {
            <article class="item">
                { head(item) }
                { next(item) }
                <acts::Acts item={ItemView::clone(item)} />
                if let Some(details) = &item.details {
                    { course::stages(&details.steps) }
                    { course::events(&details.events) }
                } else {
                    <section class="card"><p class="hint">{ t!("item-no-news") }</p></section>
                }
            </article>
        }
    })
}

fn head(item: &ItemView) -> Html {
    let row = &item.row;
    let details = item.details.as_ref();
    let fact = |name: String, value: Html| html! { <div class="fact"><dt>{ name }</dt><dd>{ value }</dd></div> };
    let ended = details.is_some_and(|case| case.state.is_final());
    html! {
        <header class="card item-head">
            <h2 class="item-name" lang="zh-CN">{ &row.item_name }</h2>
            <p class="item-state-line" role="status">{ items::state(&row.state) }</p>
            <dl class="facts">
                if let Some(number) = &row.number {
                    { fact(t!("item-number"), html! { <span class="number">{ number }</span> }) }
                }
                { fact(t!("item-office"), html! { <span lang="zh-CN">{ &row.office }</span> }) }
                if let Some(case) = details {
                    { fact(t!("item-received"), html! { { format::moment(case.received_at) } }) }
                }
                if let Some(due) = row.due.filter(|_| !ended) {
                    { fact(t!("item-due"), html! { <>
                        { format::day(due) }
                        if details.is_some_and(|case| case.due_estimated) {
                            <span class="hint">{ t!("item-due-estimated") }</span>
                        }
                    </> }) }
                } else if details.is_some_and(|case| stands_still(&case.state)) {
                    { fact(t!("item-due"), html! { { t!("item-clock-stopped") } }) }
                }
                { fact(t!("item-updated"), html! { { format::moment(row.updated_at) } }) }
            </dl>
        </header>
    }
}

fn stands_still(state: &CaseState) -> bool {
    matches!(state, CaseState::CorrectionAwaited | CaseState::SpecialProcedure)
}

/// What happens next, or what the person has to do.
fn next(item: &ItemView) -> Html {
    let details = item.details.as_ref();
    let told = |class: &'static str, shape: Shape, title: String, text: String| {
        html! {
            <section class={classes!("card", "item-next", class)} aria-label={title.clone()}>
                <p class="item-next-title"><Icon {shape} />{ title }</p>
                <p>{ text }</p>
            </section>
        }
    };
    match &item.row.state {
        ItemState::NeedsAttention { problem } => {
            attention(problem, details.and_then(|case| case.notice.as_ref()))
        }
        ItemState::Queued { what, waits } => html! {
            <>
                { match what {
                    Asked::Filing => told(
                        "item-next-wait",
                        Shape::Clock,
                        t!("item-queued"),
                        t!("item-queued-safe"),
                    ),
                    Asked::Withdrawal => told(
                        "item-next-wait",
                        Shape::Clock,
                        t!("item-queued-withdrawal"),
                        t!("item-queued-withdrawal-text"),
                    ),
                } }
                if let Some(problem) = waits {
                    <section class="card item-waiting" aria-label={t!("item-waits-why")}>
                        <p class="item-next-title">{ t!("item-waits-why") }</p>
                        <p lang="zh-CN">{ &problem.detail }</p>
                        <p class="hint" lang="zh-CN">{ &problem.next }</p>
                        if let Some(assurance) = problem.assurance {
                            <Go to={Route::StepUp { assurance }} class="button primary wide">{ t!("sign-in-again") }</Go>
                        }
                    </section>
                }
            </>
        },
        ItemState::Sending { what: Asked::Filing } => {
            told("item-next-wait", Shape::Sync, t!("item-sending"), t!("item-sending-text"))
        }
        ItemState::Sending { what: Asked::Withdrawal } => told(
            "item-next-wait",
            Shape::Sync,
            t!("item-sending-withdrawal"),
            t!("item-sending-withdrawal-text"),
        ),
        ItemState::Draft => Html::default(),
        ItemState::Submitted { case } => ended(case.as_ref(), details),
    }
}

fn ended(state: Option<&CaseState>, details: Option<&Case>) -> Html {
    let told = |class: &'static str, shape: Shape, title: String, text: String, more: Html| {
        html! {
            <section class={classes!("card", "item-next", class)} aria-label={title.clone()}>
                <p class="item-next-title"><Icon {shape} />{ title }</p>
                <p>{ text }</p>
                { more }
            </section>
        }
    };
    match state {
        Some(CaseState::Approved) => {
            let licence = details.and_then(|case| case.licence.clone());
            let (text, more) = match licence {
                Some(licence) => (
                    t!("item-approved-licence"),
                    html! { <Go to={Route::Licence { licence }} class="button primary wide">{ t!("item-see-licence") }</Go> },
                ),
                None => (t!("item-approved-text"), Html::default()),
            };
            told("item-next-good", Shape::Done, t!("item-approved"), text, more)
        }
        Some(CaseState::Denied | CaseState::NotAccepted | CaseState::Returned) => told(
            "item-next-bad",
            Shape::Info,
            t!("item-refused"),
            t!("item-refused-text"),
            Html::default(),
        ),
        _ => Html::default(),
    }
}

/// Why the person is needed, every fault with the way to mend it.
fn attention(problem: &Problem, notice: Option<&Notice>) -> Html {
    let faults = notice.map_or(problem.faults.as_slice(), |notice| notice.faults.as_slice());
    html! {
        <section class="notice" aria-labelledby="item-notice">
            <h3 class="notice-title" id="item-notice"><Icon shape={Shape::Warning} />
                { if notice.is_some() { t!("notice-title") } else { t!("item-attention") } }
            </h3>
            if let Some(notice) = notice {
                <p class="hint">
                    <span lang="zh-CN">{ &notice.department }</span>{ " · " }{ format::moment(notice.at) }
                    if let Some(day) = notice.answer_by {
                        { " · " }<strong>{ t!("notice-answer-by", day = format::day(day)) }</strong>
                    }
                </p>
                if !notice.remark.is_empty() {
                    <p class="notice-remark" lang="zh-CN">{ &notice.remark }</p>
                }
                <p>{ t!("notice-faults", count = notice.faults.len()) }</p>
            } else {
                <p class="notice-remark" lang="zh-CN">{ &problem.detail }</p>
                <p lang="zh-CN">{ &problem.next }</p>
            }
            <ol class="notice-list" lang="zh-CN">{ for faults.iter().map(|fault| html! {
                <li key={place::id(&fault.pointer)}>{ &fault.sentence }</li>
            }) }</ol>
        </section>
    }
}
