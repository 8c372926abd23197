//! What every handler shares, the router that joins the modules, and serving it.

use std::{
    future::{Future, IntoFuture as _},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use jiff::{Timestamp, civil::Date};
use sqlx::SqlitePool;
use tokio::{net::TcpListener, sync::broadcast};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Config, Error, Result, cases,
    catalogue::{self, Catalogue},
    clock::{self, Clock},
    courier, database, demo, exchange, files,
    identity::{self, AccountId},
    keys::Keys,
    limits, office, openapi,
};

/// How long a node that stops waits for requests that are under way.
const PATIENCE: Duration = Duration::from_secs(4);

/// One node of the platform. Shared as `Arc<Platform>`, which is also the state of the router.
pub struct Platform {
    /// The database; see [`database::open`] on its single connection.
    pub pool: SqlitePool,
    /// What the node was started with.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
    /// Keys of the catalogue, licences, id tokens and couriers.
    pub keys: Keys,
    /// Tells event streams that an account has news. Send after the commit.
    pub news: broadcast::Sender<AccountId>,
    /// Items, forms, flows and working days.
    pub catalogue: Catalogue,
    /// Cancelled when the node shuts down; whatever runs long ends then.
    pub stop: CancellationToken,
    /// Guards against too many requests.
    pub limits: limits::Limits,
    /// Uploads that are being written to.
    pub(crate) uploads: files::Busy,
    /// Couriers that are being read.
    pub(crate) couriers: courier::Places,
}

impl Platform {
    /// Opens a node: database, keys, catalogue (published where it changed) and, in a
    /// demonstration, its people.
    pub async fn open(config: Config, clock: Clock) -> Result<Arc<Self>> {
        tokio::fs::create_dir_all(&config.data_dir).await.map_err(Error::file(&config.data_dir))?;
        let pool = database::open(&config.data_dir).await?;
        let keys = Keys::open(&pool, clock()).await?;
        let catalogue = Catalogue::open(&config, &keys, clock()).await?;
        if config.demo {
            demo::seed(&pool, &catalogue, clock()).await?;
        }
        exchange::kept_forms::keep(&pool, &catalogue, clock()).await?;
        files::prepare(&config).await?;
        Ok(Arc::new(Self {
            pool,
            limits: limits::Limits::new(config.requests_per_second),
            config,
            clock,
            keys,
            news: broadcast::channel(256).0,
            catalogue,
            stop: CancellationToken::new(),
            uploads: files::Busy::default(),
            couriers: courier::Places::default(),
        }))
    }

    /// Name shown to people.
    pub fn name(&self) -> String {
        let note = if self.config.demo { "（演示）" } else { "" };
        format!("{}政务服务平台{note}", self.catalogue.province)
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The day in China.
    pub fn today(&self) -> Date {
        clock::day_in_china(self.now())
    }
}

/// Every address of the platform.
pub fn router(platform: Arc<Platform>) -> Router {
    let (described, mut description) = OpenApiRouter::with_openapi(openapi::base())
        .merge(identity::router())
        .merge(files::router())
        .merge(catalogue::router())
        .merge(exchange::router())
        .merge(courier::router())
        .merge(cases::router())
        .merge(office::api::router())
        .split_for_parts();
    openapi::finish(&mut description, &platform.config);
    let all = described.merge(office::router()).merge(openapi::router(description));
    limits::layers(all, &platform).with_state(platform)
}

/// Serves `platform` on `listener` until `shutdown` is done, then lets what is under way end.
pub async fn serve(
    listener: TcpListener,
    platform: Arc<Platform>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let stop = platform.stop.clone();
    let background = tokio::spawn(office::run(Arc::clone(&platform)));
    let cleaning = tokio::spawn(files::clean(Arc::clone(&platform)));
    let address = listener.local_addr().map_err(Error::file("listener"))?;
    let service = router(Arc::clone(&platform)).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown({
        let stop = stop.clone();
        async move {
            shutdown.await;
            stop.cancel();
        }
    });
    // A client that never ends its request must not keep the node from stopping.
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        served = serving.into_future() => served.map_err(Error::file(address.to_string()))?,
        () = patience => tracing::warn!(code = "platform.stop", "stopped before every request had ended"),
    }
    stop.cancel();
    background.await?;
    cleaning.await?;
    platform.pool.close().await;
    Ok(())
}
