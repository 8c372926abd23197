//! What is around every page: title with the way back, tabs (below on a phone, beside
//! where it is wide), the network strip, the focus when the page changes, and what tells the
//! engine that somebody is there.

mod bar;
mod focus;
mod presence;
mod strip;
mod tabs;

use tongban_contract::page::AccountView;
use yew::prelude::*;
use yew_router::prelude::*;

pub(crate) use focus::{DETAIL, focus_on};
pub(crate) use strip::network;

use crate::{
    hooks::use_overview,
    i18n::{say, t},
    pages,
    route::Route,
};

/// The frame with the page in it.
#[component]
pub(crate) fn Frame() -> Html {
    let route = use_route::<Route>().unwrap_or(Route::NotFound);
    let overview = use_overview();
    let title = say(route.title_key(), None);
    focus::use_focus(&route, &title);
    presence::use_presence(overview.pinned);

    // Without a county there is nothing to look up: the first start chooses one.
    let welcome = overview.catalogue.county.is_none()
        && !matches!(route, Route::County | Route::SignIn | Route::StepUp { .. });
    if welcome {
        return html! { <main class="opening" id={focus::MAIN} tabindex="-1"><pages::Welcome /></main> };
    }
    // Nothing personal is drawn, whatever page was open.
    match &overview.account {
        AccountView::Locked(locked) if route != Route::SignIn => {
            return html! {
                <main class="opening" id={focus::MAIN} tabindex="-1">
                    <pages::Locked locked={locked.clone()} />
                </main>
            };
        }
        AccountView::PinNeeded(person) => {
            return html! {
                <main class="opening" id={focus::MAIN} tabindex="-1">
                    <pages::PinNeeded name={person.name.clone()} />
                </main>
            };
        }
        _ => {}
    }
    let skip = Callback::from(|_: MouseEvent| focus_on(focus::MAIN));
    let with_tabs = overview.catalogue.county.is_some() && route.tab().is_some();
    html! {
        <div class={classes!("frame", with_tabs.then_some("frame-with-tabs"))}>
            <button type="button" class="skip" onclick={skip}>{ t!("skip-to-content") }</button>
            if with_tabs {
                <tabs::Tabs current={route.tab()} attention={overview.counts.attention} />
            }
            <div class="frame-page">
                <bar::Bar route={route.clone()} {title} />
                <strip::Strip sync={overview.sync.clone()} />
                <main class="frame-main" id={focus::MAIN} tabindex="-1">
                    { pages::switch(route) }
                </main>
            </div>
        </div>
    }
}
