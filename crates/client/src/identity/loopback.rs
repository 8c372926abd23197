//! The address on this machine that the browser comes back to (RFC 8252), and the page it
//! is answered with. Only one request is passed on: the first that can be an answer of the
//! provider. Whatever else knocks is turned away and ends nothing.

use std::{collections::BTreeMap, convert::Infallible, io, net::Ipv4Addr, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::{Id, JoinSet},
};
use tongban_contract::problem::Problem;

/// Path of the redirect address.
const PATH: &str = "/callback";

/// Connections that are served at the same time; a browser needs two or three.
const MOST_CONNECTIONS: usize = 16;

/// Most bytes of a request's head.
const LARGEST_HEAD: usize = 16 * 1024;

/// How long a connection may take to send its request.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long the browser may take to fetch the page.
const PAGE_TIME: Duration = Duration::from_secs(2);

/// A port of 127.0.0.1 that is listened on. Dropping it frees the port and ends every
/// connection.
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
    connections: JoinSet<()>,
    incoming: mpsc::Receiver<Callback>,
    passed_on: mpsc::Sender<Callback>,
}

/// A request that can be an answer of the provider.
pub(super) struct Callback {
    /// Its parameters.
    pub(super) answer: BTreeMap<String, String>,
    page: oneshot::Sender<Page>,
    connection: Id,
}

/// What the browser is shown.
pub(super) enum Page {
    /// The person is signed in.
    Done,
    /// The person is not, and why.
    Failed(Problem),
    /// An answer has been received before this one.
    Late,
    /// This request is not an answer of the provider.
    Stray(StatusCode),
}

impl Loopback {
    /// Listens on a port that is free.
    pub(super) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (passed_on, incoming) = mpsc::channel(1);
        Ok(Self { listener, port, connections: JoinSet::new(), incoming, passed_on })
    }

    /// The redirect address.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the first request that can be an answer of the provider.
    pub(super) async fn wait(&mut self) -> io::Result<Callback> {
        loop {
            tokio::select! {
                Some(callback) = self.incoming.recv() => {
                    self.incoming.close();
                    return Ok(callback);
                }
                Some(_) = self.connections.join_next() => {}
                accepted = self.listener.accept(), if self.connections.len() < MOST_CONNECTIONS => {
                    match accepted {
                        Ok((stream, _)) => {
                            let connection = serve(stream, self.port, self.passed_on.clone());
                            self.connections.spawn(connection);
                        }
                        // Who knocked has gone away again.
                        Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
    }

    /// Answers the browser, waits until it has the page, and frees the port.
    pub(super) async fn answer(mut self, callback: Callback, page: Page) {
        // Fails where the browser has gone away; then nobody is left to be told.
        if callback.page.send(page).is_err() {
            return;
        }
        let delivered = async {
            while let Some(ended) = self.connections.join_next_with_id().await {
                let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                if id == callback.connection {
                    break;
                }
            }
        };
        // A browser that does not fetch its page must not hold up the sign-in.
        let _ = tokio::time::timeout(PAGE_TIME, delivered).await;
    }
}

/// One connection: one request, one answer.
async fn serve(stream: TcpStream, port: u16, passed_on: mpsc::Sender<Callback>) {
    let service = service_fn(|request| respond(request, port, passed_on.clone()));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(LARGEST_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the sign-in port broke");
    }
}

async fn respond(
    request: Request<Incoming>,
    port: u16,
    passed_on: mpsc::Sender<Callback>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let page = match read(&request, port) {
        Err(status) => Page::Stray(status),
        Ok(answer) => {
            let (page, shown) = oneshot::channel();
            let callback = Callback { answer, page, connection: tokio::task::id() };
            match passed_on.send(callback).await {
                Ok(()) => shown.await.unwrap_or(Page::Late),
                Err(_) => Page::Late,
            }
        }
    };
    Ok(render(&page))
}

/// The parameters of a request that can be an answer of the provider.
fn read(request: &Request<Incoming>, port: u16) -> Result<BTreeMap<String, String>, StatusCode> {
    if request.uri().path() != PATH {
        return Err(StatusCode::NOT_FOUND);
    }
    if request.method() != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    // A page elsewhere whose name points at this machine is not the provider's redirect.
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if host != Some(format!("127.0.0.1:{port}").as_str()) {
        return Err(StatusCode::MISDIRECTED_REQUEST);
    }
    parameters(request.uri().query().unwrap_or_default()).ok_or(StatusCode::BAD_REQUEST)
}

/// The parameters of an answer of the provider, each at most once (RFC 6749, 3.1).
pub(crate) fn parameters(query: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    let is_answer = parameters.contains_key("state")
        && (parameters.contains_key("code") || parameters.contains_key("error"));
    is_answer.then_some(parameters)
}

fn render(page: &Page) -> Response<Full<Bytes>> {
    let (status, title, sentence, next) = match page {
        Page::Done => {
            (StatusCode::OK, "登录成功", "您已登录。", "可以关闭此页，回到“通办”继续办理。")
        }
        Page::Failed(problem) => {
            (StatusCode::OK, "没有登录成功", problem.detail.as_str(), problem.next.as_str())
        }
        Page::Late => (
            StatusCode::CONFLICT,
            "这次登录已有结果",
            "这次登录的结果已经收到了。",
            "请关闭此页，回到“通办”查看。",
        ),
        Page::Stray(status) => {
            (*status, "没有这个页面", "这里只接收“通办”的登录结果。", "请关闭此页。")
        }
    };
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><title>{title} - 通办</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1.25rem/1.7 system-ui,sans-serif;\
         max-width:32rem;margin:15vh auto;padding:0 1.5rem;text-align:center}}\
         h1{{font-size:1.75rem}}</style></head><body><main><h1>{title}</h1><p>{}</p><p>{}</p>\
         </main></body></html>",
        escape(sentence),
        escape(next),
    );
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers.insert(name, http::HeaderValue::from_static(value));
    }
    response
}

/// Text as it may stand in HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_but_this_machine_is_listened_to() {
        let loopback = Loopback::bind().await.unwrap();
        assert!(loopback.listener.local_addr().unwrap().ip().is_loopback());
    }

    #[test]
    fn what_an_answer_brought_stays_text() {
        assert_eq!(escape("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}
