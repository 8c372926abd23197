//! What one looks for first (days, visits, fees, office), where to go, and the official
//! particulars.

use tongban_contract::{guide::Item, page::GuideView};
use yew::prelude::*;

use super::{fact, section, told};
use crate::{
    format,
    i18n::{t, term},
    parts::{Prose, limit, visits},
};

/// Days, visits, fees.
pub(super) fn card(view: &GuideView) -> Html {
    let item = &view.guide.item;
    let figure = |value: String, name: String| {
        html! { <div class="figure"><dd class="figure-value">{ value }</dd><dt class="figure-name">{ name }</dt></div> }
    };
    let not_said = || t!("guide-not-said");
    let fee = item.fees.as_ref().map_or_else(not_said, |fees| {
        if fees.is_empty() { t!("guide-free") } else { t!("guide-charged") }
    });
    let days = item.promised_days.map_or_else(not_said, limit);
    let visits = item.visits.map_or_else(not_said, visits);
    html! {
        <section class="card glance" aria-label={t!("guide-at-a-glance")}>
            <dl class="figures">
                { figure(days, t!("guide-promised")) }
                { figure(visits, t!("guide-visits-name")) }
                { figure(fee, t!("guide-fee-name")) }
            </dl>
            <p class="glance-office" lang="zh-CN">
                { if view.place_is_chosen() { &view.guide.office.department } else { &view.division_name } }
            </p>
            if !item.visit_reason.is_empty() {
                <p class="glance-note">{ t!("guide-visit-reason") }<Prose text={item.visit_reason.clone()} /></p>
            }
        </section>
    }
}

/// Where to go and whom to call.
pub(super) fn office(view: &GuideView) -> Html {
    let office = &view.guide.office;
    let services = &view.guide.item.services;
    let offered: Vec<String> = [
        services.appointment.then(|| t!("guide-appointment")),
        services.online_payment.then(|| t!("guide-online-payment")),
        services.courier.then(|| t!("guide-courier")),
    ]
    .into_iter()
    .flatten()
    .collect();
    section(
        "guide-office",
        t!("guide-office"),
        Some(html! {
            <dl class="facts">
                { told(t!("guide-department"), &office.department) }
                { told(t!("guide-division"), &view.division_name) }
                { told(t!("guide-address"), &office.address) }
                { told(t!("guide-hours"), &office.hours) }
                { told(t!("guide-phone"), &office.phone) }
                { told(t!("guide-complaint-phone"), &office.complaint_phone) }
                if !offered.is_empty() {
                    { fact(t!("guide-services"), html! { { offered.join(&t!("comma")) } }) }
                }
            </dl>
        }),
    )
}

/// The official particulars, for those who look for them.
pub(super) fn particulars(view: &GuideView) -> Html {
    let item = &view.guide.item;
    let joined = |words: Vec<String>| html! { { words.join(&t!("comma")) } };
    html! {
        <details class="card fold">
            <summary class="card-title">{ t!("guide-particulars") }</summary>
            <dl class="facts">
                { fact(t!("guide-type"), html! { { term("item-type", item.item_type.code(), item.item_type.term()) } }) }
                if !item.project_type.code().is_empty() {
                    { fact(t!("guide-project-type"), html! { { term("project", item.project_type.code(), item.project_type.term()) } }) }
                }
                if !item.audiences.is_empty() {
                    { fact(t!("guide-audience"), joined(item.audiences.iter()
                        .map(|audience| term("audience", audience.code(), audience.term())).collect())) }
                }
                if !item.channels.is_empty() {
                    { fact(t!("guide-channels"), joined(item.channels.iter()
                        .map(|channel| term("channel", channel.code(), channel.term())).collect())) }
                }
                { fact(t!("guide-level"), html! { { term("level", item.level.code(), item.level.term()) } }) }
                if let Some(days) = item.statutory_days {
                    { fact(t!("guide-statutory"), html! { { t!("guide-limit", days = days) } }) }
                }
                { told(t!("guide-depth"), &item.online_depth) }
                { scope(item) }
                { told(t!("guide-joint"), &item.joint_departments.join("、")) }
                { told(t!("guide-basic-code"), &item.code) }
                { told(t!("guide-code"), &view.guide.code) }
                { told(t!("guide-version"), &item.version) }
                if let Some(day) = item.effective {
                    { fact(t!("guide-effective"), html! { { format::day(day) } }) }
                }
            </dl>
        </details>
    }
}

/// The scope of cross-region handling, in words where its code is known.
fn scope(item: &Item) -> Html {
    let words = match item.cross_region.as_str() {
        "" => return Html::default(),
        "province" => t!("guide-scope-province"),
        "cross-province" => t!("guide-scope-cross-province"),
        other => other.to_owned(),
    };
    fact(t!("guide-scope"), html! { { words } })
}
