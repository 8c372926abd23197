//! The authorization endpoint: shows the sign-in page, takes what the person typed, and
//! sends the browser back to the app with a code or with the reason why there is none.

use std::sync::Arc;

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::{StatusCode, header};
use serde::Deserialize;

use super::{
    Account, accounts, clients, grants,
    page::{self, SentencePage, SignInPage},
    parameters::Parameters,
    passwords,
    request::{self, Fault, SignInRequest},
    secrets, tries,
};
use crate::{Error, Platform, Result, demo};

/// Cookie that ties the form to the browser that was given it.
const BROWSER: &str = "tongban-browser";

pub(super) async fn authorize(
    State(platform): State<Arc<Platform>>,
    cookies: CookieJar,
    Parameters(parameters): Parameters,
) -> Result<Response> {
    let hint = parameters.iter().find(|(name, _)| name == "login_hint").map(|(_, v)| v.clone());
    let request = match request::check(parameters) {
        Ok(request) => request,
        Err(Fault::Untrusted(sentence)) => return untrusted(&platform, sentence),
        Err(Fault::Told { redirect_uri, state, error, description }) => {
            return Ok(tell_app(&platform, &redirect_uri, state.as_deref(), error, description));
        }
    };
    // A second page in the same browser must not make the first one useless.
    let browser = cookies
        .get(BROWSER)
        .map(|cookie| cookie.value().to_owned())
        .filter(|secret| secret.len() == 43)
        .unwrap_or_else(secrets::random);
    let form = secrets::random();
    let now = platform.now().as_millisecond();
    let id = request::keep(&platform.pool, &request, &browser, &form, now).await?;
    let shown = Shown { id: &id, form: &form, login: hint.as_deref().unwrap_or_default() };
    let page = draw(&platform, &request, &shown, StatusCode::OK, "")?;
    let cookie = Cookie::build((BROWSER, browser))
        .path("/oidc")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(platform.config.public_url.scheme() == "https");
    Ok((cookies.add(cookie), page).into_response())
}

/// What the sign-in form sends.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    request: String,
    form_token: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    /// `cancel` where the person gave up.
    #[serde(default)]
    action: String,
}

pub(super) async fn sign_in(
    State(platform): State<Arc<Platform>>,
    cookies: CookieJar,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Result<Response> {
    let Ok(Form(form)) = form else {
        return outdated(&platform);
    };
    let now = platform.now().as_millisecond();
    let browser = cookies.get(BROWSER).map(|c| c.value().to_owned()).unwrap_or_default();
    let found =
        request::find(&platform.pool, &form.request, &browser, &form.form_token, now).await?;
    let Some(request) = found else {
        return outdated(&platform);
    };

    if form.action == "cancel" {
        request::remove(&platform.pool, &form.request).await?;
        let description = "the person gave up";
        return Ok(answer_error(&platform, &request, "access_denied", description));
    }
    let shown = Shown { id: &form.request, form: &form.form_token, login: &form.login };
    let account = match recognise(&platform, &form.login, form.password.clone()).await? {
        Recognised::Yes(account) => account,
        Recognised::No(status, fault) => return draw(&platform, &request, &shown, status, &fault),
        Recognised::Wait(seconds) => {
            let fault = format!(
                "密码错得太多了，请等 {seconds} 秒再试。忘了密码，可带身份证到政务服务大厅重设。"
            );
            let status = StatusCode::TOO_MANY_REQUESTS;
            let page = draw(&platform, &request, &shown, status, &fault)?;
            return Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response());
        }
    };
    if !request::remove(&platform.pool, &form.request).await? {
        // The same form came twice at once; the other one has been answered.
        return outdated(&platform);
    }
    if account.assurance < request.lowest_level() {
        // RFC 9470: the account cannot reach the level; signing in again would not help.
        let description = "the account has not reached the assurance level asked for";
        let error = "unmet_authentication_requirements";
        return Ok(answer_error(&platform, &request, error, description));
    }
    let code = grants::begin(&platform, &request, &account).await?;
    Ok(back(
        &request.redirect_uri,
        &[
            ("code", Some(&code)),
            ("state", request.state.as_deref()),
            ("iss", Some(&platform.config.issuer())),
        ],
    ))
}

