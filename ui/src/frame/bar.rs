//! The bar above every page: the way back, and the title.

use gloo::utils::window;
use yew::prelude::*;
use yew_router::prelude::*;

use super::focus::TITLE;
use crate::{
    i18n::t,
    parts::{Icon, Shape},
    route::Route,
};

/// Properties of [`Bar`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) route: Route,
    pub(crate) title: String,
}

/// The bar above every page.
#[component]
pub(crate) fn Bar(props: &Props) -> Html {
    let navigator = use_navigator();
    let parent = props.route.parent();
    let back = {
        let parent = parent.clone();
        Callback::from(move |_: MouseEvent| {
            let Some(navigator) = &navigator else { return };
            // Where the person came from; from the first page of all there is only up.
            let came_from = window()
                .history()
                .and_then(|history| history.length())
                .is_ok_and(|length| length > 1);
            match &parent {
                Some(parent) if !came_from => navigator.push(parent),
                _ => navigator.back(),
            }
        })
    };
    html! {
        <header class={classes!("bar", props.route.is_detail().then_some("bar-of-detail"))}>
            if parent.is_some() {
                <button type="button" class="bar-back" onclick={back} aria-label={t!("back")}>
                    <Icon shape={Shape::Back} />
                </button>
            }
            <h1 class="bar-title" id={TITLE} tabindex="-1">{ &props.title }</h1>
        </header>
    }
}
