//! The session of an account: handing out its access token, renewing it, ending it.

use std::{sync::Arc, time::Duration};

use http::{StatusCode, header};
use openidconnect::RefreshToken;
use secrecy::{ExposeSecret as _, SecretString};
use tongban_contract::discovery::PlatformInfo;
use url::Url;

use super::{
    Identity, IdentityError,
    provider::{ask, http, token_error},
    tokens::{Tokens, same},
    verify::is_of,
};
use crate::{keyring::KeyringError, network::NetworkError, transport::TransportError};

/// How long signing out waits for the platform.
const REVOKING: Duration = Duration::from_secs(10);

/// What this process knows of an account's tokens.
#[derive(Debug, Default)]
pub(super) struct Session {
    tokens: Tokens,
    /// Whether the keyring has them. Where it could not be written to, they are the only
    /// ones that still work.
    kept: bool,
    /// An access token that the platform refused.
    refused: Option<SecretString>,
}

/// What became of the tokens at the platform when the person signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// They are not valid any more.
    Done,
    /// The platform could not be told; they run out by themselves.
    Pending,
}

impl Session {
    fn usable(&self, now: jiff::Timestamp) -> Option<&SecretString> {
        let token = self.tokens.usable(now)?;
        (!same(Some(token), self.refused.as_ref())).then_some(token)
    }
}

impl Identity {
    /// An access token that lasts for a request, renewed where it must be. Whoever asks
    /// meanwhile waits for the same renewal. A renewal goes on to its end even where its
    /// caller stops waiting: its answer replaces a token that is already spent.
    ///
    /// # Errors
    /// [`IdentityError::Needed`], [`IdentityError::Expired`], or why it could not be
    /// renewed now; in the last case everything is kept and asking again is right.
    pub(crate) async fn access_token(
        &self,
        info: &PlatformInfo,
        account: &str,
    ) -> Result<SecretString, IdentityError> {
        let identity = self.clone();
        let info = info.clone();
        let account = account.to_owned();
        let renewal = tokio::spawn(async move { identity.renewed(&info, &account).await });
        // Fails only while the runtime shuts down.
        let broken = |_| NetworkError::Transport(TransportError::Broken);
        renewal.await.map_err(broken)?
    }

    async fn renewed(
        &self,
        info: &PlatformInfo,
        account: &str,
    ) -> Result<SecretString, IdentityError> {
        let mut sessions = self.sessions.lock().await;
        let session = sessions.entry(account.to_owned()).or_default();
        let now = self.surroundings.now();
        if session.tokens.access.is_some() && !session.kept {
            self.keep_again(account, session).await?;
        }
        if let Some(token) = session.usable(now) {
            return Ok(token.clone());
        }
        // Another process may have renewed them.
        if session.kept || session.tokens.refresh.is_none() {
            session.tokens = self.read(account).await?.ok_or(IdentityError::Needed)?;
            session.kept = true;
            if let Some(token) = session.usable(now) {
                return Ok(token.clone());
            }
        }
        let spent = session.tokens.refresh.clone().ok_or(IdentityError::Expired)?;
        match self.refresh(info, account, &spent).await {
            Ok(tokens) => self.took(account, session, tokens).await,
            Err(IdentityError::Expired) => {
                // Unless another process was faster, and spent it.
                let newer = self.read(account).await?.filter(|newer| {
                    newer.refresh.is_some() && !same(newer.refresh.as_ref(), Some(&spent))
                });
                if let Some(newer) = newer {
                    session.tokens = newer;
                    session.kept = true;
                    if let Some(token) = session.usable(now) {
                        return Ok(token.clone());
                    }
                    let spent = session.tokens.refresh.clone().ok_or(IdentityError::Expired)?;
                    let renewed = self.refresh(info, account, &spent).await;
                    if !matches!(renewed, Err(IdentityError::Expired)) {
                        return self.took(account, session, renewed?).await;
                    }
                }
                session.tokens = Tokens::default();
                session.kept = true;
                // Left without tokens, so that the next start knows without asking.
                if let Err(error) = self.write(account, &session.tokens).await {
                    tracing::warn!(%error, "the end of a session was not kept");
                }
                Err(IdentityError::Expired)
            }
            Err(other) => Err(other),
        }
    }

