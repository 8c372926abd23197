//! Headers, metadata and refusals of tus 1.0.

use axum::{
    extract::{FromRequestParts, Request},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use jiff::{Timestamp, tz::TimeZone};
use tongban_contract::{identifiers::Digest, problem::Problem};

use super::LARGEST_FILE;
use crate::{Error, Result, error};

pub(super) const VERSION: &str = "1.0.0";
pub(super) const EXTENSIONS: &str = "creation,checksum,termination,expiration";
pub(super) const CHECKSUM_ALGORITHM: &str = "sha256";

pub(super) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub(super) const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub(super) const TUS_CHECKSUM_ALGORITHM: HeaderName =
    HeaderName::from_static("tus-checksum-algorithm");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(super) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// Names our version of tus in every answer.
pub(super) async fn name_version(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    response
}

/// A request of our version of tus; another is refused (412). Comes after who asks: whoever
/// is not signed in is told that first.
pub(super) struct OurVersion;

impl<S: Send + Sync> FromRequestParts<S> for OurVersion {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        if parts.headers.get(TUS_RESUMABLE).is_some_and(|version| version == VERSION) {
            return Ok(Self);
        }
        let problem =
            Problem::new("file.tus-version", "上传方式的版本与平台不一致。", "请更新应用后再试。");
        let supported = [(TUS_VERSION, VERSION)];
        Err((supported, error::respond(&problem.with_status(412))).into_response())
    }
}

/// What an upload is created with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(super) bytes: u64,
    pub(super) digest: Digest,
    pub(crate) name: String,
    pub(crate) media_type: String,
}

impl Announced {
    /// A file, with its name and its media type cleaned.
    pub(crate) fn new(digest: Digest, bytes: u64, name: &str, media_type: &str) -> Self {
        let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        let media_type =
            if is_media_type(media_type) { media_type } else { "application/octet-stream" };
        Self {
            bytes,
            digest,
            name: if name.is_empty() { "未命名文件".to_owned() } else { name },
            media_type: media_type.to_owned(),
        }
    }

    /// Size in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of its bytes.
    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }
}

/// Reads `Upload-Length` and `Upload-Metadata`.
pub(crate) fn announced(headers: &HeaderMap) -> Result<Announced> {
    let bytes = number(headers, &UPLOAD_LENGTH)?;
    if bytes == 0 {
        return Err(Problem::new("file.empty", "这个文件是空的，没有内容。", "请换一个文件。")
            .with_status(400)
            .into());
    }
    if bytes > LARGEST_FILE {
        return Err(too_large().into());
    }
    let metadata = text(headers, &UPLOAD_METADATA)?;
    let mut given = [None, None, None];
    for pair in metadata.split(',') {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let slot = match key {
            "filename" => 0,
            "filetype" => 1,
            "sha256" => 2,
            _ => continue,
        };
        let value = STANDARD.decode(value.trim()).ok().and_then(|v| String::from_utf8(v).ok());
        if let Some(place) = given.get_mut(slot) {
            *place = Some(value.ok_or_else(|| malformed("Upload-Metadata"))?);
        }
    }
    let [name, media_type, digest] = given;
    let digest = digest
        .and_then(|digest| digest.parse().ok())
        .ok_or_else(|| malformed("Upload-Metadata: sha256"))?;
    let (name, media_type) = (name.unwrap_or_default(), media_type.unwrap_or_default());
    Ok(Announced::new(digest, bytes, &name, &media_type))
}

/// Reads `Upload-Checksum`: the SHA-256 of the body of this request, where it is given.
pub(crate) fn checksum(headers: &HeaderMap) -> Result<Option<Vec<u8>>> {
    let Some(value) = headers.get(UPLOAD_CHECKSUM) else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| malformed("Upload-Checksum"))?;
    let (algorithm, digest) = value.split_once(' ').ok_or_else(|| malformed("Upload-Checksum"))?;
    if algorithm != CHECKSUM_ALGORITHM {
        return Err(malformed("Upload-Checksum").into());
    }
    let digest = STANDARD.decode(digest.trim()).map_err(|_| malformed("Upload-Checksum"))?;
    Ok(Some(digest))
}

/// Reads `Upload-Offset` of a body in the media type that tus asks for.
pub(crate) fn offset(headers: &HeaderMap) -> Result<u64> {
    if text(headers, &header::CONTENT_TYPE)? != "application/offset+octet-stream" {
        return Err(malformed("Content-Type").with_status(415).into());
    }
    number(headers, &UPLOAD_OFFSET)
}

