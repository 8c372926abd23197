//! A link to another page of the app.

use tongban_contract::numbers::DivisionCode;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::route::{At, Route};

/// Properties of [`Go`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Where it leads.
    pub(crate) to: Route,
    #[prop_or_default]
    pub(crate) class: Classes,
    /// Whether it leads to what is shown now.
    #[prop_or_default]
    pub(crate) current: bool,
    /// Name for screen readers, where the content alone does not say it.
    #[prop_or_default]
    pub(crate) label: Option<AttrValue>,
    /// Where a guide is looked at, if not where the person is.
    #[prop_or_default]
    pub(crate) at: Option<DivisionCode>,
    /// Takes the place of this page in the history.
    #[prop_or_default]
    pub(crate) replace: bool,
    pub(crate) children: Html,
}

/// A link to another page of the app.
#[component]
pub(crate) fn Go(props: &Props) -> Html {
    let navigator = use_navigator();
    let onclick = {
        let (navigator, to, replace) = (navigator, props.to.clone(), props.replace);
        let at = props.at.as_ref().map(At::of);
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            let Some(navigator) = &navigator else { return };
            match &at {
                // A code always makes a query.
                Some(at) => drop(navigator.push_with_query(&to, at.clone())),
                None if replace => navigator.replace(&to),
                None => navigator.push(&to),
            }
        })
    };
    let query = props.at.as_ref().map(|at| format!("?at={at}")).unwrap_or_default();
    html! {
        <a class={props.class.clone()} href={props.to.to_path() + &query} {onclick}
            aria-current={props.current.then_some("page")} aria-label={props.label.clone()}>
            { props.children.clone() }
        </a>
    }
}
