//! Sync: sends what waits and applies what is new, whenever there is a network.
//!
//! One lane per application: the oldest operation of each is sent, all in one exchange;
//! one that fails waits by itself and never blocks another. An operation is never given
//! up. What the network or the platform did wrong is kept where the page shows it.
//!
//! - `plan`: which operations are due, and when. Pure.
//! - `upload`: files the platform lacks (tus 1.0).
//! - `events`: listens for "there is news".
//! - `rounds`: one sync: exchange after exchange, and whose failure it is.
//! - here: the loop, and what is kept and told of a sync.

pub(crate) mod events;
mod plan;
mod rounds;
mod upload;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use tongban_contract::{
    operation::Operation,
    page::{NetworkView, SyncNow, Topic},
};

use crate::{
    client::{Client, OpenVault, Session},
    error::{Error, Result},
    identity::IdentityError,
    network::NetworkError,
    transport::{Reply, TransportError},
    vault::Applied,
    waiting::{Pause, backoff},
};

/// What the engine knows of the network and of its own tries.
#[derive(Clone, Debug)]
pub(crate) struct SyncState {
    pub(crate) network: NetworkView,
    pub(crate) running: bool,
    /// How long the loop waits before it tries again.
    pub(crate) pause: Option<Pause>,
    /// How long the platform asked to be left alone.
    pub(crate) spared: Option<Pause>,
    /// Failed syncs in a row.
    pub(crate) failures: u32,
    /// Bytes of a file that the next request carries, as fits the line.
    pub(crate) stride: usize,
}

impl Default for SyncState {
    fn default() -> Self {
        Self {
            network: NetworkView::Unknown,
            running: false,
            pause: None,
            spared: None,
            failures: 0,
            stride: upload::FIRST_STRIDE,
        }
    }
}

impl Client {
    /// Sends what waits and fetches what is new, now.
    ///
    /// # Errors
    /// What kept it from being done; everything unsent stays queued.
    pub async fn sync_now(&self, _request: SyncNow) -> Result<()> {
        self.vault()?;
        self.sync_once().await
    }

    /// Syncs for as long as the client lives: when woken, when news is announced, and
    /// after a failure again and again.
    pub(crate) async fn sync_for_ever(self) {
        loop {
            let wait = self.wait_before_next_sync().await;
            tokio::select! {
                () = self.closed() => return,
                () = self.woken() => {}
                () = tokio::time::sleep(wait) => {}
            }
            // Whoever woke it: a busy platform is left alone for as long as it asked.
            if self.vault().is_ok()
                && self.spared_for().is_zero()
                && self.session() == Session::SignedIn
                && let Err(error) = self.sync_once().await
            {
                tracing::debug!(%error, "sync did not succeed");
            }
        }
    }

    async fn wait_before_next_sync(&self) -> Duration {
        let state = self.sync_state();
        let (Ok(vault), Session::SignedIn) = (self.vault(), self.session()) else {
            return plan::IDLE;
        };
        let now = self.surroundings().now();
        let planned = state.pause.map_or(plan::IDLE, |pause| pause.left(now));
        let wait = if state.failures > 0 {
            // An operation's own time does not count while nothing can be sent.
            planned
        } else {
            match vault.outbox().await {
                Ok(outbox) => {
                    plan::earliest_try(&outbox, now).map_or(planned, |wait| planned.min(wait))
                }
                Err(error) => {
                    tracing::warn!(%error, "outbox could not be read");
                    planned
                }
            }
        };
        wait.max(self.spared_for()).max(plan::LEAST)
    }

    /// How long the platform still asked to be left alone.
    pub(crate) fn spared_for(&self) -> Duration {
        let spared = self.sync_state().spared;
        spared.map_or(Duration::ZERO, |pause| pause.left(self.surroundings().now()))
    }

