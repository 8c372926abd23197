//! The one door through which `tongban-fuzz` reaches the readers of what comes from outside.
//! Each function hands on to the one that the engine uses, and adds nothing to it.
//!
//! A hidden module and no feature: a feature would be on in one selection of packages and
//! off in another, so that the engine were compiled twice, and what is tested were not what
//! is shipped.

use std::{collections::BTreeMap, path::Path};

use bytes::Bytes;
use futures::{StreamExt as _, future::BoxFuture, stream};
use http::{HeaderMap, Request, StatusCode};
use minisign_verify::PublicKey;
use serde::de::DeserializeOwned;
use tongban_contract::{
    catalogue::{CatalogueFile, MANIFEST_SIGNATURE_PATH, Manifest, Record},
    licence::Licence,
    numbers::DivisionCode,
    update::UpdateHead,
};
use url::Url;

use crate::{
    CatalogueError, NetworkError, Reply, Transport, TransportError,
    catalogue::{publication, unpack, update},
    identity::loopback,
    network,
    sync::events::Lines,
    wallet,
};

/// An answer that arrived in these pieces.
fn reply(status: StatusCode, headers: HeaderMap, pieces: Vec<Bytes>) -> Reply {
    Reply { status, headers, body: stream::iter(pieces.into_iter().map(Ok)).boxed() }
}

/// Reads a JSON answer.
///
/// # Errors
/// What it was instead.
pub async fn answer<T: DeserializeOwned>(
    status: StatusCode,
    headers: HeaderMap,
    pieces: Vec<Bytes>,
) -> Result<T, NetworkError> {
    network::read(reply(status, headers, pieces)).await
}

/// A web server that has a manifest and its signature.
struct Served {
    manifest: Bytes,
    signature: Bytes,
}

impl Transport for Served {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let is_signature = request.uri().path().ends_with(MANIFEST_SIGNATURE_PATH);
        let body = if is_signature { &self.signature } else { &self.manifest };
        let reply = reply(StatusCode::OK, HeaderMap::new(), vec![body.clone()]);
        Box::pin(async move { Ok(reply) })
    }
}

/// Fetches the manifest from `base`, where these two are served, and makes sure of it.
///
/// # Errors
/// Why it is not believed.
pub async fn manifest(
    base: &Url,
    public_key: &str,
    manifest: Bytes,
    signature: Bytes,
) -> Result<Manifest, CatalogueError> {
    publication::manifest(&Served { manifest, signature }, base, public_key).await
}

/// The files that are needed of a publication.
///
/// # Errors
/// Where they are not published.
pub fn needed(
    manifest: &Manifest,
    regions: &[DivisionCode],
) -> Result<Vec<CatalogueFile>, CatalogueError> {
    publication::needed(manifest, regions)
}

/// Takes an update apart that a platform with this key signed, for this region and version.
/// Answers the version that it leads to, and its payload.
///
/// # Errors
/// Why it is not believed.
pub fn update(
    public_key: &str,
    bytes: &Bytes,
    region: &DivisionCode,
    from: u64,
) -> Result<(UpdateHead, Bytes), CatalogueError> {
    let key = PublicKey::from_base64(public_key).map_err(|_| CatalogueError::Signature)?;
    let fetched = update::verified(&key, bytes, region, from)?;
    Ok((fetched.head, fetched.payload))
}

/// Where a file of the catalogue is fetched.
///
/// # Errors
/// Where it leads elsewhere.
pub fn file_address(base: &Url, file: &CatalogueFile) -> Result<String, CatalogueError> {
    publication::file_address(base, file)
}

/// Makes sure that a file is the one that is meant.
///
/// # Errors
/// Where it is not.
pub fn verify_file(path: &Path, expected: &CatalogueFile) -> Result<(), CatalogueError> {
    unpack::verify(path, expected)
}

/// Hands every record of a file to `take`.
///
/// # Errors
/// Where it cannot be read, or is larger than expected.
pub fn unpack_file(
    path: &Path,
    expected: &CatalogueFile,
    take: impl FnMut(Record) -> bool,
) -> Result<(), CatalogueError> {
    unpack::unpack(path, expected, take)
}

/// Whether the platform with this key signed the licence.
pub fn licence_is_signed(licence: &Licence, key: &str) -> bool {
    wallet::signed(licence, key)
}

/// Whether "there is news" stands in an event stream that arrives in these pieces.
pub fn news(pieces: &[&[u8]]) -> bool {
    let mut lines = Lines::default();
    // Every piece must be looked at, also after one that had news.
    pieces.iter().fold(false, |news, piece| lines.announce_news(piece) | news)
}

/// The parameters of an answer of the provider, out of the address that the browser came to.
pub fn callback(query: &str) -> Option<BTreeMap<String, String>> {
    loopback::parameters(query)
}
