//! Headers of uploads, as the platform reads them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use tongban_platform::{
    files::LARGEST_FILE,
    fuzzing::{self as platform, AnnouncedFile},
};

use crate::rules::is_refused;

/// A line for each header: its name, a colon, its value.
pub(crate) fn headers(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(20) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii()))
        {
            headers.insert(name, value);
        }
    }
    match platform::announced(&headers) {
        Ok(file) => is_sound(&file),
        Err(error) => {
            is_refused(error);
        }
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match platform::upload_offset(&headers) {
        Ok(offset) => {
            let digits = text("upload-offset").trim_start_matches('0');
            let same = digits == offset.to_string() || (digits.is_empty() && offset == 0);
            assert!(same, "{digits} is read as {offset}");
        }
        Err(error) => {
            is_refused(error);
        }
    }
    match platform::upload_checksum(&headers) {
        Ok(Some(checksum)) => {
            let given = text("upload-checksum").strip_prefix("sha256 ").map(str::trim);
            assert_eq!(given, Some(STANDARD.encode(checksum).as_str()));
        }
        Ok(None) => assert!(!headers.contains_key("upload-checksum"), "a checksum is passed over"),
        Err(error) => {
            is_refused(error);
        }
    }
}

fn is_sound(file: &AnnouncedFile) {
    assert!((1..=LARGEST_FILE).contains(&file.bytes), "{file:?}");
    assert!(!file.name.is_empty() && file.name.chars().count() <= 200, "{file:?}");
    assert!(!file.name.chars().any(char::is_control), "{file:?}");
    assert!(file.media_type.is_ascii() && file.media_type.len() <= 127, "{file:?}");
    assert!(file.media_type.split('/').filter(|part| !part.is_empty()).count() == 2, "{file:?}");

    // As a client would announce what was read.
    let metadata = format!(
        "filename {},filetype {},sha256 {}",
        STANDARD.encode(&file.name),
        STANDARD.encode(&file.media_type),
        STANDARD.encode(file.digest.as_str()),
    );
    let mut headers = HeaderMap::new();
    headers.insert("upload-length", file.bytes.into());
    headers.insert("upload-metadata", HeaderValue::from_str(&metadata).expect("base64 is text"));
    let again = platform::announced(&headers).expect("what was read can be announced");
    assert_eq!(again, *file);
}
