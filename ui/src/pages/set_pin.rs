//! Setting a PIN: typed twice, as a mistyped one would lock the person out.

use tongban_contract::page::SetPin;
use yew::prelude::*;

use crate::{
    hooks::{use_act, use_toast},
    i18n::t,
    parts::{Icon, PinField, ProblemCard, Shape, taken},
};

/// Properties of [`PinForm`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Whether there is one already, which must be given first.
    pub(crate) pinned: bool,
    /// When it is set.
    #[prop_or_default]
    pub(crate) done: Callback<()>,
}

/// The fields for a new PIN.
#[component]
pub(crate) fn PinForm(props: &Props) -> Html {
    let (current, first, again) = (use_node_ref(), use_node_ref(), use_node_ref());
    let differ = use_state_eq(|| false);
    let toast = use_toast();
    let done = props.done.clone();
    let set = use_act::<SetPin>(Callback::from(move |()| {
        toast.emit(t!("pin-set"));
        done.emit(());
    }));
    let submit = {
        let (current, first, again) = (current.clone(), first.clone(), again.clone());
        let (differ, run, pinned) = (differ.setter(), set.run.clone(), props.pinned);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (pin, repeated) = (taken(&first), taken(&again));
            differ.set(pin != repeated);
            if pin == repeated {
                run.emit(SetPin { current: pinned.then(|| taken(&current)), pin });
            }
        })
    };
    html! {
        <form class="card pin-form" onsubmit={submit}>
            if props.pinned {
                <PinField id="pin-current" label={t!("pin-current")} place={current} disabled={set.busy} />
            }
            <PinField id="pin-new" label={t!("pin-new")} place={first} described_by="pin-rule" disabled={set.busy} />
            <p class="hint" id="pin-rule">{ t!("pin-rule") }</p>
            <PinField id="pin-again" label={t!("pin-again")} place={again} disabled={set.busy} />
            if *differ {
                <p class="pin-differ" role="alert"><Icon shape={Shape::Warning} />{ t!("pin-differ") }</p>
            } else if let Some(problem) = &set.problem {
                <ProblemCard problem={problem.clone()} />
            }
            <button type="submit" class="button primary wide" disabled={set.busy}>
                { if props.pinned { t!("pin-change") } else { t!("pin-set-it") } }
            </button>
        </form>
    }
}

/// Properties of [`PinNeeded`].
#[derive(Properties, PartialEq)]
pub(crate) struct NeededProps {
    /// Who has to set one.
    pub(crate) name: AttrValue,
}

/// What stands in the place of every page on a shared device until a PIN is set.
#[component]
pub(crate) fn PinNeeded(props: &NeededProps) -> Html {
    html! {
        <div class="lock">
            <span class="lock-picture"><Icon shape={Shape::Key} /></span>
            <h1 class="lock-name" lang="zh-CN">{ props.name.clone() }</h1>
            <p class="hint">{ t!("pin-needed") }</p>
            <PinForm pinned=false />
        </div>
    }
}
