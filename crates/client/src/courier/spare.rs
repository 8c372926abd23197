//! The spare: what waits in a vault with a PIN, sealed beside it for the platform alone. It
//! is all that is left to send where the PIN is forgotten. While the vault can be opened it
//! is of no use, and follows what waits there.

use std::path::{Path, PathBuf};

use tokio::{fs::File, sync::MutexGuard};
use tongban_contract::{
    identifiers::OperationId,
    page::{SealedCopyView, TakeSealedCopy},
};

use super::{Beside, beside, choose, exists, nothing, page, sync_folder};
use crate::{
    client::{Client, OpenVault},
    error::Result,
};

/// Of which vault a spare was made last, and what is in it.
#[derive(Debug, Default)]
pub(crate) struct Spare(Option<(String, Vec<OperationId>)>);

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
            spare.0 = None;
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
            spare.0 = None;
            return Ok(page::remove(&path).await?);
        }
        let holds = (open.account.clone(), waiting.iter().map(|one| one.id).collect());
        if spare.0.as_ref() == Some(&holds) {
            return Ok(());
        }
        let signer = self.courier_signer(open).await?;
        self.write_courier(open, &signer, &waiting, &path, &page::quiet()).await?;
        spare.0 = Some(holds);
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

    /// Removes the spare of a vault that was given up.
    pub(crate) async fn forget_spare(&self, account: &str) -> Result<()> {
        page::remove(&self.spare_path(account)).await?;
        Ok(page::remove(&self.taken_path(account)).await?)
    }

    fn spare_path(&self, account: &str) -> PathBuf {
        path(&self.options().directory, account, "courier")
    }

    fn taken_path(&self, account: &str) -> PathBuf {
        path(&self.options().directory, account, "taken")
    }
}

fn path(directory: &Path, account: &str, end: &str) -> PathBuf {
    directory.join(format!("spare-{account}.{end}"))
}