/// A moment as HTTP writes it (RFC 9110, 5.6.7).
pub(super) fn http_date(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| malformed(name.as_str()).into())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64> {
    let digits = text(headers, name)?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).ok_or_else(|| malformed(name.as_str()).into())
}

fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    text.len() <= 127 && text.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub))
}

/// A header that is missing or cannot be read.
fn malformed(header: &str) -> Problem {
    Problem::new(
        "file.malformed",
        "平台没有读懂这次上传的说明。",
        "请更新应用后再试；仍不行，请联系技术支持。",
    )
    .at(header)
    .with_status(400)
}

pub(super) fn too_large() -> Problem {
    Problem::new(
        "file.too-large",
        format!("文件超过 {} MB，平台不能接收。", LARGEST_FILE / 1024 / 1024),
        "请压缩文件，或重新拍一张小一些的照片后再添加。",
    )
    .with_status(413)
}

pub(super) fn unknown() -> Problem {
    Problem::new("file.unknown", "平台没有这次上传的记录。", "不用操作，会从头再传一次。")
        .with_status(404)
}

pub(super) fn gone() -> Problem {
    Problem::new("file.expired", "这次上传搁置太久，平台已经清理。", "不用操作，会从头再传一次。")
        .with_status(410)
}

pub(super) fn wrong_offset() -> Problem {
    Problem::new(
        "file.wrong-offset",
        "续传的位置与平台收到的不一致。",
        "不用操作，会从平台收到的位置接着传。",
    )
    .with_status(409)
}

/// 460 is the status that tus gives to a checksum that does not fit.
pub(super) fn wrong_checksum() -> Problem {
    Problem::new(
        "file.wrong-checksum",
        "文件在路上损坏了，平台没有收下这一段。",
        "不用操作，会重新传。",
    )
    .with_status(460)
}

pub(super) fn wrong_digest() -> Problem {
    Problem::new(
        "file.wrong-digest",
        "文件收全了，但内容与申报的不一致，平台没有收下。",
        "会从头再传一次；仍不行，请重新添加这个文件。",
    )
    .with_status(460)
}

pub(super) fn finished() -> Problem {
    Problem::new("file.finished", "文件已经传完，可能已经用在申请里，不能撤销上传。", "不用操作。")
        .with_status(403)
}

pub(super) fn busy() -> Problem {
    Problem::new("file.busy", "这个文件正在上传。", "不用操作，稍后会接着传。").with_status(423)
}

pub(super) fn too_many() -> Error {
    let problem = Problem::new(
        "file.too-many",
        "没有传完的文件太多了，平台暂时不能接收新的文件。",
        "请等已有的文件传完后再试。",
    );
    Error::busy(problem, 60)
}

pub(super) fn full() -> Problem {
    Problem::new(
        "platform.full",
        "平台的存储空间不足，暂时不能接收文件。",
        "您的文件还在本机上，请过一段时间再试。",
    )
    .with_status(507)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.clone(), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn metadata_is_read_and_cleaned() {
        let digest = "ab".repeat(32);
        let metadata = format!(
            "filename {},filetype {}, sha256 {},relative",
            STANDARD.encode("身份证\n正面.jpg"),
            STANDARD.encode("image/jpeg"),
            STANDARD.encode(&digest)
        );
        let read =
            announced(&headers(&[(UPLOAD_LENGTH, "7"), (UPLOAD_METADATA, &metadata)])).unwrap();
        assert_eq!(read.name, "身份证正面.jpg");
        assert_eq!(read.media_type, "image/jpeg");
        assert_eq!(read.digest.as_str(), digest);
    }

    #[test]
    fn what_cannot_be_taken_is_refused_with_its_reason() {
        for (length, code) in [
            ("0", "file.empty"),
            ("52428801", "file.too-large"),
            ("-1", "file.malformed"),
            ("+7", "file.malformed"),
        ] {
            let refused = announced(&headers(&[(UPLOAD_LENGTH, length)])).unwrap_err();
            assert_eq!(refused.code(), code, "{length}");
        }
        let without_digest = headers(&[(UPLOAD_LENGTH, "7"), (UPLOAD_METADATA, "filename YQ==")]);
        assert_eq!(announced(&without_digest).unwrap_err().code(), "file.malformed");
    }

    #[test]
    fn the_example_date_of_rfc_9110_is_written_so() {
        let moment: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(http_date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
