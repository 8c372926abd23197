//! The real transport, that a test can cut, make lose or rewrite replies, repeat requests
//! and answer in the platform's place. It remembers what was asked.

use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tongban_client::{HttpTransport, Reply, Streamed, Transport, TransportError};

/// A request that the engine made.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub url: String,
    pub path: String,
    pub body: Bytes,
    /// Whether it went to the platform.
    pub sent: bool,
}

impl Asked {
    fn new(request: &Request<Bytes>) -> Self {
        Self {
            method: request.method().clone(),
            url: request.uri().to_string(),
            path: request.uri().path().to_owned(),
            body: request.body().clone(),
            sent: false,
        }
    }

    pub fn is_exchange(&self) -> bool {
        self.path == "/v1/exchange"
    }

    /// The exchange's body; null for other requests.
    pub fn json(&self) -> Value {
        if self.is_exchange() { serde_json::from_slice(&self.body).unwrap() } else { Value::Null }
    }

    /// Ids of the cases whose operations an exchange carries.
    pub fn cases(&self) -> Vec<String> {
        let json = self.json();
        let operations = json["operations"].as_array().into_iter().flatten();
        operations.map(|one| one["case"].as_str().unwrap().to_owned()).collect()
    }
}

/// Makes another reply of a reply in JSON, or loses it.
type After = Box<dyn FnOnce(Value) -> Option<Value> + Send>;

/// What becomes of a request.
pub enum Turn {
    /// It goes to the platform, and its answer comes back.
    Pass,
    /// Nothing answers at the address.
    Unreachable,
    /// Nothing ever comes back, and nothing was sent.
    Hang,
    /// It is sent twice; the second answer comes back.
    Twice,
    /// It goes to the platform with another body.
    Send(Value),
    /// The platform's answer is looked at, and changed or lost.
    After(After),
    /// Something else answers.
    Answer(u16, Vec<(&'static str, &'static str)>, String),
}

type Rule = Box<dyn FnMut(&Asked) -> Turn + Send>;

pub struct Wire {
    http: HttpTransport,
    network: Mutex<CancellationToken>,
    rule: Mutex<Option<Rule>>,
    asked: Mutex<Vec<Asked>>,
}

impl Wire {
    pub fn new() -> Self {
        Self {
            http: HttpTransport::new().unwrap(),
            network: Mutex::default(),
            rule: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Cuts the network: what is under way breaks, and nothing answers any more.
    pub fn cut(&self) {
        self.network.lock().unwrap().cancel();
    }

    pub fn restore(&self) {
        *self.network.lock().unwrap() = CancellationToken::new();
    }

    /// What becomes of every request from now on.
    pub fn rule(&self, rule: impl FnMut(&Asked) -> Turn + Send + 'static) {
        *self.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// What becomes of every exchange from now on.
    pub fn exchanges(&self, mut rule: impl FnMut(&Asked) -> Turn + Send + 'static) {
        self.rule(move |asked| if asked.is_exchange() { rule(asked) } else { Turn::Pass });
    }

    /// Looks at, changes or loses the answer of every exchange from now on.
    pub fn replies(&self, rule: impl Fn(Value) -> Option<Value> + Send + Clone + 'static) {
        self.exchanges(move |_| Turn::After(Box::new(rule.clone())));
    }

    pub fn no_rule(&self) {
        *self.rule.lock().unwrap() = None;
    }

    pub fn asked(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap()
    }

    pub fn exchanges_sent(&self) -> Vec<Asked> {
        let mut asked = self.asked().clone();
        asked.retain(|one| one.is_exchange() && one.sent);
        asked
    }
}

impl Wire {
    fn streams(&self) -> bool {
        self.rule.lock().unwrap().is_none() && !self.network.lock().unwrap().is_cancelled()
    }
}

impl Transport for Wire {
    /// Streams as the real one does, unless a rule wants to see the whole.
    fn send_stream(
        &self,
        request: Request<()>,
        body: Streamed,
    ) -> BoxFuture<'_, Result<Reply, TransportError>> {
        if self.streams() {
            let mut asked = Asked::new(&Request::new(Bytes::new()));
            asked.method = request.method().clone();
            asked.url = request.uri().to_string();
            asked.path = request.uri().path().to_owned();
            asked.sent = true;
            self.asked().push(asked);
            return self.http.send_stream(request, body);
        }
        Box::pin(async move {
            let pieces: Vec<Bytes> = body.pieces.try_collect().await.unwrap();
            self.send(request.map(|()| Bytes::from(pieces.concat()))).await
        })
    }

    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let network = self.network.lock().unwrap().clone();
        let mut asked = Asked::new(&request);
        let turn = match self.rule.lock().unwrap().as_mut() {
            _ if network.is_cancelled() => Turn::Unreachable,
            Some(rule) => rule(&asked),
            None => Turn::Pass,
        };
        asked.sent = !matches!(turn, Turn::Unreachable | Turn::Hang | Turn::Answer(..));
        self.asked().push(asked);
        let reply: BoxFuture<'static, Result<Reply, TransportError>> = match turn {
            Turn::Pass => self.http.send(request),
            Turn::Unreachable => Box::pin(async { Err(TransportError::Unreachable) }),
            Turn::Hang => Box::pin(std::future::pending()),
            Turn::Twice => {
                let (first, second) = (self.http.send(request.clone()), self.http.send(request));
                Box::pin(async move {
                    first.await?.bytes(usize::MAX).await?;
                    second.await
                })
            }
            Turn::Send(body) => {
                let body = Bytes::from(body.to_string());
                self.http.send(request.map(|_| body))
            }
            Turn::After(after) => {
                let reply = self.http.send(request);
                Box::pin(async move {
                    let reply = reply.await?;
                    let (status, headers) = (reply.status, reply.headers.clone());
                    let body = reply.bytes(usize::MAX).await?;
                    match after(serde_json::from_slice(&body).unwrap()) {
                        Some(body) => Ok(answer(status, headers, body.to_string())),
                        None => Err(TransportError::Broken),
                    }
                })
            }
            Turn::Answer(status, headers, body) => {
                let headers = headers.into_iter().map(|(name, value)| {
                    (HeaderName::from_static(name), HeaderValue::from_static(value))
                });
                let reply = answer(StatusCode::from_u16(status).unwrap(), headers.collect(), body);
                Box::pin(async move { Ok(reply) })
            }
        };
        Box::pin(async move {
            tokio::select! {
                biased;
                reply = reply => reply.map(|reply| until_cut(reply, network)),
                () = network.clone().cancelled_owned() => Err(TransportError::Broken),
            }
        })
    }
}

fn answer(status: StatusCode, mut headers: HeaderMap, body: String) -> Reply {
    headers.remove(http::header::CONTENT_LENGTH);
    Reply { status, headers, body: stream::iter([Ok(Bytes::from(body))]).boxed() }
}

/// A body that breaks where the network is cut.
fn until_cut(reply: Reply, network: CancellationToken) -> Reply {
    let state = Some((reply.body, network));
    let body = stream::unfold(state, |state| async move {
        let (mut body, network) = state?;
        tokio::select! {
            piece = body.next() => piece.map(|piece| (piece, Some((body, network)))),
            () = network.cancelled() => Some((Err(TransportError::Broken), None)),
        }
    });
    Reply { body: body.boxed(), ..reply }
}
