//! Grants: one sign-in each, with the code and the tokens that come of it. Whoever
//! presents a code or a refresh token that was used before ends the whole family, as
//! one of the two holders must have stolen it.
//!
//! One exception keeps people signed in on poor networks: where the reply that carried
//! the new tokens was lost, the client has only its old refresh token. It is taken again
//! as long as nobody has used what replaced it; the lost tokens are void from then on,
//! and using one of them later ends the family like any other reuse.

use sqlx::{SqliteConnection, SqliteExecutor};

use super::{Account, AccountId, request::SignInRequest, secrets};
use crate::{Platform, Result};

const CODE_LIFETIME: i64 = 60 * 1000;
/// Lifetime of an access token in seconds.
pub(super) const ACCESS_LIFETIME: i64 = 10 * 60;
const REFRESH_LIFETIME: i64 = 90 * 24 * 60 * 60 * 1000;

/// A grant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Grant {
    pub(super) id: String,
    pub(super) account: AccountId,
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) nonce: Option<String>,
    pub(super) acr: u8,
    pub(super) code_challenge: String,
    /// Milliseconds since 1970.
    pub(super) signed_in_at: i64,
}

impl Grant {
    pub(super) fn covers(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|granted| granted == scope)
    }
}

/// What a client is given.
pub(super) struct Issued {
    pub(super) grant: Grant,
    pub(super) access: String,
    pub(super) refresh: Option<String>,
}

