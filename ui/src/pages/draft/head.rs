//! What stands above the form: the item, whether everything is saved, what a department
//! wants mended, what has changed in the guide.

use jiff::tz::Offset;
use tongban_contract::page::{DraftView, ItemState};
use yew::prelude::*;

use crate::{
    form::{desk::Saving, pen::Pen, place},
    format,
    i18n::t,
    parts::{Icon, ProblemCard, Shape},
};

/// Item and office.
pub(super) fn head(view: &DraftView, saving: Saving) -> Html {
    html! {
        <header class="draft-head">
            <h2 class="draft-name" lang="zh-CN">{ &view.item_name }</h2>
            <p class="hint" lang="zh-CN">{ &view.office }</p>
            <div class="draft-head-saved">{ saved(view, saving) }</div>
        </header>
    }
}

/// Whether everything is on the device.
pub(super) fn saved(view: &DraftView, saving: Saving) -> Html {
    let (class, shape, words) = match saving {
        Saving::Saved => ("saved", Shape::Done, t!("saved", time = clock(view))),
        Saving::UnderWay => ("saved saved-under-way", Shape::Sync, t!("saving")),
        Saving::Failed => ("saved saved-failed", Shape::Warning, t!("saving-failed")),
    };
    html! { <p class={class}><Icon {shape} /><span>{ words }</span></p> }
}

/// The time of the day; with the day where it is another.
fn clock(view: &DraftView) -> String {
    let local = Offset::constant(8).to_datetime(view.saved_at);
    if local.date() == format::today() {
        format!("{:02}:{:02}", local.hour(), local.minute())
    } else {
        format::moment(view.saved_at)
    }
}

/// Why something could not be saved, staying in view while the person scrolls.
pub(super) fn problem(pen: &Pen) -> Html {
    let Some(problem) = pen.look(|desk| desk.problem().cloned()) else { return Html::default() };
    let (retry, dismiss) = {
        let (again, away) = (pen.clone(), pen.clone());
        (Callback::from(move |()| again.flush()), Callback::from(move |()| away.dismiss()))
    };
    html! { <div class="draft-problem"><ProblemCard {problem} {retry} {dismiss} /></div> }
}

/// The correction notice, every fault of it a way to its field; or why it was not taken.
pub(super) fn notice(view: &DraftView) -> Html {
    let Some(notice) = &view.notice else {
        return match &view.state {
            ItemState::NeedsAttention { problem } => html! {
                <section class="notice" aria-label={t!("notice-title")}>
                    <p class="notice-remark" lang="zh-CN">{ &problem.detail }</p>
                    <p lang="zh-CN">{ &problem.next }</p>
                </section>
            },
            _ => Html::default(),
        };
    };
    html! {
        <section class="notice" aria-labelledby="notice-title">
            <h3 class="notice-title" id="notice-title"><Icon shape={Shape::Warning} />{ t!("notice-title") }</h3>
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
            { place::faults(&notice.faults) }
            <p class="hint">{ t!("notice-how") }</p>
        </section>
    }
}

/// What the guide's newer version changed.
pub(super) fn changes(view: &DraftView) -> Html {
    if view.guide_changes.is_empty() {
        return Html::default();
    }
    html! {
        <section class="changes" aria-labelledby="changes-title">
            <h3 class="changes-title" id="changes-title"><Icon shape={Shape::Info} />{ t!("changes-title") }</h3>
            <ul class="changes-list" lang="zh-CN">{ for view.guide_changes.iter().map(|change| html! { <li>{ change }</li> }) }</ul>
            <p class="hint">{ t!("changes-text") }</p>
        </section>
    }
}
