//! `GET /v1/events`: tells a device that there is news in its account's feed, and
//! nothing of what it is; the exchange fetches it.

use std::{
    collections::{BTreeMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt as _, stream};
use http::header;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Platform, extract::Bearer, identity::AccountId};

/// How long a stream lasts. The device opens another, with a token that is still good.
const LASTS: Duration = Duration::from_secs(30 * 60);
/// A comment is sent as often, so that nobody on the way takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Most streams of one account; another one ends the oldest, which may well be a connection
/// that nobody has noticed to be dead.
const MOST_OF_ONE: usize = 8;

/// The event streams that are open, by account, oldest first.
#[derive(Default)]
pub(crate) struct Streams(Mutex<BTreeMap<AccountId, VecDeque<CancellationToken>>>);

impl Streams {
    /// A place for one more: ends where its token is cancelled, and is given up with its guard.
    fn place(&self, account: AccountId) -> (CancellationToken, DropGuard) {
        let ended = CancellationToken::new();
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Given up since, by guards that were dropped.
        open.values_mut().for_each(|streams| streams.retain(|one| !one.is_cancelled()));
        open.retain(|_, streams| !streams.is_empty());
        let streams = open.entry(account).or_default();
        if streams.len() >= MOST_OF_ONE
            && let Some(oldest) = streams.pop_front()
        {
            oldest.cancel();
        }
        streams.push_back(ended.clone());
        (ended.clone(), ended.drop_guard())
    }
}

/// The address of the event stream.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Says `news` when the account's feed has grown, and once at the start for what came
/// before the stream was open.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "exchange",
    responses(
        (status = 200, description = "`event: news` whenever the feed has grown, and nothing of what it is", content_type = "text/event-stream", body = String),
        (status = 401, description = "The sign-in has ended", body = tongban_contract::problem::Problem),
    ),
    security(("bearer" = []))
)]
async fn events(State(platform): State<Arc<Platform>>, who: Bearer) -> impl IntoResponse {
    let end = platform.stop.clone();
    let (replaced, place) = platform.streams.place(who.account);
    let stream = news(&platform, who).take_until(async move {
        let _place = place;
        tokio::select! {
            () = end.cancelled() => (),
            () = replaced.cancelled() => (),
            () = tokio::time::sleep(LASTS) => (),
        }
    });
    (
        // Proxies that collect answers would keep the news to themselves.
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ],
        Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)),
    )
}

fn news(platform: &Platform, who: Bearer) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let told =
        BroadcastStream::new(platform.news.subscribe()).filter_map(move |account| async move {
            match account {
                Ok(account) if account != who.account => None,
                // Where some were missed, one of them may have been for this account.
                Ok(_) | Err(_) => Some(()),
            }
        });
    stream::once(async {}).chain(told).map(|()| Ok(Event::default().event("news").data("news")))
}
