//! An application being written: situation, form, materials, filing. The engine keeps every
//! answer; the page draws the draft and sends what is typed.

mod attach;
mod filing;
mod head;
mod material;
mod preview;
mod way;

use std::rc::Rc;

use tongban_contract::{
    identifiers::CaseId,
    page::{DraftView, ItemState},
};
use yew::prelude::*;

use crate::{
    form::{
        draw::Drawing,
        pen::{Pen, use_pen},
    },
    i18n::t,
    parts::{Empty, Go, ProblemCard, Shape, Skeleton},
    route::Route,
};

/// Properties of [`Draft`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) case: CaseId,
}

/// An application being written.
#[component]
pub(crate) fn Draft(props: &Props) -> Html {
    let pen = use_pen(props.case);
    let tried = use_state_eq(|| false);
    let on_tried = {
        let tried = tried.setter();
        Callback::from(move |()| tried.set(true))
    };
    let (view, unread) = pen.look(|desk| (desk.view().cloned(), desk.unread().cloned()));
    match (view, unread) {
        (Some(view), _) if is_open(&view) => open(&pen, &view, *tried, on_tried),
        (Some(view), _) => html! {
            <Empty shape={Shape::Done} title={t!("draft-filed-title")} text={t!("draft-filed-text")}>
                <Go to={Route::Item { case: view.case }} class="button primary">{ t!("draft-filed-look") }</Go>
            </Empty>
        },
        (None, Some(problem)) => {
            let retry = {
                let pen = pen.clone();
                Callback::from(move |()| pen.news())
            };
            html! {
                <ProblemCard {problem} {retry}>
                    <Go to={Route::Items} class="button">{ t!("receipt-all") }</Go>
                </ProblemCard>
            }
        }
        (None, None) => html! { <Skeleton rows=6 /> },
    }
}

/// Whether it can be changed.
fn is_open(view: &DraftView) -> bool {
    matches!(view.state, ItemState::Draft | ItemState::NeedsAttention { .. })
}

fn open(pen: &Pen, view: &Rc<DraftView>, tried: bool, on_tried: Callback<()>) -> Html {
    let saving = pen.look(crate::form::desk::Desk::saving);
    let notice = view.notice.as_ref().map_or(&[][..], |notice| notice.faults.as_slice());
    let drawing = Drawing { pen, tried, notice };
    let steps = way::steps(view);
    let number = |part: way::Part| {
        steps.iter().position(|step| step.part == part).map_or(0, |index| index + 1)
    };
    let section = |part: way::Part, content: Html| {
        html! {
            <section class="draft-step" id={part.id()} tabindex="-1" aria-labelledby={format!("{}-name", part.id())}>
                <h3 class="draft-step-name" id={format!("{}-name", part.id())}>
                    <span class="draft-step-number" aria-hidden="true">{ number(part) }</span>{ part.name() }
                </h3>
                { content }
            </section>
        }
    };
    html! {
        <div class="draft">
            <aside class="draft-side">
                <way::Way steps={steps.clone()} {tried} />
                { head::saved(view, saving) }
            </aside>
            <form class="draft-main" novalidate=true onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
                { head::head(view, saving) }
                { head::problem(pen) }
                { head::notice(view) }
                { head::changes(view) }
                if !view.situations.is_empty() {
                    { section(way::Part::Situation, html! {
                        <div class="card fields">
                            <p class="hint">{ t!("situation-why") }</p>
                            { for view.situations.iter().map(|situation| drawing.situation(situation, &view.faults)) }
                        </div>
                    }) }
                }
                { section(way::Part::Form, drawing.form(&view.form)) }
                if !view.materials.is_empty() {
                    { section(way::Part::Materials, html! {
                        <>
                            <p class="hint draft-step-hint">{ t!("materials-hint") }</p>
                            { for view.materials.iter().map(|material| {
                                let place = crate::form::place::of_material(&material.material.id);
                                let shown = tried || pen.look(|desk| desk.is_touched(&place));
                                html! {
                                    <material::MaterialCard key={material.material.id.clone()} pen={pen.clone()}
                                        notice={drawing.notice_at(&place)} view={material.clone()} faults_shown={shown} />
                                }
                            }) }
                        </>
                    }) }
                }
                { section(way::Part::Submit, html! {
                    <filing::Filing pen={pen.clone()} view={view.clone()} {saving} {tried} {on_tried} />
                }) }
            </form>
        </div>
    }
}
