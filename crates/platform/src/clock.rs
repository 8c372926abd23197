//! The clock of the platform and the calendar day it falls on in China.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, civil::Date, tz};

/// Tells the time. Passed in where the platform is opened, looked up nowhere else.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's clock.
pub fn system() -> Clock {
    Arc::new(Timestamp::now)
}

/// The machine's clock moved by whole days, to watch limits pass in a demonstration.
pub fn moved_by_days(days: i64) -> Clock {
    let offset = SignedDuration::from_hours(days.saturating_mul(24));
    Arc::new(move || {
        let now = Timestamp::now();
        now.checked_add(offset).unwrap_or(now)
    })
}

/// The day on which `instant` falls in China, which has had one offset without daylight
/// saving since 1991, so that no time zone database is needed.
pub fn day_in_china(instant: Timestamp) -> Date {
    instant.to_zoned(tz::TimeZone::fixed(tz::offset(8))).date()
}
