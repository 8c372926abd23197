//! The network between one device and the platform: requests go straight into the
//! platform's router, and chance decides what becomes of them on the way there and back.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use serde_json::Value;
use tokio::task::JoinSet;
use tongban_client::{Reply, Transport, TransportError};
use tower::ServiceExt as _;

use crate::chance::Chance;

/// Most copies of requests that are still under way somewhere.
const MOST_STRAYS: usize = 8;

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It arrives, and so does its reply.
    Pass,
    /// No connection comes about.
    Refused,
    /// The request is lost on the way.
    Lost,
    /// The device gives up, and the request arrives later, or much later.
    Strays,
    /// It arrives, and a copy arrives once more, later.
    PassAndStray,
    /// It arrives, and its reply is lost.
    ReplyLost,
    /// It arrives, and half of its reply comes back.
    ReplyCut,
    /// It arrives twice; the second reply comes back.
    Twice,
    /// It arrives, and the reply tells its changes twice, in another order or with a gap, or
    /// lacks its results.
    Mangled,
    /// Something else answers, with this status.
    Answered(u16),
    /// A captive portal answers.
    Portal,
}

/// The network of one device.
#[derive(Clone)]
pub(crate) struct Line(Arc<Mutex<Inner>>);

struct Inner {
    chance: Chance,
    /// The platform; none while it is down.
    platform: Option<Router>,
    /// One request in so many fares badly; none while all is well.
    trouble: Option<u64>,
    /// Requests that have not arrived yet, or will arrive once more.
    strays: Vec<Request<Bytes>>,
    /// The access token that the device sent last.
    bearer: Option<HeaderValue>,
    /// What the platform still works on, whoever waits for it.
    at_work: JoinSet<()>,
    told: Vec<String>,
}

