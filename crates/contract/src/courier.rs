//! The sealed courier: queued operations with their files as one file that anybody may carry
//! to the platform and only the platform can read.
//!
//! # Format
//! A courier file is an [age](https://age-encryption.org/v1) file with one X25519 recipient,
//! the platform's. Its plain text is, without anything between or after:
//!
//! | bytes | what |
//! |---|---|
//! | 16 | [`MAGIC`] |
//! | 4 | length of the head, big-endian, at most [`LARGEST_HEAD`] |
//! | so many | the head: a [`CourierHead`] in JSON |
//! | 64 | Ed25519 signature (RFC 8032) by the device's key over all of the above |
//! | the rest | the files' bytes, one after another, in the order of the head |
//!
//! age seals but does not say who sealed; the signature does. It covers the files through
//! their digests in the head, and the head names its recipient and its account, so that
//! nobody (not even another platform that was sent it) can seal it anew for somebody else.
//!
//! Both ends read and write it as a stream: a file may be larger than the memory.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    identifiers::{Digest, NotADigest},
    operation::Operation,
};

/// What the plain text begins with.
pub const MAGIC: &[u8; 16] = b"TONGBAN COURIER\n";

/// Version of the format that this crate describes.
pub const COURIER_VERSION: u32 = 1;

/// Address to which a courier file is brought.
pub const COURIER_PATH: &str = "/v1/courier";

/// Media type of a courier file.
pub const COURIER_MEDIA_TYPE: &str = "application/vnd.tongban.courier";

/// Most operations of one courier.
pub const MOST_OPERATIONS: usize = 500;

/// Most files of one courier.
pub const MOST_FILES: usize = 2_000;

/// Largest head in bytes.
pub const LARGEST_HEAD: usize = 8 * 1024 * 1024;

/// Largest courier file, sealed, in bytes: well below what a stick formatted with FAT32 holds.
pub const LARGEST_COURIER: u64 = 1024 * 1024 * 1024;

/// Most bytes of files in one courier: what is left of it after head, signature and what
/// sealing adds (16 bytes to every 64 KiB, and a short header).
pub const MOST_FILE_BYTES: u64 = LARGEST_COURIER - 16 * 1024 * 1024;

/// Bytes of the signature.
pub const SIGNATURE_BYTES: usize = 64;

/// Bytes before the head.
pub const LEAD_BYTES: usize = MAGIC.len() + 4;

/// The head of a courier. Whoever hands operations on exactly as they came, as the platform
/// does, reads them as JSON values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourierHead<O = Operation> {
    /// Version of the format.
    pub version: u32,
    /// The platform's recipient for which it was sealed (`age1…`).
    pub recipient: String,
    /// The account, as the platform called it when it took the key.
    pub account: String,
    /// The device's key that signed this.
    pub key: CourierKey,
    /// When it was sealed, by the device's clock.
    pub made_at: Timestamp,
    /// The operations, oldest first.
    pub operations: Vec<O>,
    /// The files that follow, each once.
    pub files: Vec<CourierFile>,
}

/// One file of a courier. Its name and type are in the operations that hand it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourierFile {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Size in bytes.
    pub bytes: u64,
}

/// The public half of the key with which a device signs its couriers: 32 bytes of Ed25519
/// as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct CourierKey(String);

/// A text that is no courier key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a courier key: 64 lower-case hexadecimal digits")]
pub struct NotACourierKey;

impl CourierKey {
    /// Writes the raw bytes of a public key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes).into())
    }

    /// The raw bytes of the public key.
    pub fn to_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.0.as_bytes().chunks_exact(2)) {
            // Made of hexadecimal digits only, see `try_from`.
            let digits = std::str::from_utf8(pair).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
        }
        bytes
    }

    /// The key as it is written on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CourierKey {
    type Error = NotACourierKey;

    fn try_from(text: String) -> Result<Self, NotACourierKey> {
        // A key has the length and the digits of a digest.
        let read: Result<Digest, NotADigest> = text.try_into();
        read.map(|digits| Self(digits.into())).map_err(|_| NotACourierKey)
    }
}

