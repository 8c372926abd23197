//! The outer layers of the router: request sizes, request rates, panics and traces.
//! Traces name method and path only: queries and headers can carry codes and tokens.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, header};
use tongban_contract::problem::Problem;
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};

use crate::{Platform, error};

/// Largest body of a request that does not set a limit of its own: an exchange with fifty
/// operations of long forms stays far below.
pub const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Most addresses that are counted at a time; beyond it the count begins again.
const MOST_ADDRESSES: usize = 10_000;

/// Counts requests by address: each has a bucket that refills steadily.
pub struct Limits {
    per_second: f64,
    buckets: Mutex<BTreeMap<IpAddr, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Limits {
    /// Allows `per_second` requests a second from one address, after a burst of twice as many.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second.max(1)), buckets: Mutex::default() }
    }

    /// Takes one request of `address`. Answers the seconds to wait where there are too many.
    fn take(&self, address: IpAddr, now: Instant) -> Result<(), u64> {
        let burst = self.per_second * 2.0;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_ADDRESSES {
            buckets.retain(|_, b| now.saturating_duration_since(b.at).as_secs() < 2);
            if buckets.len() >= MOST_ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(address).or_insert(Bucket { left: burst, at: now });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * self.per_second).min(burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(1);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// Wraps `router` in the outer layers.
pub(crate) fn layers(
    router: Router<Arc<Platform>>,
    platform: &Arc<Platform>,
) -> Router<Arc<Platform>> {
    router
        .route("/health", axum::routing::get(health))
        .fallback(unknown_address)
        .method_not_allowed_fallback(unknown_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(platform), count))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!(code = "platform.panic", "a handler panicked");
            error::respond(&broken())
        }))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
        }))
}

async fn count(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    // Without a connection (a request made in a test) there is no one to count.
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    if let Some(Err(wait)) = address.map(|a| platform.limits.take(a, Instant::now())) {
        let problem = Problem::new(
            "platform.busy",
            "请求太频繁，平台暂时没有处理。",
            "不用操作，稍后会自动再试。",
        )
        .with_status(429);
        let mut response = error::respond(&problem);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        return response;
    }
    next.run(request).await
}

async fn health(State(platform): State<Arc<Platform>>) -> Response {
    match sqlx::query_scalar::<_, i64>("SELECT 1").fetch_one(&platform.pool).await {
        Ok(_) => axum::Json(serde_json::json!({ "status": "ok" })).into_response(),
        Err(error) => crate::Error::from(error).into_response(),
    }
}

async fn unknown_address() -> Response {
    error::respond(
        &Problem::new(
            "request.unknown-address",
            "平台没有这个地址。",
            "请更新应用后再试；仍不行，请联系技术支持。",
        )
        .with_status(404),
    )
}

async fn unknown_method() -> Response {
    error::respond(
        &Problem::new(
            "request.unknown-method",
            "平台不支持对这个地址这样请求。",
            "请更新应用后再试；仍不行，请联系技术支持。",
        )
        .with_status(405),
    )
}

fn broken() -> Problem {
    Problem::new(
        "platform.internal",
        "平台暂时出了故障，您的内容没有丢失。",
        "请过几分钟再试；一直这样，请拨打 12345 反映。",
    )
    .with_status(500)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_taken_then_the_steady_rate() {
        let limits = Limits::new(10);
        let address = IpAddr::from([192, 0, 2, 1]);
        let start = Instant::now();
        assert_eq!((0..30).filter(|_| limits.take(address, start).is_ok()).count(), 20);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..30).filter(|_| limits.take(address, later).is_ok()).count(), 10);
        let other = IpAddr::from([192, 0, 2, 2]);
        assert!(limits.take(other, start).is_ok());
    }
}
