//! The spare: what waits in a vault with a PIN, sealed beside it for the platform alone. It
//! is all that is left to send where the PIN is forgotten: it is put aside then, and brought to
//! the platform by this device. While the vault can be opened it is of no use, and follows
//! what waits there.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use tokio::{fs::File, sync::MutexGuard};
use tongban_contract::{
    courier::CourierReply,
    identifiers::OperationId,
    page::{SealedCopyView, TakeSealedCopy},
};

use super::{Beside, beside, choose, exists, nothing, page, sync_folder};
use crate::{
    client::{Client, OpenVault},
    error::{Error, Result},
    network::NetworkError,
    vault::given_up,
};

/// What is known of spares.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    /// Of which vault one was made last, and what is in it.
    made: Option<(String, Vec<OperationId>)>,
    /// Those of vaults given up that the platform would not take, until the next start.
    refused: BTreeSet<PathBuf>,
}

impl Client {
    /// Brings the spare of an open vault up to date with what waits in it.
    pub(crate) async fn keep_spare(&self, open: &OpenVault) {
        let mut spare = self.sparing().await;
        // As it is now: a PIN may have been set or removed. Who put the vault away meanwhile
        // has seen to its spare.
        if let Ok(now) = self.opened()
            && now.account == open.account
        {
            self.renew_spare(&now, &mut spare).await;
        }
    }

    /// As [`Client::keep_spare`], for who holds the spare already.
    pub(crate) async fn renew_spare(&self, open: &OpenVault, spare: &mut MutexGuard<'_, Spare>) {
        if let Err(error) = self.try_renew(open, spare).await {
            // Expected before the platform has come to know the device.
            tracing::info!(%error, "no spare was sealed");
            // One that is out of date may hold what was recalled.
            spare.made = None;
            if let Err(error) = page::remove(&self.spare_path(&open.account)).await {
                tracing::warn!(%error, "a spare could not be removed");
            }
        }
    }

    async fn try_renew(&self, open: &OpenVault, spare: &mut MutexGuard<'_, Spare>) -> Result<()> {
        let path = self.spare_path(&open.account);
        let waiting = if open.pinned {
            choose::choose(open.vault.outbox().await?).operations
        } else {
            vec![]
        };
        if waiting.is_empty() {
            spare.made = None;
            return Ok(page::remove(&path).await?);
        }
        let holds = (open.account.clone(), waiting.iter().map(|one| one.id).collect());
        if spare.made.as_ref() == Some(&holds) {
            return Ok(());
        }
        let signer = self.courier_signer(open).await?;
        self.write_courier(open, &signer, &waiting, &path, &page::quiet()).await?;
        spare.made = Some(holds);
        Ok(())
    }

    /// Puts the spare of the locked vault among the person's downloads, for somebody to carry.
    /// Should the vault be opened after all, what is in it can no longer be recalled there.
    ///
    /// # Errors
    /// `courier.nothing` where nothing is locked or nothing waits, or what kept the file from
    /// being written.
    pub async fn take_sealed_copy(&self, _request: TakeSealedCopy) -> Result<SealedCopyView> {
        let folder = &self.options().exports;
        tokio::fs::create_dir_all(folder).await?;
        self.take_sealed_copy_to(&folder.join(page::name(self.surroundings().now()))).await
    }

    /// The same, to a place that the person names.
    ///
    /// # Errors
    /// As [`Client::take_sealed_copy`]; `courier.exists` where something is there already.
    pub async fn take_sealed_copy_to(&self, to: &Path) -> Result<SealedCopyView> {
        let _one_at_a_time = self.locking().await;
        let Some(locked) = self.locked() else { return Err(nothing()) };
        if !self.has_spare(&locked.account).await {
            return Err(nothing());
        }
        if tokio::fs::try_exists(to).await? {
            return Err(exists());
        }
        // First, so that a crash after the copy cannot forget that there is one.
        let mark = self.taken_path(&locked.account);
        File::create(&mark).await?.sync_all().await?;
        sync_folder(&mark).await?;
        let part = Beside(beside(to));
        let bytes = tokio::fs::copy(self.spare_path(&locked.account), &part.0).await?;
        File::open(&part.0).await?.sync_all().await?;
        tokio::fs::rename(&part.0, to).await?;
        sync_folder(to).await?;
        Ok(SealedCopyView { file: to.display().to_string(), bytes })
    }

