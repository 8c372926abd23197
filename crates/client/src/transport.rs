//! The only module that speaks HTTP. It moves bytes and tells why it could not; what an
//! answer means is `network`'s matter.

use std::{error::Error as _, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{
    Stream, StreamExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use http::{HeaderMap, Request, StatusCode, header};
use tokio::time::Instant;

/// Longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(10);

/// Longest time in which nothing at all comes.
const SILENCE: Duration = Duration::from_secs(30);

/// Bytes a second of the slowest line that is worked with: 2 kbit/s, less what is lost on it.
const SLOWEST: u64 = 200;

/// Bytes of one piece of a body that is read while it is sent, at most.
pub(crate) const PIECE: usize = 64 * 1024;

/// The network, as the engine sees it. Redirects are never followed: an answer from
/// elsewhere is not the platform's.
pub trait Transport: Send + Sync {
    /// Sends a request and answers its head; the body follows as a stream.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>>;

    /// Sends a request whose body is read while it is sent. A transport that is not the
    /// network may collect the body first, as this does.
    fn send_stream(
        &self,
        request: Request<()>,
        body: Streamed,
    ) -> BoxFuture<'_, Result<Reply, TransportError>> {
        Box::pin(async move {
            let pieces: Result<Vec<Bytes>, _> = body.pieces.try_collect().await;
            let whole = pieces.map_err(|_| TransportError::Broken)?.concat();
            self.send(request.map(|()| Bytes::from(whole))).await
        })
    }
}

/// A body that never stands in memory as a whole.
pub struct Streamed {
    /// Bytes in all.
    pub bytes: u64,
    /// The bytes, as they are read.
    pub pieces: BoxStream<'static, std::io::Result<Bytes>>,
}

/// An answer whose body has not been read yet.
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, as it arrives.
    pub body: BoxStream<'static, Result<Bytes, TransportError>>,
}

impl Reply {
    /// The whole body.
    ///
    /// # Errors
    /// [`TransportError::TooLarge`] past `limit` bytes, or what broke the transfer.
    pub async fn bytes(self, limit: usize) -> Result<Bytes, TransportError> {
        self.bytes_at(Pace::new(), limit).await
    }

    async fn bytes_at(mut self, mut pace: Pace, limit: usize) -> Result<Bytes, TransportError> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.body.next().await {
            let piece = piece?;
            pace.add(piece.len())?;
            if whole.len() + piece.len() > limit {
                return Err(TransportError::TooLarge);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// A header as text; empty where it is absent or not text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Why no answer came, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The name was not found, or nothing answers at the address.
    #[error("no connection")]
    Unreachable,
    /// Nothing came in time.
    #[error("timed out")]
    TimedOut,
    /// The certificate is not valid at this device's time: expired, or the clock is wrong.
    #[error("the certificate is not valid at this time")]
    CertificateTime,
    /// The certificate is not to be trusted.
    #[error("the certificate is not trusted")]
    CertificateUntrusted,
    /// The connection broke in the middle.
    #[error("the connection broke")]
    Broken,
    /// The answer is larger than it may be.
    #[error("the answer is too large")]
    TooLarge,
}

impl TransportError {
    /// Whether nothing of the request can have arrived: no connection came about.
    pub fn before_sending(&self) -> bool {
        match self {
            Self::Unreachable | Self::CertificateTime | Self::CertificateUntrusted => true,
            Self::TimedOut | Self::Broken | Self::TooLarge => false,
        }
    }
}

/// Notices an answer that trickles: it never falls silent, and would never end either.
pub(crate) struct Pace {
    /// The time over which it is looked at.
    window: Duration,
    since: Instant,
    bytes: u64,
}

impl Pace {
    /// Bytes that a window brings at least: a thirtieth of what the slowest line does.
    const LEAST: u64 = SLOWEST * 2;

    pub(crate) fn new() -> Self {
        Self::over(Duration::from_secs(60))
    }

    fn over(window: Duration) -> Self {
        Self { window, since: Instant::now(), bytes: 0 }
    }

    /// So many bytes have come.
    ///
    /// # Errors
    /// [`TransportError::TimedOut`] where it is too few.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), TransportError> {
        self.bytes += bytes as u64;
        if self.since.elapsed() < self.window {
            return Ok(());
        }
        let trickles = self.bytes < Self::LEAST;
        *self = Self::over(self.window);
        if trickles { Err(TransportError::TimedOut) } else { Ok(()) }
    }
}

/// HTTP over the system's network, with the system's certificates.
pub struct HttpTransport {
    client: reqwest::Client,
    line: Line,
}

/// What is expected of the line at least.
#[derive(Clone, Copy)]
struct Line {
    /// Longest time in which nothing at all comes.
    silence: Duration,
    /// Bytes a second.
    slowest: u64,
}

impl Line {
    /// How long the head of an answer may take: as long as the request needs on the slowest
    /// line, and then some.
    fn patience(self, body: usize) -> Duration {
        self.silence + Duration::from_secs(body as u64 / self.slowest)
    }
}

/// What every line does that is worked with.
const LINE: Line = Line { silence: SILENCE, slowest: SLOWEST };

impl HttpTransport {
    /// A transport with the system's trusted certificates.
    ///
    /// # Errors
    /// Where TLS cannot be set up on this machine.
    pub fn new() -> Result<Self, reqwest::Error> {
        Self::with_certificates(Vec::new())
    }

