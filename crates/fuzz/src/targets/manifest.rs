//! The manifest of the catalogue and its signature, as the client fetches them.

use bytes::Bytes;
use tongban_client::{CatalogueError, fuzzing as client};
use tongban_contract::{
    catalogue::{FileContent, Manifest},
    numbers::DivisionCode,
};
use url::Url;

use crate::{
    keys::{PLATFORM_KEY, platform_signature, platform_signed},
    rules::{is_told, is_written_as_read, run},
};

const BASE: &str = "https://platform.invalid/tongban/";

fn base() -> Url {
    BASE.parse().expect("an address")
}

fn fetched(manifest: &[u8], signature: &[u8]) -> Result<Manifest, CatalogueError> {
    run(client::manifest(
        &base(),
        PLATFORM_KEY,
        Bytes::copy_from_slice(manifest),
        Bytes::copy_from_slice(signature),
    ))
}

/// A manifest that the platform has signed as it is: also what is nonsense.
pub(crate) fn manifest(bytes: &[u8]) {
    let signature = platform_signature(bytes);
    match fetched(bytes, signature.as_bytes()) {
        Ok(manifest) => {
            assert_eq!(Some(&manifest), serde_json::from_slice(bytes).ok().as_ref());
            is_written_as_read(&manifest);
            leads_nowhere_else(&manifest);
        }
        Err(error) => {
            is_told(&error.problem());
            assert!(matches!(error, CatalogueError::Broken(_)), "signed, but refused: {error}");
            assert!(serde_json::from_slice::<Manifest>(bytes).is_err());
        }
    }
    // The same signature under other bytes is none.
    let mut changed = bytes.to_vec();
    match changed.len() {
        0 => changed.push(b' '),
        length => changed[length / 2] ^= 1,
    }
    is_not_believed(fetched(&changed, signature.as_bytes()));
}

fn is_not_believed(fetched: Result<Manifest, CatalogueError>) {
    match fetched {
        Ok(manifest) => panic!("nobody has signed this: {manifest:?}"),
        Err(error) => {
            is_told(&error.problem());
            // A page instead of a signature is a portal's.
            let right = matches!(error, CatalogueError::Signature | CatalogueError::Network(_));
            assert!(right, "{error}");
        }
    }
}

/// Files are fetched from the catalogue's own folder, whatever their path says.
fn leads_nowhere_else(manifest: &Manifest) {
    for file in &manifest.files {
        let Ok(address) = client::file_address(&base(), file) else { continue };
        let read: Url = address.parse().expect("an address that can be read");
        let folder = "/tongban/catalogue/";
        assert!(read.path().starts_with(folder) && address.starts_with(BASE), "{address}");
        assert_eq!((read.query(), read.fragment()), (None, None), "{address}");
    }
    let county = manifest.files.iter().find_map(|file| match &file.content {
        FileContent::Region { division, .. } => Some(division),
        FileContent::Common | FileContent::Unknown => None,
    });
    let regions: Vec<DivisionCode> = county.into_iter().cloned().collect();
    match client::needed(manifest, &regions) {
        Ok(files) => {
            let wanted = |content: &FileContent| match content {
                FileContent::Common => true,
                FileContent::Region { division, .. } => Some(division) == county,
                FileContent::Unknown => false,
            };
            assert!(files.iter().all(|file| wanted(&file.content)));
        }
        Err(error) => is_told(&error.problem()),
    }
}

/// A manifest as it is signed, and another that is not.
const PUBLISHED: &[u8] = include_bytes!("../../corpus/manifest/seed-published.json");

/// The signature of a manifest.
pub(crate) fn signature(bytes: &[u8]) {
    match fetched(PUBLISHED, bytes) {
        Ok(_) => {
            let text = std::str::from_utf8(bytes).expect("a signature is text");
            assert!(platform_signed(PUBLISHED, text), "a signature that is none");
            is_not_believed(fetched(b"{}", bytes));
        }
        failed => is_not_believed(failed),
    }
}
