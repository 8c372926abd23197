//! The only module that calls the engine: commands through Tauri's `invoke`, and the one
//! event that carries topics. Every failure becomes a [`Problem`]; nothing is retried here.

use js_sys::{ArrayBuffer, JSON, Object, Promise, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use tongban_contract::{
    page::{
        ATTACH_HEADER, Attach, COURIER_PIECE_HEADER, Command, CourierPiece, DraftView,
        ReadAttachment, TOPIC_EVENT, Topic,
    },
    problem::Problem,
};
use wasm_bindgen::{JsCast as _, JsValue, prelude::*};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = invoke, catch)]
    fn invoke(name: &str, arguments: &JsValue, options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback, catch)]
    fn transform_callback(callback: &JsValue, once: bool) -> Result<JsValue, JsValue>;
}

/// What Tauri calls the arguments of a command of ours.
#[derive(Serialize)]
struct Arguments<T> {
    request: T,
}

/// Gives a command to the engine and awaits its reply.
pub(crate) async fn ask<C: Command>(command: C) -> Result<C::Reply, Problem> {
    let arguments = to_js(&Arguments { request: command }).map_err(problem)?;
    let reply = call(C::NAME, &arguments, &JsValue::UNDEFINED).await?;
    from_js(&reply).map_err(problem)
}

/// Attaches a file; its bytes travel as the raw body of the call.
pub(crate) async fn attach(head: &Attach, bytes: &Uint8Array) -> Result<DraftView, Problem> {
    raw(ATTACH_HEADER, head, bytes).await
}

/// Hands over a piece of a sealed courier, as the raw body of the call.
pub(crate) async fn courier_piece(head: &CourierPiece, bytes: &Uint8Array) -> Result<(), Problem> {
    raw(COURIER_PIECE_HEADER, head, bytes).await
}

/// A call with a raw body, and the command itself in a header.
async fn raw<C: Command>(header: &str, head: &C, bytes: &Uint8Array) -> Result<C::Reply, Problem> {
    let head = serde_json::to_string(head).map_err(|error| broken(&error.to_string()))?;
    let head = String::from(js_sys::encode_uri_component(&head));
    let headers = Object::new();
    let options = Object::new();
    set(&headers, header, &head.into())
        .and_then(|()| set(&options, "headers", &headers))
        .map_err(problem)?;
    let reply = call(C::NAME, bytes, &options).await?;
    from_js(&reply).map_err(problem)
}

/// Reads the bytes of an attached file.
pub(crate) async fn read_attachment(what: &ReadAttachment) -> Result<ArrayBuffer, Problem> {
    let arguments = to_js(&Arguments { request: what }).map_err(problem)?;
    let reply = call("read_attachment", &arguments, &JsValue::UNDEFINED).await?;
    reply.dyn_into().map_err(|_| broken("an attachment is no ArrayBuffer"))
}

/// Opens an address outside, in the system browser. Only after the person was told the
/// host and agreed: call it through [`crate::parts::OutsideLink`].
pub(crate) async fn open_address(url: &str) -> Result<(), Problem> {
    #[derive(Serialize)]
    struct Address<'a> {
        url: &'a str,
    }
    let arguments = to_js(&Arguments { request: Address { url } }).map_err(problem)?;
    call("open_address", &arguments, &JsValue::UNDEFINED).await.map(|_| ())
}

/// Hears every topic from now on, for as long as the page lives.
pub(crate) async fn hear_topics(hear: impl Fn(Topic) + 'static) -> Result<(), Problem> {
    let heard = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        // A topic of a later version is none of this page's business.
        if let Ok(payload) = Reflect::get(&event, &"payload".into())
            && let Ok(topic) = from_js(&payload)
        {
            hear(topic);
        }
    })
    .into_js_value();
    let handler = transform_callback(&heard, false).map_err(problem)?;
    let (target, arguments) = (Object::new(), Object::new());
    set(&target, "kind", &"Any".into())
        .and_then(|()| set(&arguments, "event", &TOPIC_EVENT.into()))
        .and_then(|()| set(&arguments, "target", &target))
        .and_then(|()| set(&arguments, "handler", &handler))
        .map_err(problem)?;
    call("plugin:event|listen", &arguments, &JsValue::UNDEFINED).await.map(|_| ())
}

async fn call(name: &str, arguments: &JsValue, options: &JsValue) -> Result<JsValue, Problem> {
    let promise = invoke(name, arguments, options).map_err(problem)?;
    JsFuture::from(promise).await.map_err(problem)
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), value).map(|_| ())
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    JSON::parse(&text)
}

fn from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    let text =
        if value.is_undefined() { "null".to_owned() } else { JSON::stringify(value)?.into() };
    serde_json::from_str(&text).map_err(|error| JsValue::from(error.to_string()))
}

/// What the engine rejected with: a problem of ours, or whatever Tauri or the browser threw.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn problem(error: JsValue) -> Problem {
    let text = error
        .as_string()
        .or_else(|| error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())))
        .or_else(|| JSON::stringify(&error).ok().map(String::from))
        .unwrap_or_default();
    rejected(&text)
}

/// Reads a rejection: the text is a serialised [`Problem`], or somebody else's words.
fn rejected(text: &str) -> Problem {
    serde_json::from_str(text).unwrap_or_else(|_| broken(text))
}

/// A failure between page and engine. `cause` is for whoever mends it, not for the person.
fn broken(cause: &str) -> Problem {
    let mut problem = Problem::new(
        "app.bridge",
        "应用内部没有应答，刚才的操作没有完成。",
        "请再试一次；仍然不行，请关闭应用后重新打开。您填写的内容都还在本机。",
    );
    problem.pointer = (!cause.is_empty()).then(|| cause.to_owned());
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_the_engine_is_kept_as_it_is() {
        let told = Problem::new("sign-in.expired", "登录已过期。", "请重新登录。");
        assert_eq!(rejected(&serde_json::to_string(&told).unwrap()), told);
    }

    #[test]
    fn words_of_tauri_become_a_problem_of_the_bridge() {
        for words in ["command overview not found", "", "{\"half\":"] {
            let problem = rejected(words);
            assert_eq!(problem.code, "app.bridge");
            assert!(!problem.next.is_empty());
        }
    }
}
