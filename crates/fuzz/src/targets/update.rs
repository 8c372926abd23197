//! Updates of the catalogue, as a device fetches them.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tongban_client::{CatalogueError, fuzzing as client};
use tongban_contract::{
    identifiers::Digest,
    numbers::DivisionCode,
    update::{Update, UpdateHead},
};

use crate::{
    keys::{PLATFORM_KEY, platform_signature},
    rules::{is_told, is_written_as_read},
};

/// What the device asks for.
const REGION: &str = "420506";
const FROM: u64 = 7;

fn taken(update: &[u8]) -> Result<(UpdateHead, Bytes), CatalogueError> {
    let region: DivisionCode = REGION.parse().expect("a division");
    client::update(PLATFORM_KEY, &Bytes::copy_from_slice(update), &region, FROM)
        .inspect_err(|error| is_told(&error.problem()))
}

/// A head, up to the end of the line, and a payload, as the platform would have signed them:
/// also what is nonsense. The bytes by themselves are nobody's.
pub(crate) fn update(bytes: &[u8]) {
    assert!(taken(bytes).is_err(), "nobody has signed this");
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, payload) = (&bytes[..at], bytes.get(at + 1..).unwrap_or_default());
    let signature = platform_signature(head);
    let signed = Update { head, signature: &signature, payload }.write();
    match taken(&signed) {
        Ok((read, kept)) => {
            is_written_as_read(&read);
            assert_eq!(Some(&read), serde_json::from_slice(head).ok().as_ref());
            assert_eq!((read.region.as_str(), read.from), (REGION, FROM));
            assert!(read.version >= FROM, "an older version is taken");
            assert_eq!((&*kept, read.bytes), (payload, payload.len() as u64));
            assert_eq!(read.digest, Digest::from_bytes(&Sha256::digest(payload).into()));
        }
        Err(CatalogueError::Signature) => panic!("signed, and not believed"),
        Err(_) => {}
    }
    // What is cut, longer, or says something else is not what was signed.
    assert!(taken(&signed[..signed.len() - 1]).is_err());
    assert!(taken(&[&signed[..], b"x"].concat()).is_err());
    let mut other = head.to_vec();
    other.push(b' ');
    let other = Update { head: &other, signature: &signature, payload }.write();
    assert!(matches!(taken(&other), Err(CatalogueError::Signature)));
}
