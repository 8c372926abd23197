//! The guides kept on this device: of which county, how new, and fetching newer ones.

use std::rc::Rc;

use tongban_contract::page::UpdateCatalogue;
use yew::prelude::*;

use crate::{
    format,
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    parts::{Go, Icon, ProblemCard, Progress, Shape},
    route::Route,
};

/// The guides kept on this device.
#[component]
pub(super) fn Catalogue() -> Html {
    let overview = use_overview();
    let toast = use_toast();
    let update =
        use_act::<UpdateCatalogue>(Callback::from(move |()| toast.emit(t!("catalogue-updated"))));
    let catalogue = &overview.catalogue;
    let running = update.busy || catalogue.progress.is_some();
    let click = update.run.reform(|_: MouseEvent| UpdateCatalogue {});
    let problem = update
        .problem
        .clone()
        .or_else(|| catalogue.problem.as_ref().map(|problem| Rc::new((**problem).clone())));
    html! {
        <div class="panel">
            if catalogue.sample {
                <p class="sample"><Icon shape={Shape::Info} />{ t!("catalogue-sample") }</p>
            }
            if let Some(progress) = catalogue.progress {
                <section class="card"><Progress label={t!("catalogue-fetching")} {progress} /></section>
            } else if let Some(problem) = problem {
                <ProblemCard {problem} />
            }
            <section class="card">
                <dl class="facts">
                    <div class="fact"><dt>{ t!("catalogue-county") }</dt><dd lang="zh-CN">{ &catalogue.county_name }</dd></div>
                    <div class="fact"><dt>{ t!("catalogue-guides") }</dt>
                        <dd>{ t!("guide-count", count = format::count(catalogue.guides)) }</dd></div>
                    <div class="fact"><dt>{ t!("catalogue-version") }</dt><dd>{ catalogue.version }</dd></div>
                    if let Some(at) = catalogue.published_at {
                        <div class="fact"><dt>{ t!("catalogue-published") }</dt><dd>{ format::moment(at) }</dd></div>
                    }
                    <div class="fact"><dt>{ t!("catalogue-checked") }</dt>
                        <dd>{ catalogue.checked_at.map_or_else(|| t!("sync-never"), format::moment) }</dd></div>
                </dl>
            </section>
            <button type="button" class="button primary wide" onclick={click} disabled={running}>
                { if running { t!("catalogue-updating") } else { t!("catalogue-update") } }
            </button>
            <Go to={Route::County} class="button wide">{ t!("home-change-county") }</Go>
            <p class="hint">{ t!("catalogue-hint") }</p>
        </div>
    }
}
