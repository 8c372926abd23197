//! Sealed couriers as a page asks for them: it knows no paths, and hands a file over in
//! pieces. What a courier is, and how it travels, is its parent's.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use jiff::{Timestamp, tz};
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt as _,
};
use tongban_contract::{
    courier::{CourierReply, LARGEST_COURIER},
    page::{CourierPiece, HandOnCourier, SealCourier, SealedView},
    problem::Problem,
};

use super::{Progress, not_a_courier};
use crate::{
    client::Client,
    error::{Error, Result},
};

impl Client {
    /// Seals everything that waits into a new file among the person's downloads.
    ///
    /// # Errors
    /// As [`Client::export_courier`].
    pub async fn seal_courier(&self, _request: SealCourier) -> Result<SealedView> {
        let folder = &self.options().exports;
        tokio::fs::create_dir_all(folder).await?;
        let file = folder.join(name(self.surroundings().now()));
        let made = self.export_courier(&file, quiet()).await?;
        // More than fit into 32 bits do not fit into a courier.
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(SealedView {
            file: file.display().to_string(),
            bytes: made.bytes,
            operations: count(made.operations),
            files: count(made.files),
            left_out: count(made.left_out),
        })
    }

    /// Keeps a piece of a courier that is to be handed on, until [`Client::hand_on_courier`].
    ///
    /// # Errors
    /// `courier.not-a-courier` where it would be too large, `courier.pieces` where a piece
    /// before it is missing, or why it cannot be kept.
    pub async fn courier_piece(&self, piece: CourierPiece, bytes: Bytes) -> Result<()> {
        let end = piece.offset.saturating_add(bytes.len() as u64);
        if piece.total > LARGEST_COURIER || end > piece.total {
            return Err(not_a_courier());
        }
        let path = self.incoming();
        let mut file = if piece.offset == 0 {
            File::create(&path).await?
        } else {
            OpenOptions::new().append(true).open(&path).await.map_err(|error| lacking(&error))?
        };
        if file.metadata().await?.len() != piece.offset {
            return Err(pieces());
        }
        file.write_all(&bytes).await?;
        file.flush().await?;
        Ok(())
    }

    /// Brings the courier whose pieces have come to the platform. What was kept of it here is
    /// removed, however that ends.
    ///
    /// # Errors
    /// As [`Client::relay_courier`].
    pub async fn hand_on_courier(&self, _request: HandOnCourier) -> Result<CourierReply> {
        let path = self.incoming();
        let reply = self.relay_courier(&path, quiet()).await;
        remove(&path).await?;
        reply.map_err(|error| {
            let mut problem = Problem::from(error);
            if problem.code.starts_with("network.") {
                // Nothing tries it again by itself, as it does what is one's own.
                "密封件还没有转交，请到有网络的地方再选一次这个文件。"
                    .clone_into(&mut problem.next);
            }
            Error::Refused(Box::new(problem))
        })
    }

    fn incoming(&self) -> PathBuf {
        self.options().directory.join("incoming.courier")
    }
}

/// Removes what is left of a courier that was to be handed on when the process ended.
pub(crate) async fn remove_leftovers(directory: &Path) -> std::io::Result<()> {
    remove(&directory.join("incoming.courier")).await
}

pub(super) async fn remove(path: &Path) -> std::io::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The page shows that something goes on; how far it is, it does not learn.
pub(super) fn quiet() -> Progress {
    Arc::new(|_, _| {})
}

/// Name of a courier: what it is and when it was made, by the clock on China's walls.
pub(super) fn name(at: Timestamp) -> String {
    let at = at.to_zoned(tz::TimeZone::fixed(tz::offset(8)));
    format!("通办密封件-{}.courier", at.strftime("%Y%m%d-%H%M%S"))
}

fn lacking(error: &std::io::Error) -> Error {
    tracing::info!(%error, "piece of a courier");
    pieces()
}

fn pieces() -> Error {
    Error::refused("courier.pieces", "密封件没有读完整，没有转交。", "请重新选择这个文件再试一次。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_courier_is_named_after_the_wall_clock() {
        let at = "2026-09-28T16:05:06Z".parse().unwrap();
        assert_eq!(name(at), "通办密封件-20260929-000506.courier");
    }
}
