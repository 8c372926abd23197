//! What stands in the place of every page while the vault is locked: the PIN, the way to
//! another account, and what can be done where the PIN is forgotten.

use tongban_contract::page::{ForgetPin, LockedView, SealedCopyView, TakeSealedCopy, Unlock};
use yew::prelude::*;

use super::accounts::Accounts;
use crate::{
    format,
    hooks::{use_act, use_toast},
    i18n::t,
    parts::{ConfirmDialog, Icon, PinField, ProblemCard, Shape, taken},
};

/// Properties of [`Locked`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) locked: LockedView,
}

/// The locked vault.
#[component]
pub(crate) fn Locked(props: &Props) -> Html {
    let place = use_node_ref();
    let others = use_state_eq(|| false);
    let unlock = use_act::<Unlock>(Callback::noop());
    let submit = {
        let (place, run) = (place.clone(), unlock.run.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            run.emit(Unlock { pin: taken(&place) });
        })
    };
    let show_others = {
        let others = others.setter();
        Callback::from(move |_: MouseEvent| others.set(true))
    };
    let wait = props.locked.wait_until.map(|until| t!("lock-wait", time = format::moment(until)));
    html! {
        <div class="lock">
            <span class="lock-picture"><Icon shape={Shape::Key} /></span>
            <h1 class="lock-name" lang="zh-CN">{ &props.locked.label }</h1>
            <p class="hint" id="lock-text">{ wait.unwrap_or_else(|| t!("lock-text")) }</p>
            <form class="lock-form" onsubmit={submit}>
                <PinField id="lock-pin" label={t!("pin")} place={place} first=true described_by="lock-text"
                    disabled={unlock.busy} />
                if let Some(problem) = &unlock.problem {
                    <ProblemCard problem={problem.clone()} />
                }
                <button type="submit" class="button primary wide" disabled={unlock.busy}>{ t!("unlock") }</button>
            </form>
            if *others {
                <Accounts />
            } else {
                <button type="button" class="text-button" onclick={show_others}>{ t!("lock-others") }</button>
            }
            <Forgotten sealed_copy={props.locked.sealed_copy} />
        </div>
    }
}

/// Properties of [`Forgotten`].
#[derive(Properties, PartialEq)]
struct ForgottenProps {
    /// Whether what is unsent can be carried to the platform all the same.
    sealed_copy: bool,
}

/// The way out where the PIN is forgotten: what is lost is said before, and what can be
/// saved is offered first.
#[component]
fn Forgotten(props: &ForgottenProps) -> Html {
    let asking = use_state_eq(|| false);
    let toast = use_toast();
    let forget = {
        let asking = asking.setter();
        use_act::<ForgetPin>(Callback::from(move |()| {
            asking.set(false);
            toast.emit(t!("pin-given-up"));
        }))
    };
    let ask = {
        let asking = asking.setter();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let leave = {
        let (asking, dismiss) = (asking.setter(), forget.dismiss.clone());
        Callback::from(move |()| {
            asking.set(false);
            dismiss.emit(());
        })
    };
    html! {
        <>
            <button type="button" class="text-button" onclick={ask}>{ t!("pin-forgotten") }</button>
            if *asking {
                <ConfirmDialog title={t!("pin-forgotten-title")} confirm={t!("pin-forgotten-confirm")} danger=true
                    busy={forget.busy} on_confirm={forget.run.reform(|()| ForgetPin {})} on_cancel={leave}>
                    <p>{ t!("pin-forgotten-text") }</p>
                    if props.sealed_copy {
                        <p>{ t!("pin-forgotten-lost-drafts") }</p>
                        <SealedCopy />
                    } else {
                        <p>{ t!("pin-forgotten-lost") }</p>
                    }
                    <p>{ t!("pin-forgotten-kept") }</p>
                    if let Some(problem) = &forget.problem {
                        <ProblemCard problem={problem.clone()} />
                    }
                </ConfirmDialog>
            }
        </>
    }
}

/// What is unsent, as a file that somebody may carry.
#[component]
fn SealedCopy() -> Html {
    let taken = use_state(|| None::<SealedCopyView>);
    let take = {
        let taken = taken.setter();
        use_act::<TakeSealedCopy>(Callback::from(move |view| taken.set(Some(view))))
    };
    if let Some(view) = &*taken {
        return html! {
            <div class="flow" role="status">
                <p class="courier-done"><Icon shape={Shape::Done} /><span>{ t!("courier-sealed") }</span></p>
                <p class="courier-path" lang="zh-CN">{ &view.file }</p>
                <p>{ t!("sealed-copy-next") }</p>
            </div>
        };
    }
    html! {
        <>
            <p>{ t!("sealed-copy-text") }</p>
            <button type="button" class="button wide" disabled={take.busy}
                onclick={take.run.reform(|_: MouseEvent| TakeSealedCopy {})}>{ t!("sealed-copy-take") }</button>
            if let Some(problem) = &take.problem {
                <ProblemCard problem={problem.clone()} dismiss={take.dismiss.clone()} />
            }
        </>
    }
}