/// Why a client is given nothing; the text is for its developer.
pub(super) struct Refused(pub(super) &'static str);

/// Begins a grant. Answers its code.
pub(super) async fn begin(
    platform: &Platform,
    request: &SignInRequest,
    account: &Account,
) -> Result<String> {
    let now = platform.now().as_millisecond();
    let id = secrets::random();
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM oidc_tokens WHERE expires_at <= ?")
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO oidc_grants
             (id, account, client, redirect_uri, scope, nonce, acr, code_challenge, signed_in_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(account.id)
    .bind(&request.client)
    .bind(&request.redirect_uri)
    .bind(&request.scope)
    .bind(&request.nonce)
    .bind(account.assurance)
    .bind(&request.code_challenge)
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    let code = new_token(&mut transaction, &id, "code", None, now + CODE_LIFETIME).await?;
    transaction.commit().await?;
    Ok(code)
}

/// Takes a code in exchange for tokens.
pub(super) async fn redeem(
    platform: &Platform,
    code: &str,
    client: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Result<Issued, Refused>> {
    let now = platform.now().as_millisecond();
    let digest = secrets::digest(code);
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    let Some((token, grant)) = find(&mut transaction, &digest, "code").await? else {
        return Ok(Err(Refused("the code is unknown or its sign-in has been ended")));
    };
    if token.used_at.is_some() {
        revoke(&mut *transaction, &grant.id, now).await?;
        transaction.commit().await?;
        tracing::warn!(code = "sign-in.reuse", "a code was used twice; its sign-in has been ended");
        return Ok(Err(Refused("the code has been used before")));
    }
    // From here on the code is used up, whether or not the rest is right.
    use_up(&mut transaction, &digest, now).await?;
    let refusal = if token.expires_at <= now {
        Some("the code has expired")
    } else if grant.client != client {
        Some("the code was given to another client")
    } else if grant.redirect_uri != redirect_uri {
        Some("redirect_uri is not the one the code was sent to")
    } else if secrets::code_challenge(verifier) != grant.code_challenge {
        Some("code_verifier does not fit the code challenge")
    } else {
        None
    };
    if let Some(reason) = refusal {
        transaction.commit().await?;
        return Ok(Err(Refused(reason)));
    }
    let issued = issue(&mut transaction, grant, None, now).await?;
    transaction.commit().await?;
    Ok(Ok(issued))
}

/// Takes a refresh token in exchange for new tokens.
pub(super) async fn refresh(
    platform: &Platform,
    token: &str,
    client: &str,
) -> Result<Result<Issued, Refused>> {
    let now = platform.now().as_millisecond();
    let digest = secrets::digest(token);
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    let Some((token, grant)) = find(&mut transaction, &digest, "refresh").await? else {
        return Ok(Err(Refused("the refresh token is unknown or its sign-in has been ended")));
    };
    if grant.client != client {
        return Ok(Err(Refused("the refresh token was given to another client")));
    }
    let reused = token.replaced_at.is_some()
        || (token.used_at.is_some() && successors_used(&mut transaction, &digest).await?);
    if reused {
        revoke(&mut *transaction, &grant.id, now).await?;
        transaction.commit().await?;
        tracing::warn!(
            code = "sign-in.reuse",
            "a refresh token was used twice; its sign-in has been ended"
        );
        return Ok(Err(Refused("the refresh token has been used before")));
    }
    if token.expires_at <= now {
        return Ok(Err(Refused("the refresh token has expired")));
    }
    let state: String = sqlx::query_scalar("SELECT state FROM accounts WHERE id = ?")
        .bind(grant.account)
        .fetch_one(&mut *transaction)
        .await?;
    if state != "active" {
        return Ok(Err(Refused("the account may not be used")));
    }
    sqlx::query(
        "UPDATE oidc_tokens SET replaced_at = ? WHERE predecessor = ? AND replaced_at IS NULL",
    )
    .bind(now)
    .bind(&digest)
    .execute(&mut *transaction)
    .await?;
    use_up(&mut transaction, &digest, now).await?;
    let issued = issue(&mut transaction, grant, Some(&digest), now).await?;
    transaction.commit().await?;
    Ok(Ok(issued))
}

/// Ends the sign-in that `token` came of; for an access token, that token alone.
/// A token nobody knows is none already (RFC 7009, 2.2).
pub(super) async fn revoke_token(platform: &Platform, token: &str, client: &str) -> Result<()> {
    let now = platform.now().as_millisecond();
    let digest = secrets::digest(token);
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    if let Some((_, grant)) = find(&mut transaction, &digest, "refresh").await?
        && grant.client == client
    {
        revoke(&mut *transaction, &grant.id, now).await?;
    }
    if let Some((_, grant)) = find(&mut transaction, &digest, "access").await?
        && grant.client == client
    {
        sqlx::query("DELETE FROM oidc_tokens WHERE digest = ?")
            .bind(&digest)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Ends a sign-in: none of its tokens is taken any more.
pub(super) async fn revoke(db: impl SqliteExecutor<'_>, grant: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE oidc_grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
        .bind(now)
        .bind(grant)
        .execute(db)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    expires_at: i64,
    used_at: Option<i64>,
    replaced_at: Option<i64>,
}

/// A token of `kind` with its grant, unless that has been ended.
async fn find(
    connection: &mut SqliteConnection,
    digest: &[u8],
    kind: &str,
) -> Result<Option<(TokenRow, Grant)>> {
    let grant: Option<Grant> = sqlx::query_as(
        "SELECT g.id, g.account, g.client, g.redirect_uri, g.scope, g.nonce, g.acr,
                g.code_challenge, g.signed_in_at
         FROM oidc_grants g JOIN oidc_tokens t ON t.grant_id = g.id
         WHERE t.digest = ? AND t.kind = ? AND g.revoked_at IS NULL",
    )
    .bind(digest)
    .bind(kind)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(grant) = grant else { return Ok(None) };
    let token: TokenRow =
        sqlx::query_as("SELECT expires_at, used_at, replaced_at FROM oidc_tokens WHERE digest = ?")
            .bind(digest)
            .fetch_one(connection)
            .await?;
    Ok(Some((token, grant)))
}

async fn successors_used(connection: &mut SqliteConnection, digest: &[u8]) -> Result<bool> {
    let used: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM oidc_tokens WHERE predecessor = ? AND used_at IS NOT NULL",
    )
    .bind(digest)
    .fetch_one(connection)
    .await?;
    Ok(used > 0)
}

async fn use_up(connection: &mut SqliteConnection, digest: &[u8], now: i64) -> Result<()> {
    sqlx::query("UPDATE oidc_tokens SET used_at = ? WHERE digest = ?")
        .bind(now)
        .bind(digest)
        .execute(connection)
        .await?;
    Ok(())
}

async fn issue(
    connection: &mut SqliteConnection,
    grant: Grant,
    predecessor: Option<&[u8]>,
    now: i64,
) -> Result<Issued> {
    let until = now + ACCESS_LIFETIME * 1000;
    let access = new_token(connection, &grant.id, "access", predecessor, until).await?;
    let refresh = if grant.covers("offline_access") {
        let until = now + REFRESH_LIFETIME;
        Some(new_token(connection, &grant.id, "refresh", predecessor, until).await?)
    } else {
        None
    };
    Ok(Issued { grant, access, refresh })
}

async fn new_token(
    connection: &mut SqliteConnection,
    grant: &str,
    kind: &str,
    predecessor: Option<&[u8]>,
    expires_at: i64,
) -> Result<String> {
    let token = secrets::random();
    sqlx::query(
        "INSERT INTO oidc_tokens (digest, grant_id, kind, predecessor, expires_at)
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(secrets::digest(&token))
    .bind(grant)
    .bind(kind)
    .bind(predecessor)
    .bind(expires_at)
    .execute(connection)
    .await?;
    Ok(token)
}