    /// New tokens have come: they are the only ones that work from here on.
    async fn took(
        &self,
        account: &str,
        session: &mut Session,
        tokens: Tokens,
    ) -> Result<SecretString, IdentityError> {
        session.tokens = tokens;
        session.kept = false;
        session.refused = None;
        self.keep_again(account, session).await?;
        session.tokens.access.clone().ok_or(IdentityError::Expired)
    }

    /// Tries to have the keyring keep the tokens. They serve without it until this process
    /// ends, so that its failure is no reason to fail a request, but for one: on a full disk
    /// nothing that comes of the request could be kept either. Those before them are taken
    /// again as long as nobody has used these.
    ///
    /// # Errors
    /// Where the disk cannot be written to.
    async fn keep_again(&self, account: &str, session: &mut Session) -> Result<(), IdentityError> {
        match self.write(account, &session.tokens).await {
            Ok(()) => session.kept = true,
            Err(IdentityError::Keyring(error)) if error.is_of_the_disk() => {
                return Err(error.into());
            }
            Err(error) => tracing::warn!(%error, "renewed tokens are not in the keyring yet"),
        }
        Ok(())
    }

    /// Spends a refresh token for new tokens.
    async fn refresh(
        &self,
        info: &PlatformInfo,
        account: &str,
        spent: &SecretString,
    ) -> Result<Tokens, IdentityError> {
        let provider = self.provider(info).await?;
        let token = RefreshToken::new(spent.expose_secret().to_owned());
        let answer = provider
            .client(info)
            .exchange_refresh_token(&token)
            .map_err(|_| IdentityError::provider("no-token-endpoint"))?
            .request_async(&http(Arc::clone(&self.surroundings.transport)))
            .await
            .map_err(token_error)?;
        let mut tokens = Tokens::new(&answer, self.surroundings.now());
        if let Err(error) = is_of(info, &provider, &answer, account) {
            // Nobody shall hold them.
            self.revoke(info, &tokens).await;
            return Err(error);
        }
        // A provider that does not rotate lets the old one be used again.
        tokens.refresh.get_or_insert_with(|| spent.clone());
        Ok(tokens)
    }

    /// The platform refused this access token (401): the next one will be a new one.
    pub(crate) async fn forget_access_token(&self, account: &str, refused: &SecretString) {
        let mut sessions = self.sessions.lock().await;
        sessions.entry(account.to_owned()).or_default().refused = Some(refused.clone());
    }

    /// Forgets what this process knows of an account's tokens. The keyring keeps them; where
    /// it could not, they stay here, as they are the only ones that still work.
    pub(crate) async fn put_away(&self, account: &str) {
        let mut sessions = self.sessions.lock().await;
        if sessions.get(account).is_some_and(|session| session.kept) {
            sessions.remove(account);
        }
    }

    /// Forgets the tokens on this device and asks the platform to do so too, as far as it
    /// can be reached.
    ///
    /// # Errors
    /// Where the keyring does not forget them; the person is not signed out then.
    pub(crate) async fn sign_out(
        &self,
        info: &PlatformInfo,
        account: &str,
    ) -> Result<Revocation, IdentityError> {
        let tokens = {
            let mut sessions = self.sessions.lock().await;
            let known = sessions.get(account).filter(|session| !session.kept);
            let tokens = match known.map(|session| session.tokens.clone()) {
                Some(tokens) if tokens.refresh.is_some() => tokens,
                // What cannot be read can still be deleted.
                _ => self.read(account).await.ok().flatten().unwrap_or_default(),
            };
            self.surroundings.keyring.delete(&name(account)).await?;
            sessions.remove(account);
            tokens
        };
        Ok(self.revoke(info, &tokens).await)
    }

