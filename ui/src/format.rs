//! Days, times, numbers and sizes as the person reads them. Times are those of China
//! (UTC+8, without summer time), wherever the device is.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

use crate::i18n::{Language, language, t};

/// Now, by the device's clock.
pub(crate) fn now() -> Timestamp {
    // A browser's clock is always within the range of a timestamp.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds without their fraction")]
    Timestamp::from_millisecond(js_sys::Date::now() as i64).unwrap_or_default()
}

/// The calendar day in China.
pub(crate) fn today() -> Date {
    in_china(now()).date()
}

/// A moment, as near as the person needs it: 今天 14:05, 昨天 09:30, 9月28日 14:05.
pub(crate) fn moment(at: Timestamp) -> String {
    moment_seen_on(at, today())
}

/// A calendar day: 2026年9月28日.
pub(crate) fn day(date: Date) -> String {
    t!("date-day", year = i64::from(date.year()), month = month(date), day = i64::from(date.day()))
}

fn moment_seen_on(at: Timestamp, today: Date) -> String {
    let local = in_china(at);
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    let date = local.date();
    if date == today {
        t!("moment-today", time = time)
    } else if date.tomorrow().is_ok_and(|next| next == today) {
        t!("moment-yesterday", time = time)
    } else if date.year() == today.year() {
        t!("moment-this-year", month = month(date), day = i64::from(date.day()), time = time)
    } else {
        t!("moment-full", day = day(date), time = time)
    }
}

fn in_china(at: Timestamp) -> DateTime {
    Offset::constant(8).to_datetime(at)
}

/// A month as the language writes it: a number, or its English name.
fn month(date: Date) -> String {
    const ENGLISH: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = usize::try_from(date.month()).unwrap_or_default();
    match language() {
        Language::En => {
            ENGLISH.get(number.saturating_sub(1)).copied().unwrap_or_default().to_owned()
        }
        Language::ZhCn | Language::ZhTw => number.to_string(),
    }
}

/// A number with its thousands apart: 169,000.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in decimal units: 850 B, 12 KB, 3.4 MB.
pub(crate) fn bytes(size: u64) -> String {
    if size < 1_000 {
        return format!("{size} B");
    }
    if size < 999_500 {
        return format!("{} KB", (size + 500) / 1_000);
    }
    let tenths = (size + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// A number of days, of which halves occur: 5, 0.5.
pub(crate) fn days(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}

/// How much is done, from 0 to 100.
pub(crate) fn percent(done: u64, total: u64) -> u8 {
    if total == 0 {
        return 0;
    }
    let percent = u128::from(done) * 100 / u128::from(total);
    u8::try_from(percent.min(100)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::i18n::speak;

    #[test]
    fn a_moment_is_told_in_the_time_of_china() {
        let at: Timestamp = "2026-09-28T06:05:00Z".parse().unwrap();
        for (language, today, words) in [
            (Language::ZhCn, date(2026, 9, 28), "今天 14:05"),
            (Language::ZhCn, date(2026, 9, 29), "昨天 14:05"),
            (Language::ZhCn, date(2026, 10, 10), "9月28日 14:05"),
            (Language::ZhCn, date(2027, 1, 4), "2026年9月28日 14:05"),
            (Language::En, date(2026, 9, 28), "today, 14:05"),
            (Language::En, date(2027, 1, 4), "28 Sep 2026, 14:05"),
        ] {
            speak(language);
            assert_eq!(moment_seen_on(at, today), words);
        }
        speak(Language::ZhCn);
        let late: Timestamp = "2026-09-28T16:30:00Z".parse().unwrap();
        assert_eq!(moment_seen_on(late, date(2026, 9, 29)), "今天 00:30");
    }

    #[test]
    fn days_are_written_as_the_language_does() {
        speak(Language::En);
        assert_eq!(day(date(2026, 10, 1)), "1 Oct 2026");
        speak(Language::ZhCn);
        assert_eq!(day(date(2026, 10, 1)), "2026年10月1日");
    }

    #[test]
    fn numbers_and_sizes_are_readable() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(1_690_000)],
            ["0", "999", "1,000", "1,690,000"]
        );
        assert_eq!(
            [bytes(999), bytes(1_499), bytes(999_499), bytes(999_500), bytes(50_000_000)],
            ["999 B", "1 KB", "999 KB", "1.0 MB", "50.0 MB"]
        );
        assert_eq!([days(5.0), days(0.5)], ["5", "0.5"]);
        assert_eq!([percent(0, 0), percent(1, 3), percent(9, 3)], [0, 33, 100]);
    }
}
