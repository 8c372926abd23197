//! What the person can do with a filed application.

use tongban_contract::page::{Asked, DraftView, ItemState, ItemView, Mend, Recall, Withdraw};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    hooks::{use_act, use_toast},
    i18n::t,
    parts::{ConfirmDialog, Go, ProblemCard},
    route::Route,
};

/// Properties of [`Acts`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) item: ItemView,
}

#[derive(Clone, Copy, PartialEq)]
enum Asking {
    Nothing,
    Recall,
    CallOff,
    Withdraw,
}

/// Buttons below the state.
#[component]
pub(super) fn Acts(props: &Props) -> Html {
    let navigator = use_navigator();
    let toast = use_toast();
    let asking = use_state_eq(|| Asking::Nothing);
    let reason = use_node_ref();
    let case = props.item.row.case;
    let withdraws =
        matches!(props.item.row.state, ItemState::Queued { what: Asked::Withdrawal, .. });

    let mended = {
        let navigator = navigator.clone();
        Callback::from(move |draft: DraftView| {
            if let Some(navigator) = &navigator {
                navigator.push(&Route::Draft { case: draft.case });
            }
        })
    };
    let mend = use_act::<Mend>(mended);
    let recalled = {
        let (toast, asking) = (toast.clone(), asking.setter());
        Callback::from(move |()| {
            asking.set(Asking::Nothing);
            if withdraws {
                toast.emit(t!("called-off"));
                return;
            }
            toast.emit(t!("recalled"));
            if let Some(navigator) = &navigator {
                navigator.replace(&Route::Draft { case });
            }
        })
    };
    let recall = use_act::<Recall>(recalled);
    let withdrawn = {
        let asking = asking.setter();
        Callback::from(move |()| {
            asking.set(Asking::Nothing);
            toast.emit(t!("withdrawn"));
        })
    };
    let withdraw = use_act::<Withdraw>(withdrawn);

    let ask = |what: Asking| {
        let asking = asking.setter();
        Callback::from(move |_: MouseEvent| asking.set(what))
    };
    let leave = {
        let (asking, recall, withdraw) =
            (asking.setter(), recall.dismiss.clone(), withdraw.dismiss.clone());
        Callback::from(move |()| {
            asking.set(Asking::Nothing);
            recall.emit(());
            withdraw.emit(());
        })
    };
    let go_mend = mend.run.reform(move |_: MouseEvent| Mend { case });
    let go_recall = recall.run.reform(move |()| Recall { case });
    let go_withdraw = {
        let reason = reason.clone();
        withdraw.run.reform(move |()| {
            let reason =
                reason.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default();
            Withdraw { case, reason: reason.trim().to_owned() }
        })
    };
    let item = &props.item;
    // Where the platform told of it only by another device, there is no receipt here; the
    // page of the receipt says so.
    let filed = item.row.state != ItemState::Draft;
    html! {
        <div class="item-acts">
            if let Some(problem) = &mend.problem {
                <ProblemCard problem={problem.clone()} dismiss={mend.dismiss.clone()} />
            }
            if item.can_mend {
                <button type="button" class="button primary" onclick={go_mend} disabled={mend.busy}>{ t!("item-mend") }</button>
            }
            if item.row.state == ItemState::Draft {
                <Go to={Route::Draft { case }} class="button primary">{ t!("home-draft-go-on") }</Go>
            }
            if filed {
                <Go to={Route::Receipt { case }} class="button">{ t!("item-see-receipt") }</Go>
            }
            if item.can_recall {
                if withdraws {
                    <button type="button" class="button" onclick={ask(Asking::CallOff)}>{ t!("item-call-off") }</button>
                } else {
                    <button type="button" class="button" onclick={ask(Asking::Recall)}>{ t!("item-recall") }</button>
                }
            }
            if item.can_withdraw {
                <button type="button" class="button" onclick={ask(Asking::Withdraw)}>{ t!("item-withdraw") }</button>
            }
            { match *asking {
                Asking::Nothing => Html::default(),
                Asking::Recall => html! {
                    <ConfirmDialog title={t!("recall-title")} confirm={t!("recall-confirm")} busy={recall.busy}
                        on_confirm={go_recall} on_cancel={leave}>
                        <p>{ t!("recall-text") }</p>
                        if let Some(problem) = &recall.problem {
                            <ProblemCard problem={problem.clone()} />
                        }
                    </ConfirmDialog>
                },
                Asking::CallOff => html! {
                    <ConfirmDialog title={t!("call-off-title")} confirm={t!("call-off-confirm")} busy={recall.busy}
                        on_confirm={go_recall} on_cancel={leave}>
                        <p>{ t!("call-off-text") }</p>
                        if let Some(problem) = &recall.problem {
                            <ProblemCard problem={problem.clone()} />
                        }
                    </ConfirmDialog>
                },
                Asking::Withdraw => html! {
                    <ConfirmDialog title={t!("withdraw-title")} confirm={t!("withdraw-confirm")} danger=true busy={withdraw.busy}
                        on_confirm={go_withdraw} on_cancel={leave}>
                        <p>{ t!("withdraw-text") }</p>
                        <div class="field">
                            <label class="field-label" for="withdraw-reason">{ t!("withdraw-reason") }</label>
                            <textarea class="input" id="withdraw-reason" ref={reason} rows="2" maxlength="200" />
                        </div>
                        if let Some(problem) = &withdraw.problem {
                            <ProblemCard problem={problem.clone()} />
                        }
                    </ConfirmDialog>
                },
            } }
        </div>
    }
}
