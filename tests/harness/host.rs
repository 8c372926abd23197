//! The page in a browser, over the real engine: what the window's commands are for the
//! app, a small server on 127.0.0.1 is here. It lets a test look at the page in any size
//! of window, with the same content security policy, and nothing played in between.

use std::{
    convert::Infallible,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response, Sse, sse::Event},
    routing::{get, post},
};
use futures::{Stream, StreamExt as _};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_stream::wrappers::BroadcastStream;
use tongban_client::{Client, HttpTransport, Options, Surroundings, SystemKeyring, malformed};
use tongban_contract::{
    page::{ATTACH_HEADER, COURIER_PIECE_HEADER},
    problem::Problem,
};
use tower_http::services::ServeDir;
use url::Url;

/// What stands between the page and the server, in the place of Tauri's own script.
const BRIDGE: &str = include_str!("bridge.js");

/// A page's host.
pub struct Host {
    /// Where a browser finds the page.
    pub address: Url,
    /// The engine behind it.
    pub client: Client,
    /// Addresses that the page had opened in the system's browser, which here is nobody's.
    pub opened: Opened,
    serving: JoinHandle<()>,
}

/// Addresses that were opened.
pub type Opened = Arc<Mutex<Vec<Url>>>;

#[derive(Clone)]
struct Shared {
    client: Client,
    opened: Opened,
    index: Arc<str>,
}

impl Host {
    /// Opens an engine with its data in `directory`, and serves the page over it.
    ///
    /// # Errors
    /// Where the page was not built, or the engine does not open.
    pub async fn open(directory: PathBuf, platform: Url, path: &std::ffi::OsStr) -> Result<Self> {
        let path = path.to_owned();
        let surroundings = Surroundings::real(
            Arc::new(HttpTransport::new()?),
            Arc::new(SystemKeyring::new()?),
            Arc::new(move |address: &Url| {
                std::process::Command::new("xdg-open")
                    .arg(address.as_str())
                    .env("PATH", &path)
                    .status()
                    .map(drop)
            }),
        );
        let exports = directory.join("downloads");
        let options = Options { directory, exports, platform, public_key: None };
        let client = Client::open(options, surroundings).await?;
        client.start();
        let dist = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist"));
        let index = std::fs::read_to_string(dist.join("index.html"))
            .context("the page is not built: use `cargo xtask page`")?
            .replacen("<script", "<script src=\"/bridge.js\"></script><script", 1);
        let opened = Opened::default();
        let shared = Shared { client: client.clone(), opened: opened.clone(), index: index.into() };
        let with_index = get(index_page).with_state(shared.clone());
        let router = Router::new()
            .route("/", get(index_page))
            .route("/bridge.js", get(bridge))
            .route("/topics", get(topics))
            .route("/invoke/attach", post(attach))
            .route("/invoke/read_attachment", post(read_attachment))
            .route("/invoke/courier_piece", post(courier_piece))
            .route("/invoke/open_address", post(open_address))
            .route("/invoke/{name}", post(invoke))
            .layer(DefaultBodyLimit::max(80_000_000))
            .with_state(shared)
            .fallback_service(ServeDir::new(dist).fallback(with_index));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}/", listener.local_addr()?).parse()?;
        let serving = tokio::spawn(async move {
            // It serves until the test ends.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, client, opened, serving })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The policy of the window, from its configuration.
fn policy() -> Result<HeaderValue> {
    let config: Value = serde_json::from_str(include_str!("../../tauri.conf.json"))?;
    let policy = config.pointer("/app/security/csp").and_then(Value::as_object);
    let policy = policy.context("no content security policy")?;
    let text: Vec<String> = policy
        .iter()
        .map(|(name, value)| format!("{name} {}", value.as_str().unwrap_or_default()))
        .collect();
    Ok(HeaderValue::from_str(&text.join("; "))?)
}

async fn index_page(State(shared): State<Shared>) -> Response {
    match policy() {
        Ok(policy) => ([(header::CONTENT_SECURITY_POLICY, policy)], Html(shared.index.to_string()))
            .into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn bridge() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], BRIDGE)
}

async fn topics(
    State(shared): State<Shared>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let topics = BroadcastStream::new(shared.client.topics());
    Sse::new(
        topics.filter_map(
            |topic| async move { Event::default().json_data(topic.ok()?).ok().map(Ok) },
        ),
    )
}

fn told(answer: Result<Value, Problem>) -> Response {
    match answer {
        Ok(reply) => Json(reply).into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response(),
    }
}

async fn invoke(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Json(mut arguments): Json<Value>,
) -> Response {
    let request = arguments.get_mut("request").map(Value::take).unwrap_or_default();
    match shared.client.invoke(&name, request) {
        Some(answer) => told(answer.await),
        None => told(Err(malformed())),
    }
}

/// In the place of the window's own command.
async fn open_address(State(shared): State<Shared>, Json(arguments): Json<Value>) -> Response {
    let url = arguments.pointer("/request/url").and_then(Value::as_str);
    match url.and_then(|url| url.parse().ok()) {
        Some(url) => {
            shared.opened.lock().unwrap_or_else(PoisonError::into_inner).push(url);
            told(Ok(Value::Null))
        }
        None => told(Err(malformed())),
    }
}

async fn attach(State(shared): State<Shared>, headers: HeaderMap, bytes: Bytes) -> Response {
    let Some(head) = head(&headers, ATTACH_HEADER) else {
        return told(Err(malformed()));
    };
    match shared.client.attach(head, bytes).await {
        Ok(view) => Json(view).into_response(),
        Err(error) => told(Err(error.into())),
    }
}

async fn courier_piece(State(shared): State<Shared>, headers: HeaderMap, bytes: Bytes) -> Response {
    let Some(head) = head(&headers, COURIER_PIECE_HEADER) else {
        return told(Err(malformed()));
    };
    match shared.client.courier_piece(head, bytes).await {
        Ok(()) => Json(()).into_response(),
        Err(error) => told(Err(error.into())),
    }
}

/// What stands beside raw bytes.
fn head<T: DeserializeOwned>(headers: &HeaderMap, name: &str) -> Option<T> {
    let text = headers.get(name)?.to_str().ok()?;
    let json = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    serde_json::from_str(&json).ok()
}

async fn read_attachment(
    State(shared): State<Shared>,
    Json(mut arguments): Json<Value>,
) -> Response {
    let request = arguments.get_mut("request").map(Value::take).unwrap_or_default();
    let Ok(request) = serde_json::from_value(request) else {
        return told(Err(malformed()));
    };
    match shared.client.read_attachment(request).await {
        Ok(bytes) => bytes.into_response(),
        Err(error) => told(Err(error.into())),
    }
}
