//! A list and one thing of it: beside each other where there is room, else one of the two.

use yew::prelude::*;

use crate::frame::DETAIL;

/// Properties of [`Split`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Name of the list for screen readers.
    pub(crate) label: AttrValue,
    /// The list.
    pub(crate) list: Html,
    /// The thing that is open; none shows `hint` in its place.
    pub(crate) detail: Option<Html>,
    /// What stands where nothing is open.
    pub(crate) hint: AttrValue,
}

/// A list and one thing of it.
#[component]
pub(crate) fn Split(props: &Props) -> Html {
    let open = props.detail.is_some();
    html! {
        <div class={classes!("split", open.then_some("split-open"))}>
            <section class="split-list" aria-label={props.label.clone()}>{ props.list.clone() }</section>
            <section class="split-detail" id={DETAIL} tabindex="-1">
                if let Some(detail) = &props.detail {
                    { detail.clone() }
                } else {
                    <p class="split-hint">{ props.hint.clone() }</p>
                }
            </section>
        </div>
    }
}
