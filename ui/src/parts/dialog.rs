//! A question that must be answered before something happens. The browser's own dialogue
//! keeps the keyboard inside and gives the focus back afterwards.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::i18n::t;

/// Properties of [`ConfirmDialog`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The question.
    pub(crate) title: AttrValue,
    /// What the person should know before answering.
    pub(crate) children: Html,
    /// Words on the button that goes on.
    pub(crate) confirm: AttrValue,
    /// Words on the button that does not; 取消 where absent.
    #[prop_or_default]
    pub(crate) cancel: Option<AttrValue>,
    /// Whether going on takes something away.
    #[prop_or_default]
    pub(crate) danger: bool,
    /// Whether it is being done, so that both buttons wait.
    #[prop_or_default]
    pub(crate) busy: bool,
    /// Going on.
    pub(crate) on_confirm: Callback<()>,
    /// Leaving it, also by the Escape key.
    pub(crate) on_cancel: Callback<()>,
}

/// A question; draw it only while it is asked.
#[component]
pub(crate) fn ConfirmDialog(props: &Props) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            let dialog = place.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // Fails only for a dialogue that is open already.
                let _ = dialog.show_modal();
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
            }
        });
    }
    let oncancel = {
        let on_cancel = props.on_cancel.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            on_cancel.emit(());
        })
    };
    let confirm = {
        let on_confirm = props.on_confirm.clone();
        Callback::from(move |_: MouseEvent| on_confirm.emit(()))
    };
    let cancel = {
        let on_cancel = props.on_cancel.clone();
        Callback::from(move |_: MouseEvent| on_cancel.emit(()))
    };
    let cancel_words = props.cancel.clone().unwrap_or_else(|| t!("cancel").into());
    html! {
        <dialog class="dialog" ref={place} {oncancel} aria-labelledby="dialog-title" aria-describedby="dialog-text">
            <h2 id="dialog-title" class="dialog-title">{ props.title.clone() }</h2>
            <div id="dialog-text" class="dialog-text flow">{ props.children.clone() }</div>
            <div class="dialog-buttons">
                <button type="button" class="button" onclick={cancel} disabled={props.busy}>{ cancel_words }</button>
                <button type="button" class={classes!("button", if props.danger { "danger" } else { "primary" })}
                    onclick={confirm} disabled={props.busy}>
                    { props.confirm.clone() }
                </button>
            </div>
        </dialog>
    }
}
