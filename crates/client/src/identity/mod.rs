//! OpenID Connect sign-in (authorization code with PKCE in the system's browser, answered
//! on a loopback address), the tokens that come of it, and their refresh.
//!
//! Tokens live in the keyring under `{account}/tokens` and in the memory of this process,
//! nowhere else; no type in here shows one in `Debug`, an error or a log.
//!
//! # Life cycle
//! 1. [`Identity::begin`] asks the platform where to sign in and listens on a port of
//!    127.0.0.1. Its caller opens [`SignInPrompt::address`] in the system's browser.
//! 2. [`sign_in::Pending::finish`] waits for the browser to come back, checks everything, keeps the
//!    tokens and answers who signed in. Dropping it at any time cancels and frees the port.
//! 3. [`Identity::access_token`] hands out a token for a request and renews it in time.
//!    A caller whose request was answered 401 says so with
//!    [`Identity::forget_access_token`] and asks once more.
//! 4. [`Identity::sign_out`] forgets the tokens and tells the platform.
//!    [`Identity::browser_logout`] is where the browser forgets, too.

mod error;
mod level;
pub(crate) mod loopback;
mod person;
mod provider;
mod session;
mod sign_in;
mod tokens;
mod verify;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, sync::Arc};

use tokio::sync::Mutex;
use url::Url;

pub use error::IdentityError;

use crate::surroundings::Surroundings;
use provider::Provider;
use session::Session;

/// What a person needs to sign in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignInPrompt {
    /// What to open in the system's browser.
    pub(crate) address: Url,
}

impl fmt::Debug for SignInPrompt {
    /// Without the query, which belongs to this one sign-in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut address = self.address.clone();
        address.set_query(None);
        f.debug_struct("SignInPrompt").field("address", &address.as_str()).finish()
    }
}

/// Signs people in and keeps their tokens. Clones share one state.
#[derive(Clone)]
pub(crate) struct Identity {
    surroundings: Surroundings,
    /// What the providers said of themselves, by issuer.
    providers: Arc<Mutex<BTreeMap<String, Arc<Provider>>>>,
    /// What this process knows of each account's tokens. Held while they are renewed, so
    /// that they are renewed once: the refresh token is spent by using it.
    sessions: Arc<Mutex<BTreeMap<String, Session>>>,
}

impl Identity {
    /// With this network, keyring, clock and chance. Asks nothing of any of them yet.
    pub(crate) fn new(surroundings: Surroundings) -> Self {
        Self { surroundings, providers: Arc::default(), sessions: Arc::default() }
    }
}
