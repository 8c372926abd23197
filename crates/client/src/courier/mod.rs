//! The sealed courier: what waits to be sent leaves as one file that anybody may carry, and
//! that only the platform can read. See `tongban_contract::courier` for the format.
//!
//! Sealing changes nothing of what waits but one thing: it can no longer be recalled, as it
//! may arrive. It stays queued, is sent when there is a network, and its result comes with
//! the next sync, whichever way it went.
//!
//! - `key`: the device's key, and telling the platform of it.
//! - `choose`: what goes into a courier. Pure.
//! - `seal`: the file itself. Knows no page and no network.
//! - `page`: couriers as a page asks for them.
//! - `spare`: what waits in a vault with a PIN, should that be forgotten.
//! - here: making a courier, and bringing one to the platform.

mod choose;
mod key;
mod page;
mod seal;
mod spare;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use http::{Method, Request, StatusCode, header};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
};
use tokio_util::{compat::TokioAsyncWriteCompatExt as _, io::ReaderStream};
use tongban_contract::{
    courier::{
        COURIER_MEDIA_TYPE, COURIER_PATH, COURIER_VERSION, CourierHead, CourierReply,
        LARGEST_COURIER,
    },
    operation::Operation,
    page::Topic,
};

use crate::{
    client::{Client, OpenVault},
    error::{Error, Result},
    identity::IdentityError,
    network::{self, NetworkError},
    sync::bearer,
    transport::{PIECE, Streamed},
};

pub(crate) use page::remove_leftovers;
pub(crate) use spare::Spare;

/// Hears of work that goes on: bytes done, and bytes in all.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What every age file begins with.
const AGE: &[u8] = b"age-encryption.org/v1\n";

/// A courier that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Operations in it.
    pub operations: usize,
    /// Files in it.
    pub files: usize,
    /// Size of the sealed file in bytes.
    pub bytes: u64,
    /// Operations that wait and did not fit.
    pub left_out: usize,
}

impl Client {
    /// Seals everything that waits to be sent, with its files, into a new file at `to`.
    /// Needs no network, but a device that the platform has come to know at a sync.
    ///
    /// # Errors
    /// `courier.nothing`, `courier.not-registered`, `courier.exists`, or what kept the file
    /// from being written; then nothing has changed.
    pub async fn export_courier(&self, to: &Path, progress: Progress) -> Result<Exported> {
        let open = self.open_account()?;
        let vault = &open.vault;
        let chosen = choose::choose(vault.outbox().await?);
        if chosen.operations.is_empty() {
            return Err(nothing());
        }
        let signer = self.courier_signer(&open).await?;
        if tokio::fs::try_exists(to).await? {
            return Err(exists());
        }
        let operations = vault.mark_sealed(chosen.operations).await?;
        self.tell_of_sealed(&operations);
        let written = self.write_courier(&open, &signer, &operations, to, &progress).await;
        let (files, bytes) = match written {
            Ok(written) => written,
            Err(error) => {
                vault.unmark_sealed(&operations).await?;
                self.tell_of_sealed(&operations);
                return Err(error);
            }
        };
        let left_out = chosen.left_out;
        Ok(Exported { operations: operations.len(), files, bytes, left_out })
    }

    /// Writes beside and renames at the end, so that what has the name is whole. Answers how
    /// many files it holds, and its size.
    async fn write_courier(
        &self,
        open: &OpenVault,
        signer: &key::Signer,
        operations: &[Operation],
        to: &Path,
        progress: &Progress,
    ) -> Result<(usize, u64)> {
        if operations.is_empty() {
            // Recalled or taken a moment ago.
            return Err(nothing());
        }
        let files = choose::files(operations);
        let head = CourierHead {
            version: COURIER_VERSION,
            recipient: signer.recipient.clone(),
            account: signer.account.clone(),
            key: signer.key(),
            made_at: self.surroundings().now(),
            operations: operations.to_vec(),
            files,
        };
        let beside = Beside(beside(to));
        let file = File::create(&beside.0).await?;
        let vault = open.vault.clone();
        let piece: seal::Pieces = Box::new(move |file, number| {
            let vault = vault.clone();
            Box::pin(async move { vault.piece(&file, number).await })
        });
        let sealed = seal::seal(file.compat_write(), signer, &head, progress, piece);
        let file = sealed.await?.into_inner();
        file.sync_all().await?;
        let bytes = file.metadata().await?.len();
        drop(file);
        tokio::fs::rename(&beside.0, to).await?;
        sync_folder(to).await?;
        Ok((head.files.len(), bytes))
    }

