//! An address that leads nowhere.

use yew::prelude::*;

use crate::{
    i18n::t,
    parts::{Empty, Go, Shape},
    route::Route,
};

/// An address that leads nowhere.
#[component]
pub(crate) fn NotFound() -> Html {
    html! {
        <Empty shape={Shape::Info} title={t!("not-found-title")} text={t!("not-found-text")}>
            <Go to={Route::Home} class="button primary">{ t!("to-home") }</Go>
        </Empty>
    }
}
