//! The list of guides: search as the person types, filters, more rows on demand; with one
//! guide open beside it where there is room.

use serde::{Deserialize, Serialize};
use tongban_contract::{
    page::{SearchGuides, Topic},
    vocabulary::{Audience, Theme},
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;
use yew_router::{navigator::Navigator, prelude::*};

use super::guide::GuidePage;
use crate::{
    hooks::use_ask,
    i18n::{self, t},
    parts::{Empty, Go, GuideRows, SearchField, Shape, Split},
    route::Route,
};

/// Rows that are shown at first, and added each time.
const PAGE: u32 = 20;

/// What the list is narrowed to. It is part of the address, so that going back finds it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filter {
    /// Words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    /// Code of a theme; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) theme: String,
    /// Code of an audience; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) audience: String,
}

impl Filter {
    /// Opens the list narrowed to this.
    pub(crate) fn open(&self, navigator: Option<&Navigator>) {
        if let Some(navigator) = navigator {
            // Three plain texts always make a query.
            let _ = navigator.push_with_query(&Route::Guides, self.clone());
        }
    }

    /// The address of the list narrowed to this theme, for a link.
    pub(crate) fn address(&self) -> String {
        format!("{}?theme={}", Route::Guides.to_path(), self.theme)
    }

    fn search(&self, limit: u32) -> SearchGuides {
        let given = |code: &String| (!code.is_empty()).then(|| code.clone());
        SearchGuides {
            query: self.q.clone(),
            theme: given(&self.theme),
            audience: given(&self.audience),
            offset: 0,
            limit,
        }
    }
}

/// Properties of [`Guides`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Basic code of the guide that is open.
    pub(crate) open: Option<AttrValue>,
}

/// The list of guides.
#[component]
pub(crate) fn Guides(props: &Props) -> Html {
    let location = use_location();
    let navigator = use_navigator();
    let in_address = location
        .as_ref()
        .filter(|_| props.open.is_none())
        .map(|location| location.query::<Filter>().unwrap_or_default());
    let filter = use_state_eq(|| in_address.clone().unwrap_or_default());
    let pages = use_state_eq(|| 1);
    {
        let (filter, pages) = (filter.clone(), pages.setter());
        use_effect_with(in_address, move |in_address| {
            if let Some(in_address) = in_address
                && *filter != *in_address
            {
                filter.set(in_address.clone());
                pages.set(1);
            }
        });
    }
    // While a guide is open the address is the guide's.
    let narrow = {
        let (filter, pages, listed) = (filter.setter(), pages.setter(), props.open.is_none());
        Callback::from(move |narrowed: Filter| {
            if listed && let Some(navigator) = &navigator {
                let _ = navigator.replace_with_query(&Route::Guides, narrowed.clone());
            }
            filter.set(narrowed);
            pages.set(1);
        })
    };
    let found = use_ask(filter.search(*pages * PAGE), |topic| *topic == Topic::Catalogue);

    let on_words = {
        let (filter, narrow) = ((*filter).clone(), narrow.clone());
        Callback::from(move |q: String| narrow.emit(Filter { q, ..filter.clone() }))
    };
    let more = {
        let pages = pages.clone();
        Callback::from(move |_: MouseEvent| pages.set(*pages + 1))
    };
    let list = html! {
        <>
            <div class="list-top">
                <SearchField words={filter.q.clone()} {on_words} busy={found.busy} />
                <Filters filter={(*filter).clone()} on_filter={narrow.clone()} />
            </div>
            { found.show(|list| html! {
                <>
                    <p class="found" role="status">{ t!("search-found", count = list.total) }</p>
                    if list.rows.is_empty() {
                        <NothingFound on_all={narrow.reform(|_: ()| Filter::default())} />
                    } else {
                        <GuideRows rows={list.rows.clone()} open={props.open.clone()} />
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
    let detail = props
        .open
        .as_ref()
        .map(|item| html! { <GuidePage key={item.to_string()} item={item.clone()} /> });
    html! { <Split label={t!("title-guides")} {list} {detail} hint={t!("guides-hint")} /> }
}

/// Properties of [`Filters`].
#[derive(Properties, PartialEq)]
struct FilterProps {
    filter: Filter,
    on_filter: Callback<Filter>,
}

/// Theme and audience.
#[component]
fn Filters(props: &FilterProps) -> Html {
    let set = |change: fn(&mut Filter, String)| {
        let (filter, on_filter) = (props.filter.clone(), props.on_filter.clone());
        Callback::from(move |event: Event| {
            let mut filter = filter.clone();
            change(&mut filter, event.target_unchecked_into::<HtmlSelectElement>().value());
            on_filter.emit(filter);
        })
    };
    let option = |code: &str, name: String, chosen: &str| {
        html! { <option value={code.to_owned()} selected={code == chosen}>{ name }</option> }
    };
    let Filter { theme, audience, .. } = &props.filter;
    html! {
        <div class="filters">
            <select class="select" aria-label={t!("filter-theme")} onchange={set(|filter, theme| filter.theme = theme)}>
                { option("", t!("filter-all-themes"), theme) }
                { for Theme::ALL.iter().map(|known| option(known.code(), i18n::theme(known), theme)) }
            </select>
            <select class="select" aria-label={t!("filter-audience")} onchange={set(|filter, audience| filter.audience = audience)}>
                { option("", t!("filter-all-audiences"), audience) }
                { for Audience::ALL.iter().map(|known| {
                    option(known.code(), i18n::term("audience", known.code(), known.term()), audience)
                }) }
            </select>
        </div>
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_filter_asks_for_everything() {
        let all = Filter::default().search(PAGE);
        assert_eq!((all.query.as_str(), all.theme, all.audience), ("", None, None));
        let narrowed =
            Filter { theme: "health".into(), audience: "1".into(), q: "社保".into() }.search(40);
        assert_eq!(
            (narrowed.theme.as_deref(), narrowed.audience.as_deref()),
            (Some("health"), Some("1"))
        );
        assert_eq!((narrowed.query.as_str(), narrowed.limit), ("社保", 40));
    }

    #[test]
    fn every_theme_has_an_address_of_its_own() {
        for theme in Theme::ALL {
            let filter = Filter { theme: theme.code().to_owned(), ..Filter::default() };
            assert_eq!(filter.address(), format!("/guides?theme={}", theme.code()));
        }
    }
}
