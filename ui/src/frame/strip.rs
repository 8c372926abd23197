//! The strip below the title: network, last sync and what waits, in words. It leads to
//! the page that tells more, and never stands in the way.

use tongban_contract::page::{NetworkView, SyncView};
use yew::prelude::*;

use crate::{
    format,
    i18n::t,
    parts::{Go, Icon, Shape},
    route::Route,
};

/// Properties of [`Strip`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) sync: SyncView,
}

/// The strip below the title.
#[component]
pub(crate) fn Strip(props: &Props) -> Html {
    let sync = &props.sync;
    let (shape, class) = match &sync.network {
        _ if sync.running => (Shape::Sync, "strip-running"),
        NetworkView::Online => (Shape::Cloud, "strip-online"),
        NetworkView::Offline { .. } => (Shape::CloudOff, "strip-offline"),
        NetworkView::Unknown => (Shape::Cloud, "strip-unknown"),
    };
    let network = network(sync);
    let waiting = (sync.waiting > 0).then(|| t!("strip-waiting", count = sync.waiting));
    let said = [Some(network.clone()), waiting.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(&t!("comma"));
    html! {
        <>
            <Go to={Route::Sync} class={classes!("strip", class)} label={t!("strip-label", state = said.as_str())}>
                <Icon {shape} />
                <span class="strip-network">{ network }</span>
                if let Some(waiting) = waiting {
                    <span class="strip-waiting">{ waiting }</span>
                }
                <span class="strip-last">{ last(sync) }</span>
            </Go>
            // Said when it changes; the time of the last sync alone is not worth a word.
            <span class="unseen" role="status" aria-live="polite">{ said }</span>
        </>
    }
}

/// The network in words.
pub(crate) fn network(sync: &SyncView) -> String {
    match &sync.network {
        _ if sync.running => t!("network-running"),
        NetworkView::Online => t!("network-online"),
        NetworkView::Offline { .. } => t!("network-offline"),
        NetworkView::Unknown => t!("network-unknown"),
    }
}

fn last(sync: &SyncView) -> String {
    match sync.last_success {
        Some(at) => t!("strip-last", time = format::moment(at)),
        None => t!("strip-never"),
    }
}
