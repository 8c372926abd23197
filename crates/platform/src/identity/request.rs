//! What an app asks for when it sends a person to the sign-in page: checked here, and
//! kept while the page is open, so that the page itself carries nothing but a name of it.

use std::collections::BTreeMap;

use sqlx::SqlitePool;

use super::{clients, secrets};
use crate::Result;

/// How long a sign-in page stays usable, in milliseconds.
const LIFETIME: i64 = 15 * 60 * 1000;

/// Sign-in pages that are open at the same moment. Who only opens pages has the oldest ones
/// forgotten, and not the disk filled.
const MOST_AT_ONCE: i64 = 20_000;

/// A request that may be answered, one way or the other, at its redirect address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignInRequest {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    /// Assurance levels that would do; empty where any would.
    pub(super) acr_values: String,
    pub(super) code_challenge: String,
}

impl SignInRequest {
    /// The lowest assurance level that would do.
    pub(super) fn lowest_level(&self) -> u8 {
        self.acr_values.split(' ').filter_map(|level| level.parse().ok()).min().unwrap_or(1)
    }
}

/// Why a request is not followed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Client or address are not known, so that nobody is told but the person.
    Untrusted(&'static str),
    /// The client is told at its redirect address.
    Told {
        redirect_uri: String,
        state: Option<String>,
        error: &'static str,
        description: &'static str,
    },
}

/// Checks the parameters of an authorization request (OpenID Connect Core 3.1.2.1).
pub(super) fn check(parameters: Vec<(String, String)>) -> Result<SignInRequest, Fault> {
    let count = parameters.len();
    let mut given: BTreeMap<String, String> = parameters.into_iter().collect();
    let repeated = given.len() < count;
    given.retain(|_, value| !value.is_empty());

    let client = given.get("client_id").and_then(|id| clients::find(id));
    let Some(client) = client else {
        return Err(Fault::Untrusted("请求登录的应用没有在本平台登记。"));
    };
    let Some(redirect_uri) = given.get("redirect_uri").filter(|uri| clients::is_redirect(uri))
    else {
        return Err(Fault::Untrusted("请求登录的应用给出的返回地址不正确。"));
    };

    let state = given.get("state").cloned();
    let told = |error, description| {
        Err(Fault::Told {
            redirect_uri: redirect_uri.clone(),
            state: state.clone(),
            error,
            description,
        })
    };
    if repeated {
        return told("invalid_request", "a parameter is given more than once");
    }
    if given.contains_key("request") {
        return told("request_not_supported", "request objects are not supported");
    }
    if given.contains_key("request_uri") {
        return told("request_uri_not_supported", "request objects are not supported");
    }
    if given.get("response_type").map(String::as_str) != Some("code") {
        return told("unsupported_response_type", "response_type must be code");
    }
    if given.get("response_mode").is_some_and(|mode| mode != "query") {
        return told("invalid_request", "response_mode must be query");
    }
    let asked: Vec<&str> = given.get("scope").map(|s| s.split(' ').collect()).unwrap_or_default();
    if !asked.contains(&"openid") {
        return told("invalid_scope", "scope must contain openid");
    }
    let challenge = given.get("code_challenge").filter(|challenge| is_challenge(challenge));
    let Some(challenge) = challenge else {
        return told("invalid_request", "code_challenge (PKCE, RFC 7636) is required");
    };
    if given.get("code_challenge_method").map(String::as_str) != Some("S256") {
        return told("invalid_request", "code_challenge_method must be S256");
    }
    if given.get("prompt").is_some_and(|prompt| prompt.split(' ').any(|p| p == "none")) {
        return told("login_required", "every sign-in asks the person");
    }
    // Scopes nobody knows are left out, as OpenID Connect Core 3.1.2.1 asks.
    let scope: Vec<&str> =
        super::discovery::SCOPES.iter().copied().filter(|s| asked.contains(s)).collect();
    Ok(SignInRequest {
        client: client.id.to_owned(),
        redirect_uri: redirect_uri.clone(),
        scope: scope.join(" "),
        state,
        nonce: given.get("nonce").cloned(),
        acr_values: given.get("acr_values").cloned().unwrap_or_default(),
        code_challenge: challenge.clone(),
    })
}

fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Keeps `request`, tied to a browser and a form by their secrets. Answers its name.
pub(super) async fn keep(
    pool: &SqlitePool,
    request: &SignInRequest,
    browser: &str,
    form: &str,
    now: i64,
) -> Result<String> {
    sqlx::query("DELETE FROM oidc_requests WHERE expires_at <= ?").bind(now).execute(pool).await?;
    let id = secrets::random();
    sqlx::query(
        "INSERT INTO oidc_requests
             (id, browser_digest, form_digest, client, redirect_uri, scope, state, nonce,
              acr_values, code_challenge, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(secrets::digest(browser))
    .bind(secrets::digest(form))
    .bind(&request.client)
    .bind(&request.redirect_uri)
    .bind(&request.scope)
    .bind(&request.state)
    .bind(&request.nonce)
    .bind(&request.acr_values)
    .bind(&request.code_challenge)
    .bind(now + LIFETIME)
    .execute(pool)
    .await?;
    forget_oldest(pool, MOST_AT_ONCE).await?;
    Ok(id)
}

/// Leaves the newest requests, which are the likeliest to be answered.
async fn forget_oldest(pool: &SqlitePool, most: i64) -> Result<()> {
    sqlx::query(
        "DELETE FROM oidc_requests WHERE rowid IN
             (SELECT rowid FROM oidc_requests ORDER BY expires_at DESC, rowid DESC LIMIT -1 OFFSET ?)",
    )
    .bind(most)
    .execute(pool)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    client: String,
    redirect_uri: String,
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    acr_values: String,
    code_challenge: String,
}

/// The request named `id`, where browser and form are those it was kept for.
pub(super) async fn find(
    pool: &SqlitePool,
    id: &str,
    browser: &str,
    form: &str,
    now: i64,
) -> Result<Option<SignInRequest>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT client, redirect_uri, scope, state, nonce, acr_values, code_challenge
         FROM oidc_requests
         WHERE id = ? AND browser_digest = ? AND form_digest = ? AND expires_at > ?",
    )
    .bind(id)
    .bind(secrets::digest(browser))
    .bind(secrets::digest(form))
    .bind(now)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| SignInRequest {
        client: row.client,
        redirect_uri: row.redirect_uri,
        scope: row.scope,
        state: row.state,
        nonce: row.nonce,
        acr_values: row.acr_values,
        code_challenge: row.code_challenge,
    }))
}

/// Removes a request that has been answered. False where it was answered already.
pub(super) async fn remove(pool: &SqlitePool, id: &str) -> Result<bool> {
    let done = sqlx::query("DELETE FROM oidc_requests WHERE id = ?").bind(id).execute(pool).await?;
    Ok(done.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database;

    #[tokio::test]
    async fn the_newest_sign_in_pages_stay_usable_whoever_opens_more() {
        let folder = tempfile::tempdir().unwrap();
        let pool = database::open(folder.path()).await.unwrap();
        let request = SignInRequest {
            client: "app".to_owned(),
            redirect_uri: "http://127.0.0.1:1/callback".to_owned(),
            scope: "openid".to_owned(),
            state: None,
            nonce: None,
            acr_values: String::new(),
            code_challenge: "c".repeat(43),
        };
        let mut names = Vec::new();
        for now in 0..5 {
            names.push(keep(&pool, &request, "browser", "form", now).await.unwrap());
        }
        forget_oldest(&pool, 2).await.unwrap();
        let mut usable = Vec::new();
        for name in &names {
            usable.push(find(&pool, name, "browser", "form", 5).await.unwrap().is_some());
        }
        assert_eq!(usable, [false, false, false, true, true]);
    }
}
