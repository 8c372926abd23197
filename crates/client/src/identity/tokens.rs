//! The tokens of an account, and the text under which the keyring keeps them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use openidconnect::OAuth2TokenResponse as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::provider::TokenAnswer;

/// An access token is renewed when it has less than this left.
const RESERVE: SignedDuration = SignedDuration::from_secs(60);

/// How long an access token is taken to be valid where the provider does not say.
const UNTOLD: SignedDuration = SignedDuration::from_mins(5);

/// The tokens of an account. Without either, the session has ended.
#[derive(Clone, Default)]
pub(super) struct Tokens {
    /// Sent with requests.
    pub(super) access: Option<SecretString>,
    /// By this device's clock.
    pub(super) expires_at: Timestamp,
    /// Spent for new ones.
    pub(super) refresh: Option<SecretString>,
}

/// What the keyring keeps.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Stored {
    access: Option<String>,
    /// Seconds since 1970.
    expires_at: i64,
    refresh: Option<String>,
}

impl Tokens {
    /// The tokens of an answer that came now.
    pub(super) fn new(answer: &TokenAnswer, now: Timestamp) -> Self {
        let lasts = answer
            .expires_in()
            .and_then(|lasts| SignedDuration::try_from(lasts).ok())
            .unwrap_or(UNTOLD);
        Self {
            access: Some(SecretString::from(answer.access_token().secret().as_str())),
            expires_at: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
            refresh: answer
                .refresh_token()
                .map(|token| SecretString::from(token.secret().as_str())),
        }
    }

    /// The access token, where it lasts long enough for a request.
    pub(super) fn usable(&self, now: Timestamp) -> Option<&SecretString> {
        let left = self.expires_at.duration_since(now);
        self.access.as_ref().filter(|_| left >= RESERVE)
    }

    /// As the keyring keeps them.
    pub(super) fn to_secret(&self) -> Result<SecretString, serde_json::Error> {
        let expose = |token: &SecretString| token.expose_secret().to_owned();
        let stored = Stored {
            access: self.access.as_ref().map(expose),
            expires_at: self.expires_at.as_second(),
            refresh: self.refresh.as_ref().map(expose),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        serde_json::to_writer(&mut *bytes, &stored)?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        Ok(SecretString::from(text))
    }

    /// From what the keyring keeps; nothing where that cannot be read.
    pub(super) fn from_secret(secret: &SecretString) -> Option<Self> {
        let mut stored: Stored = serde_json::from_str(secret.expose_secret()).ok()?;
        Some(Self {
            access: stored.access.take().map(SecretString::from),
            expires_at: Timestamp::from_second(stored.expires_at).ok()?,
            refresh: stored.refresh.take().map(SecretString::from),
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("access", &self.access.is_some())
            .field("expires_at", &self.expires_at)
            .field("refresh", &self.refresh.is_some())
            .finish()
    }
}

/// Whether two tokens are the same, or both absent.
pub(super) fn same(one: Option<&SecretString>, other: Option<&SecretString>) -> bool {
    one.map(|token| token.expose_secret()) == other.map(|token| token.expose_secret())
}
