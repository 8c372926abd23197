//! A link to another page of the app.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::route::Route;

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
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            match &navigator {
                Some(navigator) if replace => navigator.replace(&to),
                Some(navigator) => navigator.push(&to),
                None => {}
            }
        })
    };
    html! {
        <a class={props.class.clone()} href={props.to.to_path()} {onclick}
            aria-current={props.current.then_some("page")} aria-label={props.label.clone()}>
            { props.children.clone() }
        </a>
    }
}
