//! Me: account, sync, catalogue and what is below it, followed guides, safety, couriers, display and about,
//! with one of them open.

mod about;
mod account;
mod catalogue;
mod changes;
mod courier;
mod display;
mod followed;
mod regions;
mod safety;
mod sync;

use tongban_contract::page::{AccountView, OverviewView};
use yew::prelude::*;

use crate::{
    format, frame,
    hooks::use_overview,
    i18n::{Language, t},
    parts::{Go, Icon, Shape, Split},
    route::Route,
};

/// What can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Account,
    Sync,
    Catalogue,
    /// Below the catalogue.
    Regions,
    /// Below the catalogue.
    Changes,
    Followed,
    Safety,
    Courier,
    Display,
    About,
}

impl Section {
    /// The one of the list by which it is reached.
    fn in_list(self) -> Self {
        match self {
            Self::Regions | Self::Changes => Self::Catalogue,
            other => other,
        }
    }
}

/// Properties of [`Me`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) open: Option<Section>,
}

/// Me.
#[component]
pub(crate) fn Me(props: &Props) -> Html {
    let overview = use_overview();
    let cell = |section: Section, to: Route, shape: Shape, name: String, value: String| {
        let current = props.open.map(Section::in_list) == Some(section);
        html! {
            <li>
                <Go {to} {current} class={classes!("cell", current.then_some("cell-current"))}>
                    <span class="cell-picture"><Icon {shape} /></span>
                    <span class="cell-name">{ name }</span>
                    <span class="cell-value">{ value }</span>
                    <span class="cell-go"><Icon shape={Shape::Forward} /></span>
                </Go>
            </li>
        }
    };
    let list = html! {
        <div class="me">
            { person(&overview, props.open == Some(Section::Account)) }
            <ul class="cells">
                { cell(Section::Sync, Route::Sync, Shape::Sync, t!("title-sync"), frame::network(&overview.sync)) }
                { cell(Section::Catalogue, Route::Catalogue, Shape::Guide, t!("title-catalogue"),
                    t!("guide-count", count = format::count(overview.catalogue.guides))) }
                { cell(Section::Followed, Route::Followed, Shape::Bell, t!("title-followed"), String::new()) }
                { cell(Section::Courier, Route::Courier, Shape::File, t!("title-courier"), String::new()) }
                if overview.account != AccountView::SignedOut {
                    { cell(Section::Safety, Route::Safety, Shape::Key, t!("title-safety"),
                        if overview.pinned { t!("pin-on") } else { t!("pin-off") }) }
                }
                { cell(Section::Display, Route::Display, Shape::Type, t!("title-display"), display_value(&overview)) }
                { cell(Section::About, Route::About, Shape::Info, t!("title-about"), overview.app_version.clone()) }
            </ul>
        </div>
    };
    let detail = props.open.map(|section| match section {
        Section::Account => html! { <account::Account /> },
        Section::Sync => html! { <sync::Sync /> },
        Section::Catalogue => html! { <catalogue::Catalogue /> },
        Section::Regions => html! { <regions::Regions /> },
        Section::Changes => html! { <changes::Changes /> },
        Section::Followed => html! { <followed::Followed /> },
        Section::Safety => html! { <safety::Safety /> },
        Section::Courier => html! { <courier::Couriers /> },
        Section::Display => html! { <display::Display /> },
        Section::About => html! { <about::About /> },
    });
    html! { <Split label={t!("title-me")} {list} {detail} hint={t!("me-hint")} /> }
}

/// Who is signed in, or the way to it.
fn person(overview: &OverviewView, current: bool) -> Html {
    let (to, name, small) = match &overview.account {
        AccountView::SignedIn(person) => {
            (Route::Account, person.name.clone(), person.masked_id.clone())
        }
        AccountView::PinNeeded(person) => {
            (Route::Account, person.name.clone(), person.masked_id.clone())
        }
        AccountView::SessionEnded(person) => {
            (Route::Account, person.name.clone(), t!("account-session-ended"))
        }
        // A locked vault stands in the place of every page; its label is all that is known.
        AccountView::Locked(locked) => (Route::Account, locked.label.clone(), String::new()),
        AccountView::Unavailable(account) => {
            (Route::Account, account.label.clone(), t!("account-unavailable"))
        }
        AccountView::SignedOut => {
            (Route::SignIn, t!("account-signed-out"), t!("account-signed-out-text"))
        }
        AccountView::SigningIn => {
            (Route::SignIn, t!("signing-in-title"), t!("account-signing-in-text"))
        }
    };
    // A name is Chinese in every language of the page.
    let lang = (to == Route::Account).then_some("zh-CN");
    html! {
        <Go {to} {current} class={classes!("person", current.then_some("cell-current"))}>
            <span class="person-picture"><Icon shape={Shape::Person} /></span>
            <span class="person-words"><span class="person-name" {lang}>{ name }</span><span class="person-small">{ small }</span></span>
            <span class="cell-go"><Icon shape={Shape::Forward} /></span>
        </Go>
    }
}

fn display_value(overview: &OverviewView) -> String {
    let language = Language::from_code(&overview.settings.language).own_name();
    if overview.settings.care_mode {
        format!("{language} · {}", t!("care-mode"))
    } else {
        language.to_owned()
    }
}
