//! The exchange: the request as the platform reads it, the reply as the client does, and
//! the receipt of one operation, which both keep.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use tongban_client::{NetworkError, fuzzing as client};
use tongban_contract::{
    change::News,
    courier::{CourierRegistration, CourierReply},
    discovery::PlatformInfo,
    entry::{Entry, says_twice},
    exchange::{ExchangeReply, ExchangeRequest},
    operation::{Ask, Operation, OperationResult, Outcome},
    problem::Problem,
};
use tongban_platform::{exchange::LARGEST_EXCHANGE, fuzzing as platform};

use crate::rules::{is_kept_whole, is_refused, is_told, is_written_as_read, run, turned_round};

/// The body of a request, at the platform.
pub(crate) fn request(bytes: &[u8]) {
    let typed: Option<ExchangeRequest> = serde_json::from_slice(bytes).ok();
    let taken = match run(platform::exchange_request(Bytes::copy_from_slice(bytes))) {
        Ok(taken) => taken,
        Err(error) => {
            let problem = is_refused(error);
            assert!(typed.is_none() || bytes.len() > LARGEST_EXCHANGE, "{problem:?}");
            return;
        }
    };
    assert!(bytes.len() <= LARGEST_EXCHANGE, "more was read than is taken");
    let ids = match platform::ids(&taken.operations) {
        Ok(ids) => Some(ids),
        Err(error) => {
            is_refused(error);
            None
        }
    };
    for (at, body) in taken.operations.iter().enumerate() {
        let value = body.value();
        if let Some(value) = &value {
            is_told_apart_by_what_it_says(value);
        }
        let Ok(operation) = Operation::try_from(body.clone()) else { continue };
        is_written_as_read(&operation);
        if let Ask::Unknown(kept) = &operation.ask {
            is_kept_whole(kept, &value.expect("it was read"), &["id", "made_at"]);
        }
        let malformed = matches!(operation.ask, Ask::Malformed(_));
        assert!(malformed || !is_said_twice(body), "{operation:?}");
        assert_eq!(platform::case_of(body), operation.ask.case());
        if let Some(ids) = &ids {
            assert_eq!(ids[at], operation.id, "answered under another id");
        }
    }
    if let Some(typed) = typed {
        is_written_as_read(&typed);
        let of_typed =
            (typed.version, typed.feed, typed.cursor, typed.mark, typed.operations.len());
        let of_taken =
            (taken.version, taken.feed, taken.cursor, taken.mark, taken.operations.len());
        assert_eq!(of_typed, of_taken, "platform and contract read it differently");
        let key = typed.courier_key.map(|key| Value::from(key.to_string()));
        assert_eq!(key, taken.courier_key.filter(|key| !key.is_null()));
    }
}

/// The text by which an operation is recognised: the order of members and the way that it
/// went over the network do not count.
fn is_told_apart_by_what_it_says(body: &Value) {
    let text = platform::canonical(body);
    assert_eq!(platform::canonical(&turned_round(body)), text);
    let again: Value = serde_json::from_str(&text).expect("canonical text is JSON");
    assert_eq!(again, *body, "canonical text says something else");
    assert_eq!(platform::canonical(&again), text, "read again it is another operation");
}

/// Statuses and media types of an answer; the first two bytes choose.
const STATUSES: [u16; 10] = [200, 400, 401, 302, 404, 429, 500, 503, 422, 204];
const MEDIA_TYPES: [&str; 5] = [
    "application/json",
    "application/problem+json; charset=utf-8",
    "text/html",
    "",
    "application/octet-stream",
];

