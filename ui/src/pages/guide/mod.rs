//! One guide (办事指南): everything a person must know, in the order in which it is asked.

mod at_a_glance;
mod follow;
mod handling;
mod materials;
mod place;
mod places;
mod start;

use tongban_contract::{
    numbers::DivisionCode,
    page::{CatalogueView, GuideView, ReadGuide, Topic},
};
use yew::prelude::*;

use crate::{
    filter::{Filter, Looked},
    hooks::{State, use_ask, use_overview},
    i18n::t,
    parts::{Badges, Go, Icon, ProblemCard, Prose, Shape},
    route::Route,
};

/// Properties of [`GuidePage`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Basic code of the item.
    pub(crate) item: AttrValue,
    /// The place where it is looked at; none for where the person is.
    pub(crate) at: Option<DivisionCode>,
    /// What the list is narrowed to that it was found in.
    pub(crate) filter: Filter,
}

/// One guide.
#[component]
pub(crate) fn GuidePage(props: &Props) -> Html {
    let overview = use_overview();
    let catalogue = &overview.catalogue;
    let guide =
        use_ask(ReadGuide { item: props.item.to_string(), division: props.at.clone() }, |topic| {
            *topic == Topic::Catalogue
        });
    if let (State::Failed(problem), Some(_)) = (&guide.state, &props.at) {
        // An address that leads nowhere any more still knows what was meant.
        return html! {
            <ProblemCard problem={problem.clone()} retry={guide.again.clone()}>
                { see_own(&props.item, &props.filter) }
            </ProblemCard>
        };
    }
    guide.show(|view| {
        let item = &view.guide.item;
        // Nothing is begun with another place's guide unless the person asked for that place.
        let missing = view.own && catalogue.county_is_missing();
        html! {
            <article class="guide">
                <header class="guide-head">
                    <h2 class="guide-name" lang="zh-CN">{ &item.name }</h2>
                    <Badges badges={view.badges.clone()} />
                    if !item.aliases.is_empty() {
                        <p class="guide-aliases">
                            { t!("guide-also-called") }<span lang="zh-CN">{ item.aliases.join("、") }</span>
                        </p>
                    }
                    if catalogue.sample {
                        <p class="sample"><Icon shape={Shape::Info} />{ t!("catalogue-sample") }</p>
                    }
                    { note(view, catalogue, missing, &props.filter) }
                </header>
                <follow::Follow view={GuideView::clone(view)} />
                { at_a_glance::card(view) }
                if !missing {
                    <place::Place view={GuideView::clone(view)} filter={props.filter.clone()} />
                }
                { materials::materials(item) }
                { handling::conditions(item) }
                { handling::steps(item) }
                { handling::fees(item, !view.guide.office.phone.is_empty()) }
                { handling::results(item) }
                { at_a_glance::office(view) }
                <places::Places view={GuideView::clone(view)} filter={props.filter.clone()} />
                { handling::questions(item) }
                { handling::basis(item) }
                { at_a_glance::particulars(view) }
                if missing {
                    <Go to={Route::Catalogue} class="button primary wide">{ t!("see-catalogue") }</Go>
                } else {
                    <start::Start view={GuideView::clone(view)} />
                }
            </article>
        }
    })
}

/// Says whose guide it is, where that is not plain.
fn note(view: &GuideView, catalogue: &CatalogueView, missing: bool, filter: &Filter) -> Html {
    let place = &view.guide.division;
    let county = catalogue.county.as_ref();
    let is_away = |county: &DivisionCode| !county.contains(place) && !place.contains(county);
    let name = view.division_name.as_str();
    let is_near = |county: &DivisionCode| county.contains(place) && !view.places.is_empty();
    let words = match county {
        // They may live there, and have not said so.
        Some(county) if !view.own && is_near(county) => t!("guide-of-township", name = name),
        _ if !view.own => t!("guide-of-elsewhere", name = name),
        // Whether anybody does there is not known without its guides.
        _ if missing => t!("guide-county-missing", name = name),
        Some(county) if is_away(county) => t!("guide-nobody-here", name = name),
        _ => return Html::default(),
    };
    html! {
        <div class="note">
            <span class="note-picture"><Icon shape={Shape::Place} /></span>
            <p class="note-text">{ words }</p>
            if !view.own {
                { see_own(&view.guide.item.code, filter) }
            }
        </div>
    }
}

/// Leads to the person's own guide of an item.
fn see_own(item: &str, filter: &Filter) -> Html {
    html! {
        <Go to={Route::Guide { item: item.to_owned() }} class="button small" replace=true
            query={Looked::new(None, filter.clone()).query()}>{ t!("guide-see-own") }</Go>
    }
}

/// A section with its heading; nothing where it has no content.
fn section(id: &'static str, heading: String, content: Option<Html>) -> Html {
    let Some(content) = content else { return Html::default() };
    html! {
        <section class="card" aria-labelledby={id}>
            <h3 class="card-title" {id}>{ heading }</h3>
            { content }
        </section>
    }
}

/// A line of facts: what it is, and what is known of it. An unknown one has no line.
fn fact(name: String, value: Html) -> Html {
    html! { <div class="fact"><dt>{ name }</dt><dd>{ value }</dd></div> }
}

/// A fact of the platform, in its own words.
fn told(name: String, value: &str) -> Html {
    if value.is_empty() {
        return Html::default();
    }
    fact(name, html! { <Prose text={value.to_owned()} /> })
}
