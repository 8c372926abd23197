//! The OpenAPI 3.1 description at `/openapi.json`, gathered from the modules' routers.

use std::sync::Arc;

use axum::{Json, Router, routing::get};
use utoipa::{
    OpenApi as _,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use crate::{Config, Platform};

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Tongban platform",
    description = "What a provincial government-services platform offers to offline-first clients.",
    license(name = "Apache-2.0")
))]
struct Base;

/// The description before the modules have added to it.
pub(crate) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// Adds what only a running node knows.
pub(crate) fn finish(description: &mut utoipa::openapi::OpenApi, config: &Config) {
    let bearer = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = description.components.get_or_insert_default();
    // An access token of sign-in, and a token of `/office/api/sign-in`: never each other's.
    components.add_security_scheme("bearer", bearer());
    components.add_security_scheme("office", bearer());
    description.servers = Some(vec![utoipa::openapi::Server::new(config.issuer())]);
}

/// Serves the finished description.
pub(crate) fn router(description: utoipa::openapi::OpenApi) -> Router<Arc<Platform>> {
    let description = Arc::new(description);
    Router::new().route(
        "/openapi.json",
        get(move || {
            let description = Arc::clone(&description);
            async move { Json(description.as_ref().clone()) }
        }),
    )
}
