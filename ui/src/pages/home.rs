//! Home: search, what needs the person, followed guides that changed, drafts to go on with,
//! themes, the county.

use std::rc::Rc;

use tongban_contract::page::{
    AccountView, CatalogueView, FollowedGuide, FollowedStanding, GuideFilter, GuideSort, ItemRow,
    ItemState, ListItems, ListThemes, OverviewView, SearchGuides, ThemeView, Topic,
};
use yew::prelude::*;

use super::{given_up::GivenUp, rescue::Rescues, unavailable::Unavailable};
use crate::{
    filter::{Filter, Looked},
    format,
    hooks::{Narrowed, use_ask, use_followed, use_narrowed, use_overview},
    i18n::{self, t},
    parts::{Empty, Go, GuideRows, Icon, ProblemCard, Progress, SearchField, Shape, named},
    route::Route,
};

/// Rows of a search that home shows before it leads to the whole list.
const FIRST_ROWS: u32 = 8;

/// Home.
#[component]
pub(crate) fn Home() -> Html {
    let overview = use_overview();
    // In the address, so that whoever comes back from what they found is still there.
    let Narrowed { filter, on_words, .. } = use_narrowed(Route::Home);
    let words = filter.q;
    html! {
        <div class="home">
            <div class="home-top">
                <Go to={Route::County} class="place">
                    <Icon shape={Shape::Place} />
                    if overview.catalogue.county_is_missing() {
                        <span>{ t!("home-county-missing") }</span>
                    } else {
                        <span lang="zh-CN">{ &overview.catalogue.county_name }</span>
                    }
                    <span class="place-change">{ t!("home-change-county") }</span>
                </Go>
                <SearchField words={words.clone()} {on_words} />
            </div>
            if words.trim().is_empty() {
                { for overview.problems.iter().map(|problem| html! {
                    <ProblemCard key={problem.code.clone()} problem={Rc::new(problem.clone())} />
                }) }
                <Rescues rescues={overview.rescues.clone()} />
                { for overview.given_up.iter().map(|one| html! {
                    <GivenUp key={one.at.to_string()} one={one.clone()} />
                }) }
                { account(&overview) }
                { catalogue(&overview.catalogue) }
                { attention(&overview.attention) }
                if is_open(&overview.account) {
                    <FollowedChanges />
                }
                if overview.counts.drafts > 0 && !matches!(overview.account, AccountView::SignedOut) {
                    <Drafts />
                }
                <Themes />
            } else {
                <Found {words} />
            }
        </div>
    }
}

/// What the account needs before anything can be filed.
fn account(overview: &OverviewView) -> Html {
    let ended = matches!(overview.account, AccountView::SessionEnded(_));
    let (shape, text, button) = match &overview.account {
        AccountView::SignedIn(_) | AccountView::Locked(_) | AccountView::PinNeeded(_) => {
            return Html::default();
        }
        AccountView::Unavailable(account) => {
            return html! { <Unavailable account={account.clone()} /> };
        }
        AccountView::SignedOut => (Shape::Person, t!("home-signed-out"), t!("sign-in")),
        AccountView::SigningIn => (Shape::Person, t!("home-signing-in"), t!("continue")),
        AccountView::SessionEnded(_) => {
            (Shape::Warning, t!("home-session-ended"), t!("sign-in-again"))
        }
    };
    html! {
        <section class={classes!("note", ended.then_some("note-warn"))} aria-label={t!("account")}>
            <span class="note-picture"><Icon {shape} /></span>
            <p class="note-text">{ text }</p>
            <Go to={Route::SignIn} class="button primary small">{ button }</Go>
        </section>
    }
}

