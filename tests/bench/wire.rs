//! What goes over the wire: a forwarder that counts the bytes of every connection, and a
//! transport that keeps what was asked and answered.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Result;
use bytes::Bytes;
use futures::{StreamExt as _, future::BoxFuture, stream};
use http::Request;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tongban_client::{HttpTransport, Reply, Transport, TransportError};

/// A TCP forwarder on 127.0.0.1 that counts.
pub(crate) struct Meter {
    /// Where the device finds the platform.
    pub(crate) address: SocketAddr,
    counted: Arc<Counted>,
    forwarding: JoinHandle<()>,
}

#[derive(Default)]
struct Counted {
    up: AtomicU64,
    down: AtomicU64,
}

impl Meter {
    /// Listens on a port of its own and forwards to `target`.
    pub(crate) async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let counted = Arc::<Counted>::default();
        let forwarding = tokio::spawn(forward(listener, target, Arc::clone(&counted)));
        Ok(Self { address, counted, forwarding })
    }

    /// Bytes (up, down) since it was last asked.
    pub(crate) fn take(&self) -> (u64, u64) {
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::SeqCst);
        (take(&self.counted.up), take(&self.counted.down))
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}

async fn forward(listener: TcpListener, target: SocketAddr, counted: Arc<Counted>) {
    while let Ok((inward, _)) = listener.accept().await {
        let Ok(outward) = TcpStream::connect(target).await else { continue };
        let (from_device, to_device) = inward.into_split();
        let (from_platform, to_platform) = outward.into_split();
        let (up, down) = (Arc::clone(&counted), Arc::clone(&counted));
        tokio::spawn(async move { copy(from_device, to_platform, &up.up).await });
        tokio::spawn(async move { copy(from_platform, to_device, &down.down).await });
    }
}

/// Copies until either side ends; a connection that breaks has ended.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    counter: &AtomicU64,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        // Before they are handed on: whoever has received them asks how many they were.
        counter.fetch_add(read as u64, Ordering::SeqCst);
        let piece = buffer.get(..read).unwrap_or_default();
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
}

/// A request that the engine made, and what came back.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) path: String,
    pub(crate) asked: Bytes,
    pub(crate) answered: Bytes,
}

/// The real transport, which keeps what passes through it.
pub(crate) struct Recorder {
    http: HttpTransport,
    passed: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    /// Nothing has passed yet.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { http: HttpTransport::new()?, passed: Arc::default() })
    }

    /// What has passed since it was last asked.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut lock(&self.passed))
    }
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let path = request.uri().path().to_owned();
        let asked = request.body().clone();
        let reply = self.http.send(request);
        let passed = Arc::clone(&self.passed);
        Box::pin(async move {
            let reply = reply.await?;
            let (status, headers) = (reply.status, reply.headers.clone());
            let answered = reply.bytes(usize::MAX).await?;
            lock(&passed).push(Exchange { path, asked, answered: answered.clone() });
            Ok(Reply { status, headers, body: stream::iter([Ok(answered)]).boxed() })
        })
    }
}

fn lock(passed: &Mutex<Vec<Exchange>>) -> MutexGuard<'_, Vec<Exchange>> {
    passed.lock().unwrap_or_else(PoisonError::into_inner)
}
