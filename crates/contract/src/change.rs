//! What the platform tells an account: one ordered feed. Each change carries the
//! whole state of what changed, so that applying it twice or late does no harm.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{
    case::Case,
    entry::{Countable, Entry, Malformed, Reading},
    licence::Licence,
};

/// One change in an account's feed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Place in the feed, from 1, without gaps; 0 where it could not be read.
    pub seq: u64,
    /// What changed.
    #[serde(flatten)]
    pub news: News,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", remote = "Self")]
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
    /// A kind that is known and cannot be read all the same, kept as it came.
    #[serde(untagged, skip_deserializing)]
    Malformed(Malformed),
}

/// The kinds of [`News`] that this version knows.
const KINDS: [&str; 2] = ["case", "licence"];

impl From<Entry> for News {
    fn from(entry: Entry) -> Self {
        // What was derived takes a body that does not fit for one of another kind.
        let known = |read: &Self| !matches!(read, Self::Unknown(_));
        let read = |body: Value| Self::deserialize(body).ok().filter(known);
        match entry.read("kind", &KINDS, read) {
            Reading::Known(news) => news,
            Reading::Unknown(members) => Self::Unknown(members),
            Reading::Malformed(members) => Self::Malformed(members),
        }
    }
}

impl<'de> Deserialize<'de> for News {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Entry::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for News {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut entry = Entry::deserialize(deserializer)?;
        Ok(match entry.take("seq").map_or(0, |Countable(seq)| seq) {
            0 => Self { seq: 0, news: entry.doubted().into() },
            seq => Self { seq, news: entry.into() },
        })
    }
}
