//! The other places that carry an item out, with how to reach them: asked for when the person
//! wants to see them, as there may be more than a hundred.

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{ListPlaces, OfficeView, PlaceGroupView, Topic},
};
use web_sys::HtmlDetailsElement;
use yew::prelude::*;

use crate::{
    hooks::{use_ask, use_overview},
    i18n::t,
    parts::Go,
    route::Route,
};

/// Properties of [`Places`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// Basic code of the item.
    pub(super) item: AttrValue,
    /// How many other places there are.
    pub(super) also: u32,
    /// The place whose guide is shown.
    pub(super) shown: DivisionCode,
}

/// The other places; nothing where there are none.
#[component]
pub(super) fn Places(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    if props.also == 0 {
        return Html::default();
    }
    let ontoggle = {
        let open = open.setter();
        Callback::from(move |event: Event| {
            open.set(event.target_unchecked_into::<HtmlDetailsElement>().open());
        })
    };
    html! {
        <details class="card fold places" {ontoggle}>
            <summary class="card-title">{ t!("places-title", count = props.also) }</summary>
            if *open {
                <Groups item={props.item.clone()} shown={props.shown.clone()} />
            }
        </details>
    }
}

/// Properties of [`Groups`].
#[derive(Properties, PartialEq)]
struct GroupsProps {
    item: AttrValue,
    shown: DivisionCode,
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
                    <li key={place.division.to_string()}>{ office(&props.item, place, &props.shown) }</li>
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

/// One place. It leads to the guide there, but for townships: whoever looks at one of them is
/// taken to live there, and chooses it above.
fn office(item: &AttrValue, place: &OfficeView, shown: &DivisionCode) -> Html {
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
    if place.division == *shown || place.division.level() > DivisionLevel::County {
        let current = (place.division == *shown).then_some("row-current");
        return html! { <div class={classes!("row", current)}>{ content }</div> };
    }
    html! {
        <Go to={Route::Guide { item: item.to_string() }} at={place.division.clone()} class="row">{ content }</Go>
    }
}
