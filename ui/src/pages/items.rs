//! Every application of the account, in exactly one state each, with one of them open.

mod groups;

use tongban_contract::{
    identifiers::CaseId,
    page::{AccountView, ItemRow, ItemState, ItemsView, ListItems, Topic},
};
use yew::prelude::*;

use super::{item::Item, receipt::Receipt};
use crate::{
    format,
    hooks::{use_ask, use_overview},
    i18n::t,
    parts::{Empty, Go, Shape, Split},
    route::Route,
};

use groups::{Group, grouped};
pub(super) use groups::{Look, look};

/// What is open beside the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    Nothing,
    Item(CaseId),
    Receipt(CaseId),
}

impl Open {
    fn case(self) -> Option<CaseId> {
        match self {
            Self::Nothing => None,
            Self::Item(case) | Self::Receipt(case) => Some(case),
        }
    }
}

/// Properties of [`Items`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) open: Open,
}

/// Every application of the account.
#[component]
pub(crate) fn Items(props: &Props) -> Html {
    let items = use_ask(ListItems {}, |topic| {
        matches!(topic, Topic::Items | Topic::Item { .. } | Topic::Account)
    });
    let overview = use_overview();
    let signed_out = matches!(overview.account, AccountView::SignedOut | AccountView::SigningIn);
    let list = if signed_out {
        signed_out_hint(t!("items-signed-out"), Shape::Case)
    } else {
        items.show(|items| list(items, props.open.case()))
    };
    let detail = match props.open {
        Open::Nothing => None,
        Open::Item(case) => Some(html! { <Item key={case.to_string()} {case} /> }),
        Open::Receipt(case) => Some(html! { <Receipt key={format!("receipt-{case}")} {case} /> }),
    };
    html! { <Split label={t!("title-items")} {list} {detail} hint={t!("items-hint")} /> }
}

/// What stands where nobody is signed in.
pub(super) fn signed_out_hint(text: String, shape: Shape) -> Html {
    html! {
        <Empty {shape} title={t!("signed-out-title")} {text}>
            <Go to={Route::SignIn} class="button primary">{ t!("sign-in") }</Go>
        </Empty>
    }
}

fn list(items: &ItemsView, open: Option<CaseId>) -> Html {
    if items.rows.is_empty() {
        return html! {
            <Empty shape={Shape::Case} title={t!("items-none")} text={t!("items-none-text")}>
                <Go to={Route::Guides} class="button primary">{ t!("items-find") }</Go>
            </Empty>
        };
    }
    let group = |(group, rows): (Group, Vec<&ItemRow>)| {
        let id = group.id();
        html! {
            <section key={id} aria-labelledby={id}>
                <h2 class="heading items-heading" {id}>
                    { group.name() }<span class="items-count">{ rows.len() }</span>
                </h2>
                <ul class="rows">{ for rows.into_iter().map(|item| row(item, open)) }</ul>
            </section>
        }
    };
    html! { <div class="items">{ for grouped(&items.rows).into_iter().map(group) }</div> }
}

fn row(row: &ItemRow, open: Option<CaseId>) -> Html {
    let to = match &row.state {
        ItemState::Draft => Route::Draft { case: row.case },
        _ => Route::Item { case: row.case },
    };
    let current = open == Some(row.case);
    html! {
        <li key={row.case.to_string()}>
            <Go {to} {current} class={classes!("row", "item-row", current.then_some("row-current"))}>
                <span class="row-title" lang="zh-CN">{ &row.item_name }</span>
                { state(&row.state) }
                { reason(&row.state) }
                <span class="row-foot">
                    <span lang="zh-CN">{ &row.office }</span>
                    <span>{ format::moment(row.updated_at) }</span>
                </span>
                if let Some(due) = row.due {
                    <span class="row-foot">{ t!("home-due", day = format::day(due)) }</span>
                }
            </Go>
        </li>
    }
}

/// The one state, as a picture and in words.
pub(super) fn state(state: &ItemState) -> Html {
    let Look { shape, tone, words } = look(state);
    html! { <span class={classes!("item-state", tone)}><crate::parts::Icon {shape} /><span>{ words }</span></span> }
}

/// Why it stands where it stands, where there is more to say.
fn reason(state: &ItemState) -> Html {
    match state {
        ItemState::NeedsAttention { problem } => {
            html! { <span class="row-reason" lang="zh-CN">{ &problem.detail }</span> }
        }
        ItemState::Queued { waits: Some(problem), .. } => {
            html! { <span class="item-waits" lang="zh-CN">{ &problem.detail }</span> }
        }
        ItemState::Queued { waits: None, .. } => {
            html! { <span class="item-waits">{ t!("item-queued-text") }</span> }
        }
        ItemState::Draft | ItemState::Sending { .. } | ItemState::Submitted { .. } => {
            Html::default()
        }
    }
}
