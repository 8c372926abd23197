//! The receipt of a filing, as it could be printed.

use tongban_contract::{
    case::CaseState,
    identifiers::CaseId,
    page::{Asked, ItemState, ReadReceipt, ReceiptView, Topic},
};
use yew::prelude::*;

use super::items;
use crate::{
    format,
    hooks::use_ask,
    i18n::t,
    parts::{Go, Icon, Shape},
    route::Route,
};

/// Characters of the digest that are shown at first.
const SHORT: usize = 12;

/// Properties of [`Receipt`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) case: CaseId,
}

/// The receipt of a filing.
#[component]
pub(crate) fn Receipt(props: &Props) -> Html {
    let case = props.case;
    let receipt = use_ask(ReadReceipt { case }, move |topic| {
        *topic == (Topic::Item { case }) || *topic == Topic::Items
    });
    receipt.show(|receipt| html! { <>{ paper(receipt) }{ ways(receipt) }</> })
}

fn paper(receipt: &ReceiptView) -> Html {
    let fact = |name: String, value: Html| html! { <div class="fact"><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <article class="receipt" aria-labelledby="receipt-title">
            <header class="receipt-head">
                <span class="receipt-picture"><Icon shape={Shape::Done} /></span>
                <h2 class="receipt-title" id="receipt-title">{ headline(&receipt.state) }</h2>
                <p class="receipt-item" lang="zh-CN">{ &receipt.item_name }</p>
                <p class="receipt-state" role="status">{ items::state(&receipt.state) }</p>
            </header>
            <dl class="facts receipt-facts">
                { fact(t!("receipt-number"), match &receipt.number {
                    Some(number) => html! { <strong class="number">{ number }</strong> },
                    None => html! { <span class="hint">{ t!("receipt-number-later") }</span> },
                }) }
                { fact(t!("receipt-office"), html! { <span lang="zh-CN">{ &receipt.office }</span> }) }
                { fact(t!("receipt-filed"), html! { { format::moment(receipt.filed_at) } }) }
                if let Some(at) = receipt.accepted_at {
                    { fact(t!("receipt-accepted"), html! { { format::moment(at) } }) }
                }
                { fact(t!("receipt-enclosures"), if receipt.enclosures.is_empty() {
                    html! { { t!("receipt-no-enclosures") } }
                } else {
                    html! { <ol class="enclosures" lang="zh-CN">{ for receipt.enclosures.iter().map(|name| html! { <li>{ name }</li> }) }</ol> }
                }) }
            </dl>
            <details class="digest">
                <summary>{ t!("receipt-digest") }<code class="number">{ short(&receipt.digest) }</code></summary>
                <p class="hint">{ t!("receipt-digest-text") }</p>
                <code class="digest-whole">{ &receipt.digest }</code>
            </details>
            <section class="receipt-next" aria-labelledby="receipt-next">
                <h3 class="receipt-next-title" id="receipt-next">{ t!("receipt-next") }</h3>
                <p>{ next(&receipt.state) }</p>
            </section>
        </article>
    }
}

fn ways(receipt: &ReceiptView) -> Html {
    html! {
        <div class="item-acts">
            <Go to={Route::Item { case: receipt.case }} class="button primary">{ t!("receipt-follow") }</Go>
            <Go to={Route::Items} class="button">{ t!("receipt-all") }</Go>
        </div>
    }
}

fn headline(state: &ItemState) -> String {
    match state {
        ItemState::Queued { what: Asked::Filing, .. }
        | ItemState::Sending { what: Asked::Filing } => t!("receipt-title-queued"),
        ItemState::Queued { .. }
        | ItemState::Sending { .. }
        | ItemState::Draft
        | ItemState::Submitted { .. }
        | ItemState::NeedsAttention { .. } => {
            t!("receipt-title")
        }
    }
}

/// What happens next, in plain words.
fn next(state: &ItemState) -> String {
    match state {
        ItemState::Queued { what: Asked::Filing, .. } => t!("receipt-next-queued"),
        ItemState::Sending { what: Asked::Filing } => t!("receipt-next-sending"),
        ItemState::Queued { what: Asked::Withdrawal, .. }
        | ItemState::Sending { what: Asked::Withdrawal } => t!("receipt-next-withdrawal"),
        ItemState::NeedsAttention { .. } => t!("receipt-next-attention"),
        ItemState::Draft => t!("receipt-next-draft"),
        ItemState::Submitted { case: None | Some(CaseState::Received) } => {
            t!("receipt-next-received")
        }
        ItemState::Submitted { case: Some(state) } if state.is_final() => t!("receipt-next-ended"),
        ItemState::Submitted { .. } => t!("receipt-next-handling"),
    }
}

/// The first characters of a digest.
fn short(digest: &str) -> String {
    let short: String = digest.chars().take(SHORT).collect();
    if short.len() < digest.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_shortened_only_where_it_is_long() {
        assert_eq!(short(&"a1".repeat(32)), "a1a1a1a1a1a1…");
        assert_eq!(short("a1"), "a1");
    }

    #[test]
    fn every_state_says_what_happens_next() {
        let words: std::collections::BTreeSet<String> = [
            ItemState::Queued { what: Asked::Filing, waits: None },
            ItemState::Queued { what: Asked::Withdrawal, waits: None },
            ItemState::Sending { what: Asked::Filing },
            ItemState::Draft,
            ItemState::Submitted { case: None },
            ItemState::Submitted { case: Some(CaseState::UnderReview) },
            ItemState::Submitted { case: Some(CaseState::Approved) },
        ]
        .iter()
        .map(next)
        .collect();
        assert_eq!(words.len(), 7);
    }
}
