//! Guides that the person follows, those that changed first.

use tongban_contract::page::{AccountView, FollowedGuide, FollowedStanding, UnfollowGuide};
use yew::prelude::*;

use crate::{
    filter::{Filter, Looked},
    format,
    hooks::{use_act, use_followed, use_overview},
    i18n::t,
    parts::{Empty, Go, ProblemCard, Shape, named},
    route::Route,
};

/// Guides that the person follows.
#[component]
pub(super) fn Followed() -> Html {
    let overview = use_overview();
    if matches!(overview.account, AccountView::SignedOut | AccountView::SigningIn) {
        return html! {
            <Empty shape={Shape::Bell} title={t!("followed-signed-out")} text={t!("follow-sign-in-text")}>
                <Go to={Route::SignIn} class="button primary">{ t!("sign-in") }</Go>
            </Empty>
        };
    }
    html! { <List /> }
}

#[component]
fn List() -> Html {
    let followed = use_followed();
    followed.show(|view| {
        if view.guides.is_empty() {
            return html! {
                <Empty shape={Shape::Bell} title={t!("followed-none")} text={t!("followed-none-text")}>
                    <Go to={Route::Guides} class="button primary">{ t!("show-all-guides") }</Go>
                </Empty>
            };
        }
        html! {
            <div class="panel">
                <ul class="rows">{ for view.guides.iter().map(|guide| html! {
                    <li key={guide.item.clone()}><Row guide={guide.clone()} /></li>
                }) }</ul>
                <p class="hint">{ t!("followed-hint") }</p>
            </div>
        }
    })
}

/// Properties of [`Row`].
#[derive(Properties, PartialEq)]
struct RowProps {
    guide: FollowedGuide,
}

/// One of them. What there is no guide of leads nowhere, and can be let go here.
#[component]
fn Row(props: &RowProps) -> Html {
    let unfollow = use_act::<UnfollowGuide>(Callback::noop());
    let guide = &props.guide;
    let head = html! {
        <>
            <span class="row-title" lang="zh-CN">{ &guide.name }</span>
            <span class="row-facts" lang="zh-CN">{ &guide.division_name }</span>
        </>
    };
    let query = Looked::new(Some(&guide.at), Filter::default()).query();
    let lost = match &guide.standing {
        FollowedStanding::Changed { differences, .. } => {
            return html! {
                <Go to={Route::Guide { item: guide.item.clone() }} query={query.clone()} class="row row-changed">
                    { head }
                    <span class="row-reason">{ named(differences) }</span>
                </Go>
            };
        }
        FollowedStanding::Same => {
            return html! {
                <Go to={Route::Guide { item: guide.item.clone() }} query={query.clone()} class="row">
                    { head }
                    <span class="row-foot">{ t!("followed-same", time = format::moment(guide.seen_at)) }</span>
                </Go>
            };
        }
        FollowedStanding::Gone => t!("followed-gone"),
        FollowedStanding::NotKept => t!("followed-not-kept"),
    };
    let let_go = {
        let (run, item) = (unfollow.run.clone(), guide.item.clone());
        Callback::from(move |_: MouseEvent| run.emit(UnfollowGuide { item: item.clone() }))
    };
    html! {
        <div class="row followed-lost">
            { head }
            <span class="row-reason">{ lost }</span>
            if let Some(problem) = &unfollow.problem {
                <ProblemCard problem={problem.clone()} dismiss={unfollow.dismiss.clone()} />
            }
            <span class="followed-acts">
                if guide.standing == FollowedStanding::NotKept {
                    <Go to={Route::Regions} class="button small">{ t!("kept-add") }</Go>
                }
                <button type="button" class="button small" onclick={let_go} disabled={unfollow.busy}
                    aria-label={t!("unfollow-label", name = guide.name.as_str())}>{ t!("unfollow") }</button>
            </span>
        </div>
    }
}
