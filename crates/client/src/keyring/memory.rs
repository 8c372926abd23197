//! A keyring in memory that can be locked, for the unit tests of its callers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Keyring, KeyringError};

/// A keyring in memory. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct MemoryKeyring {
    entries: Arc<Mutex<BTreeMap<String, String>>>,
    locked: Arc<AtomicBool>,
}

impl MemoryKeyring {
    /// Locks or unlocks it; while it is locked, every call fails.
    pub(crate) fn set_locked(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
    }

    /// What is kept under this name, locked or not.
    pub(crate) fn peek(&self, name: &str) -> Option<String> {
        self.entries.lock().unwrap().get(name).cloned()
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.entries.lock().unwrap().clear();
    }

    /// Names of all that is kept.
    pub(crate) fn names(&self) -> Vec<String> {
        self.entries.lock().unwrap().keys().cloned().collect()
    }

    fn check(&self) -> Result<(), KeyringError> {
        if self.locked.load(Ordering::SeqCst) { Err(KeyringError::Locked) } else { Ok(()) }
    }
}

impl Keyring for MemoryKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let found = self.check().map(|()| self.peek(name).map(SecretString::from));
        Box::pin(async move { found })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        let done = self.check().map(|()| {
            let secret = secret.expose_secret().to_owned();
            self.entries.lock().unwrap().insert(name.to_owned(), secret);
        });
        Box::pin(async move { done })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        let done = self.check().map(|()| {
            self.entries.lock().unwrap().remove(name);
        });
        Box::pin(async move { done })
    }
}
