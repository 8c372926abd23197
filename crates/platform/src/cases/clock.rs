//! The clock of a limit: it counts working days, and stands still while the person
//! corrects or a special procedure runs. Dates are China's (`crate::clock`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tongban_contract::calendar::{DueDay, WorkingDays};

/// The clock of one limit. The due day is never kept: it follows from the calendars,
/// which may be published after the clock was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "clock", rename_all = "snake_case")]
pub enum Clock {
    /// Has not begun.
    #[default]
    NotStarted,
    /// Runs.
    Running {
        /// Day from which is counted, itself not counted.
        since: Date,
        /// Working days from there.
        days: u32,
    },
    /// Stands still.
    Stopped {
        /// Working days that are left.
        left: u32,
    },
    /// Has done its duty.
    Ended,
}

impl Clock {
    /// A clock of `days` working days that starts on `today`.
    pub fn start(today: Date, days: u32) -> Self {
        Self::Running { since: today, days }
    }

    /// Stops a running clock; `today` is counted as used. Others stay as they are.
    #[must_use]
    pub fn stop(&self, calendar: &WorkingDays, today: Date) -> Self {
        match self {
            Self::Running { since, days } => {
                Self::Stopped { left: days.saturating_sub(calendar.between(*since, today)) }
            }
            other => other.clone(),
        }
    }

    /// Goes on with the days that were left; `today` is not counted. Others stay as they are.
    #[must_use]
    pub fn resume(&self, today: Date) -> Self {
        match self {
            Self::Stopped { left } => Self::Running { since: today, days: *left },
            other => other.clone(),
        }
    }

    /// Day on which it ends; none unless it runs.
    pub fn due(&self, calendar: &WorkingDays) -> Option<DueDay> {
        match self {
            Self::Running { since, days } => Some(calendar.after(*since, *days)),
            Self::NotStarted | Self::Stopped { .. } | Self::Ended => None,
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use tongban_contract::catalogue::Holidays;

    use super::*;

    /// The days around National Day 2026 and the Spring Festival, as published.
    fn calendar() -> WorkingDays {
        WorkingDays::new([Holidays {
            year: 2026,
            off: [(1, 1..=3), (2, 15..=23), (10, 1..=7)]
                .into_iter()
                .flat_map(|(month, days)| days.map(move |day| date(2026, month, day)))
                .collect(),
            worked: vec![
                date(2026, 1, 4),
                date(2026, 2, 14),
                date(2026, 2, 28),
                date(2026, 10, 10),
            ],
        }])
    }

    #[test]
    fn a_clock_that_never_stops_ends_on_the_published_day() {
        let clock = Clock::start(date(2026, 9, 28), 5);
        let due = clock.due(&calendar()).unwrap();
        assert_eq!(due, DueDay { date: date(2026, 10, 10), estimated: false });
    }

    #[test]
    fn a_stop_over_the_holidays_gives_back_every_working_day_that_was_left() {
        // 28 September + 2 working days used (29, 30), 3 left; the answer comes on the 9th.
        let clock = Clock::start(date(2026, 9, 28), 5).stop(&calendar(), date(2026, 9, 30));
        assert_eq!(clock, Clock::Stopped { left: 3 });
        assert_eq!(clock.due(&calendar()), None);
        let resumed = clock.resume(date(2026, 10, 9));
        // Saturday 10 October is worked, then Monday and Tuesday.
        assert_eq!(resumed.due(&calendar()).unwrap().date, date(2026, 10, 13));
    }
}
