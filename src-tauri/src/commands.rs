//! What the page may ask: the contract's list of commands, and three whose arguments or
//! answers are not JSON or are no matter of the engine. Each forwards.

use serde::Deserialize;
use tauri::{
    State, Wry,
    ipc::{Invoke, InvokeBody, Request, Response},
};
use tongban_contract::{
    page::{self, ATTACH_HEADER, Attach, Command, DraftView, ReadAttachment},
    problem::Problem,
};
use url::Url;

use crate::engine::{Engine, open_in_browser};

macro_rules! handlers {
    ($($name:ident $command:ident,)*) => {
        $(
            #[tauri::command]
            async fn $name(
                engine: State<'_, Engine>,
                request: page::$command,
            ) -> Result<<page::$command as Command>::Reply, Problem> {
                Ok(engine.client().await?.$name(request).await?)
            }
        )*

        /// Handles every command.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name,)* attach, read_attachment, open_address]
        }
    };
}

tongban_contract::commands!(handlers);

/// Attaches a file: its head in a header, its bytes as the raw body.
#[tauri::command]
async fn attach(engine: State<'_, Engine>, request: Request<'_>) -> Result<DraftView, Problem> {
    let head = request.headers().get(ATTACH_HEADER).and_then(|value| value.to_str().ok());
    let head = head.and_then(attach_head).ok_or_else(malformed)?;
    let InvokeBody::Raw(bytes) = request.body() else { return Err(malformed()) };
    let bytes = bytes.clone().into();
    Ok(engine.client().await?.attach(head, bytes).await?)
}

/// Reads the head of an attachment: JSON, percent-encoded.
fn attach_head(text: &str) -> Option<Attach> {
    let json = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    serde_json::from_str(&json).ok()
}

fn malformed() -> Problem {
    Problem::new("app.malformed", "页面的请求格式不对。", "请关闭窗口重新打开再试。")
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
