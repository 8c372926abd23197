//! Between the engine and a page (or a command line): commands with their replies,
//! and topics that tell what changed. Views hold what is shown and nothing else;
//! every one of them is read from the device.
//!
//! Adding a command: a struct here with its [`Command`] line in [`crate::commands!`], a
//! method of the same name on the engine's `Client`.

mod account;
mod commands;
mod courier;
mod drafts;
mod followed;
mod guides;
mod items;
mod pin;
mod rescue;

pub use account::*;
pub use commands::*;
pub use courier::*;
pub use drafts::*;
pub use followed::*;
pub use guides::*;
pub use items::*;
pub use pin::*;
pub use rescue::*;

use serde::{Deserialize, Serialize};

use crate::identifiers::CaseId;

/// Name of the event that carries a [`Topic`] to the page.
pub const TOPIC_EVENT: &str = "topic";

/// What changed on the device. A page that shows it reads it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum Topic {
    /// Who is signed in, whether the vault is open, or the settings.
    Account,
    /// The network, the last sync, or what waits.
    Sync,
    /// The catalogue, or the progress of its update.
    Catalogue,
    /// Which guides are followed, or what the person has seen of them.
    Followed,
    /// The list of drafts, queued filings and cases.
    Items,
    /// One application.
    Item {
        /// The application.
        case: CaseId,
    },
    /// The wallet.
    Licences,
    /// News for the person, to be shown as a desktop notification.
    News {
        /// The application it is about, where it is about one.
        case: Option<CaseId>,
        /// Title.
        title: String,
        /// One sentence.
        body: String,
    },
}
