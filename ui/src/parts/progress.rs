//! Progress of long work, in a bar and in words.

use tongban_contract::page::ProgressView;
use yew::prelude::*;

use crate::{format, i18n::t};

/// Properties of [`Progress`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// What is being done.
    pub(crate) label: AttrValue,
    pub(crate) progress: ProgressView,
    /// Stops it, where it can be stopped.
    #[prop_or_default]
    pub(crate) on_stop: Option<Callback<()>>,
}

/// Progress of long work.
#[component]
pub(crate) fn Progress(props: &Props) -> Html {
    let ProgressView { done, total } = props.progress;
    let amount = if total == 0 {
        String::new()
    } else {
        t!("progress-of", done = format::bytes(done), total = format::bytes(total))
    };
    html! {
        <div class="progress">
            <p class="progress-words"><span>{ props.label.clone() }</span><span>{ amount }</span></p>
            // Without a total the bar only moves.
            <progress max="100" aria-label={props.label.clone()}
                value={(total > 0).then(|| format::percent(done, total).to_string())} />
            if let Some(on_stop) = &props.on_stop {
                <button type="button" class="button small" onclick={on_stop.reform(|_: MouseEvent| ())}>
                    { t!("progress-stop") }
                </button>
            }
        </div>
    }
}