    /// Whether something that waits in a locked vault can be carried all the same.
    pub(crate) async fn has_spare(&self, account: &str) -> bool {
        tokio::fs::try_exists(self.spare_path(account)).await.unwrap_or(false)
    }

    /// What was taken of the vault that has just been opened may arrive, and cannot be
    /// recalled any more.
    pub(crate) async fn mark_what_was_taken(
        &self,
        account: &str,
        vault: &crate::vault::Vault,
    ) -> Result<()> {
        let mark = self.taken_path(account);
        if tokio::fs::try_exists(&mark).await? {
            vault.mark_sealed(choose::choose(vault.outbox().await?).operations).await?;
            page::remove(&mark).await?;
        }
        Ok(())
    }

    /// Keeps the spare of a vault that is given up, to be brought to the platform by
    /// [`Client::carry_given_up`].
    pub(crate) async fn put_spare_aside(&self, account: &str, at: Timestamp) -> Result<()> {
        let from = self.spare_path(account);
        if self.has_spare(account).await {
            let to = from.with_file_name(format!("spare-{account}.{}.courier", aside(at)));
            tokio::fs::rename(&from, &to).await?;
            sync_folder(&to).await?;
        }
        Ok(page::remove(&self.taken_path(account)).await?)
    }

    /// What waits in a vault that is taken back may have been brought to the platform since.
    pub(crate) async fn spare_may_have_left(&self, account: &str) -> Result<()> {
        page::remove(&self.spare_path(account)).await?;
        let mark = self.taken_path(account);
        File::create(&mark).await?.sync_all().await?;
        Ok(sync_folder(&mark).await?)
    }

    /// Brings what waited in vaults that were given up to the platform: their owners have
    /// filed it. Whoever is signed in only carries it. What cannot be brought now is tried
    /// after the next sync, what the platform does not take as a whole after the next start.
    pub(crate) async fn carry_given_up(&self) -> Result<()> {
        let mut entries = tokio::fs::read_dir(&self.options().directory).await?;
        while let Some(entry) = entries.next_entry().await? {
            let path = entry.path();
            if !is_aside(&path) || self.sparing().await.refused.contains(&path) {
                continue;
            }
            match self.relay_courier(&path, page::quiet()).await {
                Ok(CourierReply { not_taken: 0, .. }) => page::remove(&path).await?,
                Err(Error::Network(error)) if !matches!(error, NetworkError::Refused(_)) => {
                    return Err(error.into());
                }
                other => {
                    tracing::warn!(?other, "a spare of a vault given up was not taken");
                    self.sparing().await.refused.insert(path);
                }
            }
        }
        Ok(())
    }

    fn spare_path(&self, account: &str) -> PathBuf {
        path(&self.options().directory, account, "courier")
    }

    fn taken_path(&self, account: &str) -> PathBuf {
        path(&self.options().directory, account, "taken")
    }
}

/// What the name of a spare has that belongs to a vault given up.
fn aside(at: Timestamp) -> String {
    format!("given-up-{}", given_up::stamp(at))
}

fn is_aside(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let middle = name.strip_prefix("spare-").and_then(|name| name.strip_suffix(".courier"));
    middle.is_some_and(|middle| middle.contains(".given-up-"))
}

fn path(directory: &Path, account: &str, end: &str) -> PathBuf {
    directory.join(format!("spare-{account}.{end}"))
}