/// An answer to an exchange, at the client: a digit for the status, one for the media type,
/// one for where it is cut on the way, then the body.
pub(crate) fn reply(bytes: &[u8]) {
    let [status, media_type, cut, body @ ..] = bytes else { return };
    let digit = |byte: &u8| usize::from(byte.wrapping_sub(b'0'));
    let status = StatusCode::from_u16(STATUSES[digit(status) % STATUSES.len()]).unwrap();
    let media_type = MEDIA_TYPES[digit(media_type) % MEDIA_TYPES.len()];
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    // The first line of the body is said by a header, too, where it can be.
    let line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if let Ok(value) = HeaderValue::from_bytes(line) {
        headers.insert(header::RETRY_AFTER, value);
    }
    let answer = |pieces| run(client::answer::<ExchangeReply>(status, headers.clone(), pieces));

    let body = Bytes::copy_from_slice(body);
    let whole = answer(vec![body.clone()]);
    let cut = body.len() * (digit(cut) % 10) / 10;
    let in_pieces = answer(vec![body.slice(..cut), Bytes::new(), body.slice(cut..)]);
    assert_eq!(whole, in_pieces, "it matters how an answer is cut on the way");

    match whole {
        Ok(reply) => {
            assert!(status.is_success() && media_type.contains("json"), "{status} {media_type}");
            assert_eq!(Some(&reply), serde_json::from_slice(&body).ok().as_ref());
            is_written_as_read(&reply);
            is_not_less_than_came(&reply, &body);
            is_believed_only_where_it_is_clear(&reply, &body);
        }
        Err(NetworkError::Refused(problem)) => {
            assert!(!status.is_success());
            is_written_as_read(problem.as_ref());
        }
        Err(error) => {
            is_told(&error.problem());
            let read = status.is_success() && media_type.contains("json");
            assert!(!read || serde_json::from_slice::<ExchangeReply>(&body).is_err());
        }
    }
}

/// Changes and results of a later version are kept as they came.
fn is_not_less_than_came(reply: &ExchangeReply, body: &[u8]) {
    // An entry may hold what no value does; it is kept by its letters then.
    let Ok(came) = serde_json::from_slice::<Value>(body) else { return };
    for (at, change) in reply.changes.iter().enumerate() {
        if let News::Unknown(kept) = &change.news {
            is_kept_whole(kept, &came["changes"][at], &["seq"]);
        }
    }
    for (at, result) in reply.results.iter().enumerate() {
        if let Outcome::Unknown(kept) = &result.outcome {
            is_kept_whole(kept, &came["results"][at], &["id"]);
        }
    }
}

/// The entries of a reply as they came.
#[derive(Deserialize)]
struct Came {
    results: Vec<Entry>,
    changes: Vec<Entry>,
}

/// What says a member twice is never taken for something that is understood.
fn is_believed_only_where_it_is_clear(reply: &ExchangeReply, body: &[u8]) {
    let came: Came = serde_json::from_slice(body).expect("it has been read");
    for (entry, change) in came.changes.iter().zip(&reply.changes) {
        let malformed = matches!(change.news, News::Malformed(_));
        assert!(malformed || !is_said_twice(entry), "{change:?}");
    }
    for (entry, result) in came.results.iter().zip(&reply.results) {
        let malformed = matches!(result.outcome, Outcome::Malformed(_));
        assert!(malformed || !is_said_twice(entry), "{result:?}");
    }
}

fn is_said_twice(entry: &Entry) -> bool {
    says_twice(&serde_json::to_string(entry).expect("what was read can be written"))
}

/// What is answered to one operation or one courier, and what a platform says of itself.
pub(crate) fn receipt(bytes: &[u8]) {
    if let Ok(result) = serde_json::from_slice::<OperationResult>(bytes) {
        is_written_as_read(&result);
        if let Outcome::Unknown(kept) = &result.outcome {
            let came = serde_json::from_slice(bytes).expect("it has been read");
            is_kept_whole(kept, &came, &["id"]);
        }
    }
    if let Ok(reply) = serde_json::from_slice::<CourierReply>(bytes) {
        is_written_as_read(&reply);
    }
    if let Ok(known) = serde_json::from_slice::<CourierRegistration>(bytes) {
        is_written_as_read(&known);
    }
    if let Ok(problem) = serde_json::from_slice::<Problem>(bytes) {
        is_written_as_read(&problem);
    }
    if let Ok(info) = serde_json::from_slice::<PlatformInfo>(bytes) {
        is_written_as_read(&info);
    }
}