enum Recognised {
    Yes(Box<Account>),
    No(StatusCode, String),
    /// After so many seconds.
    Wait(i64),
}

async fn recognise(platform: &Platform, login: &str, password: String) -> Result<Recognised> {
    if accounts::normalise(login).is_empty() || password.is_empty() {
        let fault = "请填写账号和密码。".to_owned();
        return Ok(Recognised::No(StatusCode::BAD_REQUEST, fault));
    }
    let (pool, keys, now) = (&platform.pool, &platform.keys, platform.now());
    if let Some(seconds) = tries::wait(pool, keys, login, now).await? {
        return Ok(Recognised::Wait(seconds));
    }
    tries::count(pool, keys, login, now).await?;
    let account = accounts::find(pool, login).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = passwords::verify(password, hash).await?;
    let Some(account) = account.filter(|_| right) else {
        let fault = "账号或密码不对，请核对后再试。".to_owned();
        return Ok(Recognised::No(StatusCode::BAD_REQUEST, fault));
    };
    tries::forget(pool, keys, login).await?;
    if !account.active {
        let fault =
            "这个账号已停用，不能登录。请带身份证到政务服务大厅核实，或拨打 12345。".to_owned();
        return Ok(Recognised::No(StatusCode::FORBIDDEN, fault));
    }
    Ok(Recognised::Yes(Box::new(account)))
}

/// What of a sign-in form is drawn again.
struct Shown<'a> {
    id: &'a str,
    form: &'a str,
    login: &'a str,
}

fn draw(
    platform: &Platform,
    request: &SignInRequest,
    shown: &Shown<'_>,
    status: StatusCode,
    fault: &str,
) -> Result<Response> {
    let client =
        clients::find(&request.client).ok_or(Error::Stored("a sign-in of an unknown client"))?;
    let origin = request.redirect_uri.strip_suffix("/callback").unwrap_or_default();
    let page = SignInPage {
        platform_name: &platform.name(),
        app_name: client.name,
        returns_to: origin.strip_prefix("http://").unwrap_or(origin),
        stays_signed_in: request.scope.split(' ').any(|scope| scope == "offline_access"),
        level: match request.lowest_level() {
            0 | 1 => "",
            2 => "初级实名",
            _ => "高级实名",
        },
        request: shown.id,
        form_token: shown.form,
        login: shown.login,
        fault,
        citizens: if platform.config.demo { &demo::CITIZENS } else { &[] },
        demo_password: demo::PASSWORD,
    };
    // A policy cannot name an IPv6 address.
    let target = if origin.contains('[') { "http:" } else { origin };
    page::answer(status, &page, target)
}

fn untrusted(platform: &Platform, sentence: &str) -> Result<Response> {
    let page = SentencePage {
        platform_name: &platform.name(),
        title: "不能登录",
        sentence,
        next: "请关闭本页，从“通办”应用里重新登录。",
    };
    page::answer(StatusCode::BAD_REQUEST, &page, "")
}

fn outdated(platform: &Platform) -> Result<Response> {
    let page = SentencePage {
        platform_name: &platform.name(),
        title: "页面已过期",
        sentence: "这个登录页面已经用过，或者打开得太久了。",
        next: "请关闭本页，从“通办”应用里重新登录。",
    };
    page::answer(StatusCode::BAD_REQUEST, &page, "")
}

fn answer_error(
    platform: &Platform,
    request: &SignInRequest,
    error: &str,
    description: &str,
) -> Response {
    tell_app(platform, &request.redirect_uri, request.state.as_deref(), error, description)
}

fn tell_app(
    platform: &Platform,
    redirect_uri: &str,
    state: Option<&str>,
    error: &str,
    description: &str,
) -> Response {
    back(
        redirect_uri,
        &[
            ("error", Some(error)),
            ("error_description", Some(description)),
            ("state", state),
            ("iss", Some(&platform.config.issuer())),
        ],
    )
}

/// Sends the browser back to the app. 303, so that a form is never sent on to it.
fn back(redirect_uri: &str, parameters: &[(&str, Option<&str>)]) -> Response {
    let no_store = [(http::header::CACHE_CONTROL, "no-store")];
    (no_store, Redirect::to(&clients::with_query(redirect_uri, parameters))).into_response()
}
