//! Where the person is, for an item that each township handles for itself. What they choose of
//! their own county is remembered, so that it is asked once; another county's townships are
//! looked at.

use gloo::utils::window;
use tongban_contract::{
    numbers::DivisionCode,
    page::{ChooseHome, GuideView, PlaceView},
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    filter::{Filter, Looked},
    hooks::{use_act, use_overview},
    i18n::t,
    parts::ProblemCard,
    route::Route,
};

/// Id of the list of places.
pub(super) const ID: &str = "guide-place";
const HINT: &str = "guide-place-hint";

/// Properties of [`Place`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) view: GuideView,
    /// What the list is narrowed to that the guide was found in.
    pub(super) filter: Filter,
}

/// The places to choose from; nothing where one office serves the whole county.
#[component]
pub(super) fn Place(props: &Props) -> Html {
    let navigator = use_navigator();
    let overview = use_overview();
    let view = &props.view;
    let route = Route::Guide { item: view.guide.item.code.clone() };
    let look = {
        let (filter, route) = (props.filter.clone(), route.clone());
        move |at: Option<&DivisionCode>| {
            if let Some(navigator) = &navigator {
                route.show(navigator, &Looked::new(at, filter.clone()).query(), true);
            }
        }
    };
    // Whoever has said where they are reads their own guide, whatever the address said.
    let choose = use_act::<ChooseHome>({
        let (look, address) = (look.clone(), route.to_path());
        // Unless they have gone on to another page.
        let is_here = move || window().location().pathname().is_ok_and(|path| path == address);
        Callback::from(move |()| {
            if is_here() {
                look(None);
            }
        })
    });
    if view.places.is_empty() {
        return Html::default();
    }
    let shown = &view.guide.division;
    let county = overview.catalogue.county.as_ref();
    let is_near = county.is_some_and(|county| county.contains(shown));
    let onchange = {
        let (run, own) = (choose.run.clone(), view.own);
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            // What the list offers are codes, and the first line, which is none.
            match value.parse::<DivisionCode>() {
                Ok(division) if own => run.emit(ChooseHome { division }),
                Ok(division) => look(Some(&division)),
                Err(_) => {}
            }
        })
    };
    let open = !view.place_is_chosen();
    let option = |place: &PlaceView| {
        html! {
            <option value={place.division.to_string()} selected={place.division == *shown} lang="zh-CN">
                { &place.division_name }
            </option>
        }
    };
    let (question, hint) = match (view.own, open) {
        (true, true) => (t!("guide-place"), t!("guide-place-why")),
        (true, false) => (t!("guide-place"), t!("guide-place-chosen")),
        (false, true) => (t!("guide-place-elsewhere"), t!("guide-place-elsewhere-why")),
        (false, false) => (t!("guide-place-elsewhere"), t!("guide-place-elsewhere-chosen")),
    };
    let live_here = (is_near && !view.own && !open).then(|| {
        let division = shown.clone();
        choose.run.reform(move |_: MouseEvent| ChooseHome { division: division.clone() })
    });
    html! {
        <section class="card guide-place" aria-labelledby="guide-place-name">
            <label id="guide-place-name" class="guide-place-name" for={ID}>{ question }</label>
            <select class="input select" id={ID} {onchange} aria-describedby={HINT}>
                <option value="" selected={open} disabled={true}>{ t!("guide-place-choose") }</option>
                { for view.places.iter().map(option) }
            </select>
            <p class="hint" id={HINT}>{ hint }</p>
            if let Some(live_here) = live_here {
                <button type="button" class="button small" onclick={live_here} disabled={choose.busy}>
                    { t!("guide-place-live-here") }
                </button>
            }
            if let Some(problem) = &choose.problem {
                <ProblemCard problem={problem.clone()} dismiss={choose.dismiss.clone()} />
            }
        </section>
    }
}
