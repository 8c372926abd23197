//! The button that starts an application, or words on what to do where there is none. It
//! leads to the list of places while the place is not chosen.

use gloo::utils::document;
use tongban_contract::{
    identifiers::CaseId,
    page::{AccountView, GuideView, StartDraft},
    vocabulary::{Channel, ItemState},
};
use yew::prelude::*;
use yew_router::prelude::*;

use super::place;
use crate::{
    form::place::focus,
    hooks::{use_act, use_overview},
    i18n::t,
    parts::{ProblemCard, SignInFirst},
    route::Route,
};

/// Id of the words on what is missing.
const MISSING: &str = "guide-place-missing";

/// Properties of [`Start`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) view: GuideView,
}

/// Starts an application.
#[component]
pub(super) fn Start(props: &Props) -> Html {
    let navigator = use_navigator();
    let asking = use_state(|| false);
    let overview = use_overview();
    let signed_in = !matches!(overview.account, AccountView::SignedOut | AccountView::SigningIn);
    let started = Callback::from(move |case: CaseId| {
        if let Some(navigator) = &navigator {
            navigator.push(&Route::Draft { case });
        }
    });
    let start = use_act::<StartDraft>(started);

    let item = &props.view.guide.item;
    let has_phone = !props.view.guide.office.phone.is_empty();
    if item.state != ItemState::InUse {
        return html! {
            <p class="start-note">
                { if has_phone { t!("guide-not-in-use") } else { t!("guide-not-in-use-no-phone") } }
            </p>
        };
    }
    if !item.has_form {
        let instead = match (item.channels.contains(&Channel::Window), has_phone) {
            (true, true) => t!("guide-no-form-window"),
            (true, false) => t!("guide-no-form-window-no-phone"),
            (false, true) => t!("guide-no-form-call"),
            (false, false) => t!("guide-no-form-no-phone"),
        };
        return html! {
            <section class="start-note" aria-label={t!("guide-start")}>
                <p class="start-note-title">{ t!("guide-no-form") }</p>
                <p>{ instead }</p>
            </section>
        };
    }
    let place_is_missing = !props.view.place_is_chosen();
    let click = {
        let (run, asking, item) = (start.run.clone(), asking.setter(), item.code.clone());
        // What one office does for the whole county needs no place.
        let named = !props.view.own || !props.view.places.is_empty();
        let division = named.then(|| props.view.guide.division.clone());
        Callback::from(move |_: MouseEvent| {
            if place_is_missing {
                if let Some(list) = document().get_element_by_id(place::ID) {
                    focus(&list);
                }
            } else if signed_in {
                run.emit(StartDraft { item: item.clone(), division: division.clone() });
            } else {
                asking.set(true);
            }
        })
    };
    let leave = {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(false))
    };
    html! {
        <div class="start">
            if let Some(problem) = &start.problem {
                <ProblemCard problem={problem.clone()} dismiss={start.dismiss.clone()} />
            }
            if place_is_missing {
                <p class="hint start-missing" id={MISSING}>{ t!("guide-place-missing") }</p>
            }
            <button type="button" class="button primary wide" onclick={click} disabled={start.busy}
                aria-describedby={place_is_missing.then_some(MISSING)}>
                { if start.busy { t!("guide-starting") } else { t!("guide-start") } }
            </button>
            if *asking {
                <SignInFirst why={t!("guide-sign-in-text")} on_cancel={leave} />
            }
        </div>
    }
}
