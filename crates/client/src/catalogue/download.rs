//! Brings a published file onto the device: what has arrived stays, and the next try
//! asks only for the rest. Names hold the digest, so a part is always of the same file.

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use futures::StreamExt as _;
use http::{StatusCode, header};
use tokio::sync::mpsc;
use tongban_contract::{catalogue::CatalogueFile, page::ProgressView};
use url::Url;

use super::{
    build::Brought,
    error::CatalogueError,
    publication::{accepted, file_address, get},
    shelf::{Held, Shelf},
    unpack,
};
use crate::{
    network::NetworkError,
    transport::{Pace, Reply, Transport, TransportError},
};

/// Tells how far an update is.
pub(super) type Progress<'a> = &'a (dyn Fn(ProgressView) + Send + Sync);

/// The download of the files of one publication.
pub(super) struct Download<'a> {
    pub(super) transport: &'a dyn Transport,
    pub(super) base: &'a Url,
    pub(super) shelf: &'a Shelf,
    pub(super) held: &'a Held,
    pub(super) progress: Progress<'a>,
}

impl Download<'_> {
    /// Brings the files, one after the other, and hands each on as soon as it is verified.
    pub(super) async fn files(
        &self,
        files: &[CatalogueFile],
        brought: mpsc::Sender<Brought>,
    ) -> Result<(), CatalogueError> {
        let total = files.iter().map(|file| file.bytes).sum();
        let mut before = 0;
        for file in files {
            let tell = |arrived: u64| {
                let done = (before + arrived).min(total);
                (self.progress)(ProgressView { done, total });
            };
            tell(0);
            let path = self.file(file, &tell).await?;
            before += file.bytes;
            // Nobody takes it where building has failed, which says why.
            if brought.send((path, file.clone())).await.is_err() {
                return Ok(());
            }
        }
        (self.progress)(ProgressView { done: total, total });
        Ok(())
    }

    async fn file(
        &self,
        file: &CatalogueFile,
        tell: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<PathBuf, CatalogueError> {
        let whole = self.shelf.whole(&file.digest);
        if self.verified(&whole, file).await? {
            return Ok(whole);
        }
        let part = self.shelf.part(&file.digest);
        let arrived = self.arrived(&part, file).await?;
        if arrived < file.bytes {
            self.rest(file, &part, arrived, tell).await?;
        }
        if !self.verified(&part, file).await? {
            let part = part.clone();
            self.held.blocking(move || Ok(fs::remove_file(part)?)).await?;
            return Err(CatalogueError::Digest);
        }
        let target = whole.clone();
        self.held
            .blocking(move || {
                File::open(&part)?.sync_all()?;
                Ok(fs::rename(part, target)?)
            })
            .await?;
        Ok(whole)
    }

    /// Whether the file is there and is the one that is meant.
    async fn verified(
        &self,
        path: &std::path::Path,
        file: &CatalogueFile,
    ) -> Result<bool, CatalogueError> {
        let (path, file) = (path.to_owned(), file.clone());
        self.held
            .blocking(move || {
                if !path.exists() {
                    return Ok(false);
                }
                match unpack::verify(&path, &file) {
                    Ok(()) => Ok(true),
                    Err(CatalogueError::Digest) => Ok(false),
                    Err(error) => Err(error),
                }
            })
            .await
    }

    /// How much has arrived before. More than there should be is thrown away.
    async fn arrived(
        &self,
        part: &std::path::Path,
        file: &CatalogueFile,
    ) -> Result<u64, CatalogueError> {
        let (part, bytes) = (part.to_owned(), file.bytes);
        self.held
            .blocking(move || match fs::metadata(&part) {
                Ok(found) if found.len() <= bytes => Ok(found.len()),
                Ok(_) => {
                    fs::remove_file(&part)?;
                    Ok(0)
                }
                Err(_) => Ok(0),
            })
            .await
    }

    /// Asks for what is missing and appends it.
    async fn rest(
        &self,
        file: &CatalogueFile,
        part: &std::path::Path,
        arrived: u64,
        tell: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), CatalogueError> {
        let address = file_address(self.base, file)?;
        let from = |start: u64| {
            get(self.transport, &address, move |request| match start {
                0 => request,
                start => request.header(header::RANGE, format!("bytes={start}-")),
            })
        };
        let mut reply = from(arrived).await?;
        // A server that cannot go on there is asked for the whole.
        if reply.status == StatusCode::RANGE_NOT_SATISFIABLE
            || (reply.status == StatusCode::PARTIAL_CONTENT && starts_at(&reply) != Some(arrived))
        {
            reply = from(0).await?;
        }
        let mut reply = accepted(reply).await?;
        let mut arrived = match reply.status {
            StatusCode::PARTIAL_CONTENT => arrived,
            _ => 0,
        };
        let path = part.to_owned();
        let mut writer = self
            .held
            .blocking(move || {
                let mut options = File::options();
                let mut writer = options.create(true).write(true).truncate(false).open(path)?;
                writer.set_len(arrived)?;
                writer.seek(SeekFrom::End(0))?;
                Ok(writer)
            })
            .await?;
        tell(arrived);
        let mut pace = Pace::new();
        while let Some(piece) = reply.body.next().await {
            let piece = piece.map_err(NetworkError::from)?;
            pace.add(piece.len()).map_err(NetworkError::from)?;
            arrived += piece.len() as u64;
            if arrived > file.bytes {
                drop(writer);
                let part = part.to_owned();
                self.held.blocking(move || Ok(fs::remove_file(part)?)).await?;
                return Err(CatalogueError::TooLarge);
            }
            writer = self
                .held
                .blocking(move || {
                    writer.write_all(&piece)?;
                    Ok(writer)
                })
                .await?;
            tell(arrived);
        }
        if arrived < file.bytes {
            return Err(NetworkError::Transport(TransportError::Broken).into());
        }
        Ok(())
    }
}

/// Where the piece of a partial answer starts.
fn starts_at(reply: &Reply) -> Option<u64> {
    let range = reply.header(header::CONTENT_RANGE.as_str());
    let start = range.trim().strip_prefix("bytes")?.trim_start().split('-').next()?;
    start.trim().parse().ok()
}
