//! Handling promises (不见面, 跑一次 …) as badges.

use tongban_contract::vocabulary::Badge;
use yew::prelude::*;

use crate::i18n;

/// Properties of [`Badges`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) badges: Vec<Badge>,
}

/// A row of badges.
#[component]
pub(crate) fn Badges(props: &Props) -> Html {
    if props.badges.is_empty() {
        return Html::default();
    }
    html! {
        <span class="badges">
            { for props.badges.iter().map(|badge| html! { <span class="badge">{ i18n::badge(badge) }</span> }) }
        </span>
    }
}
