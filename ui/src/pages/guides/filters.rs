//! What the list of guides can be narrowed to: theme and audience in view, the rest behind a
//! button, with how many guides each choice leads to.

use tongban_contract::{
    page::{FacetView, GuideSort, Topic},
    vocabulary::{Audience, Badge, ItemType, Theme},
};
use yew::prelude::*;

use super::{
    region::{Region, RegionName},
    select::{Choice, Select, choices},
};
use crate::{
    filter::{Filter, ORDERS},
    hooks::use_ask,
    i18n::{t, term},
    parts::{Icon, Shape},
};

/// Id of the section behind the button.
const MORE: &str = "filters-more";

/// Properties of [`Filters`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) filter: Filter,
    pub(super) on_filter: Callback<Filter>,
}

/// What the list can be narrowed to.
#[component]
pub(super) fn Filters(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let filter = &props.filter;
    let known = use_ask(filter.browse(), |topic| *topic == Topic::Catalogue);
    let known = known.ready().cloned().unwrap_or_default();
    let set = |change: fn(&mut Filter, String)| {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |code: String| {
            let mut filter = filter.clone();
            change(&mut filter, code);
            on_filter.emit(filter);
        })
    };
    let coded =
        |kind: &'static str, facets: &[FacetView], chosen: &str, published: fn(&str) -> String| {
            choices(facets, chosen, filter.is_counted(), |code, name| {
                let published = name.map_or_else(|| published(code), str::to_owned);
                term(kind, code, &published)
            })
        };
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let clear = {
        let cleared = filter.without_more();
        props.on_filter.reform(move |_: MouseEvent| cleared.clone())
    };
    let orders: Vec<Choice> = ORDERS
        .iter()
        .map(|(code, sort)| Choice { code: (*code).to_owned(), name: order(*sort), guides: None })
        .collect();
    let more = filter.more();
    html! {
        <>
            <div class="filters">
                <Select id="filter-theme" label={t!("filter-theme")} all={t!("filter-all-themes")}
                    choices={coded("theme", &known.themes, &filter.theme, |code| Theme::from(code).term().to_owned())}
                    chosen={filter.theme.clone()} on_choice={set(|filter, code| filter.theme = code)} />
                <Select id="filter-audience" label={t!("filter-audience")} all={t!("filter-all-audiences")}
                    choices={coded("audience", &known.audiences, &filter.audience, |code| Audience::from(code).term().to_owned())}
                    chosen={filter.audience.clone()} on_choice={set(|filter, code| filter.audience = code)} />
            </div>
            <div class="filters-bar">
                <button type="button" class="button small" onclick={toggle} aria-expanded={open.to_string()}
                    aria-controls={open.then_some(MORE)}>
                    <Icon shape={Shape::Filter} />
                    { if more == 0 { t!("filter-more") } else { t!("filter-more-set", count = u64::try_from(more).unwrap_or_default()) } }
                </button>
                if more > 0 || !filter.sort.is_empty() {
                    <button type="button" class="text-button" onclick={clear}>{ t!("filter-clear") }</button>
                }
            </div>
            if *open {
                <section class="card filters-more" id={MORE} aria-label={t!("filter-more")}>
                    <div class="filter-field">
                        <Select id="filter-sort" label={t!("filter-sort")} labelled=true all={order(GuideSort::Relevance)}
                            choices={orders} chosen={filter.sort.clone()} on_choice={set(|filter, code| filter.sort = code)} />
                    </div>
                    <div class="filter-field">
                        <Select id="filter-badge" label={t!("filter-badge")} labelled=true all={t!("filter-any")}
                            choices={coded("badge", &known.badges, &filter.badge, |code| Badge::from(code).term().to_owned())}
                            chosen={filter.badge.clone()} on_choice={set(|filter, code| filter.badge = code)} />
                    </div>
                    <div class="filter-field">
                        <Select id="filter-type" label={t!("filter-type")} labelled=true all={t!("filter-any")}
                            choices={coded("item-type", &known.item_types, &filter.item_type, |code| ItemType::from(code).term().to_owned())}
                            chosen={filter.item_type.clone()} on_choice={set(|filter, code| filter.item_type = code)} />
                    </div>
                    <div class="filter-field">
                        <Select id="filter-department" label={t!("filter-department")} labelled=true all={t!("filter-any")} chinese=true
                            choices={choices(&known.departments, &filter.department, filter.is_counted(), |code, _| code.to_owned())}
                            chosen={filter.department.clone()} on_choice={set(|filter, code| filter.department = code)} />
                    </div>
                    <Region region={filter.region_code()} on_choice={set(|filter, code| filter.region = code)} />
                </section>
            } else {
                <Chips filter={filter.clone()} on_filter={props.on_filter.clone()} />
            }
        </>
    }
}

/// An order in words.
fn order(sort: GuideSort) -> String {
    match sort {
        GuideSort::Relevance => t!("sort-relevance"),
        GuideSort::Days => t!("sort-days"),
        GuideSort::Visits => t!("sort-visits"),
        GuideSort::Name => t!("sort-name"),
    }
}

/// What is set while the section is closed, each to be taken away by itself.
#[component]
fn Chips(props: &Props) -> Html {
    let filter = &props.filter;
    let chip = |set: bool, name: Html, without: fn(&mut Filter)| {
        let mut left = filter.clone();
        without(&mut left);
        let onclick = props.on_filter.reform(move |_: MouseEvent| left.clone());
        set.then(|| {
            html! {
                <li>
                    <button type="button" class="crumb" {onclick}>
                        { name }<span class="unseen">{ t!("filter-remove") }</span><Icon shape={Shape::Clear} />
                    </button>
                </li>
            }
        })
    };
    let coded = |kind: &str, code: &str, published: &str| html! { { term(kind, code, published) } };
    let Filter { badge, item_type, department, sort, .. } = filter;
    let sorted = ORDERS.iter().find(|(code, _)| code == sort);
    let region = filter.region_code();
    let chips: Vec<Html> = [
        chip(
            sorted.is_some(),
            html! { { sorted.map(|(_, sort)| order(*sort)).unwrap_or_default() } },
            |filter| filter.sort.clear(),
        ),
        chip(
            !badge.is_empty(),
            coded("badge", badge, Badge::from(badge.as_str()).term()),
            |filter| filter.badge.clear(),
        ),
        chip(
            !item_type.is_empty(),
            coded("item-type", item_type, ItemType::from(item_type.as_str()).term()),
            |filter| filter.item_type.clear(),
        ),
        chip(
            !department.is_empty(),
            html! { <span lang="zh-CN">{ department }</span> },
            |filter| filter.department.clear(),
        ),
        chip(
            region.is_some(),
            html! { if let Some(region) = region.clone() { <RegionName {region} /> } },
            |filter| filter.region.clear(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if chips.is_empty() {
        return Html::default();
    }
    html! { <ul class="crumbs" aria-label={t!("filter-set")}>{ for chips }</ul> }
}
