//! Identifiers that carry no meaning of their own: UUIDs made by the client and
//! digests of content. Codes with a check digit live in [`crate::numbers`].

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(Uuid::parse_str(text)?))
            }
        }
    };
}

uuid_identifier! {
    /// Idempotency key of one operation: a UUIDv7 made when the person acts, and never again.
    OperationId
}
uuid_identifier! {
    /// One application from its first draft to its archive. Made by the client when
    /// the draft is started, so that it has a name before any network.
    CaseId
}
uuid_identifier! {
    /// One correction notice (补正通知).
    NoticeId
}
uuid_identifier! {
    /// One file attached to a draft on this device.
    AttachmentId
}
uuid_identifier! {
    /// The life of one change feed. It is new when the platform's feed is begun
    /// again (restored from a backup), so that a client notices.
    FeedId
}

/// SHA-256 of a file's bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// A text that is no SHA-256 digest in lower-case hexadecimal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest in lower-case hexadecimal")]
pub struct NotADigest;

impl Digest {
    /// The digest as it is written on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes raw SHA-256 output as a digest.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        use fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(hex) { Ok(Self(text)) } else { Err(NotADigest) }
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        Self::try_from(text.to_owned())
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
