//! Fields in which something is chosen: cards where there are few options, a list of the
//! system where there are many, boxes to tick where several can be chosen.

use serde_json::Value;
use tongban_contract::form::ChoiceOption;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::field::Around;
use crate::i18n::t;

/// Most options that are shown as cards.
const MOST_CARDS: usize = 5;

/// One of several.
pub(super) fn one(
    around: &Around,
    options: &[ChoiceOption],
    value: &Value,
    on_chosen: &Callback<Value>,
) -> Html {
    if options.len() > MOST_CARDS {
        select(around, options, value, on_chosen)
    } else {
        cards(around, options, value, on_chosen)
    }
}

/// Yes or no, both to be said.
pub(super) fn yes_or_no(around: &Around, value: &Value, on_chosen: &Callback<Value>) -> Html {
    let option = |value: bool, label: String| ChoiceOption { value: value.into(), label };
    cards(around, &[option(true, t!("yes")), option(false, t!("no"))], value, on_chosen)
}

/// Any of several.
pub(super) fn several(
    around: &Around,
    options: &[ChoiceOption],
    value: &Value,
    on_chosen: &Callback<Value>,
) -> Html {
    let chosen: Vec<Value> = value.as_array().cloned().unwrap_or_default();
    let card = |(index, option): (usize, &ChoiceOption)| {
        let onchange = {
            let (all, chosen, own, on_chosen) =
                (options.to_vec(), chosen.clone(), option.value.clone(), on_chosen.clone());
            Callback::from(move |event: Event| {
                let ticked = event.target_unchecked_into::<HtmlInputElement>().checked();
                on_chosen.emit(with(&all, &chosen, &own, ticked));
            })
        };
        card(&around.id, index, "checkbox", option, chosen.contains(&option.value), onchange)
    };
    around.group(
        false,
        html! { <div class={grid(options)}>{ for options.iter().enumerate().map(card) }</div> },
    )
}

/// A statement to be agreed to.
pub(super) fn commitment(around: &Around, value: &Value, on_chosen: &Callback<Value>) -> Html {
    let onchange = on_chosen.reform(|event: Event| {
        let ticked = event.target_unchecked_into::<HtmlInputElement>().checked();
        if ticked { Value::Bool(true) } else { Value::Null }
    });
    around.bare(html! {
        <div class="commitment">
            <input type="checkbox" id={around.id.clone()} checked={*value == Value::Bool(true)} {onchange}
                aria-describedby={around.described_by()} aria-required={around.required.to_string()}
                aria-invalid={around.is_wrong().to_string()} disabled={!around.enabled} />
            <label for={around.id.clone()} lang="zh-CN">{ &around.label }</label>
        </div>
    })
}

/// The options chosen after one was ticked or not, in the order of the form; null where
/// none is left.
fn with(all: &[ChoiceOption], chosen: &[Value], own: &Value, ticked: bool) -> Value {
    let left: Vec<Value> = all
        .iter()
        .map(|option| &option.value)
        .filter(|value| if *value == own { ticked } else { chosen.contains(value) })
        .cloned()
        .collect();
    if left.is_empty() { Value::Null } else { Value::Array(left) }
}

/// Cards of radio buttons. Only what need not be answered can be taken back.
pub(super) fn cards(
    around: &Around,
    options: &[ChoiceOption],
    value: &Value,
    on_chosen: &Callback<Value>,
) -> Html {
    let card = |(index, option): (usize, &ChoiceOption)| {
        let own = option.value.clone();
        let onchange = on_chosen.reform(move |_: Event| own.clone());
        card(&around.id, index, "radio", option, *value == option.value, onchange)
    };
    around.group(true, html! {
        <>
            <div class={grid(options)}>{ for options.iter().enumerate().map(card) }</div>
            if !around.required && !value.is_null() && around.enabled {
                <button type="button" class="text-button" onclick={on_chosen.reform(|_: MouseEvent| Value::Null)}>
                    { t!("choice-clear") }
                </button>
            }
        </>
    })
}

fn card(
    id: &str,
    index: usize,
    kind: &'static str,
    option: &ChoiceOption,
    checked: bool,
    onchange: Callback<Event>,
) -> Html {
    let own = format!("{id}.{index}");
    html! {
        <div class={classes!("option-card", checked.then_some("option-chosen"))} key={own.clone()}>
            <input type={kind} name={id.to_owned()} id={own.clone()} {checked} {onchange} />
            <label for={own} lang="zh-CN">{ &option.label }</label>
        </div>
    }
}

/// Short options stand beside each other.
fn grid(options: &[ChoiceOption]) -> &'static str {
    let longest =
        options.iter().map(|option| option.label.chars().count()).max().unwrap_or_default();
    if longest <= 6 { "option-cards option-cards-short" } else { "option-cards" }
}

fn select(
    around: &Around,
    options: &[ChoiceOption],
    value: &Value,
    on_chosen: &Callback<Value>,
) -> Html {
    let onchange = {
        let values: Vec<Value> = options.iter().map(|option| option.value.clone()).collect();
        on_chosen.reform(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            chosen
                .parse()
                .ok()
                .and_then(|index: usize| values.get(index).cloned())
                .unwrap_or_default()
        })
    };
    let none = !options.iter().any(|option| option.value == *value);
    around.single(html! {
        <select class="input select" id={around.id.clone()} {onchange} disabled={!around.enabled}
            aria-describedby={around.described_by()} aria-required={around.required.to_string()}
            aria-invalid={around.is_wrong().to_string()}>
            <option value="" selected={none}>{ t!("choice-none") }</option>
            { for options.iter().enumerate().map(|(index, option)| html! {
                <option value={index.to_string()} selected={option.value == *value} lang="zh-CN">{ &option.label }</option>
            }) }
        </select>
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_ticked_stays_in_the_order_of_the_form() {
        let all: Vec<_> = ["a", "b", "c"]
            .map(|name| ChoiceOption { value: json!(name), label: name.to_uppercase() })
            .into();
        assert_eq!(with(&all, &[json!("c")], &json!("a"), true), json!(["a", "c"]));
        assert_eq!(with(&all, &[json!("a"), json!("c")], &json!("a"), false), json!(["c"]));
        assert_eq!(with(&all, &[json!("c")], &json!("c"), false), Value::Null);
        assert_eq!(with(&all, &[json!("gone")], &json!("b"), true), json!(["b"]));
    }
}
