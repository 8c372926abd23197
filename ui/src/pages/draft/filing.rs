//! Filing: everything saved, every fault listed, everything read through once more, filed.

use std::rc::Rc;

use tongban_contract::{
    page::{DiscardDraft, DraftView, ItemState, NetworkView, ReceiptView, Submit},
    problem::Problem,
};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    form::{desk::Saving, pen::Pen, place, summary},
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    parts::{ConfirmDialog, Icon, ProblemCard, Shape},
    route::Route,
};

/// The list of faults.
const FAULTS: &str = "faults";

/// Properties of [`Filing`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) pen: Pen,
    pub(super) view: Rc<DraftView>,
    pub(super) saving: Saving,
    pub(super) tried: bool,
    pub(super) on_tried: Callback<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Writing,
    /// Until everything is saved.
    Waiting,
    Reviewing,
    Discarding,
}

/// Filing.
#[component]
pub(super) fn Filing(props: &Props) -> Html {
    let phase = use_state_eq(|| Phase::Writing);
    let navigator = use_navigator();
    let overview = use_overview();
    let offline = matches!(overview.sync.network, NetworkView::Offline { .. });
    let toast = use_toast();
    let filed = {
        let navigator = navigator.clone();
        Callback::from(move |receipt: ReceiptView| {
            if let Some(navigator) = &navigator {
                navigator.replace(&Route::Receipt { case: receipt.case });
            }
        })
    };
    let submit = use_act::<Submit>(filed);
    let discarded = Callback::from(move |()| {
        toast.emit(t!("discarded"));
        if let Some(navigator) = &navigator {
            navigator.replace(&Route::Items);
        }
    });
    let discard = use_act::<DiscardDraft>(discarded);

    let clear = props.view.faults.is_empty();
    {
        let (phase, on_tried) = (phase.clone(), props.on_tried.clone());
        use_effect_with((*phase, props.saving, clear), move |(now, saving, clear)| {
            match (*now, *saving) {
                (Phase::Waiting, Saving::Saved) if *clear => phase.set(Phase::Reviewing),
                (Phase::Waiting, Saving::Saved) => {
                    phase.set(Phase::Writing);
                    on_tried.emit(());
                }
                // Why is told above the form, and stays in view.
                (Phase::Waiting, Saving::Failed) => phase.set(Phase::Writing),
                _ => {}
            }
        });
    }
    // The engine has the last word: what it refuses is listed like what was known before.
    let refused = submit.problem.clone();
    {
        let (phase, pen, on_tried) = (phase.setter(), props.pen.clone(), props.on_tried.clone());
        use_effect_with(refused.clone(), move |refused| {
            if refused.as_ref().is_some_and(|problem| !problem.faults.is_empty()) {
                phase.set(Phase::Writing);
                on_tried.emit(());
                pen.news();
            }
        });
    }
    // Whoever has tried is brought to what is in the way.
    use_effect_with(props.tried, |tried| {
        if *tried {
            to_faults();
        }
    });

    let begin = {
        let (phase, pen, tried, clear) = (phase.setter(), props.pen.clone(), props.tried, clear);
        let dismiss = submit.dismiss.clone();
        Callback::from(move |_: MouseEvent| {
            dismiss.emit(());
            pen.flush();
            phase.set(Phase::Waiting);
            if tried && !clear {
                to_faults();
            }
        })
    };
    let to = |to: Phase| {
        let phase = phase.setter();
        Callback::from(move |()| phase.set(to))
    };
    let case = props.view.case;
    let confirm = submit.run.reform(move |()| Submit { case });
    let drop_it = discard.run.reform(move |()| DiscardDraft { case });
    let other = refused.filter(|problem| problem.faults.is_empty());
    html! {
        <div class="card filing">
            if props.tried && !clear {
                { faults(&props.view) }
            } else if props.tried {
                <p class="filing-clear" role="status"><Icon shape={Shape::Done} />{ t!("filing-clear") }</p>
            }
            <p>{ if offline { t!("filing-offline") } else { t!("filing-online") } }</p>
            if *phase != Phase::Reviewing {
                { problem(other.clone(), &submit.dismiss) }
            }
            <button type="button" class="button primary wide" onclick={begin} disabled={*phase == Phase::Waiting}>
                { if *phase == Phase::Waiting { t!("filing-waiting") } else { t!("filing-submit") } }
            </button>
            if props.view.state == ItemState::Draft {
                <button type="button" class="text-button discard" onclick={to(Phase::Discarding).reform(|_: MouseEvent| ())}>
                    { t!("discard") }
                </button>
            }
            if *phase == Phase::Reviewing {
                <ConfirmDialog title={t!("review-title")} cancel={AttrValue::from(t!("review-back"))} busy={submit.busy}
                    confirm={if submit.busy { t!("review-filing") } else { t!("review-confirm") }}
                    on_confirm={confirm} on_cancel={to(Phase::Writing)}>
                    { review(&props.view, offline) }
                    { problem(other, &submit.dismiss) }
                </ConfirmDialog>
            }
            if *phase == Phase::Discarding {
                <ConfirmDialog title={t!("discard-title")} confirm={t!("discard-confirm")} danger=true busy={discard.busy}
                    on_confirm={drop_it} on_cancel={to(Phase::Writing)}>
                    <p>{ t!("discard-text") }</p>
                    { problem(discard.problem.clone(), &discard.dismiss) }
                </ConfirmDialog>
            }
        </div>
    }
}