    /// A transport that also trusts these certificates, given in PEM.
    ///
    /// # Errors
    /// Where a certificate is none, or TLS cannot be set up on this machine.
    pub fn with_certificates(pem: Vec<Vec<u8>>) -> Result<Self, reqwest::Error> {
        // Fails only where a provider was installed before; then that one serves.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("tongban/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECTING);
        for certificate in pem {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(&certificate)?);
        }
        Ok(Self { client: builder.build()?, line: LINE })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let (client, line) = (self.client.clone(), self.line);
        let patience = line.patience(request.body().len());
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|e| classify(&e))?;
            // Not reqwest's own limit, which a large body on a slow line would use up.
            let response = tokio::time::timeout(patience, client.execute(request))
                .await
                .map_err(|_| TransportError::TimedOut)?
                .map_err(|e| classify(&e))?;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.bytes_stream().map_err(|e| classify(&e));
            Ok(Reply { status, headers, body: unless_silent(body.boxed(), line.silence).boxed() })
        })
    }

    fn send_stream(
        &self,
        mut request: Request<()>,
        body: Streamed,
    ) -> BoxFuture<'_, Result<Reply, TransportError>> {
        request.headers_mut().insert(header::CONTENT_LENGTH, body.bytes.into());
        // Told of every piece that the line has taken.
        let (taken, mut moves) = tokio::sync::watch::channel(());
        let pieces = body.pieces.inspect(move |_| taken.send_replace(()));
        let request = request.map(|()| reqwest::Body::wrap_stream(pieces));
        let line = self.line;
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|e| classify(&e))?;
            let response = tokio::select! {
                answer = self.client.execute(request) => answer.map_err(|e| classify(&e))?,
                () = stands_still(&mut moves, line.patience(PIECE)) => return Err(TransportError::TimedOut),
            };
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.bytes_stream().map_err(|e| classify(&e));
            Ok(Reply { status, headers, body: unless_silent(body.boxed(), line.silence).boxed() })
        })
    }
}

/// Comes to an end where the line takes no piece for the longest time that one may need, and
/// at last where no answer follows the last one.
async fn stands_still(moves: &mut tokio::sync::watch::Receiver<()>, longest: Duration) {
    loop {
        match tokio::time::timeout(longest, moves.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_all_were_taken)) => return tokio::time::sleep(longest).await,
            Err(_) => return,
        }
    }
}

/// The same body, which ends with an error where nothing comes for too long.
fn unless_silent(
    body: BoxStream<'static, Result<Bytes, TransportError>>,
    silence: Duration,
) -> impl Stream<Item = Result<Bytes, TransportError>> {
    stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match tokio::time::timeout(silence, body.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(body))),
            Err(_) => Some((Err(TransportError::TimedOut), None)),
        }
    })
}

fn classify(error: &reqwest::Error) -> TransportError {
    if let Some(fault) = error.source().and_then(certificate_fault) {
        certificate(fault)
    } else if error.is_timeout() {
        TransportError::TimedOut
    } else if error.is_connect() || error.is_builder() {
        TransportError::Unreachable
    } else {
        TransportError::Broken
    }
}

