//! The system's own keyring: Secret Service on Linux, Keychain on macOS, Credential
//! Manager on Windows. One thread of its own makes every call, because a locked
//! collection blocks its caller until the person answers the system's question.

use std::{
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use futures::future::BoxFuture;
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{Keyring, KeyringError};

/// Under which name the system's keyring lists what is kept.
const SERVICE: &str = "cn.tongban.app";

/// How long the person has to answer the system's question before the caller is told.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the store is found. Asked on the keyring's own thread, because looking for it
/// may block as well.
type Find = Box<dyn Fn() -> Result<Arc<CredentialStore>, Error> + Send>;

/// Work for the keyring's own thread.
type Job = Box<dyn FnOnce(&Find) + Send>;

/// The system's own keyring.
///
/// A question that the person has not answered stays open, and its thread waits for it:
/// later calls time out behind it rather than pile up more questions.
pub struct SystemKeyring {
    jobs: Sender<Job>,
    patience: Duration,
}

impl SystemKeyring {
    /// The keyring of this system. Nothing is asked of it before the first call.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub fn new() -> Result<Self, KeyringError> {
        Self::with_store(Box::new(native_store), PATIENCE)
    }

    fn with_store(find: Find, patience: Duration) -> Result<Self, KeyringError> {
        let (jobs, queue) = mpsc::channel();
        thread::Builder::new().name("keyring".to_owned()).spawn(move || work(&find, &queue))?;
        Ok(Self { jobs, patience })
    }

    /// Has the keyring's thread do something with the entry of this name.
    fn call<T: Send + 'static>(
        &self,
        name: &str,
        action: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, KeyringError>> {
        let (answer, answered) = oneshot::channel();
        let name = name.to_owned();
        let job: Job = Box::new(move |find| {
            // Who asked has given up: doing it now would surprise them.
            if answer.is_closed() {
                return;
            }
            let result = find()
                .map_err(|error| absent(&error))
                .and_then(|store| store.build(SERVICE, &name, None).map_err(|e| failure(&e)))
                .and_then(|entry| action(&entry));
            // Fails where the caller has stopped waiting meanwhile.
            let _ = answer.send(result);
        });
        let sent = self.jobs.send(job);
        let patience = self.patience;
        Box::pin(async move {
            if sent.is_err() {
                return Err(KeyringError::Refused("its thread has ended".to_owned()));
            }
            match tokio::time::timeout(patience, answered).await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(KeyringError::Refused("its thread failed".to_owned())),
                Err(_) => Err(KeyringError::TimedOut),
            }
        })
    }
}

impl Keyring for SystemKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        self.call(name, |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failure(&error)),
        })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        let secret = Zeroizing::new(secret.expose_secret().to_owned());
        self.call(name, move |entry| entry.set_password(&secret).map_err(|e| failure(&e)))
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        self.call(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(&error)),
        })
    }
}

/// The thread: one call after the other, until the keyring is dropped.
fn work(find: &Find, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        job(find);
    }
}

/// The store of this platform, as the `keyring` crate chooses it.
fn native_store() -> Result<Arc<CredentialStore>, Error> {
    match keyring::Entry::store_status() {
        Ok(()) => keyring_core::get_default_store().ok_or(Error::NoDefaultStore),
        Err(error) => Err(Error::NotSupportedByStore(error.to_string())),
    }
}

fn absent(error: &Error) -> KeyringError {
    KeyringError::Absent(error.to_string())
}

/// Sorts an error of the store. Its own text is taken only from variants that cannot
/// carry what was kept.
fn failure(error: &Error) -> KeyringError {
    match error {
        Error::NoStorageAccess(_) => KeyringError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeyringError::Damaged("entry"),
        Error::BadStoreFormat(_) => KeyringError::Damaged("store"),
        Error::Ambiguous(_) => KeyringError::Damaged("several entries of one name"),
        Error::NoDefaultStore => KeyringError::Absent(error.to_string()),
        Error::PlatformFailure(cause) => KeyringError::Refused(cause.to_string()),
        Error::TooLong(name, limit) => {
            KeyringError::Refused(format!("{name} is longer than {limit}"))
        }
        _ => KeyringError::Refused("for another reason".to_owned()),
    }
}

#[cfg(test)]
mod tests;
