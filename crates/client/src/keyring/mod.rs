//! Where keys and tokens are kept: the system's keyring, or a file under a passphrase on
//! machines that have none. It keeps what it is handed and decides nothing. Values never
//! appear in an error, a log or a process argument; names may, so they hold nothing personal.

mod error;
#[cfg(test)]
pub(crate) mod memory;
mod passphrase;
pub(crate) mod stretch;
mod system;

use futures::future::BoxFuture;
use secrecy::SecretString;

pub use error::KeyringError;
pub use passphrase::PassphraseKeyring;
pub use system::SystemKeyring;

/// Where keys and tokens are kept.
pub trait Keyring: Send + Sync {
    /// What is kept under this name; nothing where nothing is.
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>>;

    /// Keeps this under this name, in place of what was there.
    ///
    /// A write that is answered with [`KeyringError::TimedOut`] may still happen later,
    /// when the person answers the system's question.
    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>>;

    /// Forgets what is kept under this name. Nothing there is no error.
    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>>;
}
