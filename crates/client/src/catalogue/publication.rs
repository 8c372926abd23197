//! Asks what is published now: the manifest, believed only once its signature verifies.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use minisign_verify::{PublicKey, Signature};
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent, MANIFEST_PATH, MANIFEST_SIGNATURE_PATH, Manifest},
    numbers::DivisionCode,
};
use url::Url;

use super::error::CatalogueError;
use crate::{
    network::{NetworkError, answered},
    transport::{Reply, Transport, TransportError},
};

/// Most bytes of a manifest and of its signature: far above any honest one.
const LARGEST_MANIFEST: usize = 4 * 1024 * 1024;
const LARGEST_SIGNATURE: usize = 4 * 1024;

/// Fetches the manifest and makes sure that it is the platform's.
pub(crate) async fn manifest(
    transport: &dyn Transport,
    base: &Url,
    public_key: &str,
) -> Result<Manifest, CatalogueError> {
    let key = PublicKey::from_base64(public_key.trim()).map_err(|_| CatalogueError::Signature)?;
    let mut result = Err(CatalogueError::Signature);
    // A publication between the two requests makes them not belong together: ask again.
    for _ in 0..2 {
        let manifest = fetch(transport, base, MANIFEST_PATH, LARGEST_MANIFEST).await?;
        let signature = fetch(transport, base, MANIFEST_SIGNATURE_PATH, LARGEST_SIGNATURE).await?;
        result = verified(&key, &manifest, &signature);
        if result.is_ok() {
            break;
        }
    }
    let manifest = result?;
    serde_json::from_slice(&manifest).map_err(|error| CatalogueError::Broken(error.to_string()))
}

fn verified(key: &PublicKey, manifest: &Bytes, signature: &[u8]) -> Result<Bytes, CatalogueError> {
    let decoded = std::str::from_utf8(signature).ok().and_then(|text| Signature::decode(text).ok());
    let good = decoded.is_some_and(|signature| key.verify(manifest, &signature, false).is_ok());
    if good {
        return Ok(manifest.clone());
    }
    // Some portals answer every address with their page and call it what was asked for.
    if is_page(manifest) || is_page(signature) {
        return Err(NetworkError::CaptivePortal.into());
    }
    Err(CatalogueError::Signature)
}

pub(super) fn is_page(body: &[u8]) -> bool {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start().starts_with(b"<")
}

/// The files that are needed: the common ones, and those of each region.
pub(crate) fn needed(
    manifest: &Manifest,
    regions: &[DivisionCode],
) -> Result<Vec<CatalogueFile>, CatalogueError> {
    let mut files: Vec<CatalogueFile> =
        manifest.files.iter().filter(|file| file.content == FileContent::Common).cloned().collect();
    if files.is_empty() {
        return Err(CatalogueError::Broken("no common file".to_owned()));
    }
    for region in regions {
        let before = files.len();
        files.extend(manifest.files.iter().filter(|file| is_of(file, region)).cloned());
        if files.len() == before {
            return Err(CatalogueError::RegionNotPublished);
        }
    }
    Ok(files)
}

/// Whether a file is of this region.
pub(super) fn is_of(file: &CatalogueFile, region: &DivisionCode) -> bool {
    matches!(&file.content, FileContent::Region { division, .. } if division == region)
}

/// The regions without those that lie in another of them.
pub(super) fn covering(regions: impl IntoIterator<Item = DivisionCode>) -> Vec<DivisionCode> {
    let mut covering: Vec<DivisionCode> = Vec::new();
    // What contains another sorts before it.
    for region in regions.into_iter().collect::<BTreeSet<_>>() {
        if !covering.iter().any(|kept| kept.contains(&region)) {
            covering.push(region);
        }
    }
    covering
}

/// Address of a file of the catalogue.
pub(crate) fn file_address(base: &Url, file: &CatalogueFile) -> Result<String, CatalogueError> {
    let below_folder = file.path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !below_folder {
        return Err(CatalogueError::Broken("a path that leads elsewhere".to_owned()));
    }
    let folder = MANIFEST_PATH.rsplit_once('/').map_or("", |(folder, _)| folder);
    address(base, &format!("{folder}/{}", file.path))
}

pub(super) fn address(base: &Url, path: &str) -> Result<String, CatalogueError> {
    let mut address = base.clone();
    address.set_query(None);
    address.set_fragment(None);
    address
        .path_segments_mut()
        .map_err(|()| NetworkError::Transport(TransportError::Unreachable))?
        .pop_if_empty()
        .extend(path.split('/').filter(|part| !part.is_empty()));
    Ok(address.into())
}

async fn fetch(
    transport: &dyn Transport,
    base: &Url,
    path: &str,
    largest: usize,
) -> Result<Bytes, CatalogueError> {
    let reply = get(transport, &address(base, path)?, |request| {
        // What lies in between may hold an old manifest.
        request.header(header::CACHE_CONTROL, "no-cache")
    })
    .await?;
    let reply = accepted(reply).await?;
    Ok(reply.bytes(largest).await.map_err(NetworkError::from)?)
}

/// Sends a GET; `with` adds headers.
pub(super) async fn get(
    transport: &dyn Transport,
    address: &str,
    with: impl FnOnce(http::request::Builder) -> http::request::Builder,
) -> Result<Reply, CatalogueError> {
    // The bytes that were signed, not a form of them that is unpacked on the way.
    let request = with(Request::get(address).header(header::ACCEPT_ENCODING, "identity"))
        .body(Bytes::new())
        .map_err(|_| NetworkError::Transport(TransportError::Unreachable))?;
    Ok(transport.send(request).await.map_err(NetworkError::from)?)
}

/// Lets an answer pass that brings a file.
pub(super) async fn accepted(reply: Reply) -> Result<Reply, CatalogueError> {
    // Told apart first: any web server may hold the files, and says 404 with a page.
    if matches!(reply.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
        return Err(CatalogueError::Missing);
    }
    let reply = answered(reply).await?;
    if reply.header(header::CONTENT_TYPE.as_str()).trim_start().starts_with("text/html") {
        return Err(NetworkError::CaptivePortal.into());
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_below_a_path_has_its_catalogue_there() {
        let base: Url = "https://example.gov.cn/tongban/?x=1".parse().unwrap();
        assert_eq!(
            address(&base, MANIFEST_PATH).unwrap(),
            "https://example.gov.cn/tongban/catalogue/manifest.json"
        );
    }
}