impl FromStr for CourierKey {
    type Err = NotACourierKey;

    fn from_str(text: &str) -> Result<Self, NotACourierKey> {
        Self::try_from(text.to_owned())
    }
}

impl From<CourierKey> for String {
    fn from(key: CourierKey) -> Self {
        key.0
    }
}

impl fmt::Display for CourierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The platform knows a device's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CourierRegistration {
    /// The key.
    pub key: CourierKey,
    /// What the platform calls the account; couriers of this device name it.
    pub account: String,
}

/// What whoever brought a courier is told: how many operations, and nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CourierReply {
    /// Operations that were taken now. Their results go to the one who made them.
    pub taken: u32,
    /// Operations that had been taken before.
    pub known: u32,
    /// Operations that could not be taken yet; the device that made them sends them itself.
    pub not_taken: u32,
}

/// What stands before the signature and is signed: magic, length and head. None where the
/// head is too large.
pub fn signed_part(head: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(head.len()).ok().filter(|_| head.len() <= LARGEST_HEAD)?;
    let mut part = Vec::with_capacity(LEAD_BYTES + head.len());
    part.extend_from_slice(MAGIC);
    part.extend_from_slice(&length.to_be_bytes());
    part.extend_from_slice(head);
    Some(part)
}

/// The length of the head, read from what stands before it. None where this is no courier,
/// or its head is empty or too large.
pub fn head_length(lead: &[u8; LEAD_BYTES]) -> Option<usize> {
    let (magic, length) = lead.split_at(MAGIC.len());
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let length = usize::try_from(length).ok()?;
    (magic == MAGIC && (1..=LARGEST_HEAD).contains(&length)).then_some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        identifiers::{CaseId, OperationId},
        operation::Ask,
    };

    #[test]
    fn the_head_is_written_like_this() {
        let head = CourierHead {
            version: COURIER_VERSION,
            recipient: "age1platform".to_owned(),
            account: "subject".to_owned(),
            key: CourierKey::from_bytes(&[0xab; 32]),
            made_at: Timestamp::UNIX_EPOCH,
            operations: vec![Operation {
                id: OperationId(Uuid::from_u128(1)),
                made_at: Timestamp::UNIX_EPOCH,
                ask: Ask::Withdraw { case: CaseId(Uuid::from_u128(2)), reason: String::new() },
            }],
            files: vec![CourierFile { digest: Digest::from_bytes(&[1; 32]), bytes: 7 }],
        };
        insta::assert_json_snapshot!(head);
        let text = serde_json::to_string(&head).unwrap();
        assert_eq!(serde_json::from_str::<CourierHead>(&text).unwrap(), head);
    }

    #[test]
    fn a_head_that_is_too_large_is_neither_written_nor_read() {
        assert!(signed_part(&vec![b' '; LARGEST_HEAD + 1]).is_none());
        let mut lead = [0; LEAD_BYTES];
        for (length, read) in
            [(0, false), (1, true), (LARGEST_HEAD, true), (LARGEST_HEAD + 1, false)]
        {
            lead[..16].copy_from_slice(MAGIC);
            lead[16..].copy_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
            assert_eq!(head_length(&lead), read.then_some(length), "{length}");
        }
        lead[0] = b't';
        assert_eq!(head_length(&lead), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: [u8; 32], head in "[ -~]{1,300}") {
            let key = CourierKey::from_bytes(&bytes);
            prop_assert_eq!(key.to_bytes(), bytes);
            prop_assert_eq!(key.as_str().parse::<CourierKey>(), Ok(key));
            let part = signed_part(head.as_bytes()).unwrap();
            let lead = part[..LEAD_BYTES].try_into().unwrap();
            prop_assert_eq!(head_length(lead), Some(head.len()));
            prop_assert_eq!(&part[LEAD_BYTES..], head.as_bytes());
        }

        #[test]
        fn whatever_is_no_key_is_refused(text in "\\PC{0,70}") {
            let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            let right = text.len() == 64 && text.chars().all(hex);
            prop_assert_eq!(text.parse::<CourierKey>().is_ok(), right);
        }
    }
}
