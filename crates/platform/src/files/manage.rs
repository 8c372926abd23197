//! What else can be asked of uploads: abilities, state, termination, expiry.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{LARGEST_FILE, append, create::expiry, protocol, store, uploads};
use crate::{Error, Platform, Result, extract::Bearer};

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// What this server can do.
#[utoipa::path(
    options,
    path = "/v1/files",
    tag = "files",
    responses((status = 204, description = "Versions, extensions and limits in headers"))
)]
pub(super) async fn abilities() -> Response {
    let headers = [
        (protocol::TUS_VERSION, HeaderValue::from_static(protocol::VERSION)),
        (protocol::TUS_EXTENSION, HeaderValue::from_static(protocol::EXTENSIONS)),
        (protocol::TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static(protocol::CHECKSUM_ALGORITHM)),
        (protocol::TUS_MAX_SIZE, HeaderValue::from(LARGEST_FILE)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// How much of an upload there is.
#[utoipa::path(
    head,
    path = "/v1/files/{id}",
    tag = "files",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 200, description = "Upload-Offset and Upload-Length in headers")),
    security(("bearer" = []))
)]
pub(super) async fn state(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Response> {
    let upload =
        uploads::read(&platform.pool, bearer.account, &id).await?.ok_or_else(protocol::unknown)?;
    if !upload.finished && upload.expires_at <= platform.now().as_millisecond() {
        return Err(protocol::gone().into());
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(protocol::UPLOAD_OFFSET, HeaderValue::from(upload.received));
    headers.insert(protocol::UPLOAD_LENGTH, HeaderValue::from(upload.bytes));
    if !upload.finished {
        headers.extend(expiry(upload.expires_at));
    }
    Ok((StatusCode::OK, headers).into_response())
}

/// Gives up an upload. The object itself stays where a case or another account needs it;
/// a finished one is no upload any more and cannot be given up.
#[utoipa::path(
    delete,
    path = "/v1/files/{id}",
    tag = "files",
    params(("id" = String, Path, description = "The upload")),
    responses(
        (status = 204, description = "Gone"),
        (status = 403, description = "It is finished", body = tongban_contract::problem::Problem),
    ),
    security(("bearer" = []))
)]
pub(super) async fn terminate(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let _turn = platform.uploads.take(&id).ok_or_else(protocol::busy)?;
    let upload =
        uploads::read(&platform.pool, bearer.account, &id).await?.ok_or_else(protocol::unknown)?;
    if upload.finished {
        return Err(protocol::finished().into());
    }
    give_up(&platform, &upload.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an unfinished upload and its bytes.
pub(super) async fn give_up(platform: &Platform, id: &str) -> Result<()> {
    uploads::remove(&platform.pool, id).await?;
    store::remove_partial(&platform.config, id).await
}

/// POST with `X-HTTP-Method-Override` (tus core), for networks that drop other methods.
pub(super) async fn overridden(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    match headers.get(METHOD_OVERRIDE).and_then(|method| method.to_str().ok()) {
        Some("PATCH") => append::append(State(platform), bearer, Path(id), headers, body).await,
        Some("HEAD") => state(State(platform), bearer, Path(id)).await,
        Some("DELETE") => Ok(terminate(State(platform), bearer, Path(id)).await?.into_response()),
        _ => Err(Error::from(protocol::unknown().with_status(405))),
    }
}

/// Removes unfinished uploads that were given up.
pub(super) async fn remove_expired(platform: &Platform) -> Result<()> {
    let now = platform.now().as_millisecond();
    for id in uploads::expired(&platform.pool, now).await? {
        let Some(_turn) = platform.uploads.take(&id) else {
            continue;
        };
        give_up(platform, &id).await?;
    }
    Ok(())
}
