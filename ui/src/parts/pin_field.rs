//! A field for a PIN: digits that are not shown, a number pad on a phone, nothing that the
//! browser remembers.

use tongban_contract::page::{LONGEST_PIN, Pin};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Properties of [`PinField`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Id of the field.
    pub(crate) id: AttrValue,
    /// What is to be typed.
    pub(crate) label: AttrValue,
    /// The field, for [`taken`].
    pub(crate) place: NodeRef,
    /// Whether it has the focus at once.
    #[prop_or_default]
    pub(crate) first: bool,
    /// Id of what says more about it.
    #[prop_or_default]
    pub(crate) described_by: Option<AttrValue>,
    /// Whether what was typed is being looked at.
    #[prop_or_default]
    pub(crate) disabled: bool,
}

/// A field for a PIN.
#[component]
pub(crate) fn PinField(props: &Props) -> Html {
    let (place, first) = (props.place.clone(), props.first);
    use_effect_with((), move |()| {
        if first && let Some(field) = place.cast::<HtmlInputElement>() {
            // A field that cannot be focused can still be pressed.
            let _ = field.focus();
        }
    });
    html! {
        <div class="field">
            <label class="field-label" for={props.id.clone()}>{ props.label.clone() }</label>
            <input class="input pin" type="password" inputmode="numeric" autocomplete="off"
                id={props.id.clone()} ref={props.place.clone()} maxlength={LONGEST_PIN.to_string()}
                aria-describedby={props.described_by.clone()} disabled={props.disabled} />
        </div>
    }
}

/// What was typed into a field, which is empty afterwards.
pub(crate) fn taken(place: &NodeRef) -> Pin {
    let Some(field) = place.cast::<HtmlInputElement>() else { return Pin::new("") };
    let typed = field.value();
    field.set_value("");
    Pin::new(typed)
}
