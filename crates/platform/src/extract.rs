//! What handlers take in: parts of the address, a JSON body and a bearer token, each with
//! refusals that a person can read.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection};
use http::request::Parts;
use serde::de::DeserializeOwned;
use tongban_contract::problem::Problem;

use crate::{
    Error, Platform,
    identity::{self, AccountId},
    limits::Source,
    serve::TooSlow,
};

/// Parts of the address. One that cannot be read is answered like one that nobody has.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(read)) => Ok(Self(read)),
            Err(_) => Err(unknown_address().into()),
        }
    }
}

/// The problem of an address that nobody has.
pub(crate) fn unknown_address() -> Problem {
    Problem::new(
        "request.unknown-address",
        "平台没有这个地址。",
        "请更新应用后再试；仍不行，请联系技术支持。",
    )
    .with_status(404)
}

/// A JSON body. What cannot be read is refused with a problem.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(refusal(&rejection).into()),
        }
    }
}

fn refusal(rejection: &JsonRejection) -> Problem {
    let status = rejection.status().as_u16();
    let next = "请更新应用后再试；仍不行，请联系技术支持。";
    match rejection {
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new("request.media-type", "平台只接受 JSON 格式的请求。", next)
        }
        JsonRejection::BytesRejection(_) if status == 413 => too_large(),
        JsonRejection::BytesRejection(unread) if is_too_slow(unread) => {
            return Problem::new(
                "request.too-slow",
                "网络太慢，平台没有等到整个请求。",
                "不用操作，网络好一些时会自动再试。",
            )
            .with_status(408);
        }
        JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
            Problem::new("request.malformed", "平台没有读懂这次请求，内容可能在路上损坏了。", next)
        }
        _ => Problem::new("request.unreadable", "平台没有收全这次请求。", "请检查网络后再试一次。"),
    }
    .with_status(status)
}

/// Whether a body was given up because it came too slowly.
fn is_too_slow(rejection: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(rejection), |error| error.source())
        .any(|error| error.is::<TooSlow>())
}

/// The problem of a body that is larger than what is taken.
pub fn too_large() -> Problem {
    Problem::new(
        "request.too-large",
        "一次提交的内容太大，平台没有接收。",
        "请减少一次提交的内容后再试。",
    )
    .with_status(413)
}

/// Who asks, by a valid access token. Answers 401 `sign-in.expired` without one.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The account.
    pub account: AccountId,
    /// Assurance level of this sign-in: 1, 2 or 3; never above what the account still has.
    pub acr: u8,
    /// Client to which the token was given.
    pub client: String,
    /// Scopes that were granted, with spaces between them.
    pub scope: String,
}

impl FromRequestParts<Arc<Platform>> for Bearer {
    type Rejection = Error;

    async fn from_request_parts(
        parts: &mut Parts,
        platform: &Arc<Platform>,
    ) -> Result<Self, Error> {
        let bearer = identity::tokens::authenticate(platform, &parts.headers).await?;
        platform.limits.count(Source::Account(bearer.account))?;
        Ok(bearer)
    }
}
