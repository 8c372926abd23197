//! Every place that carries an item out, with how to reach it: asked for when the person wants to
//! see them, as there may be more than a hundred.

use tongban_contract::{
    numbers::DivisionCode,
    page::{GuideView, ListPlaces, OfficeView, PlaceGroupView, Topic},
};
use web_sys::HtmlDetailsElement;
use yew::prelude::*;

use crate::{
    filter::{Filter, Looked},
    hooks::{use_ask, use_overview},
    i18n::t,
    parts::Go,
    route::Route,
};

/// Properties of [`Places`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The guide at one of them.
    pub(super) view: GuideView,
    /// What the list is narrowed to that the guide was found in.
    pub(super) filter: Filter,
}

/// The places; nothing where there are no others.
#[component]
pub(super) fn Places(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let view = &props.view;
    if view.also == 0 {
        return Html::default();
    }
    let ontoggle = {
        let open = open.setter();
        Callback::from(move |event: Event| {
            open.set(event.target_unchecked_into::<HtmlDetailsElement>().open());
        })
    };
    // Of those to choose from, all are the person's.
    let count = usize::try_from(view.also).unwrap_or_default() + view.places.len().max(1);
    html! {
        <details class="card fold places" {ontoggle}>
            <summary class="card-title">{ t!("places-title", count = count) }</summary>
            if *open {
                <Groups item={view.guide.item.code.clone()} shown={view.guide.division.clone()} filter={props.filter.clone()} />
            }
        </details>
    }
}

/// Properties of [`Groups`].
#[derive(Properties, PartialEq)]
struct GroupsProps {
    item: AttrValue,
    shown: DivisionCode,
    filter: Filter,
}

#[component]
fn Groups(props: &GroupsProps) -> Html {
    let overview = use_overview();
    let county = overview.catalogue.county.as_ref();
    let groups =
        use_ask(ListPlaces { item: props.item.to_string() }, |topic| *topic == Topic::Catalogue);
    let list = |group: &PlaceGroupView| {
        html! {
            <ul class="rows">
                { for group.places.iter().map(|place| html! {
                    <li key={place.division.to_string()}>{ office(props, place) }</li>
                }) }
            </ul>
        }
    };
    groups.show(|groups| {
        html! {
            <>{ for groups.iter().map(|group| {
                // What is near is in view; of what is far one looks for one city.
                let near = county.is_some_and(|county| group.division.contains(county) || county.contains(&group.division));
                html! {
                    <details class="places-group" key={group.division.to_string()} open={near || groups.len() == 1}>
                        <summary class="places-name">
                            <span lang="zh-CN">{ &group.name }</span>
                            <span class="change-count">{ group.places.len() }</span>
                        </summary>
                        { list(group) }
                    </details>
                }
            }) }</>
        }
    })
}

/// One place. It leads to the guide there.
fn office(props: &GroupsProps, place: &OfficeView) -> Html {
    let told = |name: String, value: &str| {
        if value.is_empty() {
            return Html::default();
        }
        html! { <span class="places-fact">{ name }<span lang="zh-CN">{ value }</span></span> }
    };
    let content = html! {
        <>
            <span class="row-title" lang="zh-CN">{ &place.division_name }</span>
            <span class="row-facts" lang="zh-CN">{ &place.department }</span>
            { told(t!("places-address"), &place.address) }
            { told(t!("places-phone"), &place.phone) }
        </>
    };
    if place.division == props.shown {
        return html! { <div class="row row-current">{ content }</div> };
    }
    let query = Looked::new(Some(&place.division), props.filter.clone()).query();
    html! {
        <Go to={Route::Guide { item: props.item.to_string() }} {query} class="row">{ content }</Go>
    }
}
