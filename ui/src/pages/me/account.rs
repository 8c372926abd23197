//! Who is signed in; signing out, with plain words on what happens to what is unsent.

use tongban_contract::page::{AccountView, Counts, Person, SignOut, SignOutOfBrowser};
use yew::prelude::*;
use yew_router::prelude::*;

use super::super::{accounts::Accounts, unavailable::Unavailable};
use crate::{
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    pages::sign_in::level,
    parts::{ConfirmDialog, Empty, Go, Icon, ProblemCard, Shape},
    route::Route,
};

/// Who is signed in.
#[component]
pub(super) fn Account() -> Html {
    let overview = use_overview();
    let leave = use_act::<SignOutOfBrowser>(Callback::noop());
    match &overview.account {
        AccountView::SignedIn(person) => {
            html! { <Known person={person.clone()} ended=false counts={overview.counts} /> }
        }
        AccountView::SessionEnded(person) => {
            html! { <Known person={person.clone()} ended=true counts={overview.counts} /> }
        }
        AccountView::PinNeeded(person) => {
            html! { <Known person={person.clone()} ended=false counts={overview.counts} /> }
        }
        AccountView::Unavailable(account) => html! {
            <div class="panel">
                <Unavailable account={account.clone()} />
                <Accounts />
            </div>
        },
        AccountView::SignedOut | AccountView::SigningIn | AccountView::Locked(_) => html! {
            <Empty shape={Shape::Person} title={t!("account-signed-out")} text={t!("home-signed-out")}>
                <Go to={Route::SignIn} class="button primary wide">{ t!("sign-in") }</Go>
                <button type="button" class="text-button" disabled={leave.busy}
                    onclick={leave.run.reform(|_: MouseEvent| SignOutOfBrowser {})}>
                    { t!("sign-out-of-browser") }
                </button>
                if let Some(problem) = &leave.problem {
                    <ProblemCard problem={problem.clone()} dismiss={leave.dismiss.clone()} />
                }
            </Empty>
        },
    }
}

/// Properties of [`Known`].
#[derive(Properties, PartialEq)]
struct KnownProps {
    person: Person,
    /// Whether the session at the platform has ended.
    ended: bool,
    counts: Counts,
}

#[component]
fn Known(props: &KnownProps) -> Html {
    let asking = use_state(|| false);
    let toast = use_toast();
    let navigator = use_navigator();
    let out = use_act::<SignOut>(Callback::from(move |()| {
        toast.emit(t!("signed-out"));
        if let Some(navigator) = &navigator {
            navigator.replace(&Route::Me);
        }
    }));
    let ask = {
        let asking = asking.setter();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let leave = {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(false))
    };
    let go = {
        let (asking, run) = (asking.setter(), out.run.clone());
        Callback::from(move |()| {
            asking.set(false);
            run.emit(SignOut {});
        })
    };
    let Person { name, masked_id, assurance } = &props.person;
    let assurance = level(*assurance);
    html! {
        <div class="panel">
            if props.ended {
                <section class="note note-warn">
                    <span class="note-picture"><Icon shape={Shape::Warning} /></span>
                    <p class="note-text">{ t!("home-session-ended") }</p>
                    <Go to={Route::SignIn} class="button primary small">{ t!("sign-in-again") }</Go>
                </section>
            }
            <section class="card">
                <dl class="facts">
                    <div class="fact"><dt>{ t!("account-name") }</dt><dd lang="zh-CN">{ name }</dd></div>
                    <div class="fact"><dt>{ t!("account-id") }</dt><dd>{ masked_id }</dd></div>
                    <div class="fact"><dt>{ t!("account-assurance") }</dt><dd>{ assurance }</dd></div>
                </dl>
            </section>
            if let Some(problem) = &out.problem {
                <ProblemCard problem={problem.clone()} dismiss={out.dismiss.clone()} />
            }
            <button type="button" class="button wide" onclick={ask} disabled={out.busy}>{ t!("sign-out") }</button>
            <p class="hint">{ t!("sign-out-hint") }</p>
            <Accounts />
            if *asking {
                <ConfirmDialog title={t!("sign-out-title")} confirm={t!("sign-out")} on_confirm={go} on_cancel={leave}>
                    <p>{ kept(props.counts) }</p>
                </ConfirmDialog>
            }
        </div>
    }
}

/// What stays on the device, in numbers where there is something.
fn kept(counts: Counts) -> String {
    if counts.drafts == 0 && counts.outbox == 0 {
        t!("sign-out-nothing-unsent")
    } else {
        t!("sign-out-unsent", drafts = counts.drafts, outbox = counts.outbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, speak};

    #[test]
    fn signing_out_names_what_is_unsent() {
        speak(Language::ZhCn);
        let some = kept(Counts { drafts: 2, outbox: 1, ..Counts::default() });
        assert!(some.contains('2') && some.contains('1'), "{some}");
        assert_ne!(kept(Counts::default()), some);
    }
}
