//! Id tokens (OpenID Connect Core 2): RS256, signed with this node's key.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey as _, PrivateSigningKey as _,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Account, grants::Grant};
use crate::{Error, Platform, Result};

const ALGORITHM: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
/// Seconds an id token is valid: it is checked once, when it arrives.
const LIFETIME: i64 = 10 * 60;

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: Option<&'a str>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    acr: String,
    /// The grant, so that a logout knows what to end.
    sid: &'a str,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    masked_id: Option<String>,
}

/// The id token that goes with `access`. The nonce belongs to the first one alone.
pub(super) fn make(
    platform: &Platform,
    grant: &Grant,
    account: &Account,
    access: &str,
    first: bool,
) -> Result<String> {
    let now = platform.now().as_second();
    let profile = grant.covers("profile");
    let issuer = platform.config.issuer();
    let claims = Claims {
        iss: &issuer,
        sub: &account.subject,
        aud: &grant.client,
        exp: now + LIFETIME,
        iat: now,
        auth_time: grant.signed_in_at / 1000,
        acr: grant.acr.to_string(),
        sid: &grant.id,
        at_hash: half_digest(access),
        nonce: grant.nonce.as_deref().filter(|_| first),
        name: profile.then_some(account.name.as_str()),
        masked_id: profile.then(|| account.citizen_id.masked()),
    };
    let public = public_key(platform);
    let header = Header { alg: "RS256", typ: "JWT", kid: public.key_id().map(|id| id.as_str()) };
    let signed = format!("{}.{}", part(&header)?, part(&claims)?);
    let signature = platform
        .keys
        .id_tokens
        .sign(&ALGORITHM, signed.as_bytes())
        .map_err(|e| Error::Key(e.to_string()))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The key with which id tokens are checked.
pub(super) fn public_key(platform: &Platform) -> CoreJsonWebKey {
    platform.keys.id_tokens.as_verification_key()
}

/// What a logout needs of an id token.
#[derive(Deserialize)]
pub(super) struct Hint {
    /// The client it was given to.
    pub(super) aud: String,
    /// The grant.
    pub(super) sid: String,
}

/// Reads an id token of this node; none where it is not one. It may have expired.
pub(super) fn read(platform: &Platform, token: &str) -> Option<Hint> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    public_key(platform).verify_signature(&ALGORITHM, signed.as_bytes(), &signature).ok()?;
    let (_, claims) = signed.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

fn part(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(value).map_err(Error::json("an id token"))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// The left half of the SHA-256 of `token` (`at_hash`, OpenID Connect Core 3.1.3.6).
fn half_digest(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}
