//! Following a guide: the button, and what changed since the person saw it.

use tongban_contract::page::{
    AccountView, FollowGuide, FollowedGuide, FollowedStanding, GuideView, SeeFollowed,
    UnfollowGuide,
};
use yew::prelude::*;

use crate::{
    format,
    hooks::{use_act, use_followed, use_overview, use_toast},
    i18n::t,
    parts::{Differences, Icon, ProblemCard, Shape, SignInFirst},
};

/// Properties of [`Follow`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) view: GuideView,
}

/// Following a guide.
#[component]
pub(super) fn Follow(props: &Props) -> Html {
    let overview = use_overview();
    let toast = use_toast();
    let asking = use_state(|| false);
    let followed = use_followed();
    let follow = use_act::<FollowGuide>(toast.reform(|()| t!("follow-done")));
    let unfollow = use_act::<UnfollowGuide>(toast.reform(|()| t!("unfollow-done")));

    let item = &props.view.guide.item.code;
    let own =
        followed.ready().and_then(|view| view.guides.iter().find(|guide| guide.item == *item));
    let is_followed = own.is_some();
    let signed_in = !matches!(overview.account, AccountView::SignedOut | AccountView::SigningIn);
    let click = {
        let (follow, unfollow) = (follow.run.clone(), unfollow.run.clone());
        let division = (!props.view.own).then(|| props.view.guide.division.clone());
        let (asking, item) = (asking.setter(), item.clone());
        Callback::from(move |_: MouseEvent| {
            let (item, division) = (item.clone(), division.clone());
            match (signed_in, is_followed) {
                (false, _) => asking.set(true),
                (true, false) => follow.emit(FollowGuide { item, division }),
                (true, true) => unfollow.emit(UnfollowGuide { item }),
            }
        })
    };
    let leave = {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(false))
    };
    let elsewhere = own.filter(|own| own.division != props.view.guide.division);
    html! {
        <>
            <div class="follow">
                <button type="button" class={classes!("button", "small", "follow-button", is_followed.then_some("follow-on"))}
                    aria-pressed={if is_followed { "true" } else { "false" }}
                    disabled={follow.busy || unfollow.busy} onclick={click}>
                    <Icon shape={Shape::Bell} />
                    { if is_followed { t!("follow-on") } else { t!("follow") } }
                </button>
                <span class="hint">
                    if let Some(own) = elsewhere {
                        { t!("follow-elsewhere", name = own.division_name.as_str()) }
                    } else {
                        { t!("follow-why") }
                    }
                </span>
            </div>
            if let Some(problem) = &follow.problem {
                <ProblemCard problem={problem.clone()} dismiss={follow.dismiss.clone()} />
            }
            if let Some(problem) = &unfollow.problem {
                <ProblemCard problem={problem.clone()} dismiss={unfollow.dismiss.clone()} />
            }
            if let Some(own) = own {
                <Changed guide={own.clone()} />
            }
            if *asking {
                <SignInFirst why={t!("follow-sign-in-text")} on_cancel={leave} />
            }
        </>
    }
}

/// Properties of [`Changed`].
#[derive(Properties, PartialEq)]
struct ChangedProps {
    guide: FollowedGuide,
}

/// What changed since the person saw it; nothing where nothing did.
#[component]
fn Changed(props: &ChangedProps) -> Html {
    let see = use_act::<SeeFollowed>(Callback::noop());
    let guide = &props.guide;
    let FollowedStanding::Changed { differences, now } = &guide.standing else {
        return Html::default();
    };
    let seen = {
        let (run, item, now) = (see.run.clone(), guide.item.clone(), now.clone());
        Callback::from(move |_: MouseEvent| {
            run.emit(SeeFollowed { item: item.clone(), now: now.clone() });
        })
    };
    html! {
        <section class="card changed" aria-labelledby="guide-changed">
            <h3 class="card-title" id="guide-changed">{ t!("changed-title", count = differences.len()) }</h3>
            <p class="hint">{ t!("changed-since", time = format::moment(guide.seen_at)) }</p>
            <Differences differences={differences.clone()} />
            if let Some(problem) = &see.problem {
                <ProblemCard problem={problem.clone()} dismiss={see.dismiss.clone()} />
            }
            <button type="button" class="button wide" onclick={seen} disabled={see.busy}>{ t!("changed-seen") }</button>
        </section>
    }
}
