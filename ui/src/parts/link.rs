//! A link to another page of the app.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::route::Route;

/// Properties of [`Go`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Where it leads.
    pub(crate) to: Route,
    /// What the address says besides, as it stands behind a question mark.
    #[prop_or_default]
    pub(crate) query: AttrValue,
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
        let (to, query, replace) = (props.to.clone(), props.query.clone(), props.replace);
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            if let Some(navigator) = &navigator {
                to.show(navigator, &query, replace);
            }
        })
    };
    html! {
        <a class={props.class.clone()} href={props.to.address(&props.query)} {onclick}
            aria-current={props.current.then_some("page")} aria-label={props.label.clone()}>
            { props.children.clone() }
        </a>
    }
}
