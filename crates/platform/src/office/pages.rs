//! The office as pages: drawn on the server, usable without scripts. Every form carries
//! a token of its own sign-in, so that no other site can send one.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::cookie::CookieJar;
use http::{StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use tongban_contract::problem::Problem;

use super::{
    actions::{self, ACTIONS, ActionRequest, FaultRequest},
    api::{read_digest, read_id},
    draw, materials,
    session::{self, Kind, PageStaff, Staff},
    view::{self, CaseRow, CaseView},
};
use crate::{Error, Platform, Result, cases::record::CaseRecord, demo, extract::Path};

const STYLE: &str = include_str!("../../static/office.css");
/// Largest form in bytes: a notice with every fault at its longest stays below.
const LARGEST_FORM: usize = 1024 * 1024;
/// Rows for faults on the page; a notice lists what is wrong in one go.
const FAULT_ROWS: usize = 8;

/// The addresses of the pages.
pub(super) fn router() -> Router<Arc<Platform>> {
    Router::new()
        .route("/office", get(|| async { Redirect::permanent("/office/") }))
        .route("/office/", get(list))
        .route("/office/style.css", get(style))
        .route("/office/sign-in", get(sign_in_page).post(sign_in))
        .route("/office/sign-out", post(sign_out))
        .route("/office/cases/{id}", get(show))
        .route("/office/cases/{id}/actions", post(act))
        .route("/office/cases/{id}/materials/{digest}", get(download))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}

/// A form of a page. What cannot be read is answered with a page.
struct PageForm<T>(T);

impl<T: DeserializeOwned> FromRequest<Arc<Platform>> for PageForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, platform: &Arc<Platform>) -> Result<Self, Response> {
        let rejection = match axum::Form::<T>::from_request(request, platform).await {
            Ok(axum::Form(form)) => return Ok(Self(form)),
            Err(rejection) => rejection,
        };
        let page = SentencePage {
            platform_name: &platform.name(),
            staff: None,
            sentence: "平台没有读懂这次提交，没有办理。",
            next: "请返回上一页核对；内容很长时请写短一些再提交。",
        };
        Err(draw(rejection.status(), &page).into_response())
    }
}

#[derive(Template)]
#[template(path = "office/sign-in.html")]
struct SignInPage<'a> {
    platform_name: &'a str,
    staff: Option<&'a Staff>,
    login: &'a str,
    fault: &'a str,
    departments: Vec<String>,
    demo_password: &'a str,
}

#[derive(Template)]
#[template(path = "office/list.html")]
struct ListPage<'a> {
    platform_name: &'a str,
    staff: Option<&'a Staff>,
    cases: Vec<CaseRow>,
}

#[derive(Template)]
#[template(path = "office/case.html")]
struct CasePage<'a> {
    platform_name: &'a str,
    staff: Option<&'a Staff>,
    csrf: &'a str,
    view: CaseView,
    /// What may be done now, each with its Chinese term.
    actions: Vec<(&'static str, &'static str)>,
    can_correct: bool,
    /// Why the last try was refused; empty at first.
    fault: &'a str,
    chosen: &'a str,
    remark: &'a str,
    faults: Vec<FaultRequest>,
}

#[derive(Template)]
#[template(path = "office/sentence.html")]
struct SentencePage<'a> {
    platform_name: &'a str,
    staff: Option<&'a Staff>,
    sentence: &'a str,
    next: &'a str,
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE).into_response()
}

async fn sign_in_page(State(platform): State<Arc<Platform>>) -> Result<Response> {
    draw_sign_in(&platform, StatusCode::OK, "", "")
}

fn draw_sign_in(
    platform: &Platform,
    status: StatusCode,
    login: &str,
    fault: &str,
) -> Result<Response> {
    let departments = if platform.config.demo {
        demo::departments(&platform.catalogue).into_iter().collect()
    } else {
        Vec::new()
    };
    draw(
        status,
        &SignInPage {
            platform_name: &platform.name(),
            staff: None,
            login,
            fault,
            departments,
            demo_password: demo::PASSWORD,
        },
    )
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
    password: String,
}

async fn sign_in(
    State(platform): State<Arc<Platform>>,
    jar: CookieJar,
    PageForm(asked): PageForm<SignIn>,
) -> Result<Response> {
    match session::sign_in(&platform, &asked.login, &asked.password, Kind::Page).await {
        Ok(token) => {
            let jar = jar.add(session::cookie(&platform, token));
            Ok((jar, Redirect::to("/office/")).into_response())
        }
        Err(Error::Problem(problem)) => draw_refused(&platform, &asked.login, &problem),
        Err(Error::Busy { problem, retry_after }) => {
            let mut page = draw_refused(&platform, &asked.login, &problem)?;
            page.headers_mut().insert(header::RETRY_AFTER, retry_after.into());
            Ok(page)
        }
        Err(error) => Err(error),
    }
}

fn draw_refused(platform: &Platform, login: &str, problem: &Problem) -> Result<Response> {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNAUTHORIZED);
    // What is too long to be a name is not worth typing again.
    let login = if login.len() <= session::LONGEST { login } else { "" };
    draw_sign_in(platform, status, login, &format!("{}{}", problem.detail, problem.next))
}

#[derive(Deserialize)]
struct SignOut {
    csrf: String,
}

