//! The offline-first engine behind a window, a command line and a test alike.
//!
//! Everything goes one way: a command changes the vault in one transaction (state and
//! queued operation); the sync sends what is queued and applies what comes back in the
//! transaction that moves the cursor; whoever watches is told the topic and reads again.
//!
//! # Layout
//! - [`Client`] is the one way in; a method per command of `tongban_contract::page`.
//!   `commands` finds it by the command's name.
//! - `surroundings`: clock, randomness, transport, keyring: all that is not the engine's
//!   own, passed in at [`Client::open`] and nowhere else looked up.
//! - `transport`: the only module that speaks HTTP. `network` tells apart what went wrong.
//! - `keyring`: the system's Secret Service, or a passphrase-protected file.
//! - `catalogue`: public guides, read-only while open, replaced as a whole. `updating`: when.
//! - `identity`: OpenID Connect sign-in, tokens, their refresh.
//! - `vault`: the only module that speaks SQL about a person; one encrypted file per account.
//! - `accounts`, `lock`, `pin`, `given_up`: whose vault is open, what it takes to open it, and
//!   what becomes of one whose PIN is forgotten.
//! - `account`, `guides`, `followed`, `applications`, `attachments`, `filing`, `items`, `wallet`: what
//!   the commands do with it. `news`: what is told as a notification.
//! - `courier`: what waits, sealed into a file that anybody may carry.
//! - `sync`: lanes, exchange, uploads, applying what came back.
//! - `waiting`: how long to wait before something is tried again. `turn`: what goes first.
//! - `sqlite`, `memory`: how files are opened, and what is kept off the disk.
//! - `fuzzing`: the readers of what comes from outside, for `tongban-fuzz`.
//! - `device`: what this device remembers without a person: county, settings, pinned key.

mod account;
mod accounts;
mod applications;
mod attachments;
mod catalogue;
mod client;
mod commands;
mod courier;
mod device;
mod error;
mod filing;
mod followed;
#[doc(hidden)]
pub mod fuzzing;
mod given_up;
mod guides;
mod identity;
mod items;
mod keyring;
mod lock;
mod memory;
mod network;
mod news;
mod pin;
mod retry_after;
mod sqlite;
mod surroundings;
mod sync;
mod transport;
mod turn;
mod updating;
mod vault;
mod waiting;
mod wallet;

pub use catalogue::CatalogueError;
pub use client::{Client, Options};
pub use commands::{Invoked, malformed};
pub use courier::{Exported, Progress};
pub use error::{Error, Result};
pub use identity::IdentityError;
pub use keyring::{Keyring, KeyringError, PassphraseKeyring, SystemKeyring};
pub use memory::without_core_dumps;
pub use network::NetworkError;
pub use surroundings::{Browser, Clock, Random, Surroundings};
pub use transport::{HttpTransport, Reply, Streamed, Transport, TransportError};
pub use vault::VaultError;
