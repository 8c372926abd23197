//! The published files over HTTP: resumable by range, cacheable for ever by anyone, as a
//! file's name is the digest of its bytes. Only the manifest and updates change.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::Manifest, identifiers::Digest, numbers::DivisionCode, problem::Problem,
};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::{Platform, Result, error, extract::Path};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");

/// What is published now.
#[utoipa::path(
    get,
    path = "/catalogue/manifest.json",
    tag = "catalogue",
    params(("If-None-Match" = Option<String>, Header, description = "What is there already")),
    responses(
        (status = 200, description = "The manifest", body = Manifest),
        (status = 304, description = "It is there already"),
    )
)]
pub(super) async fn manifest(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
) -> Response {
    let bytes = platform.catalogue.manifest_bytes.clone();
    let etag = etag(&Digest::from_bytes(&Sha256::digest(&bytes).into()));
    if is_known(&headers, &etag) {
        return not_modified(etag, ASK_AGAIN);
    }
    let kind = HeaderValue::from_static("application/json");
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, ASK_AGAIN), (header::ETAG, etag)];
    (headers, bytes).into_response()
}

/// The minisign signature of the manifest, over its exact bytes.
#[utoipa::path(
    get,
    path = "/catalogue/manifest.json.minisig",
    tag = "catalogue",
    responses((status = 200, description = "The signature", body = String, content_type = "text/plain"))
)]
pub(super) async fn signature(State(platform): State<Arc<Platform>>) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, ASK_AGAIN)];
    (headers, platform.catalogue.signature.clone()).into_response()
}

/// One file; `Range` is honoured.
#[utoipa::path(
    get,
    path = "/catalogue/files/{name}",
    tag = "catalogue",
    params(
        ("name" = String, Path, description = "As the manifest has it"),
        ("Range" = Option<String>, Header, description = "The part that is asked for"),
        ("If-None-Match" = Option<String>, Header, description = "What is there already"),
    ),
    responses(
        (status = 200, description = "The file", content_type = "application/zstd"),
        (status = 206, description = "The part asked for", content_type = "application/zstd"),
        (status = 304, description = "It is there already"),
        (status = 404, description = "No such file", body = Problem),
        (status = 416, description = "No such part", content_type = "application/zstd"),
    )
)]
pub(super) async fn file(
    State(platform): State<Arc<Platform>>,
    Path(name): Path<String>,
    mut request: Request,
) -> Result<Response> {
    let digest: Option<Digest> = name.strip_suffix(".jsonl.zst").and_then(|d| d.parse().ok());
    let Some(digest) = digest else {
        return Ok(unknown());
    };
    let etag = etag(&digest);
    let headers = request.headers_mut();
    if is_known(headers, &etag) {
        return Ok(not_modified(etag, FOR_EVER));
    }
    // A range of another file is of no use: then the whole of this one is sent.
    if headers.get(header::IF_RANGE).is_some_and(|known| *known != etag) {
        headers.remove(header::RANGE);
    }
    for conditional in [header::IF_RANGE, header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
        headers.remove(conditional);
    }
    let path = platform.catalogue.folder.join("files").join(&name);
    let Ok(found) = ServeFile::new(path).oneshot(request).await;
    let mut response = found.map(axum::body::Body::new);
    if response.status() == StatusCode::NOT_FOUND {
        return Ok(unknown());
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zstd"));
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    headers.insert(header::ETAG, etag);
    headers.remove(header::LAST_MODIFIED);
    Ok(response)
}

/// What changed in a region since a version, signed: see `tongban_contract::update`.
#[utoipa::path(
    get,
    path = "/catalogue/updates/{region}/{from}",
    tag = "catalogue",
    params(
        ("region" = String, Path, description = "Code of a county, of a city or of the province"),
        ("from" = u64, Path, description = "Version that is there"),
        ("If-None-Match" = Option<String>, Header, description = "What is there already"),
    ),
    responses(
        (status = 200, description = "The update", content_type = "application/octet-stream"),
        (status = 304, description = "It is there already"),
        (status = 404, description = "What changed since is not known: fetch everything", body = Problem),
    )
)]
pub(super) async fn update(
    State(platform): State<Arc<Platform>>,
    Path((region, from)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let asked: Option<(DivisionCode, u64)> = region.parse().ok().zip(from.parse().ok());
    let Some((region, from)) = asked else {
        return Ok(unknown());
    };
    let serving = platform.clone();
    let made =
        tokio::task::spawn_blocking(move || serving.catalogue.update(&region, from, &serving.keys));
    let Some(bytes) = made.await?? else {
        return Ok(unknown());
    };
    let etag = etag(&Digest::from_bytes(&Sha256::digest(&bytes).into()));
    if is_known(&headers, &etag) {
        return Ok(not_modified(etag, ASK_AGAIN));
    }
    let kind = HeaderValue::from_static("application/octet-stream");
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, ASK_AGAIN), (header::ETAG, etag)];
    Ok((headers, bytes).into_response())
}

fn etag(digest: &Digest) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{digest}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|known| {
        let known = known.to_str().unwrap_or_default();
        known
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/").as_bytes() == etag.as_bytes())
    })
}

fn not_modified(etag: HeaderValue, caching: HeaderValue) -> Response {
    let headers = [(header::ETAG, etag), (header::CACHE_CONTROL, caching)];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

fn unknown() -> Response {
    error::respond(
        &Problem::new(
            "catalogue.unknown-file",
            "平台没有这个办事指南文件。",
            "不用操作，会重新取一次目录。",
        )
        .with_status(404),
    )
}
