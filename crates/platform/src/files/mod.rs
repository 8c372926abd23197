//! Files: resumable uploads (tus 1.0) into an object store addressed by SHA-256.
//!
//! The bytes of a file are sent once per account: whoever creates an upload again, having
//! lost its address or its reply, is led to the one there is. What has been received is
//! synchronised to disk before it is acknowledged, and a whole file is only taken into the
//! store when its digest is the one that was promised.
//!
//! # Layout
//! - `protocol`: headers, metadata and refusals of tus.
//! - `uploads`: the table of uploads.
//! - `store`: partial files and objects on disk.
//! - `create`, `append`, `manage`: the addresses.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{extract::DefaultBodyLimit, middleware};
use sqlx::SqliteExecutor;
use tongban_contract::identifiers::Digest;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Config, Error, Platform, Result, courier, identity::AccountId};
use uploads::Upload;

mod append;
mod create;
mod manage;
mod protocol;
mod store;
mod uploads;

pub(crate) use protocol::{Announced, announced, checksum, offset};

/// Largest file that is taken.
pub const LARGEST_FILE: u64 = 50 * 1024 * 1024;

/// How often uploads that were given up are looked for.
const CLEANING: Duration = Duration::from_secs(60 * 60);

/// The addresses of uploads.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    OpenApiRouter::new()
        .routes(routes!(create::create, manage::abilities))
        .routes(routes!(append::append, manage::state, manage::terminate, manage::overridden))
        // The file as a whole is limited, not the request that carries a part of it.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(protocol::name_version))
}

/// Makes the folders of the store.
pub(crate) async fn prepare(config: &Config) -> Result<()> {
    for folder in [store::objects(config), store::partials(config)] {
        tokio::fs::create_dir_all(&folder).await.map_err(Error::file(&folder))?;
    }
    Ok(())
}

/// Removes uploads that were given up and couriers left behind, from time to time, until the node stops.
pub(crate) async fn clean(platform: Arc<Platform>) {
    loop {
        if let Err(error) = manage::remove_expired(&platform).await {
            tracing::warn!(code = error.code(), %error, "expired uploads could not be removed");
        }
        if let Err(error) = courier::clean(&platform.config) {
            tracing::warn!(code = error.code(), %error, "old couriers could not be removed");
        }
        tokio::select! {
            () = platform.stop.cancelled() => return,
            () = tokio::time::sleep(CLEANING) => {}
        }
    }
}

/// Whether `account` has uploaded the whole file with this digest. Takes the pool, or the
/// connection of a transaction that is open.
pub async fn has(db: impl SqliteExecutor<'_>, account: AccountId, digest: &Digest) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM uploads WHERE account = ? AND digest = ? AND finished = 1",
    )
    .bind(account)
    .bind(digest.as_str())
    .fetch_optional(db)
    .await?;
    Ok(found.is_some())
}

/// Takes a whole file at `path` into the store as an upload of `account`, as if it had been
/// uploaded. The file is moved away, or left for the caller to remove.
///
/// # Errors
/// Where its digest is not the one that was announced, or the platform fails.
pub(crate) async fn keep(
    platform: &Platform,
    account: AccountId,
    about: &Announced,
    path: &Path,
) -> Result<()> {
    if has(&platform.pool, account, &about.digest).await? {
        return Ok(());
    }
    if !store::adopt(&platform.config, path, &about.digest).await? {
        return Err(protocol::wrong_digest().into());
    }
    let now = platform.now().as_millisecond();
    let begun = uploads::keep_whole(&platform.pool, account, about, now).await?;
    // What an upload that was begun has sent of it; one that is under way ends by itself.
    if let Some(_turn) = platform.uploads.take(&begun) {
        store::remove_partial(&platform.config, &begun).await?;
    }
    Ok(())
}

/// Opens the file with this digest; none where the store has no such file.
pub async fn open(platform: &Platform, digest: &Digest) -> Result<Option<tokio::fs::File>> {
    let path: PathBuf = store::object(&platform.config, digest);
    match tokio::fs::File::open(&path).await {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path)(error)),
    }
}

/// An error of writing: a full disk is told to the person.
pub(crate) fn storage(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |error| match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            tracing::error!(code = "platform.full", "no space for uploads");
            protocol::full().into()
        }
        _ => Error::file(path)(error),
    }
}

/// The uploads that somebody is writing to now: one request at a time may.
#[derive(Default)]
pub(crate) struct Busy(Arc<Mutex<BTreeSet<String>>>);

/// The right to write to an upload, until it is dropped.
pub(crate) struct Turn {
    id: String,
    all: Arc<Mutex<BTreeSet<String>>>,
}

impl Busy {
    /// Takes the right to write to the upload `id`, where nobody has it.
    fn take(&self, id: &str) -> Option<Turn> {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = busy.insert(id.to_owned());
        free.then(|| Turn { id: id.to_owned(), all: Arc::clone(&self.0) })
    }
}

/// The right to write to the upload `id` of `account`, with the upload as it is now.
///
/// # Errors
/// The problem of an upload that is not there, also where it is another account's: that it
/// is busy would tell that there is one. Otherwise that it is busy.
async fn turn(platform: &Platform, account: AccountId, id: &str) -> Result<(Turn, Upload)> {
    let find = || uploads::read(&platform.pool, account, id);
    find().await?.ok_or_else(protocol::unknown)?;
    let turn = platform.uploads.take(id).ok_or_else(protocol::busy)?;
    // Whoever had the turn before may have changed it.
    let upload = find().await?.ok_or_else(protocol::unknown)?;
    Ok((turn, upload))
}

/// An upload as it is told to whoever asks how far it is. A node that stopped between the last
/// byte and taking the file in does that now: who has sent everything sends nothing more.
async fn settled(platform: &Platform, account: AccountId, upload: Upload) -> Result<Upload> {
    if upload.finished || upload.received < upload.bytes {
        return Ok(upload);
    }
    // Somebody has the turn who is just doing it.
    let Some(_turn) = platform.uploads.take(&upload.id) else { return Ok(upload) };
    let find = || uploads::read(&platform.pool, account, &upload.id);
    let now = find().await?.ok_or_else(protocol::unknown)?;
    if !now.finished && now.received == now.bytes {
        append::finish(platform, &now).await?;
    }
    find().await?.ok_or_else(|| protocol::unknown().into())
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
