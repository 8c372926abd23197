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
    /// Changes that still succeed before it locks itself.
    changes_left: Arc<Mutex<Option<usize>>>,
}

impl MemoryKeyring {
    /// Locks or unlocks it; while it is locked, every call fails.
    pub(crate) fn set_locked(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
    }

    /// Lets this many changes happen, and then locks itself.
    pub(crate) fn fail_from(&self, changes: usize) {
        *self.changes_left.lock().unwrap() = Some(changes);
    }

    /// Ends what [`Self::fail_from`] began.
    pub(crate) fn works_again(&self) {
        *self.changes_left.lock().unwrap() = None;
        self.set_locked(false);
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

    fn check_change(&self) -> Result<(), KeyringError> {
        match self.changes_left.lock().unwrap().as_mut() {
            Some(0) => self.set_locked(true),
            Some(left) => *left -= 1,
            None => {}
        }
        self.check()
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
        let done = self.check_change().map(|()| {
            let secret = secret.expose_secret().to_owned();
            self.entries.lock().unwrap().insert(name.to_owned(), secret);
        });
        Box::pin(async move { done })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        let done = self.check_change().map(|()| {
            self.entries.lock().unwrap().remove(name);
        });
        Box::pin(async move { done })
    }
}
