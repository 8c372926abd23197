//! What is around every control: label, hint, what a correction notice says of it, faults.

use tongban_contract::form::{Control, Fault};
use yew::prelude::*;

use crate::i18n::t;

/// What is shown of one field.
#[derive(Clone, PartialEq)]
pub(super) struct Around {
    /// Id of the control, and beginning of the ids around it.
    pub(super) id: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) required: bool,
    pub(super) enabled: bool,
    /// Faults that the person is to see now.
    pub(super) faults: Vec<Fault>,
    /// What a correction notice says of it.
    pub(super) notice: Vec<Fault>,
}

impl Around {
    /// Around a control of the form.
    pub(super) fn of(
        control: &Control,
        id: String,
        faults: Vec<Fault>,
        notice: Vec<Fault>,
    ) -> Self {
        let Control { label, hint, required, enabled, .. } = control;
        Self {
            id,
            label: label.clone(),
            hint: hint.clone(),
            required: *required,
            enabled: *enabled,
            faults,
            notice,
        }
    }

    /// Whether it is marked as wrong.
    pub(super) fn is_wrong(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Ids of what describes the control.
    pub(super) fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        if !self.notice.is_empty() {
            ids.push(format!("{}-notice", self.id));
        }
        ids.push(format!("{}-faults", self.id));
        ids.join(" ")
    }

    /// A single control with its label.
    pub(super) fn single(&self, control: Html) -> Html {
        html! {
            <div class={self.class()}>
                <div class="field-head">
                    <label class="field-label" for={self.id.clone()} lang="zh-CN">{ &self.label }</label>
                    { self.optional() }
                </div>
                { self.before() }
                { control }
                { self.after() }
            </div>
        }
    }

    /// Several controls under one name. A group of radio buttons has a role of its own.
    pub(super) fn group(&self, radio: bool, controls: Html) -> Html {
        html! {
            <fieldset class={self.class()} id={self.id.clone()} tabindex="-1" role={radio.then_some("radiogroup")}
                aria-describedby={self.described_by()} aria-required={(radio && self.required).then_some("true")}
                aria-invalid={(radio && self.is_wrong()).then_some("true")} disabled={!self.enabled}>
                <legend class="field-head">
                    <span class="field-label" lang="zh-CN">{ &self.label }</span>
                    { self.optional() }
                </legend>
                { self.before() }
                { controls }
                { self.after() }
            </fieldset>
        }
    }

    /// A control that stands beside its own label, such as a box to tick.
    pub(super) fn bare(&self, control: Html) -> Html {
        html! { <div class={self.class()}>{ self.before() }{ control }{ self.after() }</div> }
    }

    fn class(&self) -> Classes {
        classes!(
            "field",
            self.is_wrong().then_some("field-wrong"),
            (!self.enabled).then_some("field-off")
        )
    }

    fn optional(&self) -> Html {
        if self.required {
            return Html::default();
        }
        html! { <span class="field-optional">{ t!("field-optional") }</span> }
    }

    fn before(&self) -> Html {
        html! {
            <>
                if !self.hint.is_empty() {
                    <p class="field-hint" id={format!("{}-hint", self.id)} lang="zh-CN">{ &self.hint }</p>
                }
                if !self.notice.is_empty() {
                    <div class="field-notice" id={format!("{}-notice", self.id)}>{ for self.notice.iter().map(|fault| html! {
                        <p><span class="field-notice-name">{ t!("notice-here") }</span><span lang="zh-CN">{ &fault.sentence }</span></p>
                    }) }</div>
                }
            </>
        }
    }

    /// Said as it appears; the place is always there, as readers hear only places they know.
    fn after(&self) -> Html {
        html! {
            <div class="field-faults" id={format!("{}-faults", self.id)} aria-live="polite" lang="zh-CN">
                { for self.faults.iter().map(|fault| html! { <p>{ &fault.sentence }</p> }) }
            </div>
        }
    }
}
