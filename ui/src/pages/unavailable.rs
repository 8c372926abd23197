//! An account whose vault cannot be opened now: why, and another try. Everything that is
//! nobody's goes on.

use std::rc::Rc;

use tongban_contract::page::{SwitchAccount, UnavailableView};
use yew::prelude::*;

use crate::{hooks::use_act, i18n::t, parts::ProblemCard};

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
        </ProblemCard>
    }
}
