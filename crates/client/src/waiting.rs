//! How long to wait before something is tried again: by the device's clock, after failures in a
//! row, and as long as the platform asks. What is tried, and whether it may be, stands elsewhere.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A wait, by the device's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
}

impl Pause {
    /// A wait that begins now.
    pub(crate) fn new(now: Timestamp, wait: Duration) -> Self {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        Self { since: now, until: now.checked_add(wait).unwrap_or(Timestamp::MAX) }
    }

    /// How long it still lasts. A clock that shows a time before it began was set back
    /// meanwhile, by who knows how much: it is over then.
    pub(crate) fn left(&self, now: Timestamp) -> Duration {
        if now < self.since {
            return Duration::ZERO;
        }
        Duration::try_from(self.until.duration_since(now)).unwrap_or_default()
    }
}

/// Longest wait after a failure that set no time of its own: short enough that a filing
/// leaves soon after the network is back.
const LONGEST: Duration = Duration::from_secs(30);

/// First wait after a failure, at most.
const FIRST: Duration = Duration::from_secs(1);

/// Full-jitter exponential backoff without an end (`below` draws a number below its
/// bound), never before the seconds that the platform asked for.
pub(crate) fn backoff(
    failures: u32,
    retry_after: Option<u64>,
    below: impl Fn(u64) -> u64,
) -> Duration {
    let first = u64::try_from(FIRST.as_millis()).unwrap_or(1000);
    let longest = u64::try_from(LONGEST.as_millis()).unwrap_or(30_000);
    let bound = first.saturating_mul(1 << failures.min(16)).min(longest);
    let jitter = Duration::from_millis(100 + below(bound));
    match retry_after {
        // A day at most: a platform that asks for more is asked again tomorrow.
        Some(seconds) => Duration::from_secs(seconds.min(86_400)) + jitter,
        None => jitter,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_is_bounded_and_never_before_the_time_asked_for(
            failures in any::<u32>(),
            asked in proptest::option::of(0u64..1_000_000),
            chance in any::<u64>(),
        ) {
            let wait = backoff(failures, asked, |bound| chance % bound.max(1));
            let least = Duration::from_secs(asked.unwrap_or(0).min(86_400));
            prop_assert!(wait >= least);
            prop_assert!(wait <= least + LONGEST + Duration::from_millis(100));
        }
    }

    #[test]
    fn the_first_wait_is_short_and_the_jitter_is_full() {
        assert_eq!(backoff(0, None, |_| 0), Duration::from_millis(100));
        assert_eq!(backoff(40, None, |bound| bound), LONGEST + Duration::from_millis(100));
    }
}
