//! One sign-in, from the address for the browser to the tokens in the keyring.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope,
    core::{CoreAuthPrompt, CoreResponseType},
};
use tongban_contract::{discovery::PlatformInfo, page::Person};
use zeroize::Zeroize as _;

use super::{
    Identity, IdentityError, SignInPrompt,
    loopback::{Loopback, Page},
    provider::{Provider, http, oauth_error, token_error},
    tokens::Tokens,
    verify::{Expected, Verified},
};

/// How long the person has to sign in.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// A sign-in that waits for the browser. Dropping it cancels it and frees its port.
pub(crate) struct Pending {
    /// What to open in the system's browser.
    pub(crate) prompt: SignInPrompt,
    pub(super) patience: Duration,
    identity: Identity,
    info: PlatformInfo,
    provider: Arc<Provider>,
    loopback: Loopback,
    redirect: RedirectUrl,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    acr: Option<u8>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("prompt", &self.prompt).finish_non_exhaustive()
    }
}

/// Who signed in. Their tokens are in the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedIn {
    /// Name of the account on this device: a digest, so that it shows nothing.
    pub(crate) account: String,
    /// What the page shows of the person.
    pub(crate) person: Person,
}

impl Identity {
    /// Prepares a sign-in. `acr` is the assurance level that is needed, where one is.
    ///
    /// # Errors
    /// Where the platform's provider cannot be reached or used, or no port is free.
    pub(crate) async fn begin(
        &self,
        info: &PlatformInfo,
        acr: Option<u8>,
    ) -> Result<Pending, IdentityError> {
        let provider = self.provider(info).await?;
        let loopback = Loopback::bind().await.map_err(IdentityError::Listener)?;
        let redirect = RedirectUrl::new(loopback.address())
            .map_err(|_| IdentityError::provider("redirect-address"))?;
        let (state, nonce) = (self.secret(), self.secret());
        let verifier = PkceCodeVerifier::new(self.secret());
        let client = provider.client(info);
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("offline_access".to_owned()))
            // Several people may share this device: whoever the browser still knows from a
            // sign-in before is not signed in without being asked.
            .add_prompt(CoreAuthPrompt::Login)
            // Refresh tokens may be given only to whom the person consents (Core 11).
            .add_prompt(CoreAuthPrompt::Consent);
        for name in provider.names_of_levels(acr) {
            request = request.add_auth_context_value(name);
        }
        let (address, state, nonce) = request.url();
        Ok(Pending {
            prompt: SignInPrompt { address },
            patience: PATIENCE,
            identity: self.clone(),
            info: info.clone(),
            provider,
            loopback,
            redirect,
            state,
            nonce,
            verifier,
            acr,
        })
    }

    /// 256 random bits as text, fit for a URL.
    fn secret(&self) -> String {
        let mut bytes = self.surroundings.bytes::<32>();
        let text = URL_SAFE_NO_PAD.encode(bytes);
        bytes.zeroize();
        text
    }
}

impl Pending {
    /// Waits for the browser, at most ten minutes, and completes the sign-in. The browser
    /// is shown how it went.
    ///
    /// # Errors
    /// Why nobody is signed in. Nothing is kept then.
    pub(crate) async fn finish(mut self) -> Result<SignedIn, IdentityError> {
        let callback = match tokio::time::timeout(self.patience, self.loopback.wait()).await {
            Ok(callback) => callback.map_err(IdentityError::Listener)?,
            Err(_) => return Err(IdentityError::TimedOut),
        };
        let Self {
            identity, info, provider, loopback, redirect, state, nonce, verifier, acr, ..
        } = self;
        let completed = async {
            let code = code(&callback.answer, &state, &provider)?;
            let client = provider.client(&info);
            let tokens = client
                .exchange_code(code)
                .map_err(|_| IdentityError::provider("no-token-endpoint"))?
                .set_pkce_verifier(verifier)
                .set_redirect_uri(Cow::Owned(redirect))
                .request_async(&http(Arc::clone(&identity.surroundings.transport)))
                .await
                .map_err(token_error)?;
            let expected = Expected { nonce: &nonce, acr };
            let verified = identity.verify(&info, &provider, &tokens, &expected).await;
            let kept = Tokens::new(&tokens, identity.surroundings.now());
            let result = match verified {
                Ok(Verified { account, person }) => {
                    identity.keep(&account, &kept).await.map(|()| SignedIn { account, person })
                }
                Err(error) => Err(error),
            };
            if result.is_err() {
                // They would stay valid at the platform with nobody holding them.
                identity.revoke(&info, &kept).await;
            }
            result
        }
        .await;
        let page = match &completed {
            Ok(_) => Page::Done,
            Err(error) => Page::Failed(error.problem()),
        };
        loopback.answer(callback, page).await;
        completed
    }
}

/// The code in an answer that belongs to this sign-in and this provider.
fn code(
    answer: &BTreeMap<String, String>,
    state: &CsrfToken,
    provider: &Provider,
) -> Result<AuthorizationCode, IdentityError> {
    if answer.get("state").map(String::as_str) != Some(state.secret().as_str()) {
        return Err(IdentityError::State);
    }
    let metadata = &provider.metadata;
    let must_name_issuer =
        metadata.additional_metadata().authorization_response_iss_parameter_supported;
    match answer.get("iss") {
        Some(issuer) if issuer == metadata.issuer().as_str() => {}
        None if !must_name_issuer => {}
        Some(_) | None => return Err(IdentityError::Issuer),
    }
    if let Some(error) = answer.get("error") {
        return Err(oauth_error(error));
    }
    match answer.get("code") {
        Some(code) => Ok(AuthorizationCode::new(code.clone())),
        None => Err(IdentityError::provider("no-code")),
    }
}
