//! The token endpoint (RFC 6749): takes a code or a refresh token, gives tokens.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};
use serde::Serialize;

use super::{
    accounts, clients,
    grants::{self, ACCESS_LIFETIME, Issued},
    id_token,
};
use crate::{Error, Platform, Result};

/// Tokens (RFC 6749, 5.1).
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct TokenReply {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    id_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// Why there are none (RFC 6749, 5.2).
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct TokenRefusal {
    error: &'static str,
    error_description: &'static str,
}

/// Exchanges a code (with its PKCE verifier) or a refresh token for tokens.
#[utoipa::path(
    post,
    path = "/oidc/token",
    tag = "sign-in",
    request_body(
        content = BTreeMap<String, String>,
        description = "`grant_type`, `client_id`, and what RFC 6749 and 7636 ask for with them",
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "Tokens", body = TokenReply),
        (status = 400, description = "No tokens, and why", body = TokenRefusal),
    )
)]
pub(super) async fn token(
    State(platform): State<Arc<Platform>>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response> {
    let Ok(Form(parameters)) = form else {
        return Ok(refuse("invalid_request", "the body must be a form"));
    };
    let count = parameters.len();
    let given: BTreeMap<String, String> = parameters.into_iter().collect();
    if given.len() < count {
        return Ok(refuse("invalid_request", "a parameter is given more than once"));
    }
    let get = |name: &str| given.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let Some(client) = get("client_id").and_then(clients::find) else {
        return Ok(refuse("invalid_client", "client_id is missing or unknown"));
    };
    let (outcome, first) = match get("grant_type") {
        Some("authorization_code") => {
            let (Some(code), Some(redirect_uri), Some(verifier)) =
                (get("code"), get("redirect_uri"), get("code_verifier"))
            else {
                let description = "code, redirect_uri and code_verifier are required";
                return Ok(refuse("invalid_request", description));
            };
            (grants::redeem(&platform, code, client.id, redirect_uri, verifier).await?, true)
        }
        Some("refresh_token") => {
            let Some(token) = get("refresh_token") else {
                return Ok(refuse("invalid_request", "refresh_token is required"));
            };
            if get("scope").is_some() {
                return Ok(refuse("invalid_scope", "the scope of a sign-in cannot be changed"));
            }
            (grants::refresh(&platform, token, client.id).await?, false)
        }
        Some(_) => {
            let description = "grant_type must be authorization_code or refresh_token";
            return Ok(refuse("unsupported_grant_type", description));
        }
        None => return Ok(refuse("invalid_request", "grant_type is required")),
    };
    match outcome {
        Ok(issued) => reply(&platform, issued, first).await,
        Err(refused) => Ok(refuse("invalid_grant", refused.0)),
    }
}

async fn reply(platform: &Platform, issued: Issued, first: bool) -> Result<Response> {
    let account = accounts::read(&platform.pool, issued.grant.account)
        .await?
        .ok_or(Error::Stored("a grant of an unknown account"))?;
    let body = TokenReply {
        id_token: id_token::make(platform, &issued.grant, &account, &issued.access, first)?,
        access_token: issued.access,
        token_type: "Bearer",
        expires_in: ACCESS_LIFETIME,
        scope: issued.grant.scope,
        refresh_token: issued.refresh,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

pub(super) fn refuse(error: &'static str, error_description: &'static str) -> Response {
    let body = Json(TokenRefusal { error, error_description });
    (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}
