//! What stands where a view is still being read.

use yew::prelude::*;

use crate::i18n::t;

/// Properties of [`Skeleton`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Number of rows.
    #[prop_or(4)]
    pub(crate) rows: usize,
}

/// Grey rows, and a word for those who do not see them.
#[component]
pub(crate) fn Skeleton(props: &Props) -> Html {
    html! {
        <div class="skeleton" role="status">
            <span class="unseen">{ t!("loading") }</span>
            { for (0..props.rows).map(|_| html! {
                <div class="skeleton-row" aria-hidden="true"><span class="skeleton-long" /><span class="skeleton-short" /></div>
            }) }
        </div>
    }
}
