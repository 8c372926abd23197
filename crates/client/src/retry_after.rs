//! How long an answer asks to be left alone (`Retry-After`, RFC 9110, 10.2.3).

use std::time::SystemTime;

use http::header;

use crate::transport::Reply;

/// Seconds after which an answer asks to be tried again; none where it does not say, or cannot
/// be understood.
///
/// A moment is measured from the answer's own `Date`: the clock of a device may be wrong by
/// years. Without one a moment says nothing. One that is over means now.
pub(crate) fn seconds(reply: &Reply) -> Option<u64> {
    let asked = reply.header(header::RETRY_AFTER.as_str()).trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is as long as there is; what waits has a bound of its own.
        return Some(asked.parse().unwrap_or(u64::MAX));
    }
    let until = moment(asked)?;
    let now = moment(reply.header(header::DATE.as_str()).trim())?;
    Some(until.duration_since(now).map_or(0, |wait| wait.as_secs()))
}

fn moment(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream};
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    const DATE: &str = "Mon, 02 Mar 2026 09:00:00 GMT";

    fn after(asked: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(asked).unwrap());
        if let Some(date) = date {
            headers.insert(header::DATE, HeaderValue::from_str(date).unwrap());
        }
        let status = StatusCode::SERVICE_UNAVAILABLE;
        seconds(&Reply { status, headers, body: stream::empty().boxed() })
    }

    #[test]
    fn seconds_are_taken_as_they_are() {
        assert_eq!(after("120", None), Some(120));
        assert_eq!(after("0", Some(DATE)), Some(0));
        assert_eq!(after("99999999999999999999999", None), Some(u64::MAX));
    }

    #[test]
    fn a_moment_in_each_of_its_three_forms_counts_from_the_answers_own_date() {
        for asked in [
            "Mon, 02 Mar 2026 09:02:00 GMT",
            "Monday, 02-Mar-26 09:02:00 GMT",
            "Mon Mar  2 09:02:00 2026",
        ] {
            assert_eq!(after(asked, Some(DATE)), Some(120), "{asked}");
            assert_eq!(after(asked, None), None, "a device's clock says nothing");
            assert_eq!(after(asked, Some("gestern")), None);
        }
        assert_eq!(after("Mon, 02 Mar 2026 08:00:00 GMT", Some(DATE)), Some(0), "it is over");
    }

    #[test]
    fn what_is_neither_asks_for_nothing() {
        for asked in ["", "soon", "-5", "+5", "1.5", "12 s", "2026-03-02T09:02:00Z"] {
            assert_eq!(after(asked, Some(DATE)), None, "{asked}");
        }
    }
}
