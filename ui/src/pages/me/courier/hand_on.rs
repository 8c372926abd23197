//! Handing on a sealed courier that somebody else has made: reads the chosen file piece by
//! piece, as it may be larger than what fits into memory, and has it brought to the platform.

use std::rc::Rc;

use js_sys::Uint8Array;
use tongban_contract::{
    courier::{CourierReply, LARGEST_COURIER},
    page::{CourierPiece, HandOnCourier, ProgressView},
    problem::Problem,
};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use crate::{
    bridge,
    i18n::t,
    parts::{Icon, ProblemCard, Progress, Shape},
};

/// Bytes of a piece.
const PIECE: u64 = 4 * 1024 * 1024;

/// How far it is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// Nothing was chosen yet, or what went wrong was read.
    Resting,
    /// The file of this name is being read.
    Reading(String, ProgressView),
    /// It is on its way to the platform.
    OnItsWay,
    /// What the platform took.
    Done(CourierReply),
    /// Why it was not handed on.
    Failed(Rc<Problem>),
}

/// Handing on a sealed courier.
#[component]
pub(super) fn HandOn() -> Html {
    let stage = use_state(|| Stage::Resting);
    let busy = matches!(*stage, Stage::Reading(..) | Stage::OnItsWay);
    let choose = {
        let stage = stage.setter();
        Callback::from(move |event: Event| {
            let Some(field) = event.target().and_then(|field| field.dyn_into().ok()) else {
                return;
            };
            let field: HtmlInputElement = field;
            let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
            // So that the same file can be chosen again.
            field.set_value("");
            let stage = stage.clone();
            spawn_local(async move {
                let tell = stage.clone();
                stage.set(match hand_on(&file, move |now| tell.set(now)).await {
                    Ok(reply) => Stage::Done(reply),
                    Err(problem) => Stage::Failed(Rc::new(problem)),
                });
            });
        })
    };
    let dismiss = {
        let stage = stage.setter();
        Callback::from(move |()| stage.set(Stage::Resting))
    };
    html! {
        <section class="card flow" aria-labelledby="courier-relay">
            <h2 class="card-title" id="courier-relay">{ t!("courier-relay-title") }</h2>
            <p>{ t!("courier-relay-text") }</p>
            { match &*stage {
                Stage::Resting => Html::default(),
                Stage::Reading(name, progress) => html! {
                    <Progress label={t!("courier-reading", name = name.clone())} progress={*progress} />
                },
                Stage::OnItsWay => html! { <p role="status">{ t!("courier-relaying") }</p> },
                Stage::Done(reply) => done(reply),
                Stage::Failed(problem) => html! { <ProblemCard problem={problem.clone()} {dismiss} /> },
            } }
            <input class="picker" type="file" id="courier-file" accept=".courier" onchange={choose} disabled={busy} />
            <label class={classes!("button", "wide", "picker-button")} for="courier-file">{ t!("courier-choose") }</label>
        </section>
    }
}

/// What the platform took, in numbers.
fn done(reply: &CourierReply) -> Html {
    let count = |count: u32| t!("courier-count", count = count);
    html! {
        <div class="flow" role="status">
            <p class="courier-done"><Icon shape={Shape::Done} /><span>{ t!("courier-relayed") }</span></p>
            <dl class="facts">
                <div class="fact"><dt>{ t!("courier-taken") }</dt><dd>{ count(reply.taken) }</dd></div>
                if reply.known > 0 {
                    <div class="fact"><dt>{ t!("courier-known") }</dt><dd>{ count(reply.known) }</dd></div>
                }
                if reply.not_taken > 0 {
                    <div class="fact"><dt>{ t!("courier-not-taken") }</dt><dd>{ count(reply.not_taken) }</dd></div>
                }
            </dl>
            <p>{ if reply.not_taken > 0 { t!("courier-not-taken-text") } else { t!("courier-relayed-text") } }</p>
        </div>
    }
}

async fn hand_on(file: &File, tell: impl Fn(Stage)) -> Result<CourierReply, Problem> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is a whole number"
    )]
    let total = file.size() as u64;
    if let Some(problem) = too_large(total) {
        return Err(problem);
    }
    let mut offset = 0;
    loop {
        let progress = ProgressView { done: offset, total };
        tell(Stage::Reading(file.name(), progress));
        let end = total.min(offset + PIECE);
        let bytes = piece(file, offset, end).await.ok_or_else(unreadable)?;
        bridge::courier_piece(&CourierPiece { offset, total }, &bytes).await?;
        offset = end;
        if offset == total {
            break;
        }
    }
    tell(Stage::OnItsWay);
    bridge::ask(HandOnCourier {}).await
}

async fn piece(file: &File, offset: u64, end: u64) -> Option<Uint8Array> {
    #[expect(clippy::cast_precision_loss, reason = "a courier has at most 2^30 bytes")]
    let piece = file.slice_with_f64_and_f64(offset as f64, end as f64).ok()?;
    Some(Uint8Array::new(&JsFuture::from(piece.array_buffer()).await.ok()?))
}

/// Refuses what cannot be a courier before anything of it is read, in the engine's words.
fn too_large(size: u64) -> Option<Problem> {
    (size > LARGEST_COURIER).then(|| {
        Problem::new(
            "courier.not-a-courier",
            "这个文件不是通办导出的密封件，没有发送。",
            "请核对文件，选择用“导出密封件”得到的那一份。",
        )
    })
}

fn unreadable() -> Problem {
    Problem::new(
        "courier.unreadable",
        "密封件读不出来。",
        "请确认文件还在，存储设备已经插好，再试一次。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_courier_is_not_read() {
        assert_eq!(too_large(LARGEST_COURIER), None);
        assert_eq!(too_large(LARGEST_COURIER + 1).unwrap().code, "courier.not-a-courier");
    }
}
