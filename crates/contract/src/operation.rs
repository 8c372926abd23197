//! What a person's device asks of the platform. An operation is made once, when the
//! person acts; sending it again, however often, changes nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    entry::{Entry, Malformed, Reading},
    identifiers::{CaseId, Digest, NoticeId, OperationId},
    numbers::{DivisionCode, LicenceId},
    problem::Problem,
};

/// One operation of an account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operation {
    /// Idempotency key.
    pub id: OperationId,
    /// When the person acted, by the device's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub made_at: Timestamp,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What an operation asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", remote = "Self")]
pub enum Ask {
    /// File an application.
    Submit(Box<Submit>),
    /// Answer a correction notice.
    Correct(Box<Correct>),
    /// Take an application back (撤件).
    Withdraw {
        /// The application.
        case: CaseId,
        /// Why, in the person's words; may be empty.
        #[serde(default)]
        reason: String,
    },
    /// A kind of another version, kept as it came.
    #[serde(untagged)]
    Unknown(Map<String, Value>),
    /// A kind that is known and cannot be read all the same, kept as it came.
    #[serde(untagged, skip_deserializing)]
    Malformed(Malformed),
}

/// The kinds of [`Ask`] that this version knows.
const KINDS: [&str; 3] = ["submit", "correct", "withdraw"];

impl From<Entry> for Ask {
    fn from(entry: Entry) -> Self {
        // What was derived takes a body that does not fit for one of another kind.
        let known = |read: &Self| !matches!(read, Self::Unknown(_));
        let read = |body: Value| Self::deserialize(body).ok().filter(known);
        match entry.read("kind", &KINDS, read) {
            Reading::Known(ask) => ask,
            Reading::Unknown(members) => Self::Unknown(members),
            Reading::Malformed(members) => Self::Malformed(members),
        }
    }
}

impl<'de> Deserialize<'de> for Ask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Entry::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Ask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl TryFrom<Entry> for Operation {
    type Error = &'static str;

    /// Fails where there is no id to answer to, or no moment.
    fn try_from(mut entry: Entry) -> Result<Self, Self::Error> {
        let id = entry.take("id").ok_or("an operation without an id")?;
        let made_at = entry.take("made_at").ok_or("an operation without a moment")?;
        Ok(Self { id, made_at, ask: entry.into() })
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Entry::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Ask {
    /// The application it concerns; operations on one application stay in order.
    pub fn case(&self) -> Option<CaseId> {
        match self {
            Self::Submit(submit) => Some(submit.case),
            Self::Correct(correct) => Some(correct.case),
            Self::Withdraw { case, .. } => Some(*case),
            Self::Unknown(body) => body.get("case")?.as_str()?.parse().ok(),
            Self::Malformed(body) => body.get("case"),
        }
    }

    /// Everything that it hands in.
    pub fn enclosures(&self) -> impl Iterator<Item = &Enclosure> {
        let filing = match self {
            Self::Submit(submit) => Some(&submit.filing),
            Self::Correct(correct) => Some(&correct.filing),
            Self::Withdraw { .. } | Self::Unknown(_) | Self::Malformed(_) => None,
        };
        filing.into_iter().flat_map(|filing| filing.materials.values().flatten())
    }

    /// Whether it hands in what the person wrote.
    pub fn files(&self) -> bool {
        match self {
            Self::Submit(_) | Self::Correct(_) => true,
            Self::Withdraw { .. } | Self::Unknown(_) | Self::Malformed(_) => false,
        }
    }
}

/// The filing itself: what the person states and hands in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Filing {
    /// Answers to the questions of situation, by situation id.
    #[serde(default)]
    pub situation: BTreeMap<String, String>,
    /// Answers to the form.
    pub answers: Value,
    /// What is handed in, by material id.
    #[serde(default)]
    pub materials: BTreeMap<String, Vec<Enclosure>>,
}

/// One thing handed in as a material.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Enclosure {
    /// A file, whose bytes are uploaded apart.
    File {
        /// SHA-256 of its bytes.
        digest: Digest,
        /// Name the person knows it by.
        name: String,
        /// Media type, found from its bytes.
        media_type: String,
        /// Size in bytes.
        bytes: u64,
    },
    /// An e-licence the platform holds.
    Licence {
        /// The licence.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        licence: LicenceId,
    },
}

/// An application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Submit {
    /// The application's id, made when its draft was started.
    pub case: CaseId,
    /// Basic code of the item.
    pub item: String,
    /// Version of the item it was made with.
    pub item_version: String,
    /// Version of the form it was made with.
    pub form_version: String,
    /// Division whose office it is filed with.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub division: DivisionCode,
    /// What is stated and handed in.
    pub filing: Filing,
}

/// The answer to a correction notice: the whole filing, mended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correct {
    /// The application.
    pub case: CaseId,
    /// The notice it answers.
    pub notice: NoticeId,
    /// What is stated and handed in now.
    pub filing: Filing,
}

/// The platform's answer to one operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationResult {
    /// The operation; nil where it could not be read.
    pub id: OperationId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of an operation. `Accepted` and `Refused` are stored by the platform
/// and given again, word for word, whenever the operation is sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case", remote = "Self")]
pub enum Outcome {
    /// Done.
    Accepted {
        /// When the platform took it.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        at: Timestamp,
        /// Acceptance number (收件编号) of the application.
        number: String,
    },
    /// Not done, and never will be as it stands; the person must act.
    Refused {
        /// Why, and what to do.
        problem: Box<Problem>,
    },
    /// Not done yet: these files are not there. Upload them and send the operation again.
    Lacking {
        /// Their digests.
        digests: Vec<Digest>,
    },
    /// Not done yet for a passing reason of this operation alone; send it again.
    Later {
        /// Why.
        problem: Box<Problem>,
        /// Seconds to wait before sending it again.
        retry_after: u64,
    },
    /// An outcome of a later version. The operation is kept, and sent again.
    #[serde(untagged)]
    Unknown(Map<String, Value>),
    /// An outcome that is known and cannot be read all the same, kept as it came. The operation
    /// is kept, and sent again.
    #[serde(untagged, skip_deserializing)]
    Malformed(Malformed),
}

/// The outcomes that this version knows.
const OUTCOMES: [&str; 4] = ["accepted", "refused", "lacking", "later"];

impl From<Entry> for Outcome {
    fn from(entry: Entry) -> Self {
        // What was derived takes a body that does not fit for one of another kind.
        let known = |read: &Self| !matches!(read, Self::Unknown(_));
        let read = |body: Value| Self::deserialize(body).ok().filter(known);
        match entry.read("outcome", &OUTCOMES, read) {
            Reading::Known(outcome) => outcome,
            Reading::Unknown(members) => Self::Unknown(members),
            Reading::Malformed(members) => Self::Malformed(members),
        }
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Entry::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for OperationResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut entry = Entry::deserialize(deserializer)?;
        let nil = OperationId(Uuid::nil());
        let id = entry.take("id").unwrap_or(nil);
        let entry = if id == nil { entry.doubted() } else { entry };
        Ok(Self { id, outcome: entry.into() })
    }
}
