//! How an item is handled: conditions, steps, fees, results, questions, legal basis.

use tongban_contract::guide::{Fee, Item, LegalBasis, Step};
use yew::prelude::*;

use super::{section, told};
use crate::{format, i18n::t, parts::Prose};

/// Acceptance conditions.
pub(super) fn conditions(item: &Item) -> Html {
    let list = (!item.conditions.is_empty()).then(|| {
        html! {
            <ol class="sentences" lang="zh-CN">
                { for item.conditions.iter().map(|sentence| html! { <li><Prose text={sentence.clone()} /></li> }) }
            </ol>
        }
    });
    section("guide-conditions", t!("guide-conditions"), list)
}

/// Steps as a timeline, with the procedures that stop the clock.
pub(super) fn steps(item: &Item) -> Html {
    let step = |step: &Step| {
        html! {
            <li class="step">
                <p class="step-name">
                    <span lang="zh-CN">{ &step.name }</span>
                    <span class="step-days">{ t!("guide-step-days", days = format::days(step.days)) }</span>
                </p>
                if !step.unit.is_empty() {
                    <p class="step-unit" lang="zh-CN">{ &step.unit }</p>
                }
                if !step.standard.is_empty() {
                    <p class="step-standard"><Prose text={step.standard.clone()} /></p>
                }
            </li>
        }
    };
    let timeline = (!item.steps.is_empty()).then(|| {
        html! {
            <>
                <ol class="timeline">{ for item.steps.iter().map(step) }</ol>
                { for item.special_procedures.iter().map(|special| html! {
                    <p class="special">
                        { t!("guide-special", name = special.name.as_str(), days = special.days) }
                        if !special.basis.is_empty() {
                            <span lang="zh-CN">{ format!("（{}）", special.basis) }</span>
                        }
                    </p>
                }) }
            </>
        }
    });
    section("guide-steps", t!("guide-steps"), timeline)
}

/// Fees, or that there are none, or whom to ask.
pub(super) fn fees(item: &Item, has_phone: bool) -> Html {
    let fee = |fee: &Fee| {
        html! {
            <dl class="facts">
                { told(t!("guide-fee"), &fee.name) }
                { told(t!("guide-fee-standard"), &fee.standard) }
                { told(t!("guide-fee-reduction"), &fee.reduction) }
                { told(t!("guide-basis"), &fee.basis) }
            </dl>
        }
    };
    let content = match item.fees.as_deref() {
        None if has_phone => html! { <p>{ t!("guide-fees-not-said") }</p> },
        None => html! { <p>{ t!("guide-fees-not-said-no-phone") }</p> },
        Some([]) => html! { <p>{ t!("guide-free-text") }</p> },
        Some(fees) => html! { <>{ for fees.iter().map(fee) }</> },
    };
    section("guide-fees", t!("guide-fees"), Some(content))
}

/// What the person gets.
pub(super) fn results(item: &Item) -> Html {
    let list = (!item.results.is_empty()).then(|| {
        html! {
            <ul class="results">
                { for item.results.iter().map(|result| html! {
                    <li>
                        <span lang="zh-CN">{ &result.name }</span>
                        if !result.kind.is_empty() {
                            <span class="tag" lang="zh-CN">{ &result.kind }</span>
                        }
                        if result.licence_type.is_some() {
                            <span class="tag tag-exempt">{ t!("guide-e-licence") }</span>
                        }
                    </li>
                }) }
            </ul>
        }
    });
    section("guide-results", t!("guide-results"), list)
}

/// Frequent questions.
pub(super) fn questions(item: &Item) -> Html {
    let list = (!item.faq.is_empty()).then(|| {
        html! {
            <>{ for item.faq.iter().map(|faq| html! {
                <details class="question" lang="zh-CN"><summary>{ &faq.question }</summary><p><Prose text={faq.answer.clone()} /></p></details>
            }) }</>
        }
    });
    section("guide-questions", t!("guide-questions"), list)
}

/// Laws it rests on.
pub(super) fn basis(item: &Item) -> Html {
    let law = |law: &LegalBasis| {
        html! {
            <li>
                <p>{ format!("《{}》{}", law.title.trim_matches(['《', '》']), law.article) }</p>
                if !law.text.is_empty() {
                    <p class="law-text"><Prose text={law.text.clone()} /></p>
                }
            </li>
        }
    };
    let list = (!item.legal_basis.is_empty()).then(
        || html! { <ul class="laws" lang="zh-CN">{ for item.legal_basis.iter().map(law) }</ul> },
    );
    section("guide-laws", t!("guide-laws"), list)
}
