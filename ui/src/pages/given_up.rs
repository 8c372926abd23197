//! A vault that somebody gave up at this device, told to its owner on the home page until they
//! take it back or delete it.

use tongban_contract::page::{DeleteGivenUp, GivenUpView, TakeBack};
use yew::prelude::*;

use crate::{
    format,
    hooks::{use_act, use_toast},
    i18n::t,
    parts::{ConfirmDialog, Icon, PinField, ProblemCard, Shape, taken},
};

/// Properties of [`GivenUp`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) one: GivenUpView,
}

/// A vault that was given up: with its PIN it comes back.
#[component]
pub(super) fn GivenUp(props: &Props) -> Html {
    let place = use_node_ref();
    let asking = use_state_eq(|| false);
    let toast = use_toast();
    let take_back = {
        let toast = toast.clone();
        use_act::<TakeBack>(Callback::from(move |()| toast.emit(t!("given-up-back"))))
    };
    let delete = use_act::<DeleteGivenUp>(Callback::from(move |()| {
        toast.emit(t!("given-up-deleted"));
    }));
    let at = props.one.at;
    let submit = {
        let (place, run) = (place.clone(), take_back.run.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            run.emit(TakeBack { at, pin: taken(&place) });
        })
    };
    let ask = {
        let asking = asking.setter();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let leave = {
        let (asking, dismiss) = (asking.setter(), delete.dismiss.clone());
        Callback::from(move |()| {
            asking.set(false);
            dismiss.emit(());
        })
    };
    let until = format::moment(props.one.until);
    html! {
        <section class="note note-warn note-long" aria-label={t!("given-up")}>
            <span class="note-picture"><Icon shape={Shape::Key} /></span>
            <div class="note-text">
                <p>{ t!("given-up-text", at = format::moment(at), until = until.clone()) }</p>
                <form onsubmit={submit}>
                    <PinField id={format!("given-up-{}", at.as_millisecond())} label={t!("given-up-pin")}
                        place={place} disabled={take_back.busy} />
                    if let Some(problem) = &take_back.problem {
                        <ProblemCard problem={problem.clone()} dismiss={take_back.dismiss.clone()} />
                    }
                    <button type="submit" class="button small" disabled={take_back.busy}>
                        { t!("given-up-take-back") }
                    </button>
                </form>
                <button type="button" class="text-button" onclick={ask}>{ t!("given-up-delete") }</button>
                if *asking {
                    <ConfirmDialog title={t!("given-up-delete-title")} confirm={t!("given-up-delete")}
                        danger=true busy={delete.busy} on_cancel={leave}
                        on_confirm={delete.run.reform(move |()| DeleteGivenUp { at })}>
                        <p>{ t!("given-up-delete-text") }</p>
                        if let Some(problem) = &delete.problem {
                            <ProblemCard problem={problem.clone()} />
                        }
                    </ConfirmDialog>
                }
            </div>
        </section>
    }
}
