//! A field that is typed in: text, number or day. The field itself holds what is typed;
//! a value from elsewhere is put into it only where it stands for something else. Letters
//! of an input method that are not yet a word are waited for.

use gloo::events::EventListener;
use serde_json::Value;
use tongban_contract::form::Input;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::{field::Around, written};

/// Properties of [`TextField`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) around: Around,
    pub(super) input: Input,
    pub(super) value: Value,
    pub(super) on_typed: Callback<Value>,
    pub(super) on_left: Callback<()>,
}

/// A field that is typed in.
#[component]
pub(super) fn TextField(props: &Props) -> Html {
    let place = use_node_ref();
    let composing = use_mut_ref(|| false);
    {
        let (place, input, composing) = (place.clone(), props.input.clone(), composing.clone());
        use_effect_with(props.value.clone(), move |value| {
            if let Some(typed) = typed_in(&place)
                && !*composing.borrow()
                && written::read(&input, &typed) != *value
            {
                put_in(&place, &written::write(value));
            }
        });
    }
    let latest = use_mut_ref(|| (Callback::noop(), props.input.clone()));
    *latest.borrow_mut() = (props.on_typed.clone(), props.input.clone());
    let hear = {
        let place = place.clone();
        move || {
            let (on_typed, input) = latest.borrow().clone();
            if let Some(typed) = typed_in(&place) {
                on_typed.emit(written::read(&input, &typed));
            }
        }
    };
    // Yew knows no listeners for an input method.
    {
        let (place, hear, composing) = (place.clone(), hear.clone(), composing.clone());
        use_effect_with((), move |()| {
            let listeners = place.cast::<HtmlElement>().map(|field| {
                let (begun, ended) = (composing.clone(), composing);
                (
                    EventListener::new(&field, "compositionstart", move |_| {
                        *begun.borrow_mut() = true
                    }),
                    EventListener::new(&field, "compositionend", move |_| {
                        *ended.borrow_mut() = false;
                        hear();
                    }),
                )
            });
            move || drop(listeners)
        });
    }
    let oninput = Callback::from(move |event: InputEvent| {
        if !event.is_composing() {
            hear();
        }
    });
    let onblur = {
        let (place, input, on_left) = (place.clone(), props.input.clone(), props.on_left.clone());
        Callback::from(move |_: FocusEvent| {
            // What was typed is shown as it is kept: full-width digits as digits.
            if let Some(typed) = typed_in(&place) {
                let tidy = written::write(&written::read(&input, &typed));
                if tidy != typed {
                    put_in(&place, &tidy);
                }
            }
            on_left.emit(());
        })
    };

    let around = &props.around;
    let (unit, described) = match &props.input {
        Input::Number { unit, .. } if !unit.is_empty() => {
            (Some(unit.clone()), format!("{}-unit {}", around.id, around.described_by()))
        }
        _ => (None, around.described_by()),
    };
    let kind = Kind::of(&props.input);
    let control = if kind.multiline {
        html! {
            <textarea class="input" id={around.id.clone()} ref={place} rows="4" maxlength={kind.longest}
                aria-describedby={described} aria-required={around.required.to_string()}
                aria-invalid={around.is_wrong().to_string()} disabled={!around.enabled} {oninput} {onblur} />
        }
    } else {
        html! {
            <input class="input" id={around.id.clone()} ref={place} type={kind.html} inputmode={kind.keyboard}
                autocomplete={kind.autocomplete} maxlength={kind.longest} spellcheck="false"
                aria-describedby={described} aria-required={around.required.to_string()}
                aria-invalid={around.is_wrong().to_string()} disabled={!around.enabled} {oninput} {onblur} />
        }
    };
    around.single(match unit {
        None => control,
        Some(unit) => html! {
            <div class="input-with-unit">
                { control }
                <span class="input-unit" id={format!("{}-unit", around.id)} lang="zh-CN">{ unit }</span>
            </div>
        },
    })
}

/// How a field is drawn.
#[derive(Default)]
struct Kind {
    multiline: bool,
    html: &'static str,
    keyboard: Option<&'static str>,
    autocomplete: &'static str,
    longest: Option<String>,
}

impl Kind {
    fn of(input: &Input) -> Self {
        let text = Self { html: "text", autocomplete: "on", ..Self::default() };
        match input {
            Input::Text { multiline, max_length, keyboard } => match keyboard.as_str() {
                "tel" => Self { html: "tel", keyboard: Some("tel"), autocomplete: "tel", ..text },
                "email" => {
                    Self { html: "email", keyboard: Some("email"), autocomplete: "email", ..text }
                }
                // Never kept by a browser. A pasted one may have spaces: its length is not cut.
                "citizen-id" | "organisation-code" => Self { autocomplete: "off", ..text },
                _ => {
                    let longest = max_length.map(|length| length.to_string());
                    Self { multiline: *multiline, longest, ..text }
                }
            },
            Input::Number { integer, .. } => Self {
                keyboard: Some(if *integer { "numeric" } else { "decimal" }),
                autocomplete: "off",
                ..text
            },
            Input::Date => Self { html: "date", autocomplete: "off", ..text },
            Input::Boolean
            | Input::Commitment
            | Input::Choice { .. }
            | Input::MultipleChoice { .. }
            | Input::Division { .. } => text,
        }
    }
}

fn typed_in(place: &NodeRef) -> Option<String> {
    let node = place.get()?;
    node.dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::value)
        .or_else(|| node.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value))
}

fn put_in(place: &NodeRef, text: &str) {
    let Some(node) = place.get() else { return };
    if let Some(field) = node.dyn_ref::<HtmlInputElement>() {
        field.set_value(text);
    } else if let Some(field) = node.dyn_ref::<HtmlTextAreaElement>() {
        field.set_value(text);
    }
}