async fn sign_out(
    State(platform): State<Arc<Platform>>,
    PageStaff(staff): PageStaff,
    jar: CookieJar,
    PageForm(asked): PageForm<SignOut>,
) -> Result<Response> {
    if !is_own(&staff, &asked.csrf) {
        return foreign_form(&platform, &staff);
    }
    session::sign_out(&platform, &jar).await?;
    Ok((jar.remove(session::no_cookie()), Redirect::to("/office/sign-in")).into_response())
}

async fn list(
    State(platform): State<Arc<Platform>>,
    PageStaff(staff): PageStaff,
) -> Result<Response> {
    let cases = view::list(&platform, &staff).await?;
    let page = ListPage { platform_name: &platform.name(), staff: Some(&staff), cases };
    draw(StatusCode::OK, &page)
}

async fn show(
    State(platform): State<Arc<Platform>>,
    PageStaff(staff): PageStaff,
    Path(id): Path<String>,
) -> Result<Response> {
    let found = match read_id(&id) {
        Ok(id) => actions::visible(&platform, &staff, id).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(record) => {
            let page = CaseForm::default();
            draw_case(&platform, &staff, &record, StatusCode::OK, "", &page).await
        }
        Err(error) => explain(&platform, &staff, error),
    }
}

/// The form of a case as it was sent.
#[derive(Default)]
struct CaseForm {
    csrf: String,
    action: String,
    remark: String,
    faults: Vec<FaultRequest>,
}

impl CaseForm {
    /// Reads the pairs of the form; pointers and sentences come in turn, row by row.
    fn read(pairs: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        let mut pointer = String::new();
        for (name, value) in pairs {
            match name.as_str() {
                "csrf" => form.csrf = value,
                "action" => form.action = value,
                "remark" => form.remark = value,
                "fault_pointer" => pointer = value,
                "fault_sentence" => {
                    let pointer = std::mem::take(&mut pointer);
                    if !pointer.is_empty() || !value.trim().is_empty() {
                        form.faults.push(FaultRequest { pointer, sentence: value });
                    }
                }
                _ => (),
            }
        }
        form
    }
}

async fn act(
    State(platform): State<Arc<Platform>>,
    PageStaff(staff): PageStaff,
    Path(id): Path<String>,
    PageForm(pairs): PageForm<Vec<(String, String)>>,
) -> Result<Response> {
    let form = CaseForm::read(pairs);
    if !is_own(&staff, &form.csrf) {
        return foreign_form(&platform, &staff);
    }
    let case = match read_id(&id) {
        Ok(case) => case,
        Err(error) => return explain(&platform, &staff, error),
    };
    let correct = form.action == "correct";
    let asked = ActionRequest {
        action: form.action.clone(),
        step: None,
        remark: form.remark.clone(),
        faults: if correct { form.faults.clone() } else { Vec::new() },
    };
    let problem = match actions::act(&platform, &staff, case, asked).await {
        // Reading the page again must not do it again.
        Ok(_) => return Ok(Redirect::to(&format!("/office/cases/{case}")).into_response()),
        Err(Error::Problem(problem)) => problem,
        Err(error) => return Err(error),
    };
    match actions::visible(&platform, &staff, case).await {
        Ok(record) => {
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            let fault = format!("{}{}", problem.detail, problem.next);
            draw_case(&platform, &staff, &record, status, &fault, &form).await
        }
        Err(error) => explain(&platform, &staff, error),
    }
}

async fn draw_case(
    platform: &Platform,
    staff: &Staff,
    record: &CaseRecord,
    status: StatusCode,
    fault: &str,
    form: &CaseForm,
) -> Result<Response> {
    let view = view::case(platform, staff, record).await?;
    let allowed = |name: &str| view.possible.iter().any(|possible| possible == name);
    let actions = ACTIONS.into_iter().filter(|(name, _)| allowed(name)).collect();
    let can_correct = allowed("correct");
    let mut faults = form.faults.clone();
    faults.resize_with(FAULT_ROWS.max(form.faults.len()), FaultRequest::default);
    draw(
        status,
        &CasePage {
            platform_name: &platform.name(),
            staff: Some(staff),
            csrf: &staff.csrf,
            view,
            actions,
            can_correct,
            fault,
            chosen: &form.action,
            remark: &form.remark,
            faults,
        },
    )
}

async fn download(
    State(platform): State<Arc<Platform>>,
    PageStaff(staff): PageStaff,
    Path((id, digest)): Path<(String, String)>,
) -> Result<Response> {
    let record = actions::visible(&platform, &staff, read_id(&id)?).await?;
    materials::download(&platform, &record, &read_digest(&digest)?).await
}

/// Whether a form was given out to this sign-in. The tokens are random and of one length,
/// so that comparing them tells nothing by its time that helps in guessing one.
fn is_own(staff: &Staff, csrf: &str) -> bool {
    use crate::identity::secrets::digest;
    digest(&staff.csrf) == digest(csrf)
}

fn foreign_form(platform: &Platform, staff: &Staff) -> Result<Response> {
    let problem = Problem::new(
        "office.foreign-form",
        "这次提交不是从本页发出的，没有办理。",
        "请返回办件列表，打开办件后再操作。",
    )
    .with_status(403);
    explain(platform, staff, problem.into())
}

/// A problem as a page.
fn explain(platform: &Platform, staff: &Staff, error: Error) -> Result<Response> {
    let problem = error.into_problem();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    draw(
        status,
        &SentencePage {
            platform_name: &platform.name(),
            staff: Some(staff),
            sentence: &problem.detail,
            next: &problem.next,
        },
    )
}
