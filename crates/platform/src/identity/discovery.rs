//! What the provider and the platform say of themselves.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use http::header;
use openidconnect::core::CoreJsonWebKeySet;
use serde::Serialize;
use tongban_contract::discovery::PlatformInfo;

use super::{clients, id_token};
use crate::Platform;

/// The scopes that mean something here.
pub(super) const SCOPES: [&str; 3] = ["openid", "profile", "offline_access"];

/// OpenID Connect Discovery 1.0, with the members of RFC 7009, 7636 and 9207.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ProviderMetadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: String,
    revocation_endpoint: String,
    end_session_endpoint: String,
    scopes_supported: [&'static str; 3],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    acr_values_supported: [&'static str; 3],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
    claims_supported: [&'static str; 10],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    ui_locales_supported: [&'static str; 1],
}

/// The addresses and abilities of the OpenID Connect provider.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "sign-in",
    responses((status = 200, description = "Provider metadata", body = ProviderMetadata))
)]
pub(super) async fn provider(State(platform): State<Arc<Platform>>) -> impl IntoResponse {
    let issuer = platform.config.issuer();
    let at = |path: &str| format!("{issuer}/oidc/{path}");
    Json(ProviderMetadata {
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        jwks_uri: at("jwks"),
        userinfo_endpoint: at("userinfo"),
        revocation_endpoint: at("revoke"),
        end_session_endpoint: at("end_session"),
        scopes_supported: SCOPES,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        acr_values_supported: ["1", "2", "3"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        claims_supported: [
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "acr",
            "sid",
            "name",
            "masked_id",
        ],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        ui_locales_supported: ["zh-CN"],
        issuer,
    })
}

/// The keys with which id tokens are checked.
#[utoipa::path(
    get,
    path = "/oidc/jwks",
    tag = "sign-in",
    responses((status = 200, description = "JSON Web Key Set (RFC 7517)", body = serde_json::Value))
)]
pub(super) async fn keys(State(platform): State<Arc<Platform>>) -> impl IntoResponse {
    let keys = CoreJsonWebKeySet::new(vec![id_token::public_key(&platform)]);
    ([(header::CACHE_CONTROL, "max-age=300")], Json(keys))
}

/// What this platform says of itself.
#[utoipa::path(
    get,
    path = "/.well-known/tongban.json",
    tag = "platform",
    responses((status = 200, description = "The platform", body = PlatformInfo))
)]
pub(super) async fn platform_info(State(platform): State<Arc<Platform>>) -> Json<PlatformInfo> {
    Json(PlatformInfo {
        name: platform.name(),
        issuer: platform.config.issuer(),
        client_id: clients::APP.id.to_owned(),
        public_key: platform.keys.public_key(),
        courier_recipient: Some(platform.keys.courier_recipient()),
    })
}