/// What was wrong with the certificate, where that is the cause. An I/O error does not
/// name the error it was made of as its source, and may be made of another I/O error.
fn certificate_fault<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a rustls::CertificateError> {
    if let Some(rustls::Error::InvalidCertificate(fault)) = error.downcast_ref() {
        return Some(fault);
    }
    let io = error.downcast_ref::<std::io::Error>();
    match io.and_then(std::io::Error::get_ref) {
        Some(made_of) => certificate_fault(made_of),
        None => error.source().and_then(certificate_fault),
    }
}

fn certificate(fault: &rustls::CertificateError) -> TransportError {
    use rustls::CertificateError as Fault;
    match fault {
        Fault::Expired
        | Fault::ExpiredContext { .. }
        | Fault::NotValidYet
        | Fault::NotValidYetContext { .. } => TransportError::CertificateTime,
        _ => TransportError::CertificateUntrusted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer of so many pieces, one after each pause.
    fn reply(pieces: usize, bytes: usize, pause: Duration) -> Reply {
        let body = stream::unfold(0, move |sent| async move {
            tokio::time::sleep(pause).await;
            (sent < pieces).then(|| (Ok(Bytes::from(vec![b' '; bytes])), sent + 1))
        });
        let body = unless_silent(body.boxed(), Duration::from_millis(500)).boxed();
        Reply { status: StatusCode::OK, headers: HeaderMap::new(), body }
    }

    #[tokio::test]
    async fn an_answer_that_comes_slowly_arrives() {
        let reply = reply(60, 250, Duration::from_millis(5));
        let whole = reply.bytes_at(Pace::over(Duration::from_millis(50)), usize::MAX).await;
        assert_eq!(whole.unwrap().len(), 15_000);
    }

    #[tokio::test]
    async fn an_answer_that_trickles_without_an_end_is_given_up() {
        let reply = reply(usize::MAX, 1, Duration::from_millis(5));
        let whole = reply.bytes_at(Pace::over(Duration::from_millis(50)), usize::MAX).await;
        assert_eq!(whole, Err(TransportError::TimedOut));
    }

    #[tokio::test]
    async fn an_answer_that_falls_silent_is_given_up() {
        let reply = reply(2, 1000, Duration::from_secs(3600));
        assert_eq!(reply.bytes(usize::MAX).await, Err(TransportError::TimedOut));
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_given_up_at_its_limit() {
        let reply = reply(usize::MAX, 100_000, Duration::ZERO);
        assert_eq!(reply.bytes(16_000_000).await, Err(TransportError::TooLarge));
    }

    /// The address of a server that hears the request, says this, and then nothing more.
    async fn falls_silent(says: &'static [u8]) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _request = connection.read(&mut [0; 4096]).await.unwrap();
            connection.write_all(says).await.unwrap();
            while connection.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {}
        });
        address
    }

    /// On a socket: that the limits are put to use is seen nowhere else.
    #[tokio::test]
    async fn a_server_that_falls_silent_is_not_waited_for_before_or_after_its_head() {
        let line = Line { silence: Duration::from_millis(200), slowest: 10_000_000 };
        let transport = HttpTransport { line, ..HttpTransport::new().unwrap() };
        let ask = async |says, streams| {
            let request = Request::post(falls_silent(says).await);
            let reply = if streams {
                let pieces = stream::iter([Ok(Bytes::from_static(b"piece"))]).boxed();
                let body = Streamed { bytes: 5, pieces };
                transport.send_stream(request.body(()).unwrap(), body).await?
            } else {
                transport.send(request.body(Bytes::from_static(b"piece")).unwrap()).await?
            };
            reply.bytes(100).await
        };
        for says in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            for streams in [false, true] {
                let asked = tokio::time::timeout(Duration::from_secs(20), ask(says, streams));
                assert_eq!(asked.await, Ok(Err(TransportError::TimedOut)), "{streams} {says:?}");
            }
        }
    }

    #[test]
    fn a_request_has_the_time_that_the_slowest_line_needs() {
        for body in [0, 700, 64 * 1024, 2_000_000] {
            let needed = Duration::from_secs(body as u64 / 250);
            assert!(LINE.patience(body) >= needed + Duration::from_secs(20), "{body}");
        }
    }
}
