//! What is short: numbers that check themselves, identifiers, the event stream, and the
//! address that the browser comes back to.

use std::{fmt::Debug, str::FromStr};

use jiff::{Timestamp, civil::Date};
use tongban_client::fuzzing as client;
use tongban_contract::{
    courier::CourierKey,
    identifiers::{CaseId, Digest},
    numbers::{CitizenId, DivisionCode, LicenceId, OrgCode},
};
use url::form_urlencoded;

use crate::rules::is_written_as_read;

/// Root that may stand before the identifier of a licence.
const LICENCE_ROOT: &str = "1.2.156.3005.2.";

/// A number or an identifier.
pub(crate) fn numbers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(id) = text.parse::<CitizenId>() {
        assert_eq!(id.as_str(), text.trim().to_ascii_uppercase());
        is_read_from(id.as_str(), &id);
        is_written_as_read(&id);
        assert!(id.masked().len() == 18 && !format!("{id:?}").contains(id.as_str()), "told");
    }
    if let Ok(code) = text.parse::<OrgCode>() {
        assert_eq!(code.to_string(), text.trim().to_ascii_uppercase());
        is_read_from(&code.to_string(), &code);
        is_written_as_read(&code);
        // Whatever it is, it is answered.
        let _warning = code.check_is_right();
    }
    if let Ok(code) = text.parse::<DivisionCode>() {
        let padding = text.strip_prefix(code.as_str()).expect("the beginning of what was read");
        assert!(padding.bytes().all(|byte| byte == b'0'), "{text} is not {code}");
        is_read_from(&code.to_string(), &code);
        is_written_as_read(&code);
        if let Some(above) = code.parent() {
            assert!(above.contains(&code) && above.level() < code.level(), "{above} and {code}");
            // A padded code has been made as short as it can be, up to a name that ends so.
            is_read_from(&format!("{code}"), &code);
        }
    }
    if let Ok(id) = text.parse::<LicenceId>() {
        assert_eq!(id.as_str(), text.strip_prefix(LICENCE_ROOT).unwrap_or(text));
        is_read_from(&id.to_string(), &id);
        is_read_from(&format!("{LICENCE_ROOT}{id}"), &id);
        is_written_as_read(&id);
        let parts: Vec<&str> = id.as_str().split('.').collect();
        if let Ok(version) = parts[3].parse() {
            let composed = LicenceId::compose(parts[0], parts[1], parts[2], version);
            assert_eq!(composed.as_ref(), Ok(&id));
        }
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.as_str(), text);
        is_written_as_read(&digest);
    }
    if let Ok(key) = text.parse::<CourierKey>() {
        assert_eq!(key.as_str(), text);
        assert_eq!(CourierKey::from_bytes(&key.to_bytes()), key);
        is_written_as_read(&key);
    }
    if let Ok(id) = text.parse::<CaseId>() {
        is_read_from(&id.to_string(), &id);
        is_written_as_read(&id);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        is_read_from(&moment.to_string(), &moment);
        is_written_as_read(&moment);
    }
    if let Ok(day) = text.parse::<Date>() {
        is_read_from(&day.to_string(), &day);
        is_written_as_read(&day);
    }
}

fn is_read_from<T: FromStr + PartialEq + Debug>(text: &str, value: &T)
where
    T::Err: Debug,
{
    match text.parse::<T>() {
        Ok(read) => assert_eq!(read, *value, "{text}"),
        Err(error) => panic!("{value:?} displays as {text}, which is none: {error:?}"),
    }
}

/// Longest line of the event stream that is looked at.
const LONGEST_LINE: usize = 4096;

/// The event stream: how it is cut on the way does not matter.
pub(crate) fn events(bytes: &[u8]) {
    let ended = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let says_news =
        |line: &[u8]| line[..line.len().min(LONGEST_LINE)].trim_ascii() == b"event: news";
    let expected = bytes[..ended].split(|byte| *byte == b'\n').any(says_news);
    assert_eq!(client::news(&[bytes]), expected);
    for cut in [1, bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let (head, tail) = bytes.split_at(cut.min(bytes.len()));
        assert_eq!(client::news(&[head, b"", tail]), expected, "cut at {cut}");
    }
}

/// The query of the address that the browser comes back to.
pub(crate) fn callback(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else { return };
    let Some(answer) = client::callback(query) else { return };
    assert!(answer.contains_key("state"), "an answer to nothing");
    assert!(answer.contains_key("code") || answer.contains_key("error"), "no answer");
    let said = form_urlencoded::parse(bytes).count();
    assert_eq!(said, answer.len(), "something is said twice");
    let written = form_urlencoded::Serializer::new(String::new()).extend_pairs(&answer).finish();
    assert_eq!(client::callback(&written), Some(answer));
}
