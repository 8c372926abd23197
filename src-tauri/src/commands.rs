//! What the page may ask: the contract's list of commands, and four whose arguments or
//! answers are not JSON or are no matter of the engine. Each forwards.

use bytes::Bytes;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tauri::{
    Manager as _, State, Wry,
    ipc::{Invoke, InvokeBody, Request, Response},
};
use tongban_client::malformed;
use tongban_contract::{
    page::{self, ATTACH_HEADER, COURIER_PIECE_HEADER, DraftView, ReadAttachment},
    problem::Problem,
};
use url::Url;

use crate::engine::{Engine, open_in_browser};

/// Handles every command.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    let others: fn(Invoke<Wry>) -> bool =
        tauri::generate_handler![attach, courier_piece, read_attachment, open_address];
    move |invoke| match page::NAMES.contains(&invoke.message.command()) {
        true => answer(invoke),
        false => others(invoke),
    }
}

/// Has the engine answer one of the contract's commands.
fn answer(invoke: Invoke<Wry>) -> bool {
    let Invoke { message, resolver, .. } = invoke;
    let request = match message.payload() {
        InvokeBody::Json(arguments) => arguments.get("request").cloned().unwrap_or_default(),
        InvokeBody::Raw(_) => Value::Null,
    };
    let (app, name) = (message.webview_ref().app_handle().clone(), message.command().to_owned());
    resolver.respond_async(async move {
        let client = app.state::<Engine>().client().await?.clone();
        let answer = client.invoke(&name, request).ok_or_else(malformed)?;
        Ok(answer.await?)
    });
    true
}

/// Attaches a file: its head in a header, its bytes as the raw body.
#[tauri::command]
async fn attach(engine: State<'_, Engine>, request: Request<'_>) -> Result<DraftView, Problem> {
    let (head, bytes) = raw(&request, ATTACH_HEADER).ok_or_else(malformed)?;
    Ok(engine.client().await?.attach(head, bytes).await?)
}

/// Keeps a piece of a courier that is to be handed on: its head in a header, its bytes as
/// the raw body.
#[tauri::command]
async fn courier_piece(engine: State<'_, Engine>, request: Request<'_>) -> Result<(), Problem> {
    let (head, bytes) = raw(&request, COURIER_PIECE_HEADER).ok_or_else(malformed)?;
    Ok(engine.client().await?.courier_piece(head, bytes).await?)
}

/// The raw body of a call, and its head beside it: JSON, percent-encoded.
fn raw<T: DeserializeOwned>(request: &Request<'_>, header: &str) -> Option<(T, Bytes)> {
    let text = request.headers().get(header)?.to_str().ok()?;
    let json = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    let InvokeBody::Raw(bytes) = request.body() else { return None };
    Some((serde_json::from_str(&json).ok()?, bytes.clone().into()))
}

/// Answers the raw bytes of an attached file.
#[tauri::command]
async fn read_attachment(
    engine: State<'_, Engine>,
    request: ReadAttachment,
) -> Result<Response, Problem> {
    Ok(Response::new(engine.client().await?.read_attachment(request).await?))
}

/// An address the person has agreed to open.
#[derive(Deserialize)]
struct OpenAddress {
    url: Url,
}

/// Opens an address in the system's browser.
#[tauri::command]
async fn open_address(request: OpenAddress) -> Result<(), Problem> {
    let refused =
        || Problem::new("app.address", "这个链接不能打开。", "请手工核对网址后在浏览器中打开。");
    if !matches!(request.url.scheme(), "http" | "https" | "tel") {
        return Err(refused());
    }
    tokio::task::spawn_blocking(move || open_in_browser(&request.url))
        .await
        .map_err(|_| refused())?
        .map_err(|_| refused())
}
