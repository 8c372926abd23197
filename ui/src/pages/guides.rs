//! The list of guides: search as the person types, filters, more rows on demand; with one
//! guide open beside it where there is room.

mod filter;
mod filters;
mod narrowed;
mod region;
mod select;

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::Topic,
};
use yew::prelude::*;
use yew_router::prelude::*;

pub(crate) use self::filter::Filter;
use self::{
    filters::Filters,
    narrowed::{Narrowed, use_narrowed},
};
use super::guide::{GuidePage, Whose};
use crate::{
    hooks::{use_ask, use_overview},
    i18n::t,
    parts::{Empty, Go, GuideRows, SearchField, Shape, Split},
    route::{At, Route},
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
    let overview = use_overview();
    let Narrowed { filter, on_filter, on_words } = use_narrowed(props.open.is_none());
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
                        <GuideRows rows={list.rows.clone()} open={props.open.clone()} at_place={filter.region_code().is_some()} />
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
    let row = found.ready().and_then(|list| {
        list.rows.iter().find(|row| props.open.as_deref() == Some(row.item.as_str()))
    });
    let location = use_location();
    let at = location.as_ref().filter(|_| props.open.is_some());
    let at = at.and_then(|location| location.query::<At>().ok()?.division());
    let region = filter.region_code();
    let whose = match (&at, row, &region, &overview.catalogue.county) {
        (Some(at), _, _, Some(county)) => whose(Some(at), at, county),
        (None, Some(row), Some(region), Some(county)) => {
            whose(row.division.as_ref(), region, county)
        }
        _ => Whose::Own,
    };
    let detail = props.open.as_ref().map(|item| {
        html! { <GuidePage key={item.to_string()} item={item.clone()} {whose} /> }
    });
    html! { <Split label={t!("title-guides")} {list} {detail} hint={t!("guides-hint")} /> }
}

/// Whose guide is meant that leads to `place`, of what is carried out for `region`, for somebody
/// of `county`.
fn whose(place: Option<&DivisionCode>, region: &DivisionCode, county: &DivisionCode) -> Whose {
    let is_own = |place: &DivisionCode| place.contains(county) || county.contains(place);
    match place {
        Some(place) if is_own(place) => Whose::Own,
        Some(place) if place.level() <= DivisionLevel::County => Whose::Of(place.clone()),
        None if is_own(region) => Whose::Own,
        None | Some(_) => Whose::OwnInstead,
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
    fn a_row_of_another_place_leads_there_or_says_that_it_does_not() {
        let whose = |place: Option<&str>, region: &str| {
            let place: Option<DivisionCode> = place.map(|place| place.parse().unwrap());
            whose(place.as_ref(), &region.parse().unwrap(), &"420506".parse().unwrap())
        };
        for (division, region) in [("420502", "420502001"), ("4201", "420102")] {
            assert_eq!(whose(Some(division), region), Whose::Of(division.parse().unwrap()));
        }
        // What one's own city does for another county, it does for one's own as well.
        for own in ["42", "4205", "420506", "420506001"] {
            assert_eq!(whose(Some(own), "420502"), Whose::Own, "{own}");
        }
        assert_eq!(whose(None, "420506"), Whose::Own);
        assert_eq!(whose(None, "4205"), Whose::Own);
        assert_eq!(whose(None, "420502"), Whose::OwnInstead);
        assert_eq!(whose(Some("420502001"), "420502001"), Whose::OwnInstead);
    }
}
