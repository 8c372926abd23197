//! Working days: what the legal limits of handling are counted in. Which days are
//! off is data ([`Holidays`], published with the catalogue); this is the counting.

use std::collections::BTreeMap;

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use crate::catalogue::Holidays;

/// The holiday calendars that are known, by year.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    years: BTreeMap<i16, Holidays>,
}

/// A day on which a limit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueDay {
    /// The day.
    pub date: Date,
    /// True where the count passed the published calendars, so that the day may move.
    pub estimated: bool,
}

impl WorkingDays {
    /// Counts with these calendars.
    pub fn new(calendars: impl IntoIterator<Item = Holidays>) -> Self {
        Self { years: calendars.into_iter().map(|h| (h.year, h)).collect() }
    }

    /// Whether `day` is worked. A year without a calendar has Monday to Friday.
    pub fn is_worked(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&day.year()) {
            Some(year) if year.off.contains(&day) => false,
            Some(year) if year.worked.contains(&day) => true,
            _ => !weekend,
        }
    }

    /// The day on which a limit of `days` working days ends, `start` itself not counted.
    pub fn after(&self, start: Date, days: u32) -> DueDay {
        let mut date = start;
        let mut left = days;
        let mut estimated = false;
        while left > 0 {
            let Ok(next) = date.checked_add(1.day()) else { break };
            date = next;
            estimated |= !self.years.contains_key(&date.year());
            if self.is_worked(date) {
                left -= 1;
            }
        }
        DueDay { date, estimated }
    }

    /// Working days from `start` (not counted) to `end` (counted); 0 where `end` is not later.
    pub fn between(&self, start: Date, end: Date) -> u32 {
        let mut days = 0;
        let mut date = start;
        while date < end {
            let Ok(next) = date.checked_add(1.day()) else { break };
            date = next;
            days += u32::from(self.is_worked(date));
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// Only the days that the published fixtures cross.
    fn calendars() -> WorkingDays {
        WorkingDays::new([
            Holidays { year: 2025, off: vec![], worked: vec![] },
            Holidays {
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
            },
        ])
    }

    #[test]
    fn limits_end_where_the_published_fixtures_say() {
        for (start, days, end) in [
            (date(2026, 9, 28), 5, date(2026, 10, 10)),
            (date(2026, 9, 28), 20, date(2026, 10, 30)),
            (date(2026, 2, 13), 5, date(2026, 2, 27)),
            (date(2025, 12, 31), 1, date(2026, 1, 4)),
        ] {
            assert_eq!(calendars().after(start, days), DueDay { date: end, estimated: false });
        }
    }

    #[test]
    fn a_day_past_the_calendars_is_an_estimate() {
        assert!(calendars().after(date(2026, 12, 31), 1).estimated);
    }

    proptest! {
        #[test]
        fn counting_back_gives_the_limit(start in 0i32..700, days in 0u32..60) {
            let start = date(2025, 1, 1).checked_add(start.days()).unwrap();
            let due = calendars().after(start, days);
            prop_assert_eq!(calendars().between(start, due.date), days);
        }
    }
}
