//! What every handler shares, and the router that joins the modules.

use std::sync::Arc;

use axum::Router;
use jiff::{Timestamp, civil::Date};
use sqlx::SqlitePool;
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Config, Error, Result,
    cases::{self, events},
    catalogue::{self, Catalogue},
    clock::{self, Clock},
    courier, database, demo, exchange, files, health,
    identity::{self, AccountId},
    keys::Keys,
    limits, office, openapi,
};

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
    /// What writes on when its connection has gone; a node that stops waits for it.
    pub(crate) writing: TaskTracker,
    /// The event streams that are open.
    pub(crate) streams: events::Streams,
    /// Couriers that are being read.
    pub(crate) couriers: courier::Places,
}

impl Platform {
    /// Opens a node: database, keys, catalogue (published where it changed) and, in a
    /// demonstration, its people.
    pub async fn open(config: Config, clock: Clock) -> Result<Arc<Self>> {
        tokio::fs::create_dir_all(&config.data_dir).await.map_err(Error::file(&config.data_dir))?;
        let pool = database::open(&config.data_dir).await?;
        let keys = Keys::open(&pool, clock(), config.id_token_key.clone()).await?;
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
            writing: TaskTracker::new(),
            streams: events::Streams::default(),
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
        .merge(health::router())
        .split_for_parts();
    openapi::finish(&mut description, &platform.config);
    let all = described.merge(office::router()).merge(openapi::router(description));
    limits::layers(all, &platform).with_state(platform)
}
