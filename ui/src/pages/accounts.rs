//! The accounts on this device, to go from one to another.

use tongban_contract::page::{AccountRow, ListAccounts, SwitchAccount, Topic};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    hooks::{use_act, use_ask},
    i18n::t,
    parts::{Go, Icon, ProblemCard, Shape},
    route::Route,
};

/// Every account but the one in use, and the way to sign in as somebody new.
#[component]
pub(crate) fn Accounts() -> Html {
    let accounts = use_ask(ListAccounts {}, |topic| *topic == Topic::Account);
    let navigator = use_navigator();
    let switch = use_act::<SwitchAccount>(Callback::from(move |()| {
        // What was open belongs to the one before.
        if let Some(navigator) = &navigator {
            navigator.replace(&Route::Home);
        }
    }));
    let row = |row: &AccountRow| {
        let account = row.account.clone();
        let go = switch.run.reform(move |_: MouseEvent| SwitchAccount { account: account.clone() });
        let small = if row.pinned { t!("account-pinned") } else { t!("account-open") };
        html! {
            <li key={row.account.clone()}>
                <button type="button" class="cell" onclick={go} disabled={switch.busy}>
                    <span class="cell-picture"><Icon shape={Shape::Person} /></span>
                    <span class="cell-name" lang="zh-CN">{ &row.label }</span>
                    <span class="cell-value">{ small }</span>
                    <span class="cell-go"><Icon shape={Shape::Forward} /></span>
                </button>
            </li>
        }
    };
    accounts.show(|view| {
        let others: Vec<&AccountRow> = view.accounts.iter().filter(|row| !row.current).collect();
        html! {
            <section class="accounts" aria-label={t!("accounts")}>
                if !others.is_empty() {
                    <h2 class="heading">{ t!("accounts") }</h2>
                }
                if let Some(problem) = &switch.problem {
                    <ProblemCard problem={problem.clone()} dismiss={switch.dismiss.clone()} />
                }
                if !others.is_empty() {
                    <ul class="cells">{ for others.into_iter().map(row) }</ul>
                }
                <Go to={Route::SignIn} class="button wide">{ t!("account-other") }</Go>
            </section>
        }
    })
}