    /// Brings a courier to the platform, whoever made it. Whoever is signed in only carries
    /// it: neither they nor this device learn what is in it.
    ///
    /// # Errors
    /// `courier.unreadable`, `courier.not-a-courier`, why the platform could not be reached,
    /// or why it did not take it.
    pub async fn relay_courier(&self, from: &Path, progress: Progress) -> Result<CourierReply> {
        let account = self.account_id()?;
        let (mut file, bytes) = open_courier(from).await?;
        let info = self.platform_info().await?;
        for last in [false, true] {
            let token = self.identity().access_token(&info, &account).await?;
            let request = Request::builder()
                .method(Method::POST)
                .uri(self.address(COURIER_PATH))
                .header(header::CONTENT_TYPE, COURIER_MEDIA_TYPE)
                .header(
                    header::AUTHORIZATION,
                    bearer(&token).map_err(|_| NetworkError::Unreadable)?,
                )
                .body(())
                .map_err(|_| NetworkError::Unreadable)?;
            file.rewind().await.map_err(|error| unreadable(&error))?;
            let reading = file.try_clone().await.map_err(|error| unreadable(&error))?;
            let body = streamed(reading, bytes, Arc::clone(&progress));
            let transport = self.surroundings().transport.as_ref();
            let reply = transport.send_stream(request, body).await.map_err(NetworkError::from)?;
            if reply.status != StatusCode::UNAUTHORIZED {
                let taken: CourierReply = network::read(reply).await?;
                // It may have been one's own.
                self.wake();
                return Ok(taken);
            }
            if !last {
                self.identity().forget_access_token(&account, &token).await;
            }
        }
        Err(IdentityError::Expired.into())
    }

    /// Whether something can be recalled has changed.
    fn tell_of_sealed(&self, operations: &[Operation]) {
        self.tell(Topic::Items);
        for case in operations.iter().filter_map(|operation| operation.ask.case()) {
            self.tell(Topic::Item { case });
        }
    }
}

/// A file that is removed unless it has got its name.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // Not there any more where all went well.
        let _renamed = std::fs::remove_file(&self.0);
    }
}

fn beside(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

/// Makes the new name survive a stick that is pulled out.
async fn sync_folder(to: &Path) -> std::io::Result<()> {
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Windows cannot open a folder; it writes names at once.
    if cfg!(unix) { File::open(folder).await?.sync_all().await } else { Ok(()) }
}

async fn open_courier(from: &Path) -> Result<(File, u64)> {
    let mut file = File::open(from).await.map_err(|error| unreadable(&error))?;
    let bytes = file.metadata().await.map_err(|error| unreadable(&error))?.len();
    let mut first = [0; AGE.len()];
    let read = file.read_exact(&mut first).await;
    if read.is_err() || first != AGE || bytes > LARGEST_COURIER {
        return Err(not_a_courier());
    }
    Ok((file, bytes))
}

fn streamed(file: File, bytes: u64, progress: Progress) -> Streamed {
    let mut done = 0;
    let pieces = ReaderStream::with_capacity(file, PIECE).inspect_ok(move |piece: &Bytes| {
        done += piece.len() as u64;
        progress(done, bytes);
    });
    Streamed { bytes, pieces: pieces.boxed() }
}

fn not_a_courier() -> Error {
    Error::refused(
        "courier.not-a-courier",
        "这个文件不是通办导出的密封件，没有发送。",
        "请核对文件，选择用“导出密封件”得到的那一份。",
    )
}

fn nothing() -> Error {
    Error::refused(
        "courier.nothing",
        "没有等待发送的申请，不用导出。",
        "提交申请以后，如果一直没有网络，再来导出。",
    )
}

fn exists() -> Error {
    Error::refused(
        "courier.exists",
        "已经有一个同名的文件，没有导出，以免覆盖它。",
        "请换一个文件名，或先把原来的文件移走。",
    )
}

fn unreadable(error: &std::io::Error) -> Error {
    tracing::info!(%error, "courier file");
    Error::refused(
        "courier.unreadable",
        "密封件读不出来。",
        "请确认文件还在，存储设备已经插好，再试一次。",
    )
}