/// What is to be known of the catalogue: that it is a sample, being fetched, or not to be had.
fn catalogue(catalogue: &CatalogueView) -> Html {
    // While one's own guides are there, what is wrong with an update can wait.
    let missing = catalogue.county_is_missing();
    let problem = catalogue.problem.as_ref().filter(|_| missing || catalogue.guides == 0);
    html! {
        <>
            if let Some(progress) = catalogue.progress {
                <section class="card"><Progress label={t!("catalogue-fetching")} {progress} /></section>
            } else if let Some(problem) = problem {
                <ProblemCard problem={Rc::new((**problem).clone())}>
                    <Go to={Route::Catalogue} class="button primary">{ t!("see-catalogue") }</Go>
                </ProblemCard>
            } else if missing {
                <section class="note note-warn">
                    <span class="note-picture"><Icon shape={Shape::Info} /></span>
                    <p class="note-text">{ t!("home-county-missing") }</p>
                    <Go to={Route::Catalogue} class="button primary small">{ t!("see-catalogue") }</Go>
                </section>
            }
            if catalogue.sample {
                <p class="sample"><Icon shape={Shape::Info} />{ t!("catalogue-sample") }</p>
            }
        </>
    }
}

fn attention(rows: &[ItemRow]) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    let row = |row: &ItemRow| {
        let (to, reason) = match &row.state {
            ItemState::Draft => (Route::Draft { case: row.case }, t!("home-attention-draft")),
            ItemState::NeedsAttention { problem } => {
                (Route::Item { case: row.case }, problem.detail.clone())
            }
            ItemState::Submitted { case: Some(state) } => {
                (Route::Item { case: row.case }, i18n::case_state(state))
            }
            ItemState::Queued { .. }
            | ItemState::Sending { .. }
            | ItemState::Submitted { case: None } => {
                (Route::Item { case: row.case }, t!("home-attention-look"))
            }
        };
        html! {
            <li key={row.case.to_string()}>
                <Go {to} class="row row-urgent">
                    <span class="row-title" lang="zh-CN">{ &row.item_name }</span>
                    <span class="row-reason">{ reason }</span>
                    if let Some(due) = row.due {
                        <span class="row-foot">{ t!("home-due", day = format::day(due)) }</span>
                    }
                </Go>
            </li>
        }
    };
    html! {
        <section aria-labelledby="home-attention">
            <h2 class="heading" id="home-attention">{ t!("home-attention", count = rows.len()) }</h2>
            <ul class="rows rows-urgent">{ for rows.iter().map(row) }</ul>
        </section>
    }
}

/// Whether there is a vault to read.
fn is_open(account: &AccountView) -> bool {
    matches!(account, AccountView::SignedIn(_) | AccountView::SessionEnded(_))
}

/// Followed guides that changed, or are gone, since the person saw them.
#[component]
fn FollowedChanges() -> Html {
    let followed = use_followed();
    let row = |guide: &FollowedGuide| {
        let to = Route::Guide { item: guide.item.clone() };
        let (to, query, reason) = match &guide.standing {
            FollowedStanding::Changed { differences, .. } => {
                let there = Looked::new(Some(&guide.at), Filter::default());
                (to, there.query(), named(differences))
            }
            FollowedStanding::Gone => (Route::Followed, String::new(), t!("followed-gone")),
            FollowedStanding::Same | FollowedStanding::NotKept => return None,
        };
        Some(html! {
            <li key={guide.item.clone()}>
                <Go {to} {query} class="row row-changed">
                    <span class="row-title" lang="zh-CN">{ &guide.name }</span>
                    <span class="row-reason">{ reason }</span>
                    <span class="row-go">{ t!("followed-look") }<Icon shape={Shape::Forward} /></span>
                </Go>
            </li>
        })
    };
    let rows: Vec<Html> =
        followed.ready().iter().flat_map(|view| &view.guides).filter_map(row).collect();
    if rows.is_empty() {
        return Html::default();
    }
    html! {
        <section aria-labelledby="home-followed">
            <h2 class="heading" id="home-followed">{ t!("home-followed", count = rows.len()) }</h2>
            <ul class="rows">{ for rows }</ul>
        </section>
    }
}

