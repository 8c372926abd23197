//! The guides kept on this device: of which regions, how new, and fetching newer ones.

mod kept;

use std::rc::Rc;

use tongban_contract::page::{StopUpdate, UpdateCatalogue};
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
    let stop = use_act::<StopUpdate>(Callback::noop());
    let catalogue = &overview.catalogue;
    let running = update.busy || catalogue.progress.is_some();
    let click = update.run.reform(|_: MouseEvent| UpdateCatalogue {});
    // What is wrong with the guides stands until it is mended; how an update from here ended
    // can be put away.
    let standing = catalogue.problem.as_ref().map(|problem| Rc::new((**problem).clone()));
    let standing = standing.map(|problem| html! { <ProblemCard {problem} /> });
    let problem = standing.or_else(|| {
        let problem = update.problem.clone()?;
        Some(html! { <ProblemCard {problem} dismiss={update.dismiss.clone()} /> })
    });
    let on_stop = stop.run.reform(|()| StopUpdate {});
    let fact = |name: String, value: String| {
        html! { <div class="fact"><dt>{ name }</dt><dd>{ value }</dd></div> }
    };
    html! {
        <div class="panel">
            if catalogue.sample {
                <p class="sample"><Icon shape={Shape::Info} />{ t!("catalogue-sample") }</p>
            }
            if let Some(progress) = catalogue.progress {
                <section class="card"><Progress label={t!("catalogue-fetching")} {progress} {on_stop} /></section>
            } else {
                { for problem }
            }
            <section class="card">
                <dl class="facts">
                    { fact(t!("catalogue-guides"), t!("guide-count", count = format::count(catalogue.guides))) }
                    { fact(t!("catalogue-bytes"), format::bytes(catalogue.bytes)) }
                    { fact(t!("catalogue-version"), catalogue.version.to_string()) }
                    if let Some(at) = catalogue.published_at {
                        { fact(t!("catalogue-published"), format::moment(at)) }
                    }
                    { fact(t!("catalogue-checked"), catalogue.checked_at.map_or_else(|| t!("sync-never"), format::moment)) }
                </dl>
                <Go to={Route::Changes} class="text-button">{ t!("kept-see-changes") }</Go>
            </section>
            <button type="button" class="button primary wide" onclick={click} disabled={running}>
                { if running { t!("catalogue-updating") } else { t!("catalogue-update") } }
            </button>
            <p class="hint">{ t!("catalogue-hint") }</p>
            <kept::Kept />
            <Go to={Route::Regions} class="button wide">{ t!("kept-add") }</Go>
            <Go to={Route::County} class="button wide">{ t!("home-change-county") }</Go>
        </div>
    }
}
