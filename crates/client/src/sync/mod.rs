//! Sync: sends what waits and applies what is new, whenever there is a network.
//!
//! One lane per application: the oldest operation of each is sent, all in one exchange;
//! one that fails waits by itself and never blocks another. An operation is never given
//! up. What the network or the platform did wrong is kept where the page shows it.
//!
//! - `plan`: which operations are due, and how long to wait. Pure.
//! - `upload`: files the platform lacks (tus 1.0).
//! - `events`: listens for "there is news".
//! - here: the exchange, and the loop.

pub(crate) mod events;
mod plan;
mod upload;

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use tongban_contract::{
    exchange::{EXCHANGE_VERSION, ExchangeReply, ExchangeRequest},
    identifiers::OperationId,
    operation::Operation,
    page::{NetworkView, SyncNow, Topic},
    problem::Problem,
};

use crate::{
    client::{Client, OpenVault, Session},
    error::{Error, Result},
    identity::IdentityError,
    network::{self, NetworkError},
    transport::{Reply, TransportError},
    vault::{Applied, Pause, Rest, Vault, VaultError, lacks_files},
};

/// Most exchanges in one sync; what is left goes with the next.
const MOST_ROUNDS: usize = 50;

/// All that a notification says on a shared device.
const NEWS: &str = "有新的办件消息";
const NEWS_TEXT: &str = "请打开“通办”查看。";

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
    fn spared_for(&self) -> Duration {
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
            Err(error) => plan::backoff(self.sync_state().failures, retry_after(error), |bound| {
                self.surroundings().below(bound)
            }),
        };
        self.change_sync_state(|state| {
            state.running = false;
            let pause = Pause::new(now, wait);
            state.pause = Some(pause);
            state.spared = outcome.as_ref().err().and_then(retry_after).map(|_| pause);
            match &outcome {
                Ok(()) => {
                    state.failures = 0;
                    state.network = NetworkView::Online;
                }
                Err(error) => {
                    state.failures = state.failures.saturating_add(1);
                    if let Some(network) = network_view(error) {
                        state.network = network;
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

    async fn rounds(&self, vault: &Vault) -> Result<()> {
        // What an earlier sync could not put back: the disk was full, or it was given up
        // in the middle. Nothing is being sent now.
        vault.queue_what_was_being_sent().await?;
        let mut more = true;
        for _ in 0..MOST_ROUNDS {
            let due = plan::due(&vault.outbox().await?, self.surroundings().now());
            if due.is_empty() && !more {
                return Ok(());
            }
            more = match self.exchange(vault, &due).await {
                Ok(more) => more,
                Err(error) => {
                    let (error, more) = self.failed_of_what_it_brought(vault, &due, error).await?;
                    match due.as_slice() {
                        [only] => self.make_wait(vault, only.id, &error).await?,
                        several => self.one_by_one(vault, several).await?,
                    }
                    more
                }
            };
        }
        Ok(())
    }

    /// One operation may have upset the platform, or something in between: each goes alone,
    /// so that only that one waits.
    async fn one_by_one(&self, vault: &Vault, due: &[Operation]) -> Result<()> {
        for operation in due {
            let alone = std::slice::from_ref(operation);
            if let Err(error) = self.exchange(vault, alone).await {
                let (error, _) = self.failed_of_what_it_brought(vault, alone, error).await?;
                self.make_wait(vault, operation.id, &error).await?;
            }
        }
        Ok(())
    }

    /// Why a request failed, where what it brought is to blame and not the line: an exchange
    /// that brings nothing tells. Answers whether that left more to fetch, too.
    ///
    /// # Errors
    /// Where the line is to blame, or the platform as a whole.
    async fn failed_of_what_it_brought(
        &self,
        vault: &Vault,
        brought: &[Operation],
        error: Error,
    ) -> Result<(NetworkError, bool)> {
        let error = match error {
            Error::Network(error)
                if !brought.is_empty() && plan::may_be_what_was_brought(&error) =>
            {
                error
            }
            other => return Err(other),
        };
        let more = match self.fetch(vault, &[]).await {
            Ok(applied) => applied.rest == Rest::More,
            Err(Error::Network(_)) => return Err(error.into()),
            Err(other) => return Err(other),
        };
        Ok(match error {
            // No portal, then: whatever it is, it stops this one thing alone.
            NetworkError::CaptivePortal => (NetworkError::Unreadable, more),
            other => (other, more),
        })
    }

    /// An operation that fails by itself waits longer each time, and says why; one that
    /// would never be taken waits for the person.
    async fn make_wait(
        &self,
        vault: &Vault,
        id: OperationId,
        error: &NetworkError,
    ) -> Result<(), VaultError> {
        let outbox = vault.outbox().await?;
        let Some(queued) = outbox.iter().find(|queued| queued.operation.id == id) else {
            return Ok(());
        };
        if queued.operation.ask.files()
            && let Some(problem) = plan::never_taken(error)
        {
            return vault.hold_back(id, problem).await;
        }
        let wait =
            plan::backoff(queued.tries, error.retry_after(), |b| self.surroundings().below(b));
        let pause = Pause::new(self.surroundings().now(), wait);
        vault.put_back(id, Some(pause), Some(&error.problem())).await
    }

    /// One exchange, and the files that it was found to lack. Answers whether there is more
    /// to fetch.
    async fn exchange(&self, vault: &Vault, due: &[Operation]) -> Result<bool> {
        let sent = vault.mark_sending(due).await?;
        self.tell_of(&sent);
        let applied = match self.fetch(vault, &sent).await {
            Ok(applied) => applied,
            Err(error) => {
                let problem = waiting_reason(&error);
                for operation in &sent {
                    if certainly_unsent(&error) {
                        vault.put_back_unsent(operation.id, problem.as_ref()).await?;
                    } else {
                        vault.put_back(operation.id, None, problem.as_ref()).await?;
                    }
                }
                self.tell_of(&sent);
                return Err(error);
            }
        };
        self.upload_lacking(vault, &applied).await?;
        match applied.rest {
            Rest::Nothing => Ok(false),
            Rest::More => Ok(true),
            // Whoever answers like this is asked again soon, and not at once.
            Rest::Stuck => Err(NetworkError::Unreadable.into()),
        }
    }

    /// Brings operations and fetches news. Answers what that changed.
    async fn fetch(&self, vault: &Vault, sent: &[Operation]) -> Result<Applied> {
        let reply = self.ask_exchange(vault, sent).await?;
        let applied = vault.apply(sent, &reply, self.surroundings().now()).await?;
        self.tell_applied(&applied);
        Ok(applied)
    }

    async fn ask_exchange(&self, vault: &Vault, due: &[Operation]) -> Result<ExchangeReply> {
        let (feed, courier) = (vault.feed().await?, vault.courier().await?);
        let request = ExchangeRequest {
            version: EXCHANGE_VERSION,
            feed: feed.feed,
            cursor: feed.cursor,
            mark: feed.mark,
            operations: due.to_vec(),
            courier_key: courier.filter(|entry| entry.to_name).map(|entry| entry.key),
        };
        let body = Bytes::from(serde_json::to_vec(&request).map_err(|_| NetworkError::Unreadable)?);
        let reply = self
            .authorised(|token| {
                Request::builder()
                    .method(Method::POST)
                    .uri(self.address("/v1/exchange"))
                    .header(header::CONTENT_TYPE, "application/json")
                    .header(header::AUTHORIZATION, bearer(token)?)
                    .body(body.clone())
            })
            .await?;
        network::read(reply).await.map_err(of_the_account)
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

    async fn upload_lacking(&self, vault: &Vault, applied: &Applied) -> Result<()> {
        for (operation, digests) in &applied.lacking {
            for digest in digests {
                if let Err(error) = self.upload(vault, operation.id, digest).await {
                    self.without_its_file(vault, operation, of_refusal(error)).await?;
                    break;
                }
            }
        }
        Ok(())
    }

    /// What becomes of an operation whose file could not be sent.
    ///
    /// # Errors
    /// Where the others cannot be sent either.
    async fn without_its_file(
        &self,
        vault: &Vault,
        operation: &Operation,
        error: Error,
    ) -> Result<()> {
        // Its bytes were lost with a damaged page: nobody but the person can help.
        if let Error::Vault(VaultError::Missing(_)) = &error {
            vault.hold_back(operation.id, &lacks_files(&[])).await?;
            self.tell(Topic::Items);
            return Ok(());
        }
        vault.put_back(operation.id, None, waiting_reason(&error).as_ref()).await?;
        let brought = std::slice::from_ref(operation);
        let (error, _) = self.failed_of_what_it_brought(vault, brought, error).await?;
        Ok(self.make_wait(vault, operation.id, &error).await?)
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
        // A notification is seen by whoever stands in front of the screen.
        let shared = self.device().settings.shared_device;
        for (case, title, body) in &applied.headlines {
            self.tell(if shared {
                let (title, body) = (NEWS.to_owned(), NEWS_TEXT.to_owned());
                Topic::News { case: None, title, body }
            } else {
                Topic::News { case: *case, title: title.clone(), body: body.clone() }
            });
        }
    }
}

/// An `Authorization` value that no log prints.
pub(crate) fn bearer(token: &SecretString) -> http::Result<http::HeaderValue> {
    let mut value = http::HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether the platform cannot have what the failed exchange was to bring: no connection
/// came about, or it was not let in.
fn certainly_unsent(error: &Error) -> bool {
    match error {
        Error::Network(NetworkError::Transport(error)) => error.before_sending(),
        Error::Identity(_) => true,
        _ => false,
    }
}

fn of_refusal(error: Error) -> Error {
    match error {
        Error::Network(error) => of_the_account(error),
        other => other,
    }
}

/// The platform lets this account in no more: that is no matter of the network.
fn of_the_account(error: NetworkError) -> Error {
    match error {
        NetworkError::Refused(problem) if problem.code == "sign-in.refused" => {
            IdentityError::Refused.into()
        }
        other => other.into(),
    }
}

fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::Network(error) | Error::Identity(IdentityError::Network(error)) => {
            error.retry_after()
        }
        _ => None,
    }
}

/// Why the operations of a failed sync wait, where it is worth telling.
fn waiting_reason(error: &Error) -> Option<Problem> {
    match error {
        Error::Network(error) => Some(error.problem()),
        Error::Identity(error) => Some(error.problem()),
        _ => None,
    }
}

/// What a failed sync says of the network; nothing, where it failed for another reason.
fn network_view(error: &Error) -> Option<NetworkView> {
    let problem = match error {
        Error::Network(error) => error.problem(),
        Error::Identity(IdentityError::Network(error)) => error.problem(),
        _ => return None,
    };
    Some(NetworkView::Offline { problem: Box::new(problem) })
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
