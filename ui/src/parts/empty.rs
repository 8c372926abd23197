//! What stands where there is nothing yet: a sentence, and what to do next.

use yew::prelude::*;

use super::{Icon, Shape};

/// Properties of [`Empty`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// A picture that suits.
    pub(crate) shape: Shape,
    /// What is not there.
    pub(crate) title: AttrValue,
    /// Why, or what would bring something here.
    #[prop_or_default]
    pub(crate) text: AttrValue,
    /// Buttons or links.
    #[prop_or_default]
    pub(crate) children: Html,
}

/// An empty page or list.
#[component]
pub(crate) fn Empty(props: &Props) -> Html {
    html! {
        <div class="empty">
            <span class="empty-picture"><Icon shape={props.shape} /></span>
            <p class="empty-title">{ props.title.clone() }</p>
            if !props.text.is_empty() {
                <p class="empty-text">{ props.text.clone() }</p>
            }
            <div class="empty-next">{ props.children.clone() }</div>
        </div>
    }
}
