//! Where the person is, for an item that each township handles for itself. The engine
//! remembers the answer, so that it is asked once.

use tongban_contract::{
    numbers::DivisionCode,
    page::{GuideView, PlaceView, ReadGuide},
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{hooks::use_act, i18n::t, parts::ProblemCard};

/// Id of the list of places.
pub(super) const ID: &str = "guide-place";
const HINT: &str = "guide-place-hint";

/// Properties of [`Place`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) view: GuideView,
    /// A place was chosen: the guide reads differently now.
    pub(super) on_chosen: Callback<()>,
}

/// The places to choose from; nothing where one office serves the whole county.
#[component]
pub(super) fn Place(props: &Props) -> Html {
    let choose = use_act::<ReadGuide>(props.on_chosen.reform(|_: GuideView| ()));
    let view = &props.view;
    if view.places.is_empty() {
        return Html::default();
    }
    let onchange = {
        let (run, item) = (choose.run.clone(), view.guide.item.code.clone());
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            // What the list offers are codes, and the first line, which is none.
            if let Ok(division) = value.parse::<DivisionCode>() {
                run.emit(ReadGuide { item: item.clone(), division: Some(division) });
            }
        })
    };
    let open = !view.place_is_chosen();
    let option = |place: &PlaceView| {
        html! {
            <option value={place.division.to_string()} selected={place.division == view.guide.division} lang="zh-CN">
                { &place.division_name }
            </option>
        }
    };
    html! {
        <section class="card guide-place" aria-labelledby="guide-place-name">
            <label id="guide-place-name" class="guide-place-name" for={ID}>{ t!("guide-place") }</label>
            <select class="input select" id={ID} {onchange} aria-describedby={HINT}>
                <option value="" selected={open} disabled={true}>{ t!("guide-place-choose") }</option>
                { for view.places.iter().map(option) }
            </select>
            <p class="hint" id={HINT}>
                { if open { t!("guide-place-why") } else { t!("guide-place-chosen") } }
            </p>
            if let Some(problem) = &choose.problem {
                <ProblemCard problem={problem.clone()} dismiss={choose.dismiss.clone()} />
            }
        </section>
    }
}
