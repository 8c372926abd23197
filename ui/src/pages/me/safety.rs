//! PIN, locking, and whether several people use this device.

use tongban_contract::page::{
    ChangeSettings, LOCK_AFTER_MINUTES, Lock, OverviewView, RemovePin, Settings,
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::super::set_pin::PinForm;
use crate::{
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    parts::{ConfirmDialog, PinField, ProblemCard, taken},
};

#[derive(Clone, Copy, PartialEq)]
enum Doing {
    Nothing,
    Setting,
    Removing,
}

/// PIN, locking, shared device.
#[component]
pub(super) fn Safety() -> Html {
    let overview = use_overview();
    let doing = use_state_eq(|| Doing::Nothing);
    let lock = use_act::<Lock>(Callback::noop());
    let to = |what: Doing| {
        let doing = doing.setter();
        Callback::from(move |_: MouseEvent| doing.set(what))
    };
    let over = {
        let doing = doing.setter();
        Callback::from(move |()| doing.set(Doing::Nothing))
    };
    let pinned = overview.pinned;
    html! {
        <div class="panel">
            if *doing == Doing::Setting {
                <PinForm {pinned} done={over.clone()} />
            } else {
                <section class="card">
                    <h3 class="card-title">{ t!("pin") }</h3>
                    <p>{ if pinned { t!("pin-is-set") } else { t!("pin-what-for") } }</p>
                    <div class="item-acts">
                        <button type="button" class="button" onclick={to(Doing::Setting)}>
                            { if pinned { t!("pin-change") } else { t!("pin-set-it") } }
                        </button>
                        if pinned {
                            <button type="button" class="button" disabled={lock.busy}
                                onclick={lock.run.reform(|_: MouseEvent| Lock {})}>{ t!("lock-now") }</button>
                        }
                        if pinned && !overview.settings.shared_device {
                            <button type="button" class="button" onclick={to(Doing::Removing)}>{ t!("pin-remove") }</button>
                        }
                    </div>
                    if let Some(problem) = &lock.problem {
                        <ProblemCard problem={problem.clone()} dismiss={lock.dismiss.clone()} />
                    }
                </section>
            }
            if *doing == Doing::Removing {
                <Removing {over} />
            }
            <Habits overview={OverviewView::clone(&overview)} />
        </div>
    }
}

/// Properties of [`Removing`].
#[derive(Properties, PartialEq)]
struct RemovingProps {
    over: Callback<()>,
}

#[component]
fn Removing(props: &RemovingProps) -> Html {
    let place = use_node_ref();
    let toast = use_toast();
    let over = props.over.clone();
    let remove = use_act::<RemovePin>(Callback::from(move |()| {
        toast.emit(t!("pin-removed"));
        over.emit(());
    }));
    let go = {
        let place = place.clone();
        remove.run.reform(move |()| RemovePin { pin: taken(&place) })
    };
    html! {
        <ConfirmDialog title={t!("pin-remove-title")} confirm={t!("pin-remove")} busy={remove.busy}
            on_confirm={go} on_cancel={props.over.clone()}>
            <p>{ t!("pin-remove-text") }</p>
            <PinField id="pin-remove" label={t!("pin-current")} {place} first=true disabled={remove.busy} />
            if let Some(problem) = &remove.problem {
                <ProblemCard problem={problem.clone()} />
            }
        </ConfirmDialog>
    }
}

/// Properties of [`Habits`].
#[derive(Properties, PartialEq)]
struct HabitsProps {
    overview: OverviewView,
}

/// When it locks by itself, and whether others use it too.
#[component]
fn Habits(props: &HabitsProps) -> Html {
    let settings = props.overview.settings.clone();
    let change = use_act::<ChangeSettings>(Callback::noop());
    let after = {
        let (run, settings) = (change.run.clone(), settings.clone());
        Callback::from(move |event: Event| {
            let chosen = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(minutes) = chosen.and_then(|list| list.value().parse().ok()) {
                let settings = Settings { lock_after_minutes: minutes, ..settings.clone() };
                run.emit(ChangeSettings { settings });
            }
        })
    };
    let share = {
        let (run, settings) = (change.run.clone(), settings.clone());
        Callback::from(move |_: Event| {
            let shared_device = !settings.shared_device;
            run.emit(ChangeSettings { settings: Settings { shared_device, ..settings.clone() } });
        })
    };
    html! {
        <>
            if let Some(problem) = &change.problem {
                <ProblemCard problem={problem.clone()} dismiss={change.dismiss.clone()} />
            }
            if props.overview.pinned {
                <section class="card">
                    <div class="field">
                        <label class="field-label" for="lock-after">{ t!("lock-after") }</label>
                        <select class="input" id="lock-after" onchange={after} disabled={change.busy}>
                            { for LOCK_AFTER_MINUTES.into_iter().map(|minutes| html! {
                                <option value={minutes.to_string()} selected={minutes == settings.lock_after_minutes}>
                                    { t!("minutes", count = minutes) }
                                </option>
                            }) }
                        </select>
                    </div>
                </section>
            }
            <section class="card options">
                <label class="option option-switch">
                    <span>{ t!("shared-device") }</span>
                    <input type="checkbox" role="switch" class="switch" checked={settings.shared_device} onchange={share}
                        disabled={change.busy} aria-describedby="shared-hint" />
                </label>
                <p class="hint" id="shared-hint">{ t!("shared-device-hint") }</p>
            </section>
        </>
    }
}
