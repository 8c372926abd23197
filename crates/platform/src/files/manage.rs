//! What else can be asked of uploads: abilities, state, termination, expiry.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tongban_contract::problem::Problem;

use super::{
    LARGEST_FILE, append, create::expiry, protocol, protocol::OurVersion, settled, store, turn,
    uploads,
};
use crate::{
    Error, Platform, Result,
    extract::{Bearer, Path},
};

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// What this server can do.
#[utoipa::path(
    options,
    path = "/v1/files",
    tag = "files",
    responses(
        (
            status = 204,
            description = "Versions, extensions and limits",
            headers(
                ("Tus-Resumable" = String),
                ("Tus-Version" = String),
                ("Tus-Extension" = String),
                ("Tus-Checksum-Algorithm" = String),
                ("Tus-Max-Size" = u64),
            ),
        ),
    )
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
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "Version of tus", pattern = "^1[.]0[.]0$"),
    ),
    responses(
        (
            status = 200,
            description = "How much there is, and how much there will be",
            headers(("Upload-Offset" = u64), ("Upload-Length" = u64)),
        ),
        (status = 404, description = "No such upload of this account", body = Problem),
        (status = 410, description = "It was left for too long", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
    ),
    security(("bearer" = []))
)]
pub(super) async fn state(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    _: OurVersion,
    Path(id): Path<String>,
) -> Result<Response> {
    let upload =
        uploads::read(&platform.pool, bearer.account, &id).await?.ok_or_else(protocol::unknown)?;
    if !upload.finished && upload.expires_at <= platform.now().as_millisecond() {
        return Err(protocol::gone().into());
    }
    let upload = settled(&platform, bearer.account, upload).await?;
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
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "Version of tus", pattern = "^1[.]0[.]0$"),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 403, description = "It is finished, or the account is stopped", body = Problem),
        (status = 404, description = "No such upload of this account", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
        (status = 423, description = "It is being written to", body = Problem),
    ),
    security(("bearer" = []))
)]
pub(super) async fn terminate(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    _: OurVersion,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let (_turn, upload) = turn(&platform, bearer.account, &id).await?;
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

/// Stands in for the method that `X-HTTP-Method-Override` names (tus core), as some networks
/// drop PATCH; answers as that method does.
#[utoipa::path(
    post,
    path = "/v1/files/{id}",
    tag = "files",
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "Version of tus", pattern = "^1[.]0[.]0$"),
        ("X-HTTP-Method-Override" = Option<String>, Header, description = "`PATCH`, `HEAD` or `DELETE`"),
        ("Upload-Offset" = Option<u64>, Header, description = "With `PATCH`: where the bytes belong"),
        ("Upload-Checksum" = Option<String>, Header, description = "With `PATCH`: `sha256` and the digest of this body in base64"),
    ),
    request_body(content = [u8], content_type = "application/offset+octet-stream"),
    responses(
        (status = 200, description = "`HEAD`: how much there is", headers(("Upload-Offset" = u64))),
        (status = 204, description = "`PATCH`: taken; `DELETE`: gone"),
        (status = 400, description = "`PATCH`: a header is missing or cannot be read", body = Problem),
        (status = 403, description = "`DELETE`: it is finished, or the account is stopped", body = Problem),
        (status = 404, description = "No such upload of this account", body = Problem),
        (status = 405, description = "No method that can be stood in for", body = Problem),
        (status = 409, description = "`PATCH`: not the offset there is", body = Problem),
        (status = 410, description = "It was left for too long", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
        (status = 413, description = "`PATCH`: more than was announced", body = Problem),
        (status = 415, description = "`PATCH`: not `application/offset+octet-stream`", body = Problem),
        (status = 423, description = "It is being written to", body = Problem),
        (status = 460, description = "`PATCH`: checksum or digest do not fit", body = Problem),
        (status = 507, description = "`PATCH`: the platform has no space", body = Problem),
    ),
    security(("bearer" = []))
)]
pub(super) async fn overridden(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    version: OurVersion,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    match headers.get(METHOD_OVERRIDE).and_then(|method| method.to_str().ok()) {
        Some("PATCH") => {
            append::append(State(platform), bearer, version, Path(id), headers, body).await
        }
        Some("HEAD") => state(State(platform), bearer, version, Path(id)).await,
        Some("DELETE") => {
            Ok(terminate(State(platform), bearer, version, Path(id)).await?.into_response())
        }
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
