//! Asks for what changed in a region since the version that is installed. Nothing of it is
//! believed before the signature of its head verifies and the payload is the one it names.

use bytes::Bytes;
use http::header;
use minisign_verify::{PublicKey, Signature};
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent},
    identifiers::Digest,
    numbers::DivisionCode,
    update::{Update, UpdateHead, update_path},
};
use url::Url;

use super::{
    error::CatalogueError,
    publication::{accepted, address, get, is_page},
};
use crate::{network::NetworkError, transport::Transport};

/// Most bytes of an update: far above any honest one.
const LARGEST: usize = 64 * 1024 * 1024;

/// An update that is the platform's.
pub(crate) struct Fetched {
    pub(crate) head: UpdateHead,
    pub(crate) payload: Bytes,
}

/// Fetches the update of a region from a version.
pub(crate) async fn fetch(
    transport: &dyn Transport,
    base: &Url,
    public_key: &str,
    region: &DivisionCode,
    from: u64,
) -> Result<Fetched, CatalogueError> {
    let key = PublicKey::from_base64(public_key.trim()).map_err(|_| CatalogueError::Signature)?;
    let address = address(base, &update_path(region, from))?;
    // What lies in between may hold an old one.
    let asked =
        get(transport, &address, |request| request.header(header::CACHE_CONTROL, "no-cache"));
    let reply = accepted(asked.await?).await?;
    let bytes = reply.bytes(LARGEST).await.map_err(NetworkError::from)?;
    verified(&key, &bytes, region, from)
}

/// Takes an update apart that is signed, is the one that was asked for, and is whole.
pub(crate) fn verified(
    key: &PublicKey,
    bytes: &Bytes,
    region: &DivisionCode,
    from: u64,
) -> Result<Fetched, CatalogueError> {
    let Some(update) = Update::read(bytes) else {
        return Err(match is_page(bytes) {
            true => NetworkError::CaptivePortal.into(),
            false => CatalogueError::Broken("no update".to_owned()),
        });
    };
    let signature = Signature::decode(update.signature).map_err(|_| CatalogueError::Signature)?;
    key.verify(update.head, &signature, false).map_err(|_| CatalogueError::Signature)?;
    let head: UpdateHead = serde_json::from_slice(update.head)
        .map_err(|error| CatalogueError::Broken(error.to_string()))?;
    if head.region != *region || head.from != from {
        return Err(CatalogueError::Broken("another update than was asked for".to_owned()));
    }
    if head.version < from {
        return Err(CatalogueError::Older { installed: from, offered: head.version });
    }
    let digest = Digest::from_bytes(&Sha256::digest(update.payload).into());
    if head.bytes != update.payload.len() as u64 || head.digest != digest {
        return Err(CatalogueError::Digest);
    }
    let payload = bytes.slice_ref(update.payload);
    Ok(Fetched { head, payload })
}

impl Fetched {
    /// The payload as a file of the catalogue.
    pub(super) fn file(&self) -> CatalogueFile {
        CatalogueFile {
            path: String::new(),
            content: FileContent::Region {
                division: self.head.region.clone(),
                name: String::new(),
            },
            digest: self.head.digest.clone(),
            bytes: self.head.bytes,
            unpacked_bytes: self.head.unpacked_bytes,
            guides: 0,
        }
    }
}
