//! Network, last sync, what waits; and syncing now.

use std::rc::Rc;

use tongban_contract::page::{NetworkView, SyncNow, SyncView};
use yew::prelude::*;

use crate::{
    format, frame,
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    parts::{Go, Icon, ProblemCard, Shape},
    route::Route,
};

/// Network, last sync, what waits.
#[component]
pub(super) fn Sync() -> Html {
    let overview = use_overview();
    let toast = use_toast();
    let now = use_act::<SyncNow>(Callback::from(move |()| toast.emit(t!("sync-done"))));
    let sync = &overview.sync;
    let click = now.run.reform(|_: MouseEvent| SyncNow {});
    let running = now.busy || sync.running;
    let problem = now.problem.clone().or_else(|| match &sync.network {
        NetworkView::Offline { problem } => Some(Rc::new((**problem).clone())),
        NetworkView::Online | NetworkView::Unknown => None,
    });
    html! {
        <div class="panel">
            <section class="card sync-state">
                <span class="sync-picture"><Icon shape={picture(sync)} /></span>
                <p class="sync-words" role="status">{ frame::network(sync) }</p>
                <p class="hint">{ waiting(sync) }</p>
            </section>
            if let Some(problem) = problem.filter(|_| !running) {
                <ProblemCard {problem} />
            }
            <section class="card">
                <dl class="facts">
                    <div class="fact"><dt>{ t!("sync-last") }</dt>
                        <dd>{ sync.last_success.map_or_else(|| t!("sync-never"), format::moment) }</dd></div>
                    if let Some(next) = sync.next_try {
                        <div class="fact"><dt>{ t!("sync-next") }</dt><dd>{ format::moment(next) }</dd></div>
                    }
                    <div class="fact"><dt>{ t!("sync-waiting") }</dt><dd>{ t!("sync-waiting-count", count = sync.waiting) }</dd></div>
                </dl>
            </section>
            <button type="button" class="button primary wide" onclick={click} disabled={running}>
                { if running { t!("network-running") } else { t!("sync-now") } }
            </button>
            if sync.waiting > 0 {
                <Go to={Route::Items} class="button wide">{ t!("sync-see-items") }</Go>
                if matches!(sync.network, NetworkView::Offline { .. }) {
                    <Go to={Route::Courier} class="button wide">{ t!("sync-courier") }</Go>
                }
            }
            <p class="hint">{ t!("sync-hint") }</p>
        </div>
    }
}

fn picture(sync: &SyncView) -> Shape {
    match sync.network {
        _ if sync.running => Shape::Sync,
        NetworkView::Offline { .. } => Shape::CloudOff,
        NetworkView::Online | NetworkView::Unknown => Shape::Cloud,
    }
}

fn waiting(sync: &SyncView) -> String {
    if sync.waiting == 0 {
        t!("sync-nothing-waits")
    } else {
        t!("sync-something-waits", count = sync.waiting)
    }
}
