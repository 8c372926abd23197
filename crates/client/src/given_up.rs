//! Giving a vault up whose PIN is forgotten, and what its owner can do about it later. Anybody
//! at the device can ask for it, so that nothing is gone at once: the vault is put aside under
//! its PIN, its owner is told after signing in, and takes it back or deletes it. What waited
//! in it is brought to the platform meanwhile (`courier::spare`).

use jiff::Timestamp;
use tongban_contract::page::{DeleteGivenUp, ForgetPin, GivenUpView, TakeBack};

use crate::{
    client::Client,
    error::{Error, Result},
    pin,
    vault::{
        self, Vault,
        given_up::{self, KEPT, Stage},
        key::{self, Kept},
    },
};

impl Client {
    /// Gives a locked vault up whose PIN is forgotten.
    ///
    /// # Errors
    /// Where nothing is locked, or the files or the keyring cannot be changed; asking again
    /// goes on.
    pub async fn forget_pin(&self, _request: ForgetPin) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let Some(locked) = self.locked() else { return Err(pin::none()) };
        let account = locked.account;
        // First: until the vault is moved, all it takes to undo this is signing in.
        let info = self.platform_info().await?;
        let revocation = self.identity().sign_out(&info, &account).await?;
        tracing::info!(?revocation, "a vault is given up");
        let keyring = self.surroundings().keyring.as_ref();
        if let Some(Kept::Sealed(sealed)) = key::kept(keyring, &account).await? {
            let (directory, now) = (&self.options().directory, self.surroundings().now());
            given_up::give_up(directory, &account, keyring, sealed, now).await?;
        }
        self.settle_given_up(&account).await?;
        pin::forget_tries(keyring, &account).await?;
        self.forget_label(&account).await?;
        self.leave_to_nobody()
    }

    /// Takes a vault back that was given up, with its PIN, in place of the one that is open.
    ///
    /// # Errors
    /// Where the PIN is wrong or has to wait, something here is not sent yet, or the files or
    /// the keyring cannot be changed; then the next opening goes on.
    pub async fn take_back(&self, request: TakeBack) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let open = self.opened()?;
        let keyring = self.surroundings().keyring.as_ref();
        let all = given_up::list(keyring, &open.account).await?;
        let Some(one) = all.into_iter().find(|one| one.at == request.at) else {
            return Err(gone());
        };
        if has_unsent(&open.vault).await? {
            return Err(Error::refused(
                "given-up.unsent",
                "现在这里还有草稿，或者还没有发出的申请；取回以前的内容会把它们换掉，所以没有取回。",
                "请先提交并同步，或放弃这些草稿，再来取回；封存的内容都还在。",
            ));
        }
        let tries = pin::tries_of_given_up(&open.account);
        let key = self.open_sealed(&open.account, &tries, one.key, &request.pin).await?;
        given_up::take_back(&open.account, keyring, one.at).await?;
        self.put_away(&open).await?;
        self.settle_given_up(&open.account).await?;
        pin::forget_tries(keyring, &open.account).await?;
        self.open_with(&open.account, &key, Some(open.person), true).await?;
        self.tell_everything();
        self.wake();
        Ok(())
    }

    /// Deletes a vault for good that was given up.
    ///
    /// # Errors
    /// Where there is no such vault, or the files or the keyring cannot be changed.
    pub async fn delete_given_up(&self, request: DeleteGivenUp) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let open = self.opened()?;
        let keyring = self.surroundings().keyring.as_ref();
        let directory = &self.options().directory;
        given_up::delete(directory, &open.account, keyring, request.at).await?;
        if let Some(open) = &mut self.shared().open {
            open.given_up.retain(|one| one.at != request.at);
        }
        self.tell_everything();
        Ok(())
    }

    /// What the owner of a vault is told of those that were given up.
    pub(crate) async fn given_up_views(&self, account: &str) -> Result<Vec<GivenUpView>> {
        let keyring = self.surroundings().keyring.as_ref();
        let all = given_up::list(keyring, account).await?;
        let aside = all.into_iter().filter(|one| one.stage == Stage::Aside);
        Ok(aside.map(|one| GivenUpView { at: one.at, until: until(one.at) }).collect())
    }

    /// Ends what was begun of giving up or taking back. Comes before every opening.
    pub(crate) async fn settle_given_up(&self, account: &str) -> Result<()> {
        let keyring = self.surroundings().keyring.as_ref();
        for one in given_up::list(keyring, account).await? {
            match one.stage {
                Stage::Going => self.put_spare_aside(account, one.at).await?,
                Stage::Replacing | Stage::Returning => self.spare_may_have_left(account).await?,
                Stage::Aside => {}
            }
        }
        Ok(given_up::settle(&self.options().directory, account, keyring).await?)
    }

    /// Deletes what was given up so long ago that nobody will come for it.
    pub(crate) async fn delete_what_was_given_up_long_ago(&self) {
        let now = self.surroundings().now();
        let keyring = self.surroundings().keyring.as_ref();
        let directory = &self.options().directory;
        let all = given_up::everyone(directory).unwrap_or_else(|error| {
            tracing::warn!(%error, "vaults that were given up could not be looked for");
            Vec::new()
        });
        for (account, at) in all.into_iter().filter(|(_, at)| until(*at) <= now) {
            match given_up::delete(directory, &account, keyring, at).await {
                Ok(()) => tracing::info!("a vault that was given up was deleted"),
                Err(error) => tracing::warn!(%error, "a vault given up could not be deleted"),
            }
        }
    }
}

/// Until when one is kept.
fn until(at: Timestamp) -> Timestamp {
    at.checked_add(KEPT).unwrap_or(Timestamp::MAX)
}

async fn has_unsent(vault: &Vault) -> Result<bool> {
    let applications = vault.applications().await?;
    let has_draft = applications.iter().any(|one| one.stage == vault::Stage::Draft);
    let has_waiting = !vault.outbox().await?.is_empty();
    // What cannot be read may be either.
    Ok(has_draft || has_waiting || vault.unreadable().is_some())
}

fn gone() -> Error {
    Error::refused(
        "given-up.gone",
        "这份封存的内容已经不在本机了。",
        "平台收到过的申请，同步后都会回来；找不到的，请重新填写。",
    )
}
