//! What handlers take in: a JSON body and a bearer token, each with refusals that a
//! person can read.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection};
use http::request::Parts;
use serde::de::DeserializeOwned;
use tongban_contract::problem::Problem;

use crate::{
    Error, Platform,
    identity::{self, AccountId},
};

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
        JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
            Problem::new("request.malformed", "平台没有读懂这次请求，内容可能在路上损坏了。", next)
        }
        _ => Problem::new("request.unreadable", "平台没有收全这次请求。", "请检查网络后再试一次。"),
    }
    .with_status(status)
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
        identity::tokens::authenticate(platform, &parts.headers).await
    }
}
