//! The pages a browser shows, drawn on the server and usable without scripts.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode, header};

use crate::{Result, demo};

/// Where the style sheet of the pages is.
pub(super) const STYLE_PATH: &str = "/static/platform.css";
const STYLE: &str = include_str!("../../static/platform.css");

/// The sign-in page.
#[derive(Template)]
#[template(path = "sign-in.html")]
pub(super) struct SignInPage<'a> {
    pub(super) platform_name: &'a str,
    pub(super) app_name: &'a str,
    /// Where the browser goes afterwards, as host and port.
    pub(super) returns_to: &'a str,
    pub(super) stays_signed_in: bool,
    /// Name of the assurance level that the app asks for; empty where any will do.
    pub(super) level: &'a str,
    pub(super) request: &'a str,
    pub(super) form_token: &'a str,
    pub(super) login: &'a str,
    /// What went wrong with the last try; empty at first.
    pub(super) fault: &'a str,
    /// People of the demonstration; empty outside of one.
    pub(super) citizens: &'a [demo::Citizen],
    pub(super) demo_password: &'a str,
}

/// A page with one sentence and the next step.
#[derive(Template)]
#[template(path = "sentence.html")]
pub(super) struct SentencePage<'a> {
    pub(super) platform_name: &'a str,
    pub(super) title: &'a str,
    pub(super) sentence: &'a str,
    pub(super) next: &'a str,
}

/// `page` as an answer that no script, frame, cache or other site can make use of.
/// `form_target` is where a form may lead besides the platform itself: browsers hold
/// the redirect after a form to the same policy as the form.
pub(super) fn answer(
    status: StatusCode,
    page: &impl Template,
    form_target: &str,
) -> Result<Response> {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {form_target}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin".to_owned()),
    ];
    Ok((status, headers, page.render()?).into_response())
}

/// The style sheet.
pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE).into_response()
}
