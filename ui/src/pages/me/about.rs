//! Version, platform, and what the app is made with.

use yew::prelude::*;

use crate::{hooks::use_overview, i18n::t, parts::OutsideLink};

/// Version, platform, and what the app is made with.
#[component]
pub(super) fn About() -> Html {
    let overview = use_overview();
    html! {
        <div class="panel">
            <section class="card">
                <p class="about-name">{ t!("app-name") }</p>
                <p class="hint">{ t!("welcome-motto") }</p>
                <dl class="facts">
                    <div class="fact"><dt>{ t!("about-version") }</dt><dd>{ &overview.app_version }</dd></div>
                    <div class="fact"><dt>{ t!("about-platform") }</dt>
                        <dd><OutsideLink url={overview.platform.clone()}>{ &overview.platform }</OutsideLink></dd></div>
                </dl>
            </section>
            <section class="card">
                <h2 class="card-title">{ t!("about-privacy") }</h2>
                <p>{ t!("about-privacy-text") }</p>
            </section>
            <section class="card">
                <h2 class="card-title">{ t!("about-licence") }</h2>
                <p>{ t!("about-licence-text") }</p>
            </section>
        </div>
    }
}
