//! The office for scripts: the same sign-in, lists and actions as JSON.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use tongban_contract::{
    identifiers::{CaseId, Digest},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::{self, ActionRequest},
    materials,
    session::{self, Kind, ScriptStaff},
    view::{self, CaseRow, CaseView},
};
use crate::{
    Platform, Result,
    cases::engine,
    extract::{self, Path},
};

/// The addresses of the office for scripts.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(act))
        .routes(routes!(download))
}

/// Who signs in.
#[derive(Deserialize, utoipa::ToSchema)]
struct SignInRequest {
    /// Account of the department.
    login: String,
    /// Password.
    password: String,
}

/// What a script signs its requests with.
#[derive(Serialize, utoipa::ToSchema)]
struct SignInReply {
    /// Token for `Authorization: Bearer`.
    token: String,
    /// Seconds for which it is good.
    expires_in: i64,
}

/// Cases of a department.
#[derive(Serialize, utoipa::ToSchema)]
struct ListReply {
    /// The open ones first.
    cases: Vec<CaseRow>,
}

/// Signs a department in.
#[utoipa::path(
    post,
    path = "/office/api/sign-in",
    tag = "office",
    request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in", body = SignInReply),
        (status = 401, description = "Wrong account or password", body = Problem),
    )
)]
async fn sign_in(
    State(platform): State<Arc<Platform>>,
    extract::Json(asked): extract::Json<SignInRequest>,
) -> Result<Json<SignInReply>> {
    let token = session::sign_in(&platform, &asked.login, &asked.password, Kind::Script).await?;
    Ok(Json(SignInReply { token, expires_in: session::LASTS_SECONDS }))
}

/// Lists the cases in which the department has a step.
#[utoipa::path(
    get,
    path = "/office/api/cases",
    tag = "office",
    responses((status = 200, description = "The open ones first", body = ListReply)),
    security(("office" = []))
)]
async fn list(
    State(platform): State<Arc<Platform>>,
    ScriptStaff(staff): ScriptStaff,
) -> Result<Json<ListReply>> {
    Ok(Json(ListReply { cases: view::list(&platform, &staff).await? }))
}

/// One case, whole.
#[utoipa::path(
    get,
    path = "/office/api/cases/{id}",
    tag = "office",
    params(("id" = String, Path, description = "The application")),
    responses(
        (status = 200, description = "The case", body = CaseView),
        (status = 404, description = "None, or none of this department", body = Problem),
    ),
    security(("office" = []))
)]
async fn show(
    State(platform): State<Arc<Platform>>,
    ScriptStaff(staff): ScriptStaff,
    Path(id): Path<String>,
) -> Result<Json<CaseView>> {
    let record = actions::visible(&platform, &staff, read_id(&id)?).await?;
    Ok(Json(view::case(&platform, &staff, &record).await?))
}

/// Does something to a case.
#[utoipa::path(
    post,
    path = "/office/api/cases/{id}/actions",
    tag = "office",
    params(("id" = String, Path, description = "The application")),
    request_body = ActionRequest,
    responses(
        (status = 200, description = "The case afterwards", body = CaseView),
        (status = 400, description = "The request cannot be read", body = Problem),
        (status = 404, description = "None, or none of this department", body = Problem),
        (status = 409, description = "Not possible as the case stands", body = Problem),
    ),
    security(("office" = []))
)]
async fn act(
    State(platform): State<Arc<Platform>>,
    ScriptStaff(staff): ScriptStaff,
    Path(id): Path<String>,
    extract::Json(asked): extract::Json<ActionRequest>,
) -> Result<Json<CaseView>> {
    let record = actions::act(&platform, &staff, read_id(&id)?, asked).await?;
    Ok(Json(view::case(&platform, &staff, &record).await?))
}

/// A file that was handed in.
#[utoipa::path(
    get,
    path = "/office/api/cases/{id}/materials/{digest}",
    tag = "office",
    params(
        ("id" = String, Path, description = "The application"),
        ("digest" = String, Path, description = "SHA-256 of the file"),
    ),
    responses(
        (
            status = 200,
            description = "The bytes",
            content(
                (Vec<u8> = "application/octet-stream"),
                (Vec<u8> = "application/pdf"),
                (Vec<u8> = "image/jpeg"),
                (Vec<u8> = "image/png"),
                (Vec<u8> = "image/webp"),
            ),
        ),
        (status = 404, description = "None, or none of this department", body = Problem),
    ),
    security(("office" = []))
)]
async fn download(
    State(platform): State<Arc<Platform>>,
    ScriptStaff(staff): ScriptStaff,
    Path((id, digest)): Path<(String, String)>,
) -> Result<Response> {
    let record = actions::visible(&platform, &staff, read_id(&id)?).await?;
    materials::download(&platform, &record, &read_digest(&digest)?).await
}

/// The id in an address. One that is none is answered like one that nobody has.
pub(super) fn read_id(text: &str) -> Result<CaseId> {
    text.parse().map_err(|_| engine::no_such_case().into())
}

/// The digest in an address.
pub(super) fn read_digest(text: &str) -> Result<Digest> {
    text.parse().map_err(|_| engine::no_such_case().into())
}
