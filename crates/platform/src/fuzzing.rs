//! The one door through which `tongban-fuzz` reaches the readers of what comes from outside.
//! Each function hands on to the one that a request goes through, and adds nothing to it.
//!
//! A hidden module and no feature: a feature would be on in one selection of packages and
//! off in another, so that the platform were compiled twice, and what is tested were not
//! what is shipped.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest as _, Request},
};
use bytes::Bytes;
use futures::io::Cursor;
use http::{HeaderMap, header};
use serde_json::Value;
use tongban_contract::{
    courier::CourierKey,
    entry::Entry,
    identifiers::{CaseId, Digest, FeedId, OperationId},
};

use crate::{
    Config, Result,
    courier::{
        incoming::Incoming,
        open::{self, Opened},
    },
    exchange::{self, LARGEST_EXCHANGE, RawRequest},
    extract::Json,
    files,
};

/// A request of an exchange as the platform takes it in.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenRequest {
    /// Version of the exchange.
    pub version: u32,
    /// The feed of the cursor.
    pub feed: Option<FeedId>,
    /// Last change applied.
    pub cursor: u64,
    /// Mark of that place.
    pub mark: Option<String>,
    /// The operations as they came.
    pub operations: Vec<Entry>,
    /// The courier key as it came.
    pub courier_key: Option<Value>,
}

/// Reads the body of an exchange.
///
/// # Errors
/// The refusal.
pub async fn exchange_request(body: Bytes) -> Result<TakenRequest> {
    let mut request = Request::new(Body::from(body));
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    DefaultBodyLimit::max(LARGEST_EXCHANGE).apply(&mut request);
    let Json(raw) = Json::<RawRequest>::from_request(request, &()).await?;
    Ok(TakenRequest {
        version: raw.version,
        feed: raw.feed,
        cursor: raw.cursor,
        mark: raw.mark,
        operations: raw.operations,
        courier_key: raw.courier_key,
    })
}

/// The ids of operations.
///
/// # Errors
/// The refusal, where one has none.
pub fn ids(operations: &[Entry]) -> Result<Vec<OperationId>> {
    exchange::ids(operations)
}

/// The application that an operation concerns.
pub fn case_of(operation: &Entry) -> Option<CaseId> {
    exchange::case_of(operation)
}

/// The text by which an operation is told from another.
pub fn canonical(operation: &Value) -> String {
    let mut text = String::new();
    exchange::canonical(operation, &mut text);
    text
}

/// What an upload is announced with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncedFile {
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its name, cleaned.
    pub name: String,
    /// Its media type, cleaned.
    pub media_type: String,
}

impl From<&files::Announced> for AnnouncedFile {
    fn from(about: &files::Announced) -> Self {
        Self {
            bytes: about.bytes(),
            digest: about.digest().clone(),
            name: about.name.clone(),
            media_type: about.media_type.clone(),
        }
    }
}

/// Reads `Upload-Length` and `Upload-Metadata`.
///
/// # Errors
/// The refusal.
pub fn announced(headers: &HeaderMap) -> Result<AnnouncedFile> {
    files::announced(headers).map(|about| AnnouncedFile::from(&about))
}

/// Reads `Upload-Offset`.
///
/// # Errors
/// The refusal.
pub fn upload_offset(headers: &HeaderMap) -> Result<u64> {
    files::offset(headers)
}

/// Reads `Upload-Checksum`.
///
/// # Errors
/// The refusal.
pub fn upload_checksum(headers: &HeaderMap) -> Result<Option<Vec<u8>>> {
    files::checksum(headers)
}

/// A courier that was found right.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedCourier {
    /// The operations as they came.
    pub operations: Vec<Entry>,
    /// The files, with their bytes.
    pub files: Vec<(AnnouncedFile, Vec<u8>)>,
}

/// Opens a sealed courier on a node that knows one device, of this account with this key.
///
/// # Errors
/// The refusal.
pub async fn courier(
    config: &Config,
    identity: &age::x25519::Identity,
    device: (&str, &CourierKey),
    sealed: Bytes,
) -> Result<OpenedCourier> {
    let mut incoming = Incoming::new(Body::from(sealed));
    let plain = open::unsealed(identity, &mut incoming).await?;
    let recipient = identity.to_public().to_string();
    let owner = |account, key| async move { Ok(known(device, account, key)) };
    told(open::contents(config, &recipient, plain, owner).await?)
}

/// Reads what is inside the seal of a courier, as [`courier`] does.
///
/// # Errors
/// The refusal.
pub async fn courier_contents(
    config: &Config,
    recipient: &str,
    device: (&str, &CourierKey),
    plain: &[u8],
) -> Result<OpenedCourier> {
    let owner = |account, key| async move { Ok(known(device, account, key)) };
    told(open::contents(config, recipient, Cursor::new(plain), owner).await?)
}

fn known(device: (&str, &CourierKey), account: String, key: CourierKey) -> Option<()> {
    (account == device.0 && key == *device.1).then_some(())
}

fn told(opened: Opened<()>) -> Result<OpenedCourier> {
    let () = opened.owner;
    let mut files = Vec::with_capacity(opened.files.len());
    for file in &opened.files {
        let bytes = std::fs::read(&file.path).map_err(crate::Error::file(&file.path))?;
        files.push((AnnouncedFile::from(&file.about), bytes));
    }
    Ok(OpenedCourier { operations: opened.operations, files })
}
