//! Asks the person to sign in, where what they want needs it.

use yew::prelude::*;
use yew_router::prelude::*;

use super::ConfirmDialog;
use crate::{i18n::t, route::Route};

/// Properties of [`SignInFirst`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Why.
    pub(crate) why: AttrValue,
    pub(crate) on_cancel: Callback<()>,
}

/// Asks the person to sign in, and leads there.
#[component]
pub(crate) fn SignInFirst(props: &Props) -> Html {
    let navigator = use_navigator();
    let on_confirm = Callback::from(move |()| {
        if let Some(navigator) = &navigator {
            navigator.push(&Route::SignIn);
        }
    });
    html! {
        <ConfirmDialog title={t!("guide-sign-in-title")} confirm={t!("sign-in")} {on_confirm} on_cancel={props.on_cancel.clone()}>
            <p>{ &props.why }</p>
        </ConfirmDialog>
    }
}
