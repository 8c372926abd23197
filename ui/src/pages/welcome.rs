//! The first start: what this is, and choosing a county.

use yew::prelude::*;

use crate::{
    i18n::t,
    parts::{Go, Icon, Shape},
    route::Route,
};

/// The first page of all.
#[component]
pub(crate) fn Welcome() -> Html {
    let promise = |shape: Shape, title: String, text: String| {
        html! {
            <li class="promise">
                <span class="promise-picture"><Icon {shape} /></span>
                <div><p class="promise-title">{ title }</p><p class="promise-text">{ text }</p></div>
            </li>
        }
    };
    html! {
        <div class="welcome">
            <h1 class="welcome-name">{ t!("app-name") }</h1>
            <p class="welcome-motto">{ t!("welcome-motto") }</p>
            <ul class="promises">
                { promise(Shape::Search, t!("welcome-look"), t!("welcome-look-text")) }
                { promise(Shape::CloudOff, t!("welcome-offline"), t!("welcome-offline-text")) }
                { promise(Shape::Shield, t!("welcome-safe"), t!("welcome-safe-text")) }
            </ul>
            <Go to={Route::County} class="button primary wide">{ t!("welcome-begin") }</Go>
        </div>
    }
}
