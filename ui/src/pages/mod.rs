//! The pages: each reads its view from the device and follows the topics that concern it.

mod accounts;
mod county;
mod draft;
mod given_up;
mod guide;
mod guides;
mod home;
mod item;
mod items;
mod licence;
mod lock;
mod me;
mod not_found;
mod receipt;
mod rescue;
mod set_pin;
mod sign_in;
mod unavailable;
mod wallet;
mod welcome;

use yew::prelude::*;

pub(crate) use lock::Locked;
pub(crate) use set_pin::PinNeeded;
pub(crate) use welcome::Welcome;

use crate::route::Route;

/// The page at this address. Pages of a list and one thing of it are one component, so
/// that the list stays as it is while things of it are opened.
pub(crate) fn switch(route: Route) -> Html {
    match route {
        Route::Home => html! { <home::Home /> },
        Route::County => html! { <county::County /> },
        Route::SignIn => html! { <sign_in::SignInPage /> },
        Route::StepUp { assurance } => html! { <sign_in::SignInPage {assurance} /> },
        Route::Guides => html! { <guides::Guides open={None::<AttrValue>} /> },
        Route::Guide { item } => html! { <guides::Guides open={Some(AttrValue::from(item))} /> },
        Route::Draft { case } => html! { <draft::Draft key={case.to_string()} {case} /> },
        Route::Items => html! { <items::Items open={items::Open::Nothing} /> },
        Route::Item { case } => html! { <items::Items open={items::Open::Item(case)} /> },
        Route::Receipt { case } => html! { <items::Items open={items::Open::Receipt(case)} /> },
        Route::Wallet => html! { <wallet::Wallet open={None} /> },
        Route::Licence { licence } => html! { <wallet::Wallet open={Some(licence)} /> },
        Route::Me => html! { <me::Me open={None} /> },
        Route::Account => html! { <me::Me open={Some(me::Section::Account)} /> },
        Route::Sync => html! { <me::Me open={Some(me::Section::Sync)} /> },
        Route::Catalogue => html! { <me::Me open={Some(me::Section::Catalogue)} /> },
        Route::Regions => html! { <me::Me open={Some(me::Section::Regions)} /> },
        Route::Changes => html! { <me::Me open={Some(me::Section::Changes)} /> },
        Route::Followed => html! { <me::Me open={Some(me::Section::Followed)} /> },
        Route::Safety => html! { <me::Me open={Some(me::Section::Safety)} /> },
        Route::Courier => html! { <me::Me open={Some(me::Section::Courier)} /> },
        Route::Display => html! { <me::Me open={Some(me::Section::Display)} /> },
        Route::About => html! { <me::Me open={Some(me::Section::About)} /> },
        Route::NotFound => html! { <not_found::NotFound /> },
    }
}