/// Drafts to go on with.
#[component]
fn Drafts() -> Html {
    let items = use_ask(ListItems {}, |topic| matches!(topic, Topic::Items | Topic::Account));
    let row = |row: &ItemRow| {
        html! {
            <li key={row.case.to_string()}>
                <Go to={Route::Draft { case: row.case }} class="row row-draft">
                    <span class="row-title" lang="zh-CN">{ &row.item_name }</span>
                    <span class="row-foot">{ t!("home-draft-kept", time = format::moment(row.updated_at)) }</span>
                    <span class="row-go">{ t!("home-draft-go-on") }<Icon shape={Shape::Forward} /></span>
                </Go>
            </li>
        }
    };
    items.show(|items| {
        let drafts: Vec<&ItemRow> =
            items.rows.iter().filter(|row| row.state == ItemState::Draft).take(3).collect();
        if drafts.is_empty() {
            return Html::default();
        }
        html! {
            <section aria-labelledby="home-drafts">
                <h2 class="heading" id="home-drafts">{ t!("home-drafts") }</h2>
                <ul class="rows">{ for drafts.into_iter().map(row) }</ul>
            </section>
        }
    })
}

/// The themes, with their guides counted.
#[component]
fn Themes() -> Html {
    let themes = use_ask(ListThemes {}, |topic| *topic == Topic::Catalogue);
    let theme = |view: &ThemeView| {
        let filter = Filter { theme: view.theme.code().to_owned(), ..Filter::default() };
        html! { <li key={view.theme.code().to_owned()}><ThemeLink {filter} view={view.clone()} /></li> }
    };
    html! {
        <section aria-labelledby="home-themes">
            <h2 class="heading" id="home-themes">{ t!("home-themes") }</h2>
            { themes.show(|themes| if themes.iter().all(|theme| theme.guides == 0) {
                html! {
                    <Empty shape={Shape::Guide} title={t!("home-no-guides")} text={t!("home-no-guides-text")}>
                        <Go to={Route::Catalogue} class="button primary">{ t!("see-catalogue") }</Go>
                    </Empty>
                }
            } else {
                html! { <ul class="themes">{ for themes.iter().map(theme) }</ul> }
            }) }
        </section>
    }
}

/// Properties of [`ThemeLink`].
#[derive(Properties, PartialEq)]
struct ThemeProps {
    view: ThemeView,
    filter: Filter,
}

#[component]
fn ThemeLink(props: &ThemeProps) -> Html {
    let ThemeView { theme, guides, .. } = &props.view;
    html! {
        <Go to={Route::Guides} query={props.filter.query()} class="theme">
            <span class="theme-picture"><Icon shape={Shape::of_theme(theme)} /></span>
            <span class="theme-name">{ i18n::term("theme", theme.code(), &props.view.name) }</span>
            <span class="theme-count">{ t!("guide-count", count = *guides) }</span>
        </Go>
    }
}

/// Properties of [`Found`].
#[derive(Properties, PartialEq)]
struct FoundProps {
    words: String,
}

/// The first guides that a search finds.
#[component]
fn Found(props: &FoundProps) -> Html {
    let found = use_ask(
        SearchGuides {
            query: props.words.clone(),
            filter: GuideFilter::default(),
            sort: GuideSort::default(),
            offset: 0,
            limit: FIRST_ROWS,
        },
        |topic| *topic == Topic::Catalogue,
    );
    let filter = Filter { q: props.words.clone(), ..Filter::default() };
    found.show(|found| {
        html! {
            <section aria-label={t!("search-results")}>
                <p class="found" role="status">{ t!("search-found", count = found.total) }</p>
                if found.rows.is_empty() {
                    <super::guides::NothingFound />
                } else {
                    <GuideRows rows={found.rows.clone()} filter={filter.clone()} />
                }
                if found.total > FIRST_ROWS {
                    <Go to={Route::Guides} query={filter.query()} class="button wide">
                        { t!("search-all", count = found.total) }
                    </Go>
                }
            </section>
        }
    })
}
