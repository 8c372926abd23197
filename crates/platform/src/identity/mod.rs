//! Accounts and the OpenID Connect provider that signs them in.
//!
//! The provider does what a public native client needs: authorization code with PKCE
//! (S256, always), loopback redirects (RFC 8252), refresh tokens with rotation, revocation
//! (RFC 7009), logout. It keeps no session in the browser: every sign-in asks for the
//! password, which suits machines that several people share, and leaves nothing behind.
//!
//! # Layout
//! - [`accounts`], [`passwords`], [`secrets`]: who there is, and how they prove it.
//! - `tries`: how often a wrong password may be given.
//! - `clients`: which apps may ask, and where they may be answered.
//! - `request`: what an app asks for, checked and kept while the page is open.
//! - `authorize`, `page`: the sign-in page and the answer to the browser.
//! - `parameters`: what a browser brings.
//! - [`tokens`], `grants`: what is given out, and recognising it again.
//! - `token_endpoint`, `id_token`, `discovery`, `sessions`: the remaining addresses.

use std::sync::Arc;

use axum::{
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Platform;

pub mod accounts;
mod authorize;
mod clients;
mod discovery;
mod grants;
mod id_token;
mod page;
mod parameters;
pub mod passwords;
mod request;
pub mod secrets;
mod sessions;
mod token_endpoint;
pub mod tokens;
pub(crate) mod tries;

pub use accounts::{Account, AccountId};

/// Largest form in bytes: what an app or a person sends here is short.
const LARGEST_FORM: usize = 32 * 1024;

/// The addresses of sign-in.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new()
        .routes(routes!(discovery::provider))
        .routes(routes!(discovery::platform_info))
        .routes(routes!(discovery::keys))
        .routes(routes!(token_endpoint::token))
        .routes(routes!(sessions::userinfo, sessions::userinfo_by_post))
        .routes(routes!(sessions::revoke))
        .route("/oidc/authorize", get(authorize::authorize).post(authorize::authorize))
        .route("/oidc/sign-in", post(authorize::sign_in))
        .route("/oidc/end_session", get(sessions::end).post(sessions::end))
        .route(page::STYLE_PATH, get(page::style))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}
