//! Creating an upload (tus creation).

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use tongban_contract::problem::Problem;
use uuid::Uuid;

use super::{manage, protocol, settled, uploads};
use crate::{Error, Platform, Result, extract::Bearer};

/// Begins the upload of a file, or finds the one there is: `Upload-Offset` tells how much
/// of it the platform has, which is all of it where this account has sent the file before.
#[utoipa::path(
    post,
    path = "/v1/files",
    tag = "files",
    params(
        ("Tus-Resumable" = String, Header, description = "Version of tus", pattern = "^1[.]0[.]0$"),
        ("Upload-Length" = u64, Header, description = "Size in bytes"),
        ("Upload-Metadata" = String, Header, description = "filename, filetype and sha256 (64 hexadecimal digits), each in base64"),
    ),
    responses(
        (
            status = 201,
            description = "Begun or found",
            headers(
                ("Location" = String, description = "Its address"),
                ("Upload-Offset" = u64, description = "How much of it there is"),
            ),
        ),
        (status = 400, description = "A header is missing or cannot be read, or the file is empty", body = Problem),
        (status = 409, description = "The account has announced it with another size", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
        (status = 413, description = "Too large", body = Problem),
    ),
    security(("bearer" = []))
)]
pub(super) async fn create(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    _: protocol::OurVersion,
    headers: HeaderMap,
) -> Result<Response> {
    let announced = protocol::announced(&headers)?;
    let (pool, account) = (&platform.pool, bearer.account);
    let now = platform.now().as_millisecond();
    let mut found = uploads::find(pool, account, &announced.digest).await?;
    if let Some(old) = &found
        && !old.finished
        && old.expires_at <= now
    {
        manage::give_up(&platform, &old.id).await?;
        found = None;
    }
    if found.is_none() {
        if !uploads::may_begin(pool, account, announced.bytes).await? {
            return Err(protocol::too_many());
        }
        let id = Uuid::now_v7().to_string();
        uploads::begin(pool, account, &id, &announced, now).await?;
    }
    let upload = uploads::find(pool, account, &announced.digest)
        .await?
        .ok_or(Error::Stored("an upload that was just begun is missing"))?;
    let upload = settled(&platform, account, upload).await?;
    if upload.bytes != announced.bytes {
        // One of the two announcements is wrong; the digest alone does not tell which.
        return Err(protocol::wrong_digest().with_status(409).into());
    }

    let mut answer = HeaderMap::new();
    let address = format!("{}/v1/files/{}", platform.config.issuer(), upload.id);
    if let Ok(address) = HeaderValue::from_str(&address) {
        answer.insert(header::LOCATION, address);
    }
    answer.insert(protocol::UPLOAD_OFFSET, HeaderValue::from(upload.received));
    if !upload.finished {
        answer.extend(expiry(upload.expires_at));
    }
    Ok((StatusCode::CREATED, answer).into_response())
}

/// The header that tells when an unfinished upload is given up.
pub(super) fn expiry(at: i64) -> Option<(http::HeaderName, HeaderValue)> {
    let moment = Timestamp::from_millisecond(at).ok()?;
    let value = HeaderValue::from_str(&protocol::http_date(moment)).ok()?;
    Some((protocol::UPLOAD_EXPIRES, value))
}
