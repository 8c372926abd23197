//! `POST /v1/exchange`: operations in, their results and the changes since out, one
//! sync in one round trip. Each operation is handled in one transaction together with
//! its result and everything it causes, so that a crash, a lost reply or the same
//! request on two sockets leaves exactly one outcome.
//!
//! # Layout
//! - `operations`: one operation, from its stored result or by handling it.
//! - `filings`: checking what a person states and hands in.
//! - [`kept_forms`]: the forms that were published, by version.
//! - [`offices`]: which office handles an item in a division.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use serde::Deserialize;
use serde_json::Value;
use tongban_contract::{
    entry::Entry,
    exchange::{EXCHANGE_VERSION, ExchangeReply, ExchangeRequest, MOST_OPERATIONS},
    identifiers::FeedId,
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Platform, Result,
    cases::{engine, feed},
    courier::devices,
    extract::{self, Bearer},
};

mod asks;
mod filings;
pub mod kept_forms;
pub mod offices;
mod operations;

pub(crate) use operations::{canonical, case_of, ids};

/// Largest body of an exchange in bytes. Files never travel here.
pub const LARGEST_EXCHANGE: usize = 2_000_000;

/// The addresses of the exchange.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new().routes(routes!(exchange)).layer(DefaultBodyLimit::max(LARGEST_EXCHANGE))
}

/// The request with its operations as they came: one that cannot be read must not keep
/// the others from being handled, and one that says a member twice must not be guessed at.
#[derive(Deserialize)]
pub(crate) struct RawRequest {
    pub(crate) version: u32,
    #[serde(default)]
    pub(crate) feed: Option<FeedId>,
    pub(crate) cursor: u64,
    #[serde(default)]
    pub(crate) mark: Option<String>,
    #[serde(default)]
    pub(crate) operations: Vec<Entry>,
    #[serde(default)]
    pub(crate) courier_key: Option<Value>,
}

/// Hands in operations and fetches what is new.
#[utoipa::path(
    post,
    path = "/v1/exchange",
    tag = "exchange",
    request_body = ExchangeRequest,
    responses(
        (status = 200, description = "A result for every operation, and the changes since", body = ExchangeReply),
        (status = 400, description = "The request as a whole cannot be read", body = Problem),
        (status = 401, description = "The sign-in has ended", body = Problem),
        (status = 413, description = "Too large, or too many operations", body = Problem),
    ),
    security(("bearer" = []))
)]
async fn exchange(
    State(platform): State<Arc<Platform>>,
    who: Bearer,
    extract::Json(request): extract::Json<RawRequest>,
) -> Result<Json<ExchangeReply>> {
    if request.version != EXCHANGE_VERSION {
        return Err(other_version().into());
    }
    if request.operations.len() > MOST_OPERATIONS {
        return Err(too_many().into());
    }
    let handled = take(&platform, &who, request.operations).await?;
    let news = handled.iter().any(|handled| handled.news);
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    let courier = match request.courier_key.map(serde_json::from_value) {
        Some(Ok(key)) => Some(devices::register(&mut transaction, &platform, &who, key).await?),
        // No reason to hold up what else was sent: it is not confirmed.
        Some(Err(_)) => {
            tracing::warn!(code = "courier.key", "a courier key cannot be read");
            None
        }
        None => None,
    };
    let asked =
        feed::Place { feed: request.feed, cursor: request.cursor, mark: request.mark.as_deref() };
    let page = feed::read(&mut transaction, who.account, asked, feed::PAGE).await?;
    transaction.commit().await?;
    if news {
        // Other devices of the same person.
        engine::tell(&platform, who.account);
    }
    Ok(Json(ExchangeReply {
        version: EXCHANGE_VERSION,
        feed: page.feed,
        results: handled.into_iter().map(|handled| handled.result).collect(),
        changes: page.changes,
        cursor: page.cursor,
        mark: page.mark,
        courier,
        more: page.more,
        server_time: platform.now(),
    }))
}

/// Handles operations of an account, one after another.
///
/// # Errors
/// Where one has no id, or the platform fails; those before it are handled then.
pub(crate) async fn take(
    platform: &Platform,
    who: &Bearer,
    bodies: Vec<Entry>,
) -> Result<Vec<operations::Handled>> {
    let ids = operations::ids(&bodies)?;
    let mut handled = Vec::with_capacity(bodies.len());
    // Applications with an operation that is not done yet: what follows it must wait, or
    // a withdrawal would be refused only because the filing before it lacks a file.
    let mut waiting = BTreeSet::new();
    for (id, body) in ids.into_iter().zip(bodies) {
        let case = operations::case_of(&body);
        let waits = case.as_ref().is_some_and(|case| waiting.contains(case));
        let one = operations::handle(platform, who, id, body, waits).await?;
        if !one.is_final {
            waiting.extend(case);
        }
        handled.push(one);
    }
    Ok(handled)
}

fn other_version() -> Problem {
    Problem::new(
        "exchange.version",
        "应用的版本与平台不配套，暂时不能同步，您的内容都还在本机上。",
        "请更新应用后再试。",
    )
    .with_status(400)
}

fn too_many() -> Problem {
    Problem::new(
        "exchange.too-many-operations",
        format!("一次最多提交 {MOST_OPERATIONS} 项，平台没有接收。"),
        "请更新应用后再试，应用会分几次提交。",
    )
    .with_status(413)
}
