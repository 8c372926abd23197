//! Signing in: the system browser is opened, and waited for.

use tongban_contract::page::{AccountView, CancelSignIn, SignIn};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    parts::{Empty, Go, ProblemCard, Shape},
    route::Route,
};

/// Properties of [`SignInPage`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The assurance level that is needed, where one is.
    #[prop_or_default]
    pub(crate) assurance: Option<u8>,
}

/// Signing in.
#[component]
pub(crate) fn SignInPage(props: &Props) -> Html {
    let assurance = props.assurance;
    let overview = use_overview();
    let navigator = use_navigator();
    let toast = use_toast();
    let given_up = use_mut_ref(|| false);
    let done = Callback::from(move |()| {
        toast.emit(t!("signed-in"));
        // To where the person was when signing in was asked for.
        if let Some(navigator) = &navigator {
            navigator.back();
        }
    });
    let sign_in = use_act::<SignIn>(done);
    let cancel = use_act::<CancelSignIn>(Callback::noop());
    let begin = {
        let (run, given_up) = (sign_in.run.clone(), given_up.clone());
        Callback::from(move |()| {
            *given_up.borrow_mut() = false;
            run.emit(SignIn { assurance });
        })
    };
    let give_up = {
        let (run, given_up) = (cancel.run.clone(), given_up.clone());
        Callback::from(move |_: MouseEvent| {
            *given_up.borrow_mut() = true;
            run.emit(CancelSignIn {});
        })
    };

    if sign_in.busy || overview.account == AccountView::SigningIn {
        return html! {
            <div class="signing-in">
                <span class="spinner" aria-hidden="true" />
                <h2 class="signing-in-title" role="status">{ t!("signing-in-title") }</h2>
                <p class="hint">{ t!("signing-in-text") }</p>
                <button type="button" class="button wide" onclick={give_up} disabled={cancel.busy}>{ t!("signing-in-cancel") }</button>
                if let Some(problem) = &cancel.problem {
                    <ProblemCard problem={problem.clone()} dismiss={cancel.dismiss.clone()} />
                }
            </div>
        };
    }
    if let AccountView::SignedIn(person) = &overview.account
        && assurance.is_none_or(|needed| person.assurance >= needed)
    {
        return html! {
            <Empty shape={Shape::Done} title={t!("account-signed-in-as", name = person.name.as_str())}>
                <Go to={Route::Home} class="button primary wide" replace=true>{ t!("to-home") }</Go>
            </Empty>
        };
    }
    // Who gives up knows why it came to nothing.
    let problem = sign_in.problem.clone().filter(|_| !*given_up.borrow());
    let ended = matches!(overview.account, AccountView::SessionEnded(_));
    html! {
        <div class="signing-in">
            <h2 class="signing-in-title">{ if ended || assurance.is_some() { t!("sign-in-again") } else { t!("sign-in-title") } }</h2>
            <p class="hint">{ match assurance {
                Some(needed) => t!("sign-in-step-up-text", level = level(needed)),
                None if ended => t!("sign-in-again-text"),
                None => t!("sign-in-text"),
            } }</p>
            if let Some(problem) = problem {
                <ProblemCard {problem} retry={begin.clone()} />
            } else {
                <button type="button" class="button primary wide" onclick={begin.reform(|_: MouseEvent| ())}>
                    { t!("sign-in-open-browser") }
                </button>
            }
            <p class="hint">{ t!("sign-in-safe") }</p>
        </div>
    }
}

/// Name of an assurance level.
pub(super) fn level(assurance: u8) -> String {
    match assurance {
        1 => t!("assurance-1"),
        2 => t!("assurance-2"),
        _ => t!("assurance-3"),
    }
}
