//! The outer layers of the router: request sizes, request rates, panics and traces. What
//! bounds a connection, not a request, is in [`mod@crate::serve`].
//! Traces name method and path only: queries and headers can carry codes and tokens.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use tongban_contract::problem::Problem;
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};

use crate::{Error, Platform, error, extract, identity::AccountId};

/// Largest body of a request that does not set a limit of its own: an exchange with fifty
/// operations of long forms stays far below.
pub const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Most that are counted at a time; beyond it the count begins again.
const MOST_COUNTED: usize = 10_000;

/// Whose requests are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Whoever asks from an address. Every request counts here, before anything is read.
    Address(IpAddr),
    /// Whoever is signed in to an account, from wherever.
    Account(AccountId),
    /// Whoever is signed in as somebody of the office.
    Staff(String),
}

impl Source {
    /// An address. Of IPv6 it is the network: whoever has one has all of its addresses.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(whole) => {
                let network = whole.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// Counts requests by their source: each has a bucket that refills steadily.
pub struct Limits {
    per_second: f64,
    buckets: Mutex<BTreeMap<Source, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Limits {
    /// Allows `per_second` requests a second from one source, after a burst of twice as many.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second.max(1)), buckets: Mutex::default() }
    }

    /// Takes one request of `source`.
    ///
    /// # Errors
    /// [`Error::Busy`] where there are too many.
    pub(crate) fn count(&self, source: Source) -> Result<(), Error> {
        if self.take(source, Instant::now()) {
            return Ok(());
        }
        let problem = Problem::new(
            "platform.busy",
            "请求太频繁，平台暂时没有处理。",
            "不用操作，稍后会自动再试。",
        );
        // A second refills a bucket by at least one request.
        Err(Error::busy(problem, 1))
    }

    fn take(&self, source: Source, now: Instant) -> bool {
        let burst = self.per_second * 2.0;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_COUNTED {
            buckets.retain(|_, b| now.saturating_duration_since(b.at).as_secs() < 2);
            if buckets.len() >= MOST_COUNTED {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(source).or_insert(Bucket { left: burst, at: now });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * self.per_second).min(burst);
        bucket.at = now;
        let enough = bucket.left >= 1.0;
        if enough {
            bucket.left -= 1.0;
        }
        enough
    }
}

/// Wraps `router` in the outer layers.
pub(crate) fn layers(
    router: Router<Arc<Platform>>,
    platform: &Arc<Platform>,
) -> Router<Arc<Platform>> {
    router
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
    if let Some(Err(busy)) = address.map(|a| platform.limits.count(Source::address(a))) {
        return busy.into_response();
    }
    next.run(request).await
}

async fn unknown_address() -> Response {
    error::respond(&extract::unknown_address())
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
        let source = Source::address(IpAddr::from([192, 0, 2, 1]));
        let start = Instant::now();
        assert_eq!((0..30).filter(|_| limits.take(source.clone(), start)).count(), 20);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..30).filter(|_| limits.take(source.clone(), later)).count(), 10);
        assert!(limits.take(Source::address(IpAddr::from([192, 0, 2, 2])), start));
        assert!(limits.take(Source::Account(AccountId(1)), start));
    }

    #[test]
    fn an_ipv6_network_is_one_source_and_a_mapped_address_is_its_ipv4() {
        let of = |text: &str| Source::address(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
