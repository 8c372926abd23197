//! A repeated group of fields: its entries, and buttons to add and remove one.

use yew::prelude::*;

use super::{desk::Step, pen::Pen, place};
use crate::{i18n::t, parts::ConfirmDialog};

/// Properties of [`ListField`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) pen: Pen,
    pub(super) pointer: AttrValue,
    pub(super) label: AttrValue,
    pub(super) hint: AttrValue,
    /// The entries, drawn.
    pub(super) entries: Vec<Html>,
    pub(super) can_add: bool,
    pub(super) can_remove: bool,
    /// Faults of the list itself that the person is to see now.
    pub(super) faults: Vec<String>,
    /// What a correction notice says of it.
    pub(super) notice: Vec<String>,
    /// Whether the list is being changed.
    pub(super) busy: bool,
}

/// A repeated group of fields.
#[component]
pub(super) fn ListField(props: &Props) -> Html {
    let asking = use_state(|| None::<usize>);
    let adding = use_mut_ref(|| false);
    {
        let (adding, pointer) = (adding.clone(), props.pointer.clone());
        // Whoever adds an entry goes on in it.
        use_effect_with(props.entries.len(), move |count| {
            if std::mem::take(&mut *adding.borrow_mut())
                && let Some(last) = count.checked_sub(1)
            {
                place::go_to(&format!("/answers{pointer}/{last}"));
            }
        });
    }
    let add = {
        let (pen, pointer) = (props.pen.clone(), props.pointer.clone());
        Callback::from(move |_: MouseEvent| {
            *adding.borrow_mut() = true;
            pen.restructure(Step::Add { pointer: pointer.to_string() });
        })
    };
    let leave = {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(None))
    };
    let id = place::id(&format!("/answers{}", props.pointer));
    let entry = |(index, entry): (usize, &Html)| {
        let ask = {
            let asking = asking.setter();
            Callback::from(move |_: MouseEvent| asking.set(Some(index)))
        };
        let name = t!("list-entry", label = props.label.as_str(), number = index + 1);
        html! {
            <section class="entry" key={index} id={place::id(&format!("/answers{}/{index}", props.pointer))}
                tabindex="-1" aria-label={name.clone()}>
                <header class="entry-head">
                    <h5 class="entry-name">{ name.clone() }</h5>
                    if props.can_remove {
                        <button type="button" class="text-button" onclick={ask} disabled={props.busy}>
                            { t!("list-remove") }<span class="unseen">{ name }</span>
                        </button>
                    }
                </header>
                { entry.clone() }
            </section>
        }
    };
    html! {
        <div class={classes!("list-field", (!props.faults.is_empty()).then_some("field-wrong"))} id={id.clone()}
            tabindex="-1" role="group" aria-labelledby={format!("{id}-name")} aria-describedby={format!("{id}-faults")}>
            <p class="field-label" id={format!("{id}-name")} lang="zh-CN">{ &props.label }</p>
            if !props.hint.is_empty() {
                <p class="field-hint" lang="zh-CN">{ &props.hint }</p>
            }
            if !props.notice.is_empty() {
                <div class="field-notice">{ for props.notice.iter().map(|sentence| html! {
                    <p><span class="field-notice-name">{ t!("notice-here") }</span><span lang="zh-CN">{ sentence }</span></p>
                }) }</div>
            }
            { for props.entries.iter().enumerate().map(entry) }
            if props.can_add {
                <button type="button" class="button add-entry" onclick={add} disabled={props.busy}>
                    { t!("list-add", label = props.label.as_str()) }
                </button>
            }
            <div class="field-faults" id={format!("{id}-faults")} aria-live="polite" lang="zh-CN">
                { for props.faults.iter().map(|sentence| html! { <p>{ sentence }</p> }) }
            </div>
            if let Some(index) = *asking {
                <ConfirmDialog title={t!("list-remove-title", label = props.label.as_str(), number = index + 1)}
                    confirm={t!("list-remove")} danger=true on_cancel={leave.clone()} on_confirm={
                        let (pen, pointer) = (props.pen.clone(), props.pointer.clone());
                        leave.reform(move |()| pen.restructure(Step::Remove { pointer: format!("{pointer}/{index}") }))
                    }>
                    <p>{ t!("list-remove-text") }</p>
                </ConfirmDialog>
            }
        </div>
    }
}
