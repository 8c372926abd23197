//! One sync: what is due goes out and what is new comes in, exchange after exchange. Tells
//! whose failure it is when one fails: of the line, of the platform, or of what was brought,
//! which then waits alone.

use bytes::Bytes;
use http::{Method, Request, header};
use tongban_contract::{
    exchange::{EXCHANGE_VERSION, ExchangeReply, ExchangeRequest},
    identifiers::OperationId,
    operation::Operation,
    page::Topic,
    problem::Problem,
};

use super::{bearer, plan};
use crate::{
    client::Client,
    error::{Error, Result},
    identity::IdentityError,
    network::{self, NetworkError},
    vault::{Applied, Rest, Vault, VaultError, lacks_files},
    waiting::{Pause, backoff},
};

/// Most exchanges in one sync; what is left goes with the next.
const MOST_ROUNDS: usize = 50;

impl Client {
    /// Sends what is due and fetches what is new, until nothing is left of either.
    pub(super) async fn rounds(&self, vault: &Vault) -> Result<()> {
        // What an earlier sync could not put back: the disk was full, or it was given up
        // in the middle. Nothing is being sent now.
        vault.queue_what_was_being_sent().await?;
        let mut more = true;
        for _ in 0..MOST_ROUNDS {
            let due = plan::due(&vault.outbox().await?, self.surroundings().now());
            if due.is_empty() && !more {
                return Ok(());
            }
            let rest = match self.exchange(vault, &due).await {
                Ok(rest) => rest,
                Err(error) => {
                    let (error, rest) = self.failed_of_what_it_brought(vault, &due, error).await?;
                    match due.as_slice() {
                        [only] => {
                            self.make_wait(vault, only.id, &error).await?;
                            rest
                        }
                        several => self.one_by_one(vault, several).await?,
                    }
                }
            };
            more = match rest {
                Rest::Nothing => false,
                Rest::More => true,
                // Whoever answers like this is asked again soon, and not at once.
                Rest::Stuck => return Err(NetworkError::Unreadable.into()),
            };
        }
        Ok(())
    }

    /// One operation may have upset the platform, or something in between: each goes alone,
    /// so that only that one waits. Answers what the last left of the feed.
    async fn one_by_one(&self, vault: &Vault, due: &[Operation]) -> Result<Rest> {
        let mut rest = Rest::More;
        for operation in due {
            let alone = std::slice::from_ref(operation);
            rest = match self.exchange(vault, alone).await {
                Ok(rest) => rest,
                Err(error) => {
                    let (error, rest) = self.failed_of_what_it_brought(vault, alone, error).await?;
                    self.make_wait(vault, operation.id, &error).await?;
                    rest
                }
            };
        }
        Ok(rest)
    }

    /// Why a request failed, where what it brought is to blame and not the line: an exchange
    /// that brings nothing tells. Answers what that left of the feed, too.
    ///
    /// # Errors
    /// Where the line is to blame, or the platform as a whole.
    async fn failed_of_what_it_brought(
        &self,
        vault: &Vault,
        brought: &[Operation],
        error: Error,
    ) -> Result<(NetworkError, Rest)> {
        let error = match error {
            Error::Network(error)
                if !brought.is_empty() && plan::may_be_what_was_brought(&error) =>
            {
                error
            }
            other => return Err(other),
        };
        let rest = match self.fetch(vault, &[]).await {
            Ok(applied) => applied.rest,
            Err(Error::Network(_)) => return Err(error.into()),
            Err(other) => return Err(other),
        };
        Ok(match error {
            // No portal, then: whatever it is, it stops this one thing alone.
            NetworkError::CaptivePortal => (NetworkError::Unreadable, rest),
            other => (other, rest),
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
        let below = |bound| self.surroundings().below(bound);
        let wait = backoff(queued.tries, error.retry_after(), below);
        let pause = Pause::new(self.surroundings().now(), wait);
        vault.put_back(id, Some(pause), Some(&error.problem())).await
    }

    /// One exchange, and the files that it was found to lack. Answers what is left of the feed.
    async fn exchange(&self, vault: &Vault, due: &[Operation]) -> Result<Rest> {
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
        Ok(applied.rest)
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

/// Why the operations of a failed sync wait, where it is worth telling.
fn waiting_reason(error: &Error) -> Option<Problem> {
    match error {
        Error::Network(error) => Some(error.problem()),
        Error::Identity(error) => Some(error.problem()),
        _ => None,
    }
}
