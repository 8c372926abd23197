//! The wallet, with one of its licences open.

use tongban_contract::{
    numbers::LicenceId,
    page::{AccountView, LicenceRow, ListLicences, Topic, WalletView},
    vocabulary::LicenceState,
};
use yew::prelude::*;

use super::{items::signed_out_hint, licence::Licence};
use crate::{
    format,
    hooks::{use_ask, use_overview},
    i18n::{t, term},
    parts::{Empty, Go, Shape, Split},
    route::Route,
};

/// Properties of [`Wallet`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) open: Option<LicenceId>,
}

/// The wallet.
#[component]
pub(crate) fn Wallet(props: &Props) -> Html {
    let wallet =
        use_ask(ListLicences {}, |topic| matches!(topic, Topic::Licences | Topic::Account));
    let overview = use_overview();
    let signed_out = matches!(overview.account, AccountView::SignedOut | AccountView::SigningIn);
    let list = if signed_out {
        signed_out_hint(t!("wallet-signed-out"), Shape::Wallet)
    } else {
        wallet.show(|wallet| list(wallet, props.open.as_ref()))
    };
    let detail = props.open.as_ref().map(|licence| {
        html! { <Licence key={licence.to_string()} licence={licence.clone()} /> }
    });
    html! { <Split label={t!("title-wallet")} {list} {detail} hint={t!("wallet-hint")} /> }
}

fn list(wallet: &WalletView, open: Option<&LicenceId>) -> Html {
    if wallet.licences.is_empty() {
        return html! {
            <Empty shape={Shape::Wallet} title={t!("wallet-none")} text={t!("wallet-none-text")}>
                <Go to={Route::Guides} class="button primary">{ t!("items-find") }</Go>
            </Empty>
        };
    }
    html! {
        <>
            <p class="hint wallet-hint">{ t!("wallet-offline") }</p>
            <ul class="wallet">{ for wallet.licences.iter().map(|row| card(row, open)) }</ul>
        </>
    }
}

fn card(row: &LicenceRow, open: Option<&LicenceId>) -> Html {
    let current = open == Some(&row.id);
    let valid = row.state == LicenceState::Valid;
    html! {
        <li key={row.id.to_string()}>
            <Go to={Route::Licence { licence: row.id.clone() }} {current}
                class={classes!("licence-card", (!valid).then_some("licence-card-off"), current.then_some("licence-card-current"))}>
                <span class="licence-card-name" lang="zh-CN">{ &row.name }</span>
                <span class="licence-card-state">{ term("licence-state", row.state.code(), row.state.term()) }</span>
                <span class="licence-card-holder" lang="zh-CN">{ &row.holder }</span>
                <span class="licence-card-issuer" lang="zh-CN">{ &row.issuer }</span>
                <span class="licence-card-until">{ match row.valid_until {
                    Some(day) => t!("licence-until", day = format::day(day)),
                    None => t!("licence-without-end"),
                } }</span>
            </Go>
        </li>
    }
}
