//! Codes and tokens: opaque random texts, of which only SHA-256 digests are stored.
//! One sign-in is a *grant*; its code and every token made from it are its family, and
//! are revoked together.

use http::{HeaderMap, header};
use tongban_contract::problem::Problem;

use super::{AccountId, secrets};
use crate::{Platform, Result, extract::Bearer};

#[derive(sqlx::FromRow)]
struct AccessRow {
    account: AccountId,
    state: String,
    acr: u8,
    client: String,
    scope: String,
    used_at: Option<i64>,
}

/// Who sent a request with these headers.
pub(crate) async fn authenticate(platform: &Platform, headers: &HeaderMap) -> Result<Bearer> {
    let token = bearer_token(headers).ok_or_else(expired)?;
    let now = platform.now().as_millisecond();
    let digest = secrets::digest(token);
    let row: Option<AccessRow> = sqlx::query_as(
        "SELECT g.account, a.state, min(g.acr, a.assurance) AS acr, g.client, g.scope, t.used_at
         FROM oidc_tokens t
         JOIN oidc_grants g ON g.id = t.grant_id
         JOIN accounts a ON a.id = g.account
         WHERE t.digest = ? AND t.kind = 'access' AND t.expires_at > ?
           AND t.replaced_at IS NULL AND g.revoked_at IS NULL",
    )
    .bind(&digest)
    .bind(now)
    .fetch_optional(&platform.pool)
    .await?;
    let row = row.ok_or_else(expired)?;
    if row.state != "active" {
        return Err(refused().into());
    }
    if row.used_at.is_none() {
        sqlx::query("UPDATE oidc_tokens SET used_at = ? WHERE digest = ? AND used_at IS NULL")
            .bind(now)
            .bind(&digest)
            .execute(&platform.pool)
            .await?;
    }
    Ok(Bearer { account: row.account, acr: row.acr, client: row.client, scope: row.scope })
}

/// The token of an `Authorization: Bearer` header (RFC 6750).
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn expired() -> Problem {
    Problem::new(
        "sign-in.expired",
        "登录已过期，您填写的内容都还在本机上。",
        "请重新登录，登录后会接着办理。",
    )
    .with_status(401)
}

fn refused() -> Problem {
    Problem::new(
        "sign-in.refused",
        "这个账号已被平台停用，您填写的内容都还在本机上。",
        "请携带身份证到政务服务大厅核实，或拨打 12345。",
    )
    .with_status(403)
}
