//! Sign-in of the office: a cookie for pages, a bearer token for scripts. Only digests
//! of them are kept.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::request::Parts;
use sqlx::FromRow;
use tongban_contract::{numbers::DivisionCode, problem::Problem};

use crate::{
    Error, Platform, Result,
    identity::{passwords, secrets, tokens, tries},
    limits::Source,
};

/// Name of the cookie.
const COOKIE: &str = "tongban_office";
/// How long a sign-in lasts: a working day.
pub(super) const LASTS_SECONDS: i64 = 10 * 60 * 60;
/// Longest name and password that are looked at.
pub(super) const LONGEST: usize = 256;

/// A person of a department who is signed in.
#[derive(Clone, Debug)]
pub(super) struct Staff {
    /// Name shown.
    pub(super) name: String,
    /// Department.
    pub(super) department: String,
    /// Division whose cases they handle, as the beginning of its code; empty means all.
    pub(super) division: String,
    /// What a form must carry to be this person's own.
    pub(super) csrf: String,
}

impl Staff {
    /// Whether a case of this division is theirs to handle.
    pub(super) fn serves(&self, division: &DivisionCode) -> bool {
        division.as_str().starts_with(&self.division)
    }
}

/// How a sign-in will be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// By pages.
    Page,
    /// By scripts.
    Script,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Script => "script",
        }
    }
}

#[derive(FromRow)]
struct StaffRow {
    login: String,
    name: String,
    department: String,
    division: String,
    csrf: String,
}

/// Signs a person in. Answers the token.
pub(super) async fn sign_in(
    platform: &Platform,
    login: &str,
    password: &str,
    kind: Kind,
) -> Result<String> {
    let now = platform.now();
    if login.len() > LONGEST || password.len() > LONGEST {
        return Err(wrong().into());
    }
    let login = login.trim();
    // Counted apart from citizens who may have the same name.
    let counted = format!("office {login}");
    if let Some(seconds) = tries::wait(&platform.pool, &platform.keys, &counted, now).await? {
        let problem = Problem::new(
            "office.too-many-tries",
            "密码错误次数太多，暂时不能登录。",
            format!("请 {seconds} 秒后再试；忘记密码请联系平台管理员。"),
        );
        return Err(Error::busy(problem, u64::try_from(seconds).unwrap_or(1)));
    }
    tries::count(&platform.pool, &platform.keys, &counted, now).await?;
    let hash: Option<String> =
        sqlx::query_scalar("SELECT password_hash FROM staff WHERE login = ?1")
            .bind(login)
            .fetch_optional(&platform.pool)
            .await?;
    if !passwords::verify(password.to_owned(), hash).await? {
        return Err(wrong().into());
    }
    tries::forget(&platform.pool, &platform.keys, &counted).await?;
    let token = secrets::random();
    sqlx::query("DELETE FROM office_sessions WHERE expires_at <= ?1")
        .bind(now.as_millisecond())
        .execute(&platform.pool)
        .await?;
    sqlx::query(
        "INSERT INTO office_sessions (token_digest, staff, kind, csrf, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(secrets::digest(&token))
    .bind(login)
    .bind(kind.name())
    .bind(secrets::random())
    .bind(now.as_millisecond() + LASTS_SECONDS * 1000)
    .execute(&platform.pool)
    .await?;
    Ok(token)
}

fn wrong() -> Problem {
    Problem::new("office.wrong-password", "账号或密码不对。", "请核对后再试。").with_status(401)
}

async fn find(platform: &Platform, token: &str, kind: Kind) -> Result<Option<Staff>> {
    let row = sqlx::query_as::<_, StaffRow>(
        "SELECT s.login, s.name, s.department, s.division, o.csrf
         FROM office_sessions o JOIN staff s ON s.login = o.staff
         WHERE o.token_digest = ?1 AND o.kind = ?2 AND o.expires_at > ?3",
    )
    .bind(secrets::digest(token))
    .bind(kind.name())
    .bind(platform.now().as_millisecond())
    .fetch_optional(&platform.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    platform.limits.count(Source::Staff(row.login))?;
    Ok(Some(Staff {
        name: row.name,
        department: row.department,
        division: row.division,
        csrf: row.csrf,
    }))
}

/// Ends a sign-in.
pub(super) async fn sign_out(platform: &Platform, jar: &CookieJar) -> Result<()> {
    if let Some(cookie) = jar.get(COOKIE) {
        sqlx::query("DELETE FROM office_sessions WHERE token_digest = ?1")
            .bind(secrets::digest(cookie.value()))
            .execute(&platform.pool)
            .await?;
    }
    Ok(())
}

/// The cookie that carries `token`.
pub(super) fn cookie(platform: &Platform, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/office")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(platform.config.public_url.scheme() == "https")
        .build()
}

/// The cookie that removes it.
pub(super) fn no_cookie() -> Cookie<'static> {
    Cookie::build((COOKIE, "")).path("/office").build()
}

/// Who asks for a page. Leads to the sign-in page without one.
#[derive(Debug)]
pub(super) struct PageStaff(pub(super) Staff);

impl FromRequestParts<Arc<Platform>> for PageStaff {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        platform: &Arc<Platform>,
    ) -> Result<Self, Response> {
        let jar = CookieJar::from_headers(&parts.headers);
        let found = match jar.get(COOKIE) {
            Some(cookie) => find(platform, cookie.value(), Kind::Page).await,
            None => Ok(None),
        };
        match found {
            Ok(Some(staff)) => Ok(Self(staff)),
            Ok(None) => Err(Redirect::to("/office/sign-in").into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// Whose script asks. Answers 401 without one.
#[derive(Debug)]
pub(super) struct ScriptStaff(pub(super) Staff);

impl FromRequestParts<Arc<Platform>> for ScriptStaff {
    type Rejection = Error;

    async fn from_request_parts(
        parts: &mut Parts,
        platform: &Arc<Platform>,
    ) -> Result<Self, Error> {
        let found = match tokens::bearer_token(&parts.headers) {
            Some(token) => find(platform, token, Kind::Script).await?,
            None => None,
        };
        found.map(Self).ok_or_else(|| {
            Problem::new(
                "office.signed-out",
                "办公端登录已过期或还没有登录。",
                "请用部门账号登录后再试。",
            )
            .with_status(401)
            .into()
        })
    }
}