    /// Where the system's browser ends the sign-in that it may keep (OpenID Connect
    /// RP-Initiated Logout); none where the provider has no such page. The page asks the
    /// person: the id token, which would spare that, says who they are, and has no place in
    /// an address that a shared browser remembers.
    ///
    /// # Errors
    /// Where the provider cannot be asked.
    pub(crate) async fn browser_logout(
        &self,
        info: &PlatformInfo,
    ) -> Result<Option<Url>, IdentityError> {
        let provider = self.provider(info).await?;
        let page = provider.metadata.additional_metadata().end_session_endpoint.clone();
        Ok(page.map(|mut page| {
            page.query_pairs_mut().append_pair("client_id", &info.client_id);
            page
        }))
    }

    /// Tells the platform that these tokens are not to be valid any more (RFC 7009).
    pub(super) async fn revoke(&self, info: &PlatformInfo, tokens: &Tokens) -> Revocation {
        let asked = tokio::time::timeout(REVOKING, self.ask_to_revoke(info, tokens)).await;
        match asked {
            Ok(Ok(())) => Revocation::Done,
            Ok(Err(error)) => {
                tracing::info!(%error, "the platform was not told of the end of a session");
                Revocation::Pending
            }
            Err(_) => Revocation::Pending,
        }
    }

    async fn ask_to_revoke(
        &self,
        info: &PlatformInfo,
        tokens: &Tokens,
    ) -> Result<(), IdentityError> {
        let (token, hint) = match (&tokens.refresh, &tokens.access) {
            (Some(refresh), _) => (refresh, "refresh_token"),
            (None, Some(access)) => (access, "access_token"),
            (None, None) => return Ok(()),
        };
        let provider = self.provider(info).await?;
        let endpoint = provider
            .metadata
            .additional_metadata()
            .revocation_endpoint
            .as_ref()
            .ok_or_else(|| IdentityError::provider("no-revocation-endpoint"))?;
        // By hand: the library refuses plain http even on this machine.
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose_secret())
            .append_pair("token_type_hint", hint)
            .append_pair("client_id", &info.client_id)
            .finish();
        let request = http::Request::post(endpoint.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .map_err(|_| IdentityError::provider("revocation-address"))?;
        let answer = ask(self.surroundings.transport.as_ref(), request).await?;
        if answer.status() == StatusCode::OK {
            Ok(())
        } else {
            Err(IdentityError::provider("revocation"))
        }
    }

    /// Keeps the tokens of a new sign-in.
    pub(super) async fn keep(&self, account: &str, tokens: &Tokens) -> Result<(), IdentityError> {
        let mut sessions = self.sessions.lock().await;
        self.write(account, tokens).await?;
        let session = Session { tokens: tokens.clone(), kept: true, refused: None };
        sessions.insert(account.to_owned(), session);
        Ok(())
    }

    async fn read(&self, account: &str) -> Result<Option<Tokens>, IdentityError> {
        let Some(secret) = self.surroundings.keyring.read(&name(account)).await? else {
            return Ok(None);
        };
        let tokens = Tokens::from_secret(&secret);
        if tokens.is_none() {
            // Signing in again writes them anew.
            tracing::warn!("the tokens in the keyring cannot be read");
        }
        Ok(tokens)
    }

    async fn write(&self, account: &str, tokens: &Tokens) -> Result<(), IdentityError> {
        let secret = tokens
            .to_secret()
            .map_err(|_| IdentityError::Keyring(KeyringError::Damaged("tokens")))?;
        Ok(self.surroundings.keyring.write(&name(account), &secret).await?)
    }
}

/// Under which name the keyring keeps an account's tokens.
fn name(account: &str) -> String {
    format!("{account}/tokens")
}
