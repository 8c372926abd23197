//! The only module that speaks HTTP. It moves bytes and tells why it could not; what an
//! answer means is `network`'s matter.

use std::{error::Error as _, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream::BoxStream};
use http::{HeaderMap, Request, StatusCode};

/// The network, as the engine sees it. Redirects are never followed: an answer from
/// elsewhere is not the platform's.
pub trait Transport: Send + Sync {
    /// Sends a request and answers its head; the body follows as a stream.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>>;
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
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, TransportError> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.body.next().await {
            let piece = piece?;
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

/// HTTP over the system's network, with the system's certificates.
pub struct HttpTransport {
    client: reqwest::Client,
}

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
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30));
        for certificate in pem {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(&certificate)?);
        }
        Ok(Self { client: builder.build()? })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let client = self.client.clone();
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|e| classify(&e))?;
            let response = client.execute(request).await.map_err(|e| classify(&e))?;
            Ok(Reply {
                status: response.status(),
                headers: response.headers().clone(),
                body: response.bytes_stream().map_err(|e| classify(&e)).boxed(),
            })
        })
    }
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