fn to_faults() {
    place::show(FAULTS);
}

/// Every fault, each a way to its place.
fn faults(view: &DraftView) -> Html {
    html! {
        <section class="faults" id={FAULTS} tabindex="-1" role="alert" aria-labelledby="faults-title">
            <h4 class="faults-title" id="faults-title">
                <Icon shape={Shape::Warning} />{ t!("filing-faults", count = view.faults.len()) }
            </h4>
            { place::faults(&view.faults) }
        </section>
    }
}

fn problem(problem: Option<Rc<Problem>>, dismiss: &Callback<()>) -> Html {
    match problem {
        Some(problem) => html! { <ProblemCard {problem} dismiss={dismiss.clone()} /> },
        None => Html::default(),
    }
}

/// Everything that will be filed.
fn review(view: &DraftView, offline: bool) -> Html {
    let situation = |view: &tongban_contract::page::SituationView| {
        let chosen = view
            .situation
            .options
            .iter()
            .find(|option| Some(&option.value) == view.chosen.as_ref());
        let label = chosen.map(|option| option.label.clone()).unwrap_or_default();
        html! { <div class="fact"><dt>{ &view.situation.question }</dt><dd>{ label }</dd></div> }
    };
    html! {
        <>
            <div class="review" tabindex="0" role="region" aria-label={t!("review-title")}>
                <p class="review-item" lang="zh-CN">{ &view.item_name }</p>
                <p class="hint" lang="zh-CN">{ &view.office }</p>
                if !view.situations.is_empty() {
                    <section class="review-part">
                        <h4 class="review-heading">{ t!("part-situation") }</h4>
                        <dl class="facts" lang="zh-CN">{ for view.situations.iter().map(situation) }</dl>
                    </section>
                }
                { summary::summary(&view.form) }
                if !view.materials.is_empty() {
                    <section class="review-part">
                        <h4 class="review-heading">{ t!("part-materials") }</h4>
                        <dl class="facts">{ for view.materials.iter().map(|material| html! {
                            <div class="fact">
                                <dt lang="zh-CN">{ &material.material.name }</dt>
                                <dd>{ attached(material) }</dd>
                            </div>
                        }) }</dl>
                    </section>
                }
            </div>
            <p class="review-promise">{ if offline { t!("review-offline") } else { t!("review-online") } }</p>
        </>
    }
}

fn attached(view: &tongban_contract::page::MaterialView) -> Html {
    if view.attached.is_empty() {
        let words = if view.material.exempt { t!("guide-exempt") } else { t!("review-nothing") };
        return html! { <span class="review-nothing">{ words }</span> };
    }
    html! { <ul lang="zh-CN">{ for view.attached.iter().map(|attached| html! { <li>{ &attached.name }</li> }) }</ul> }
}
