//! Whether an id token is to be trusted, and what it says of the person.

use std::sync::Arc;

use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, IdTokenClaims, Nonce, OAuth2TokenResponse as _,
    SignatureVerificationError, TokenResponse as _,
    core::{CoreGenderClaim, CoreJwsSigningAlgorithm},
};
use sha2::{Digest as _, Sha256};
use tongban_contract::{discovery::PlatformInfo, page::Person};

use super::{
    Identity, IdentityError,
    person::assurance,
    provider::{CitizenClaims, CitizenIdToken, Provider, TokenAnswer},
};

/// What an id token says.
pub(super) type Claims = IdTokenClaims<CitizenClaims, CoreGenderClaim>;

/// How far the device's clock may be off, in seconds.
const TOLERANCE: i64 = 5 * 60;

/// What an id token must hold to belong to this sign-in.
pub(super) struct Expected<'a> {
    pub(super) nonce: &'a Nonce,
    pub(super) acr: Option<u8>,
}

/// Whom a trusted id token names.
pub(super) struct Verified {
    pub(super) account: String,
    pub(super) person: Person,
}

impl Identity {
    /// Checks the id token of an answer: signature, issuer, audience, nonce, time, that it
    /// belongs to the access token, and the assurance level.
    pub(super) async fn verify(
        &self,
        info: &PlatformInfo,
        provider: &Arc<Provider>,
        answer: &TokenAnswer,
        expected: &Expected<'_>,
    ) -> Result<Verified, IdentityError> {
        let token = answer.id_token().ok_or(IdentityError::IdToken("there is none"))?;
        let checked = match check(info, provider, answer, token, expected.nonce) {
            // The provider may have changed its keys since they were fetched.
            Err(Fault::UnknownKey) => {
                let provider = self.discover(info).await?;
                check(info, &provider, answer, token, expected.nonce).cloned()
            }
            checked => checked.cloned(),
        };
        let claims = checked.map_err(|fault| IdentityError::IdToken(fault.reason()))?;

        // Only now, when the times are known to be the provider's own.
        let now = self.surroundings.now().as_second();
        let ahead = now.saturating_sub(claims.issue_time().timestamp());
        if ahead.abs() > TOLERANCE {
            return Err(IdentityError::Clock(ahead));
        }
        if claims.expiration().timestamp().saturating_add(TOLERANCE) <= now {
            return Err(IdentityError::IdToken("it has expired"));
        }

        if expected.acr.is_some_and(|needed| assurance(&claims) < needed) {
            return Err(IdentityError::Assurance);
        }
        Ok(Verified {
            account: account(claims.issuer().as_str(), claims.subject().as_str()),
            person: self.person(info, provider, answer, &claims).await?,
        })
    }
}

/// Whether renewed tokens are still this account's (OpenID Connect Core 12.2). An id token
/// need not come with them. Its signature is not checked: it came from the token endpoint
/// itself (3.1.3.7), and a renewal must not fail because keys cannot be fetched just now.
pub(super) fn is_of(
    info: &PlatformInfo,
    provider: &Provider,
    answer: &TokenAnswer,
    account: &str,
) -> Result<(), IdentityError> {
    let Some(token) = answer.id_token() else { return Ok(()) };
    let client = provider.client(info);
    let verifier =
        client.id_token_verifier().insecure_disable_signature_check().set_time_fn(Default::default);
    // The nonce belonged to the sign-in, which is long over.
    let any_nonce = |_: Option<&Nonce>| Ok(());
    let claims = token
        .claims(&verifier, any_nonce)
        .map_err(|error| IdentityError::IdToken(fault(error).reason()))?;
    if self::account(claims.issuer().as_str(), claims.subject().as_str()) != account {
        return Err(IdentityError::IdToken("the renewed tokens are somebody else's"));
    }
    Ok(())
}

/// What is wrong with an id token.
enum Fault {
    UnknownKey,
    Other(&'static str),
}

impl Fault {
    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownKey => "it is signed with an unknown key",
            Self::Other(reason) => reason,
        }
    }
}

/// Everything but time and assurance level.
fn check<'a>(
    info: &PlatformInfo,
    provider: &Provider,
    answer: &TokenAnswer,
    token: &'a CitizenIdToken,
    nonce: &Nonce,
) -> Result<&'a Claims, Fault> {
    let client = provider.client(info);
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        // Time is checked by the caller, against the clock the engine was given and with
        // tolerance; here it is always 1970.
        .set_time_fn(Default::default);
    let claims = token.claims(&verifier, nonce).map_err(fault)?;
    if let Some(hash) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|_| Fault::Other("its algorithm"))?;
        let key = token.signing_key(&verifier).map_err(|_| Fault::UnknownKey)?;
        let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
            .map_err(|_| Fault::Other("its access token hash"))?;
        if actual != *hash {
            return Err(Fault::Other("it belongs to another access token"));
        }
    }
    Ok(claims)
}

/// The library's reasons name values of the token; ours do not.
fn fault(error: ClaimsVerificationError) -> Fault {
    use ClaimsVerificationError as Error;
    match error {
        Error::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Fault::UnknownKey
        }
        Error::SignatureVerification(SignatureVerificationError::CryptoError(_)) => {
            Fault::Other("its signature")
        }
        Error::SignatureVerification(_) => Fault::Other("how it is signed"),
        Error::InvalidAudience(_) => Fault::Other("it is meant for another app"),
        Error::InvalidIssuer(_) => Fault::Other("another provider issued it"),
        Error::InvalidNonce(_) => Fault::Other("it belongs to another sign-in"),
        Error::Expired(_) => Fault::Other("it has expired"),
        _ => Fault::Other("it is not as agreed"),
    }
}

/// Name of an account on this device. A digest, because it stands in file names and in
/// the keyring.
fn account(issuer: &str, subject: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(format!("{issuer}\n{subject}"));
    digest.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_account_is_the_same_for_ever_and_another_for_another_issuer() {
        // printf 'https://a\nb' | sha256sum
        assert_eq!(super::account("https://a", "b"), "e3b7ec50dbab4d027b764605b6a1aded");
        assert_ne!(super::account("https://a", "b"), super::account("https://c", "b"));
    }
}
