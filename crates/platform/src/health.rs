//! `GET /health`: whether the node can do its work, for whoever watches over it.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Platform, Result};

/// How a node is.
#[derive(Serialize, utoipa::ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// The address of the health check.
pub(crate) fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the node reaches its database.
#[utoipa::path(
    get,
    path = "/health",
    tag = "platform",
    responses((status = 200, description = "It does", body = Health))
)]
async fn health(State(platform): State<Arc<Platform>>) -> Result<Json<Health>> {
    sqlx::query_scalar::<_, i64>("SELECT 1").fetch_one(&platform.pool).await?;
    Ok(Json(Health { status: "ok" }))
}
