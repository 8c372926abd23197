//! The tabs: a bar at the foot of a phone, a rail at the side of a laptop.

use yew::prelude::*;

use crate::{
    i18n::{say, t},
    parts::{Go, Icon, Shape},
    route::Tab,
};

/// Properties of [`Tabs`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) current: Option<Tab>,
    /// Applications that need the person.
    pub(crate) attention: u32,
}

/// The tabs.
#[component]
pub(crate) fn Tabs(props: &Props) -> Html {
    let tab = |tab: Tab| {
        let current = props.current == Some(tab);
        let attention = if tab == Tab::Items { props.attention } else { 0 };
        html! {
            <li>
                <Go to={tab.route()} {current} class={classes!("tab", current.then_some("tab-current"))}>
                    <span class="tab-picture">
                        <Icon shape={shape(tab)} />
                        if attention > 0 {
                            <span class="tab-count" aria-hidden="true">{ attention }</span>
                        }
                    </span>
                    <span class="tab-name">{ say(tab.title_key(), None) }</span>
                    if attention > 0 {
                        <span class="unseen">{ t!("tab-attention", count = attention) }</span>
                    }
                </Go>
            </li>
        }
    };
    html! {
        <nav class="tabs" aria-label={t!("tabs")}>
            <p class="tabs-name" aria-hidden="true">{ t!("app-name") }</p>
            <ul>{ for Tab::ALL.into_iter().map(tab) }</ul>
        </nav>
    }
}

fn shape(tab: Tab) -> Shape {
    match tab {
        Tab::Home => Shape::Home,
        Tab::Guides => Shape::Guide,
        Tab::Items => Shape::Case,
        Tab::Wallet => Shape::Wallet,
        Tab::Me => Shape::Person,
    }
}
