//! Sealed couriers: what waits, as a file that somebody carries; and such a file of somebody
//! else, handed on to the platform.

mod hand_on;

use tongban_contract::page::{AccountView, SealCourier, SealedView};
use yew::prelude::*;

use crate::{
    format,
    hooks::{use_act, use_overview},
    i18n::t,
    parts::{Icon, ProblemCard, Shape},
};

use hand_on::HandOn;

/// Sealed couriers.
#[component]
pub(super) fn Couriers() -> Html {
    html! {
        <div class="panel">
            <Seal />
            <HandOn />
        </div>
    }
}

/// What waits, sealed.
#[component]
fn Seal() -> Html {
    let overview = use_overview();
    let made = use_state(|| None::<SealedView>);
    let seal = {
        let made = made.setter();
        use_act::<SealCourier>(Callback::from(move |view| made.set(Some(view))))
    };
    let click = seal.run.reform(|_: MouseEvent| SealCourier {});
    let waiting = match overview.account {
        AccountView::SignedIn(_) | AccountView::SessionEnded(_) => overview.sync.waiting,
        _ => 0,
    };
    html! {
        <section class="card flow" aria-labelledby="courier-seal">
            <h2 class="card-title" id="courier-seal">{ t!("courier-seal-title") }</h2>
            <p>{ t!("courier-seal-text") }</p>
            if let Some(view) = &*made {
                { sealed(view) }
            } else if waiting == 0 {
                <p class="hint">{ t!("courier-nothing") }</p>
            } else {
                <p class="hint">{ t!("courier-seal-note") }</p>
                <p>{ t!("courier-waiting", count = waiting) }</p>
                <button type="button" class="button primary wide" onclick={click} disabled={seal.busy}>
                    { if seal.busy { t!("courier-sealing") } else { t!("courier-seal") } }
                </button>
            }
            if let Some(problem) = &seal.problem {
                <ProblemCard problem={problem.clone()} dismiss={seal.dismiss.clone()} />
            }
        </section>
    }
}

/// What was made, and what to do with it.
fn sealed(view: &SealedView) -> Html {
    html! {
        <div class="flow" role="status">
            <p class="courier-done"><Icon shape={Shape::Done} /><span>{ t!("courier-sealed") }</span></p>
            <dl class="facts">
                <div class="fact"><dt>{ t!("courier-file") }</dt><dd class="courier-path" lang="zh-CN">{ &view.file }</dd></div>
                <div class="fact"><dt>{ t!("courier-size") }</dt><dd>{ format::bytes(view.bytes) }</dd></div>
                <div class="fact"><dt>{ t!("courier-operations") }</dt><dd>{ t!("courier-count", count = view.operations) }</dd></div>
                <div class="fact"><dt>{ t!("courier-files") }</dt><dd>{ t!("courier-file-count", count = view.files) }</dd></div>
                if view.left_out > 0 {
                    <div class="fact"><dt>{ t!("courier-left-out") }</dt><dd>{ t!("courier-left-out-text", count = view.left_out) }</dd></div>
                }
            </dl>
            <p>{ t!("courier-next") }</p>
            <p class="hint">{ t!("courier-seal-note") }</p>
        </div>
    }
}
