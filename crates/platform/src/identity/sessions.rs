//! After sign-in: who somebody is (userinfo), revoking a token (RFC 7009) and ending a
//! sign-in from the browser (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};

use super::{
    accounts, clients, grants, id_token,
    page::{self, SentencePage},
    parameters::Parameters,
    token_endpoint::{TokenRefusal, refuse},
};
use crate::{Error, Platform, Result, extract::Bearer};

/// Claims about the person who is signed in.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct UserInfo {
    /// Stable random name of the account.
    sub: String,
    /// Name of the person; for the scope `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// ID number with all but its first three and last two characters masked; for the
    /// scope `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    masked_id: Option<String>,
    /// Assurance level of this sign-in.
    acr: String,
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/oidc/userinfo",
    tag = "sign-in",
    responses((status = 200, description = "Claims", body = UserInfo)),
    security(("bearer" = []))
)]
pub(super) async fn userinfo(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
) -> Result<Response> {
    claims(&platform, &bearer).await
}

/// Who is signed in, by POST.
#[utoipa::path(
    post,
    path = "/oidc/userinfo",
    tag = "sign-in",
    responses((status = 200, description = "Claims", body = UserInfo)),
    security(("bearer" = []))
)]
pub(super) async fn userinfo_by_post(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
) -> Result<Response> {
    claims(&platform, &bearer).await
}

async fn claims(platform: &Platform, bearer: &Bearer) -> Result<Response> {
    let account = accounts::read(&platform.pool, bearer.account)
        .await?
        .ok_or(Error::Stored("a grant of an unknown account"))?;
    let profile = bearer.scope.split(' ').any(|scope| scope == "profile");
    let info = UserInfo {
        masked_id: profile.then(|| account.citizen_id.masked()),
        sub: account.subject,
        name: profile.then_some(account.name),
        acr: bearer.acr.to_string(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(info)).into_response())
}

/// A token to revoke.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct Revocation {
    token: String,
    client_id: String,
}

/// Revokes a token; for a refresh token, the whole sign-in.
#[utoipa::path(
    post,
    path = "/oidc/revoke",
    tag = "sign-in",
    request_body(content = Revocation, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is not valid any more"),
        (status = 400, description = "What is asked is not understood", body = TokenRefusal),
    )
)]
pub(super) async fn revoke(
    State(platform): State<Arc<Platform>>,
    form: Result<Form<Revocation>, FormRejection>,
) -> Result<Response> {
    let Ok(Form(asked)) = form else {
        return Ok(refuse("invalid_request", "token and client_id are required"));
    };
    if clients::find(&asked.client_id).is_none() {
        return Ok(refuse("invalid_client", "client_id is unknown"));
    }
    grants::revoke_token(&platform, &asked.token, &asked.client_id).await?;
    Ok(StatusCode::OK.into_response())
}

pub(super) async fn end(
    State(platform): State<Arc<Platform>>,
    Parameters(parameters): Parameters,
) -> Result<Response> {
    let get = |wanted: &str| {
        let found = parameters.iter().find(|(name, value)| name == wanted && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    let hint = get("id_token_hint").and_then(|token| id_token::read(&platform, token));
    let Some(hint) = hint.filter(|hint| get("client_id").is_none_or(|id| id == hint.aud)) else {
        // Without proof of which sign-in is meant there is none here to end.
        let page = SentencePage {
            platform_name: &platform.name(),
            title: "本页没有登录",
            sentence: "平台不在浏览器里保留登录状态，本页没有可以退出的登录。",
            next: "要退出登录，请在“通办”应用的“我的”页面里操作。",
        };
        return page::answer(StatusCode::OK, &page, "");
    };
    grants::revoke(&platform.pool, &hint.sid, platform.now().as_millisecond()).await?;
    if let Some(uri) = get("post_logout_redirect_uri").filter(|uri| clients::is_redirect(uri)) {
        let target = clients::with_query(uri, &[("state", get("state"))]);
        return Ok(Redirect::to(&target).into_response());
    }
    let page = SentencePage {
        platform_name: &platform.name(),
        title: "已退出登录",
        sentence: "您已退出登录。",
        next: "可以关闭本页了。",
    };
    page::answer(StatusCode::OK, &page, "")
}
