//! `POST /v1/courier`: sealed operations and files of one account, brought by any other.
//!
//! Whoever carries them proves only that they may speak to the platform; who files is said
//! by the signature inside. Nothing is kept of a courier before all of it has been read and
//! found right; then its files and operations go the ways that uploads and the exchange go,
//! so that it can come as often as it likes.
//!
//! # Layout
//! - [`devices`]: the keys with which devices sign.
//! - `incoming`: the body as it arrives: bounded in size, in its header and in silence.
//! - `open`: from the body to operations and files that are known to be right.
//! - `folder`: where files wait until the last byte is known to be right.
//! - `problems`: why a courier is not taken.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, State},
};
use tokio::sync::Semaphore;
use tongban_contract::{
    courier::{COURIER_MEDIA_TYPE, CourierReply},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Error, Platform, Result, cases::engine, exchange, extract::Bearer, files};

pub mod devices;
mod folder;
pub(crate) mod incoming;
pub(crate) mod open;
mod problems;

pub(crate) use folder::clean;

/// Couriers that are read at a time: each may take up a gigabyte until it has been checked.
const MOST_AT_ONCE: usize = 4;

/// Places for couriers that are being read.
pub(crate) struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_ONCE)))
    }
}

/// The address of couriers.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        // Limited while it is read, as it is much larger than any other body.
        .layer(DefaultBodyLimit::disable())
}

/// Hands in a sealed courier. The answer says how many operations were taken, and nothing of
/// them: whoever carries a courier may be anybody.
#[utoipa::path(
    post,
    path = "/v1/courier",
    tag = "courier",
    request_body(
        content = Vec<u8>,
        content_type = COURIER_MEDIA_TYPE,
        description = "An age file for the recipient at the well-known address"
    ),
    responses(
        (status = 200, description = "How many operations were taken, known already and not taken", body = CourierReply),
        (status = 401, description = "The carrier's sign-in has ended", body = Problem),
        (status = 403, description = "`courier.unknown-device`: signed with a key that is not registered", body = Problem),
        (status = 408, description = "`courier.interrupted`: it did not arrive as a whole", body = Problem),
        (status = 413, description = "`courier.too-large`: larger, or more of something, than is taken", body = Problem),
        (status = 422, description = "`courier.damaged`, `courier.sealed-for-another` or `courier.version`", body = Problem),
        (status = 429, description = "`courier.busy`: too many couriers at once", body = Problem),
    ),
    security(("bearer" = []))
)]
async fn receive(
    State(platform): State<Arc<Platform>>,
    carrier: Result<Bearer, Error>,
    body: Body,
) -> Result<Json<CourierReply>> {
    let mut incoming = incoming::Incoming::new(body);
    let place = Arc::clone(&platform.couriers.0).try_acquire_owned();
    let refused = match (carrier, place) {
        // A task of its own: what has arrived as a whole is taken, even where the carrier's
        // connection breaks before the answer.
        (Ok(_), Ok(place)) => {
            let taking = tokio::spawn(async move {
                let taken = match open::open(&platform, &mut incoming).await {
                    Ok(opened) => take(&platform, opened).await,
                    Err(error) => {
                        incoming.linger().await;
                        Err(error)
                    }
                };
                drop(place);
                taken
            });
            return taking.await?.map(Json);
        }
        (Err(error), _) => error,
        (Ok(_), Err(_)) => problems::busy().into(),
    };
    incoming.linger().await;
    Err(refused)
}

/// Files what a courier holds, in the account of the one who sealed it.
async fn take(platform: &Arc<Platform>, opened: open::Opened) -> Result<CourierReply> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let owner = opened.owner;
    if !owner.active {
        // The owner is told by their own sign-in. It is no matter of the carrier.
        let not_taken = count(opened.operations.len());
        return Ok(CourierReply { taken: 0, known: 0, not_taken });
    }
    for file in &opened.files {
        files::keep(platform, owner.bearer.account, &file.about, &file.path).await?;
    }
    let handled = exchange::take(platform, &owner.bearer, opened.operations).await?;
    if handled.iter().any(|one| one.news) {
        engine::tell(platform, owner.bearer.account);
    }
    let known = handled.iter().filter(|one| one.was_known).count();
    let taken = handled.iter().filter(|one| one.is_final && !one.was_known).count();
    let not_taken = handled.len() - known - taken;
    tracing::info!(known, taken, not_taken, "courier taken");
    Ok(CourierReply { taken: count(taken), known: count(known), not_taken: count(not_taken) })
}
