//! An account whose vault cannot be opened now: why, another try, and beginning anew where its
//! key is gone. Everything that is nobody's goes on.

use std::rc::Rc;

use tongban_contract::page::{BeginAnew, SwitchAccount, UnavailableView};
use yew::prelude::*;

use crate::{
    hooks::{use_act, use_toast},
    i18n::t,
    parts::{ConfirmDialog, ProblemCard},
};

/// Properties of [`Unavailable`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) account: UnavailableView,
}

/// Why the vault cannot be opened, until it can.
#[component]
pub(super) fn Unavailable(props: &Props) -> Html {
    let again = use_act::<SwitchAccount>(Callback::noop());
    let account = props.account.account.clone();
    let onclick = again.run.reform(move |_: MouseEvent| SwitchAccount { account: account.clone() });
    // What the last try was told is newer than what the view says.
    let problem =
        again.problem.clone().unwrap_or_else(|| Rc::new((*props.account.problem).clone()));
    html! {
        <ProblemCard {problem}>
            <button type="button" class="button primary" {onclick} disabled={again.busy}>
                { t!("account-open-again") }
            </button>
            if props.account.key_gone {
                <BeginningAnew account={props.account.account.clone()} />
            }
        </ProblemCard>
    }
}

/// Properties of [`BeginningAnew`].
#[derive(Properties, PartialEq)]
struct BeginningAnewProps {
    account: String,
}

/// The way out where the key will not come back: what becomes of what is here is said before.
#[component]
fn BeginningAnew(props: &BeginningAnewProps) -> Html {
    let asking = use_state_eq(|| false);
    let toast = use_toast();
    let begin = use_act::<BeginAnew>(Callback::from(move |()| toast.emit(t!("begun-anew"))));
    let ask = {
        let asking = asking.setter();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let leave = {
        let (asking, dismiss) = (asking.setter(), begin.dismiss.clone());
        Callback::from(move |()| {
            asking.set(false);
            dismiss.emit(());
        })
    };
    let account = props.account.clone();
    html! {
        <>
            <button type="button" class="text-button" onclick={ask}>{ t!("begin-anew") }</button>
            if *asking {
                <ConfirmDialog title={t!("begin-anew-title")} confirm={t!("begin-anew-confirm")}
                    busy={begin.busy} on_cancel={leave}
                    on_confirm={begin.run.reform(move |()| BeginAnew { account: account.clone() })}>
                    <p>{ t!("begin-anew-kept") }</p>
                    <p>{ t!("begin-anew-back") }</p>
                    if let Some(problem) = &begin.problem {
                        <ProblemCard problem={problem.clone()} />
                    }
                </ConfirmDialog>
            }
        </>
    }
}
