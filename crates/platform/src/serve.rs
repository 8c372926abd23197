//! Connections: taking them in within bounds, not waiting for ever for what a client sends,
//! and letting them end when the node stops.

use std::{
    collections::BTreeMap,
    future::Future,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody as _},
    extract::ConnectInfo,
};
use futures::{StreamExt as _, stream};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service as _;

use crate::{Error, Platform, Result, files, limits::Source, office, platform::router};

/// How long a node that stops waits for requests that are under way.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long it then waits for what they had begun to write.
const LAST_WRITES: Duration = Duration::from_millis(500);
/// Largest head of a request in bytes: its line and headers.
const LARGEST_HEAD: usize = 64 * 1024;
/// Pause before taking in the next connection where the system has no room for one.
const NO_ROOM: Duration = Duration::from_millis(200);

/// What a connection may take of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most connections at a time; others wait outside.
    pub most: usize,
    /// Most connections of one address (one network, of IPv6); others are closed.
    pub most_of_one: usize,
    /// Longest time for the head of a request, counted from the end of the one before.
    pub head: Duration,
    /// Longest pause within a body, and what every body may take however little of it comes.
    pub pause: Duration,
    /// Fewest bytes a second that a longer body must come with, from its beginning on.
    pub slowest: u32,
}

impl Default for Bounds {
    /// As wide as slow networks and halls with one address for all need it.
    fn default() -> Self {
        Self {
            most: 1000,
            most_of_one: 500,
            head: Duration::from_secs(30),
            pause: Duration::from_secs(30),
            // Half of what a line of 2 kbit/s brings: clients plan for 200, as some is lost.
            slowest: 128,
        }
    }
}

/// Serves `platform` on `listener` until `shutdown` is done, then takes in no more, ends the
/// event streams, and lets the requests that are under way end.
///
/// # Errors
/// Where something that runs beside the requests did not end as it should.
pub async fn serve(
    listener: TcpListener,
    platform: Arc<Platform>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let background = tokio::spawn(office::run(Arc::clone(&platform)));
    let cleaning = tokio::spawn(files::clean(Arc::clone(&platform)));
    let service = router(Arc::clone(&platform));
    let bounds = platform.config.bounds;
    let door = Door::new(bounds);
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());

    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, address, place) = tokio::select! {
            () = &mut shutdown => break,
            admitted = door.admit(&listener) => admitted,
        };
        let (service, stop, cut) = (service.clone(), platform.stop.clone(), cut.clone());
        connections.spawn(async move {
            hold(stream, address, service, bounds, stop, cut).await;
            drop(place);
        });
    }
    drop(listener);
    platform.stop.cancel();

    connections.close();
    if timeout(PATIENCE, connections.wait()).await.is_err() {
        tracing::warn!(code = "platform.stop", "stopped before every request had ended");
        cut.cancel();
        connections.wait().await;
    }
    platform.writing.close();
    if timeout(LAST_WRITES, platform.writing.wait()).await.is_err() {
        tracing::warn!(code = "platform.stop", "stopped before everything was written");
    }
    background.await?;
    cleaning.await?;
    platform.pool.close().await;
    Ok(())
}

/// Answers the requests of one connection until it ends; when the node stops, until the
/// request under way has ended or `cut` says that nobody waits for it any more.
async fn hold(
    stream: TcpStream,
    address: SocketAddr,
    service: Router,
    bounds: Bounds,
    stop: CancellationToken,
    cut: CancellationToken,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| paced(Body::new(body), bounds));
        request.extensions_mut().insert(ConnectInfo(address));
        service.clone().call(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = cut.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        // Clients break off; it is no fault of ours.
        tracing::debug!(%error, "a connection broke off");
    }
}

/// A body that came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body of a request came too slowly")]
pub(crate) struct TooSlow;

/// `body`, given up where it pauses too long or comes too slowly as a whole.
fn paced(body: Body, bounds: Bounds) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let begun = Instant::now();
    let state = (body.into_data_stream(), 0_u64, false);
    let paced = stream::unfold(state, move |(mut chunks, mut received, over)| async move {
        if over {
            return None;
        }
        let earned = Duration::from_secs(received / u64::from(bounds.slowest.max(1)));
        let deadline = (begun + bounds.pause + earned).min(Instant::now() + bounds.pause);
        let chunk: Result<Bytes, axum::BoxError> = match timeout_at(deadline, chunks.next()).await {
            Ok(None) => return None,
            Ok(Some(Ok(chunk))) => {
                received += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                Ok(chunk)
            }
            Ok(Some(Err(error))) => Err(error.into()),
            Err(_) => Err(TooSlow.into()),
        };
        let over = chunk.is_err();
        Some((chunk, (chunks, received, over)))
    });
    // Whoever reads it may ask once more after its end.
    Body::from_stream(paced.fuse())
}

/// Takes connections in, as many as there may be.
struct Door {
    places: Arc<Semaphore>,
    most_of_one: usize,
    taken: Taken,
}

/// How many connections each address has.
type Taken = Arc<Mutex<BTreeMap<Source, usize>>>;

/// The right to a connection, until it is dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    source: Source,
    taken: Taken,
}

impl Door {
    fn new(bounds: Bounds) -> Self {
        Self {
            places: Arc::new(Semaphore::new(bounds.most)),
            most_of_one: bounds.most_of_one,
            taken: Taken::default(),
        }
    }

    /// The next connection that may come in.
    async fn admit(&self, listener: &TcpListener) -> (TcpStream, SocketAddr, Place) {
        loop {
            // Nobody closes the semaphore.
            let Ok(permit) = Arc::clone(&self.places).acquire_owned().await else {
                std::future::pending().await
            };
            match listener.accept().await {
                Ok((stream, address)) => {
                    if let Some(place) = self.place(permit, Source::address(address.ip())) {
                        return (stream, address, place);
                    }
                    tracing::warn!(code = "platform.connections", "one address has too many");
                }
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    let error = Error::file("listener")(error);
                    tracing::error!(code = error.code(), %error, "no connection can be taken in");
                    tokio::time::sleep(NO_ROOM).await;
                }
            }
        }
    }

    fn place(&self, permit: OwnedSemaphorePermit, source: Source) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(source.clone()).or_default();
        if *count >= self.most_of_one {
            return None;
        }
        *count += 1;
        Some(Place { _permit: permit, source, taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.source);
            }
        }
    }
}

/// Whether a connection went before it was taken in.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
