//! The OpenID provider of a platform: what it says of itself, and how it is spoken to.
//! Every request goes through the engine's transport, and only to protected addresses.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, Client, ClientId, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IdToken, IdTokenFields, IssuerUrl, ProviderMetadata, RequestTokenError,
    StandardErrorResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
        CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
        CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use tongban_contract::discovery::PlatformInfo;
use url::{Host, Url};

use super::{Identity, IdentityError};
use crate::{
    network::{NetworkError, answered},
    transport::{Transport, TransportError},
};

/// How long what a provider said of itself is believed.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Most bytes of an answer that are read.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// A provider, as it described itself, with its keys.
pub(super) struct Provider {
    pub(super) metadata: Metadata,
    fetched: Timestamp,
}

/// What this client reads beyond the standard's own fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Extras {
    /// Where tokens are given back (RFC 8414).
    #[serde(default)]
    pub(super) revocation_endpoint: Option<Url>,
    /// Where the browser ends the sign-in that it keeps (RP-Initiated Logout).
    #[serde(default)]
    pub(super) end_session_endpoint: Option<Url>,
    /// Whether every answer to the browser names its issuer (RFC 9207).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extras {}

/// Claims of the id token beyond the standard's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct CitizenClaims {
    /// The person's ID number, masked by the platform.
    #[serde(default)]
    pub(super) masked_id: Option<String>,
}

impl AdditionalClaims for CitizenClaims {}

pub(super) type Metadata = ProviderMetadata<
    Extras,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(super) type CitizenIdToken = IdToken<
    CitizenClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Fields = IdTokenFields<
    CitizenClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What the token endpoint answers.
pub(super) type TokenAnswer = StandardTokenResponse<Fields, CoreTokenType>;

/// Why the token endpoint did not answer tokens.
pub(super) type TokenError =
    RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>;

type OidcClient = Client<
    CitizenClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    /// This app as a public client of the provider.
    pub(super) fn client(&self, info: &PlatformInfo) -> OidcClient {
        let id = ClientId::new(info.client_id.clone());
        OidcClient::from_provider_metadata(self.metadata.clone(), id, None)
    }
}

impl Identity {
    /// The provider of this platform, asked anew where the last answer is not fresh.
    pub(super) async fn provider(
        &self,
        info: &PlatformInfo,
    ) -> Result<Arc<Provider>, IdentityError> {
        if let Some(known) = self.providers.lock().await.get(&info.issuer) {
            let age = self.surroundings.now().duration_since(known.fetched);
            // A clock that was set back makes it old as well.
            if age.abs() < FRESH {
                return Ok(Arc::clone(known));
            }
        }
        self.discover(info).await
    }

    /// Asks the provider who it is and which keys it signs with.
    pub(super) async fn discover(
        &self,
        info: &PlatformInfo,
    ) -> Result<Arc<Provider>, IdentityError> {
        let issuer = IssuerUrl::new(info.issuer.clone())
            .map_err(|_| IdentityError::provider("issuer-address"))?;
        let http = http(Arc::clone(&self.surroundings.transport));
        let metadata = Metadata::discover_async(issuer, &http).await.map_err(discovery)?;
        // The browser is sent there; every other address is checked when it is used.
        let leave = metadata.additional_metadata().end_session_endpoint.as_ref();
        let shown = [Some(metadata.authorization_endpoint().url()), leave];
        if shown.into_iter().flatten().any(|address| !is_protected(address)) {
            return Err(IdentityError::Insecure);
        }
        let provider = Arc::new(Provider { metadata, fetched: self.surroundings.now() });
        self.providers.lock().await.insert(info.issuer.clone(), Arc::clone(&provider));
        Ok(provider)
    }
}

fn discovery(error: DiscoveryError<HttpError>) -> IdentityError {
    match error {
        DiscoveryError::Request(error) => error.into(),
        DiscoveryError::Parse(_) => NetworkError::Unreadable.into(),
        DiscoveryError::Validation(_) => IdentityError::provider("issuer-mismatch"),
        _ => IdentityError::provider("discovery"),
    }
}

/// Why a request to the provider had no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The address is neither https nor on this machine.
    #[error("an address without protection")]
    Insecure,
    /// The network or the platform.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// The engine's transport, as `openidconnect` wants to call it.
pub(super) fn http(
    transport: Arc<dyn Transport>,
) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, HttpError>> + Send + Sync {
    move |request| {
        let transport = Arc::clone(&transport);
        Box::pin(async move { ask(transport.as_ref(), request).await })
    }
}

/// Sends a request and reads its answer, be it a refusal in OAuth's own words.
pub(super) async fn ask(
    transport: &dyn Transport,
    request: HttpRequest,
) -> Result<HttpResponse, HttpError> {
    let address = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::Insecure)?;
    if !is_protected(&address) {
        return Err(HttpError::Insecure);
    }
    let reply = transport.send(request.map(Bytes::from)).await.map_err(NetworkError::from)?;
    let status = reply.status;
    let elsewhere = status.is_redirection()
        || status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS;
    if elsewhere {
        let error = answered(reply).await.err().unwrap_or(NetworkError::Unreadable);
        return Err(error.into());
    }
    // No endpoint of a provider that is asked from here answers with a page.
    if reply.header(header::CONTENT_TYPE.as_str()).starts_with("text/html") {
        return Err(NetworkError::CaptivePortal.into());
    }
    let headers = reply.headers.clone();
    let body = reply.bytes(LARGEST_ANSWER).await.map_err(NetworkError::from)?;
    let mut response = HttpResponse::new(body.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Whether what is sent to this address can be read by nobody else on the way.
pub(super) fn is_protected(address: &Url) -> bool {
    match address.scheme() {
        "https" => true,
        "http" => match address.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        },
        _ => false,
    }
}

/// What the refusal or silence of the token endpoint means.
pub(super) fn token_error(error: TokenError) -> IdentityError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => oauth_error(answer.error().as_ref()),
        // A success that cannot be read may be one that was cut short.
        RequestTokenError::Parse(..) => NetworkError::Unreadable.into(),
        RequestTokenError::Other(_) => NetworkError::Transport(TransportError::Broken).into(),
    }
}

/// What an error code of OAuth 2.0 or OpenID Connect means for the person.
pub(super) fn oauth_error(code: &str) -> IdentityError {
    match code {
        "access_denied" => IdentityError::Cancelled,
        "account_disabled" => IdentityError::Refused,
        "unmet_authentication_requirements" => IdentityError::Assurance,
        "invalid_grant" | "login_required" | "interaction_required" => IdentityError::Expired,
        "temporarily_unavailable" => NetworkError::Overloaded { retry_after: None }.into(),
        other => IdentityError::provider(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_protected() {
        for address in [
            "https://zwfw.example.gov.cn/oidc",
            "http://127.0.0.1:8080/oidc",
            "http://127.8.0.1/",
            "http://[::1]:9000/",
            "http://localhost/",
        ] {
            assert!(is_protected(&address.parse().unwrap()), "{address}");
        }
        for address in [
            "http://zwfw.example.gov.cn/oidc",
            "http://10.0.0.1/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(!is_protected(&address.parse().unwrap()), "{address}");
        }
    }
}
