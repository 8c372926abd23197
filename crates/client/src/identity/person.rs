//! Whom a sign-in names. An id token need not tell a name even where it was asked for
//! (OpenID Connect Core 5.4): the userinfo endpoint tells it then.

use std::sync::Arc;

use openidconnect::{
    EndUserName, LocalizedClaim, OAuth2TokenResponse as _, UserInfoClaims, UserInfoError,
    core::CoreGenderClaim,
};
use tongban_contract::{discovery::PlatformInfo, page::Person};

use super::{
    Identity, IdentityError,
    level::level,
    provider::{CitizenClaims, HttpError, Provider, TokenAnswer, http},
    verify::Claims,
};
use crate::network::NetworkError;

type UserInfo = UserInfoClaims<CitizenClaims, CoreGenderClaim>;

impl Identity {
    /// The person that the claims of a trusted id token are about.
    pub(super) async fn person(
        &self,
        info: &PlatformInfo,
        provider: &Provider,
        answer: &TokenAnswer,
        claims: &Claims,
    ) -> Result<Person, IdentityError> {
        let mut person = Person {
            name: name(claims.name()),
            masked_id: claims.additional_claims().masked_id.clone().unwrap_or_default(),
            assurance: assurance(claims),
        };
        if person.name.is_empty() && provider.metadata.userinfo_endpoint().is_some() {
            let told = self.userinfo(info, provider, answer, claims).await?;
            person.name = name(told.name());
            if person.masked_id.is_empty() {
                person.masked_id = told.additional_claims().masked_id.clone().unwrap_or_default();
            }
        }
        Ok(person)
    }

    /// What the userinfo endpoint tells, where it tells it of the same person.
    async fn userinfo(
        &self,
        info: &PlatformInfo,
        provider: &Provider,
        answer: &TokenAnswer,
        claims: &Claims,
    ) -> Result<UserInfo, IdentityError> {
        provider
            .client(info)
            .user_info(answer.access_token().clone(), Some(claims.subject().clone()))
            .map_err(|_| IdentityError::provider("no-userinfo-endpoint"))?
            .request_async(&http(Arc::clone(&self.surroundings.transport)))
            .await
            .map_err(fault)
    }
}

fn fault(error: UserInfoError<HttpError>) -> IdentityError {
    match error {
        UserInfoError::Request(error) => error.into(),
        UserInfoError::ClaimsVerification(_) => {
            IdentityError::IdToken("userinfo is of somebody else")
        }
        UserInfoError::Parse(_) => NetworkError::Unreadable.into(),
        _ => IdentityError::provider("userinfo"),
    }
}

/// The assurance level the person signed in with; the lowest where none is told.
pub(super) fn assurance(claims: &Claims) -> u8 {
    claims.auth_context_ref().and_then(|acr| level(acr.as_str())).unwrap_or(1)
}

fn name(names: Option<&LocalizedClaim<EndUserName>>) -> String {
    let first =
        names.and_then(|names| names.get(None).or_else(|| names.iter().next().map(|n| n.1)));
    first.map(|name| name.as_str().to_owned()).unwrap_or_default()
}
