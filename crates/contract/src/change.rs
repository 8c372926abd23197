//! What the platform tells an account: one ordered feed. Each change carries the
//! whole state of what changed, so that applying it twice or late does no harm.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{case::Case, licence::Licence};

/// One change in an account's feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Place in the feed, from 1, without gaps.
    pub seq: u64,
    /// What changed.
    #[serde(flatten)]
    pub news: News,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// An application moved.
    Case {
        /// Its whole state.
        case: Box<Case>,
        /// One sentence for a notification; empty where the person need not be told.
        #[serde(default)]
        headline: String,
    },
    /// A licence was issued or changed its state.
    Licence {
        /// The licence.
        licence: Box<Licence>,
        /// One sentence for a notification; empty where the person need not be told.
        #[serde(default)]
        headline: String,
    },
    /// A kind of a later version, kept as it came.
    #[serde(untagged)]
    Unknown(Map<String, Value>),
}
