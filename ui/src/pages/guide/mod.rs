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
    hooks::{use_ask, use_overview},
    i18n::t,
    parts::{Badges, Go, Icon, Prose, Shape},
    route::Route,
};

/// Whose guide it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The person's own, as everywhere.
    #[default]
    Own,
    /// That of this place, which is another.
    Of(DivisionCode),
    /// The person's own, although they looked at another place: its townships handle the item,
    /// and whoever asks for one is taken to live there.
    OwnInstead,
}

/// Properties of [`GuidePage`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Basic code of the item.
    pub(crate) item: AttrValue,
    /// Where the list was looked at from which it was opened.
    #[prop_or_default]
    pub(crate) whose: Whose,
}

/// One guide.
#[component]
pub(crate) fn GuidePage(props: &Props) -> Html {
    let overview = use_overview();
    let catalogue = &overview.catalogue;
    let elsewhere = match &props.whose {
        Whose::Of(place) => Some(place.clone()),
        Whose::Own | Whose::OwnInstead => None,
    };
    let guide =
        use_ask(ReadGuide { item: props.item.to_string(), division: elsewhere.clone() }, |topic| {
            *topic == Topic::Catalogue
        });
    // Somebody else's townships are not to be chosen from, and nothing is filed with them unseen.
    let missing = elsewhere.is_none() && catalogue.county_is_missing();
    guide.show(|view| {
        let item = &view.guide.item;
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
                    { note(&props.whose, view, catalogue, missing) }
                </header>
                <follow::Follow view={GuideView::clone(view)} elsewhere={elsewhere.clone()} />
                { at_a_glance::card(view) }
                if !missing {
                    <place::Place view={GuideView::clone(view)} on_chosen={guide.again.clone()} />
                }
                { materials::materials(item) }
                { handling::conditions(item) }
                { handling::steps(item) }
                { handling::fees(item) }
                { handling::results(item) }
                { at_a_glance::office(view) }
                <places::Places item={props.item.clone()} also={view.also} shown={view.guide.division.clone()} />
                { handling::questions(item) }
                { handling::basis(item) }
                { at_a_glance::particulars(view) }
                if missing {
                    <Go to={Route::Catalogue} class="button primary wide">{ t!("see-catalogue") }</Go>
                } else {
                    <start::Start view={GuideView::clone(view)} {elsewhere} />
                }
            </article>
        }
    })
}

/// Says whose guide it is, where that is not plain.
fn note(whose: &Whose, view: &GuideView, catalogue: &CatalogueView, missing: bool) -> Html {
    let place = &view.guide.division;
    let county = catalogue.county.as_ref();
    let is_away = |county: &DivisionCode| !county.contains(place) && !place.contains(county);
    let name = view.division_name.as_str();
    let words = match whose {
        Whose::Of(_) => t!("guide-of-elsewhere", name = name),
        // Whether anybody does there is not known without its guides.
        Whose::Own | Whose::OwnInstead if missing => t!("guide-county-missing", name = name),
        Whose::Own | Whose::OwnInstead if county.is_some_and(is_away) => {
            t!("guide-nobody-here", name = name)
        }
        Whose::OwnInstead => t!("guide-of-own"),
        Whose::Own => return Html::default(),
    };
    html! {
        <p class="note">
            <span class="note-picture"><Icon shape={Shape::Place} /></span>
            <span class="note-text">{ words }</span>
        </p>
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
