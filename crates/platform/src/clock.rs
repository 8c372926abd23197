//! The clock of the platform and the calendar day it falls on in China.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz};

/// Tells the time. Passed in where the platform is opened, looked up nowhere else.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's clock.
pub fn system() -> Clock {
    Arc::new(Timestamp::now)
}

/// The day on which `instant` falls in China, which has had one offset without daylight
/// saving since 1991, so that no time zone database is needed.
pub fn day_in_china(instant: Timestamp) -> Date {
    instant.to_zoned(tz::TimeZone::fixed(tz::offset(8))).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn midnight_is_chinas_midnight() {
        let late: Timestamp = "2026-02-13T16:30:00Z".parse().unwrap();
        assert_eq!(day_in_china(late), date(2026, 2, 14));
    }
}