impl Line {
    pub(crate) fn new(chance: Chance) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            chance,
            platform: None,
            trouble: None,
            strays: Vec::new(),
            bearer: None,
            at_work: JoinSet::new(),
            told: Vec::new(),
        })))
    }

    pub(crate) fn connect(&self, platform: Option<Router>) {
        self.inner().platform = platform;
    }

    /// One request in `one_in` fares badly from now on.
    pub(crate) fn trouble(&self, one_in: Option<u64>) {
        self.inner().trouble = one_in;
    }

    /// What became of the requests since this was last asked.
    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.inner().told)
    }

    /// Waits until the platform has done all that was asked of it.
    pub(crate) async fn settle(&self) {
        let mut at_work = std::mem::take(&mut self.inner().at_work);
        while at_work.join_next().await.is_some() {}
    }

    /// One of the requests that are still under way somewhere arrives. It brings the newest
    /// access token: what its own would be refused for is not what is looked at here.
    pub(crate) async fn let_one_stray_arrive(&self) {
        let arrival = {
            let mut inner = self.inner();
            let Some(platform) = inner.platform.clone() else { return };
            let strays = inner.strays.len() as u64;
            if strays == 0 {
                return;
            }
            let which = usize::try_from(inner.chance.below(strays)).unwrap_or(0);
            let mut request = inner.strays.swap_remove(which);
            if let (Some(own), Some(newest)) =
                (request.headers_mut().get_mut(header::AUTHORIZATION), &inner.bearer)
            {
                own.clone_from(newest);
            }
            inner.told.push(format!("a stray arrives: {}", request.uri().path()));
            deliver(platform, request)
        };
        // Whoever sent it waits no more.
        if let Ok(reply) = arrival.await {
            let _nobody_reads = reply.bytes(usize::MAX).await;
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn fate(&self) -> Fate {
        if self.trouble.is_none_or(|one_in| !self.chance.one_in(one_in)) {
            return Fate::Pass;
        }
        const FATES: [Fate; 20] = [
            Fate::Refused,
            Fate::Lost,
            Fate::Strays,
            Fate::Strays,
            Fate::PassAndStray,
            Fate::PassAndStray,
            Fate::ReplyLost,
            Fate::ReplyLost,
            Fate::ReplyLost,
            Fate::ReplyCut,
            Fate::Twice,
            Fate::Twice,
            Fate::Mangled,
            Fate::Mangled,
            Fate::Answered(500),
            Fate::Answered(502),
            Fate::Answered(503),
            Fate::Answered(429),
            Fate::Answered(401),
            Fate::Portal,
        ];
        self.chance.pick(&FATES).copied().unwrap_or(Fate::Pass)
    }

    fn keep_stray(&mut self, request: &Request<Bytes>) {
        if self.strays.len() < MOST_STRAYS {
            self.strays.push(request.clone());
        }
    }

    /// The platform works on a request to its end, even where nobody waits any more.
    fn send(&mut self, request: Request<Bytes>) -> Answer {
        let Some(platform) = self.platform.clone() else {
            return Box::pin(async { Err(TransportError::Unreachable) });
        };
        let (tell, told) = tokio::sync::oneshot::channel();
        self.at_work.spawn(async move {
            let answer = match deliver(platform, request).await {
                Ok(reply) => read(reply).await,
                Err(error) => Err(error),
            };
            let _nobody_waits = tell.send(answer);
        });
        Box::pin(async move { told.await.unwrap_or(Err(TransportError::Broken)) })
    }
}

type Answer = BoxFuture<'static, Result<Whole, TransportError>>;

/// An answer that has been read to its end.
struct Whole {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Whole {
    fn reply(self) -> Reply {
        let body = stream::iter([Ok(self.body)]).boxed();
        Reply { status: self.status, headers: self.headers, body }
    }

    /// The first half, and then a broken connection.
    fn cut(self) -> Reply {
        let half = self.body.slice(..self.body.len() / 2);
        let body = stream::iter([Ok(half), Err(TransportError::Broken)]).boxed();
        Reply { status: self.status, headers: self.headers, body }
    }
}

impl Transport for Line {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let mut inner = self.inner();
        if let Some(bearer) = request.headers().get(header::AUTHORIZATION) {
            inner.bearer = Some(bearer.clone());
        }
        let fate = inner.fate();
        let what = format!("{} {}", request.method(), request.uri().path());
        inner.told.push(format!("{what}: {fate:?}"));
        match fate {
            Fate::Pass => {
                let answer = inner.send(request);
                Box::pin(async move { Ok(answer.await?.reply()) })
            }
            Fate::Refused => Box::pin(async { Err(TransportError::Unreachable) }),
            Fate::Lost => Box::pin(async { Err(TransportError::TimedOut) }),
            Fate::Strays => {
                inner.keep_stray(&request);
                Box::pin(async { Err(TransportError::TimedOut) })
            }
            Fate::PassAndStray => {
                inner.keep_stray(&request);
                let answer = inner.send(request);
                Box::pin(async move { Ok(answer.await?.reply()) })
            }
            Fate::ReplyLost => {
                let answer = inner.send(request);
                Box::pin(async move {
                    answer.await?;
                    Err(TransportError::Broken)
                })
            }
            Fate::ReplyCut => {
                let answer = inner.send(request);
                Box::pin(async move { Ok(answer.await?.cut()) })
            }
            Fate::Twice => {
                let first = inner.send(request.clone());
                let line = self.clone();
                Box::pin(async move {
                    first.await?;
                    let second = line.inner().send(request);
                    Ok(second.await?.reply())
                })
            }
            Fate::Mangled => {
                let answer = inner.send(request);
                let chance = inner.chance.clone();
                Box::pin(async move { Ok(mangle(answer.await?, &chance).reply()) })
            }
            Fate::Answered(status) => {
                Box::pin(async move { Ok(other_answer(status, "application/json", "{}")) })
            }
            Fate::Portal => Box::pin(async {
                Ok(other_answer(200, "text/html", "<html>请先登录本网络</html>"))
            }),
        }
    }
}

async fn deliver(platform: Router, request: Request<Bytes>) -> Result<Reply, TransportError> {
    let mut request = request.map(Body::from);
    let from = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    request.extensions_mut().insert(ConnectInfo(from));
    let Ok(response) = platform.oneshot(request).await;
    let (head, body) = response.into_parts();
    let body = body.into_data_stream().map_err(|_| TransportError::Broken).boxed();
    Ok(Reply { status: head.status, headers: head.headers, body })
}

async fn read(reply: Reply) -> Result<Whole, TransportError> {
    let (status, headers) = (reply.status, reply.headers.clone());
    Ok(Whole { status, headers, body: reply.bytes(usize::MAX).await? })
}

fn other_answer(status: u16, media_type: &'static str, body: &'static str) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static(media_type));
    if matches!(status, 429 | 503) {
        headers.insert(header::RETRY_AFTER, http::HeaderValue::from_static("2"));
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Whole { status, headers, body: Bytes::from_static(body.as_bytes()) }.reply()
}

/// Tells the results and changes of an exchange incompletely, in another order, or twice.
fn mangle(mut whole: Whole, chance: &Chance) -> Whole {
    let Ok(mut body) = serde_json::from_slice::<Value>(&whole.body) else { return whole };
    if chance.one_in(4)
        && let Some(results) = body.get_mut("results").and_then(Value::as_array_mut)
    {
        results.clear();
    }
    let Some(changes) = body.get_mut("changes").and_then(Value::as_array_mut) else { return whole };
    match chance.below(4) {
        0 => changes.reverse(),
        1 => *changes = changes.iter().flat_map(|one| [one.clone(), one.clone()]).collect(),
        2 if changes.len() > 1 => drop(changes.remove(0)),
        _ => drop(changes.pop()),
    }
    whole.body = Bytes::from(body.to_string());
    whole.headers.remove(header::CONTENT_LENGTH);
    whole
}
