//! Handing out what was handed in. What citizens upload is never shown as a page of this
//! site: it is always saved as a file, whatever it claims to be.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::header;
use tokio_util::io::ReaderStream;
use tongban_contract::{identifiers::Digest, operation::Enclosure, problem::Problem};

use crate::{Platform, Result, cases::record::CaseRecord, files};

/// Kinds of file whose claim is passed on; every other is only bytes.
const KNOWN: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "application/pdf"];

/// A file of this case, as an answer.
pub(super) async fn download(
    platform: &Platform,
    record: &CaseRecord,
    digest: &Digest,
) -> Result<Response> {
    let of_case =
        record.filing.materials.values().flatten().find_map(|enclosure| match enclosure {
            Enclosure::File { digest: known, name, media_type, .. } if known == digest => {
                Some((name, media_type))
            }
            Enclosure::File { .. } | Enclosure::Licence { .. } => None,
        });
    let (name, media_type) = of_case.ok_or_else(no_such_file)?;
    let file = files::open(platform, digest).await?.ok_or_else(no_such_file)?;
    let known = KNOWN.into_iter().find(|known| known == media_type);
    let headers = [
        (header::CONTENT_TYPE, known.unwrap_or("application/octet-stream").to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", encode(name))),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

fn no_such_file() -> Problem {
    Problem::new("office.no-such-file", "这件申请里没有这个文件。", "请刷新办件页面后再试。")
        .with_status(404)
}

/// A file's name as RFC 8187 writes it.
fn encode(name: &str) -> String {
    let mut text = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn a_name_can_end_no_header_and_begin_no_path() {
        assert_eq!(encode("门头\r\n\".jpg"), "%E9%97%A8%E5%A4%B4%0D%0A%22.jpg");
        assert_eq!(encode("../a"), "..%2Fa");
    }
}
