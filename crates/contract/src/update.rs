//! What changed of the catalogue in a region since a version: one file that proves itself, so
//! that a device is brought up to date in one round trip.
//!
//! ```text
//! tongban-update/1
//! {"region":"420506","from":17,"version":18,…}
//! untrusted comment: …
//! RUQ…
//! trusted comment: …
//! 3Zk…
//! <payload>
//! ```
//!
//! The second line is the [`UpdateHead`]; the four after it are its minisign signature, of
//! exactly these bytes without the end of the line. The payload is, like a
//! [`CatalogueFile`](crate::catalogue::CatalogueFile), zstd-compressed JSON Lines of
//! [`Record`](crate::catalogue::Record): what is removed first, then what is there anew or in
//! another form. The head names its digest and sizes.
//!
//! An update leads from `from` to what is published now, whatever lay between. Where the
//! two are one version, it says that nothing is newer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{identifiers::Digest, numbers::DivisionCode};

/// First line of an update.
const MARK: &[u8] = b"tongban-update/1";
/// Lines of a minisign signature.
const SIGNATURE_LINES: usize = 4;

/// Path of an update below the platform's address.
pub fn update_path(region: &DivisionCode, from: u64) -> String {
    format!("/catalogue/updates/{region}/{from}")
}

/// What an update is. Signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateHead {
    /// Region that it is for.
    pub region: DivisionCode,
    /// Version that it leads from.
    pub from: u64,
    /// Version that it leads to, the one that is published now.
    pub version: u64,
    /// When that was published.
    pub published_at: Timestamp,
    /// Whether it is a sample that must not be taken for a real catalogue.
    #[serde(default)]
    pub sample: bool,
    /// SHA-256 of the payload.
    pub digest: Digest,
    /// Size of the payload in bytes; none where nothing changed in the region.
    pub bytes: u64,
    /// Its unpacked size in bytes; unpacking stops there.
    pub unpacked_bytes: u64,
}

/// An update, taken apart; nothing of it is believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update<'a> {
    /// The head, byte for byte as it is signed.
    pub head: &'a [u8],
    /// Its signature in minisign's text form.
    pub signature: &'a str,
    /// The payload.
    pub payload: &'a [u8],
}

impl<'a> Update<'a> {
    /// Takes an update apart; none where it is none of this version.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (mark, rest) = line(bytes)?;
        let (head, rest) = line(rest)?;
        let mut after = rest;
        for _ in 0..SIGNATURE_LINES {
            (_, after) = line(after)?;
        }
        let length = rest.len().checked_sub(after.len())?;
        let signature = std::str::from_utf8(rest.get(..length)?).ok()?;
        (mark == MARK).then_some(Self { head, signature, payload: after })
    }

    /// The bytes of an update. `signature` must have its four lines.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.push(b'\n');
        bytes.extend_from_slice(self.head);
        bytes.push(b'\n');
        for line in self.signature.lines() {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(self.payload);
        bytes
    }
}

/// A line without its end, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIGNATURE: &str = "untrusted comment: a\nRU\ntrusted comment: b\nZ=\n";

    proptest! {
        #[test]
        fn what_is_written_is_read(head in "[^\n]*", payload in any::<Vec<u8>>()) {
            let update =
                Update { head: head.as_bytes(), signature: SIGNATURE, payload: &payload };
            let written = update.write();
            prop_assert_eq!(Update::read(&written), Some(update));
        }

        #[test]
        fn whatever_is_read_is_written_again(bytes in any::<Vec<u8>>(), head in "[^\n]*") {
            let begun = [MARK, b"\n", head.as_bytes(), b"\n", &bytes].concat();
            if let Some(update) = Update::read(&begun) {
                let written = update.write();
                prop_assert_eq!(Update::read(&written).map(|u| u.payload), Some(update.payload));
            }
        }
    }

    #[test]
    fn what_is_cut_or_of_another_version_is_none() {
        let whole = Update { head: b"{}", signature: SIGNATURE, payload: b"" }.write();
        assert!(Update::read(&whole).is_some());
        assert_eq!(Update::read(&whole[..whole.len() - 1]), None);
        let mut later = whole;
        later[MARK.len() - 1] = b'2';
        assert_eq!(Update::read(&later), None);
    }
}
