//! The list of guides: search as the person types, filters, more rows on demand; with one
//! guide open beside it where there is room.

mod filters;
mod region;
mod select;

use tongban_contract::page::Topic;
use yew::prelude::*;
use yew_router::prelude::*;

use self::filters::Filters;
use super::guide::GuidePage;
use crate::{
    filter::{Filter, Looked},
    hooks::{Narrowed, use_ask, use_narrowed},
    i18n::t,
    parts::{Empty, Go, GuideRows, SearchField, Shape, Split},
    route::Route,
};

/// Rows that are shown at first, and added each time.
const PAGE: u32 = 20;

/// Properties of [`Guides`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Basic code of the guide that is open.
    pub(crate) open: Option<AttrValue>,
}

/// The list of guides.
#[component]
pub(crate) fn Guides(props: &Props) -> Html {
    let route = match &props.open {
        Some(item) => Route::Guide { item: item.to_string() },
        None => Route::Guides,
    };
    let Narrowed { filter, on_filter, on_words } = use_narrowed(route);
    let location = use_location();
    let looked = location.and_then(|location| location.query::<Looked>().ok());
    let at = looked.and_then(|looked| looked.at());
    let pages = use_state_eq(|| (Filter::default(), 1));
    // More rows were asked for of what the list was narrowed to then.
    let shown = if pages.0 == filter { pages.1 } else { 1 };
    let found = use_ask(filter.search(shown * PAGE), |topic| *topic == Topic::Catalogue);

    let more = {
        let (pages, filter) = (pages.setter(), filter.clone());
        Callback::from(move |_: MouseEvent| pages.set((filter.clone(), shown + 1)))
    };
    let list = html! {
        <>
            <div class="list-top">
                <SearchField words={filter.q.clone()} {on_words} busy={found.busy} />
                <Filters filter={filter.clone()} on_filter={on_filter.clone()} />
            </div>
            { found.show(|list| html! {
                <>
                    <p class="found" role="status">{ t!("search-found", count = list.total) }</p>
                    if list.rows.is_empty() {
                        <NothingFound on_all={on_filter.reform(|_: ()| Filter::default())} />
                    } else {
                        <GuideRows rows={list.rows.clone()} open={props.open.clone()} filter={filter.clone()} />
                    }
                    if list.rows.len() < usize::try_from(list.total).unwrap_or_default() {
                        <button type="button" class="button wide" onclick={more} disabled={found.busy}>
                            { t!("more-rows") }
                        </button>
                    }
                </>
            }) }
        </>
    };
    let detail = props.open.as_ref().map(|item| {
        html! { <GuidePage key={item.to_string()} item={item.clone()} at={at.clone()} filter={filter.clone()} /> }
    });
    html! { <Split label={t!("title-guides")} {list} {detail} hint={t!("guides-hint")} /> }
}

/// Properties of [`NothingFound`].
#[derive(Properties, PartialEq)]
pub(crate) struct NothingProps {
    /// Takes every filter away.
    #[prop_or_default]
    pub(crate) on_all: Option<Callback<()>>,
}

/// What stands where a search finds nothing.
#[component]
pub(crate) fn NothingFound(props: &NothingProps) -> Html {
    html! {
        <Empty shape={Shape::Search} title={t!("nothing-found")} text={t!("nothing-found-text")}>
            if let Some(on_all) = &props.on_all {
                <button type="button" class="button primary" onclick={on_all.reform(|_: MouseEvent| ())}>
                    { t!("show-all-guides") }
                </button>
            }
            <Go to={Route::County} class="button">{ t!("home-change-county") }</Go>
        </Empty>
    }
}