    /// One whole sync. What it found of the network is kept for the page.
    pub(crate) async fn sync_once(&self) -> Result<()> {
        let _one_at_a_time = self.syncing().await;
        let open = self.open_account()?;
        self.change_sync_state(|state| state.running = true);
        let outcome = tokio::select! {
            outcome = self.whole_sync(&open) => outcome,
            // What is being sent is queued again when the next sync begins.
            () = self.closed() => Err(NetworkError::Transport(TransportError::Broken).into()),
            () = open.leaving.cancelled() => {
                Err(NetworkError::Transport(TransportError::Broken).into())
            }
        };
        open.vault.sending_has_ended(match &outcome {
            Err(Error::Vault(error)) => Some(error.problem()),
            _ => None,
        });
        self.keep_spare(&open).await;
        let now = self.surroundings().now();
        let wait = match &outcome {
            Ok(()) => plan::REGULAR,
            Err(error) => {
                let below = |bound| self.surroundings().below(bound);
                backoff(self.sync_state().failures, error.retry_after(), below)
            }
        };
        self.change_sync_state(|state| {
            state.running = false;
            let pause = Pause::new(now, wait);
            state.pause = Some(pause);
            state.spared = outcome.as_ref().err().and_then(Error::retry_after).map(|_| pause);
            match &outcome {
                Ok(()) => {
                    state.failures = 0;
                    state.network = NetworkView::Online;
                }
                Err(error) => {
                    state.failures = state.failures.saturating_add(1);
                    if let Some(error) = error.network() {
                        let problem = Box::new(error.problem());
                        state.network = NetworkView::Offline { problem };
                    }
                }
            }
        });
        if let Err(Error::Identity(
            IdentityError::Expired | IdentityError::Needed | IdentityError::Refused,
        )) = &outcome
        {
            self.end_session();
        }
        outcome
    }

    async fn whole_sync(&self, open: &OpenVault) -> Result<()> {
        self.prepare_courier_key(open).await;
        self.rounds(&open.vault).await?;
        if let Err(error) = self.complete_courier(open).await {
            // Everything was sent and fetched; the next sync asks again.
            tracing::debug!(%error, "the platform's courier recipient was not learnt");
        }
        if let Err(error) = self.carry_given_up().await {
            tracing::info!(%error, "what waited in a vault given up was not brought yet");
        }
        Ok(())
    }

    /// Sends with an access token, and once more with a new one where the first is not taken.
    async fn authorised(
        &self,
        request: impl Fn(&SecretString) -> http::Result<Request<Bytes>>,
    ) -> Result<Reply> {
        let transport = self.surroundings().transport.as_ref();
        let mut token = self.access_token().await?;
        for last in [false, true] {
            let request = request(&token).map_err(|_| NetworkError::Unreadable)?;
            let reply = transport.send(request).await.map_err(NetworkError::from)?;
            if reply.status != StatusCode::UNAUTHORIZED {
                return Ok(reply);
            }
            if !last {
                self.forget_access_token(&token).await?;
                token = self.access_token().await?;
            }
        }
        Err(IdentityError::Expired.into())
    }

    fn tell_of(&self, operations: &[Operation]) {
        if operations.is_empty() {
            return;
        }
        self.tell(Topic::Items);
        for case in operations.iter().filter_map(|operation| operation.ask.case()) {
            self.tell(Topic::Item { case });
        }
    }

    fn tell_applied(&self, applied: &Applied) {
        if !applied.cases.is_empty() {
            self.tell(Topic::Items);
        }
        for case in &applied.cases {
            self.tell(Topic::Item { case: *case });
        }
        if applied.licences {
            self.tell(Topic::Licences);
        }
        for (case, title, body) in &applied.headlines {
            self.tell_news(*case, title.clone(), body.clone());
        }
    }
}

/// An `Authorization` value that no log prints.
pub(crate) fn bearer(token: &SecretString) -> http::Result<http::HeaderValue> {
    let mut value = http::HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_request_is_printed_by_nothing_that_prints_requests() {
        let value = bearer(&SecretString::from("the-token")).unwrap();
        assert_eq!(value, "Bearer the-token");
        assert!(!format!("{value:?}").contains("the-token"));
    }
}
