//! The accounts that have a vault on this device, and going from one to another, with or
//! without a network. Others see of an account its masked label, which the keyring keeps.

use secrecy::{ExposeSecret as _, SecretString};
use tongban_contract::{
    page::{AccountRow, AccountsView, BeginAnew, ListAccounts, SwitchAccount, UnavailableView},
    problem::Problem,
};

use crate::{
    client::{Client, Session},
    error::{Error, Result},
    vault::{
        self, VaultError,
        key::{self, Kept},
    },
};

impl Client {
    /// Everyone who has a vault on this device.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub async fn list_accounts(&self, _request: ListAccounts) -> Result<AccountsView> {
        let keyring = self.surroundings().keyring.as_ref();
        let current = self.device().account;
        let mut accounts = Vec::new();
        for account in vault::accounts(&self.options().directory)? {
            // One that cannot be read is there all the same: choosing it says why.
            let kept = key::kept(keyring, &account).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "an account's key could not be looked at");
                None
            });
            accounts.push(AccountRow {
                label: self.label_as_known(&account).await,
                pinned: matches!(kept, Some(Kept::Sealed(_))),
                current: current.as_ref() == Some(&account),
                account,
            });
        }
        Ok(AccountsView { accounts })
    }

    /// Puts the vault that is open away and opens another one.
    ///
    /// # Errors
    /// Where there is no such account, or its vault cannot be opened; that is told until it
    /// can, or another one is opened.
    pub async fn switch_account(&self, request: SwitchAccount) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let account = request.account;
        if !vault::accounts(&self.options().directory)?.contains(&account) {
            return Err(Error::refused(
                "account.unknown",
                "本机没有这个账号的数据。",
                "请返回后重新选择，或登录这个账号。",
            ));
        }
        if let Ok(open) = self.opened() {
            if open.account == account {
                return Ok(());
            }
            self.put_away(&open).await?;
        }
        {
            let mut shared = self.shared();
            shared.locked = None;
            shared.session = Session::SignedOut;
        }
        // Until the other one is open nobody is signed in, also after a crash.
        self.change_device(|device| device.account = None)?;
        let outcome = self.open_or_say_why(&account, None).await;
        self.change_device(|device| device.account = Some(account))?;
        self.tell_everything();
        self.wake();
        outcome
    }

    /// Begins anew for an account whose vault's key is gone: its vault is moved aside, and
    /// whose it is signs in again.
    ///
    /// # Errors
    /// Where the account is not known to be so, or the files cannot be moved; asking again
    /// goes on.
    pub async fn begin_anew(&self, request: BeginAnew) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let account = request.account;
        let is_so = matches!(&self.shared().unavailable,
            Some(held) if held.account == account && held.key_gone);
        if !is_so {
            return Err(Error::refused(
                "account.key-there",
                "这个账号现在不用重新开始。",
                "请返回后再打开一次；打不开时，请按页面上的提示操作。",
            ));
        }
        vault::move_aside(&self.options().directory, &account, self.surroundings().now()).await?;
        self.leave_to_nobody()
    }

    /// Nobody is signed in any more, as the vault that was meant is not at its place.
    pub(crate) fn leave_to_nobody(&self) -> Result<()> {
        self.change_device(|device| device.account = None)?;
        {
            let mut shared = self.shared();
            shared.session = Session::SignedOut;
            shared.locked = None;
            shared.unavailable = None;
        }
        self.tell_everything();
        Ok(())
    }

    /// Remembers that an account's vault cannot be opened now, and why. Answers the same to
    /// whoever asked for it.
    pub(crate) async fn hold_unavailable(&self, account: &str, error: Error) -> Error {
        let label = self.label_as_known(account).await;
        let key_gone = matches!(error, Error::Vault(VaultError::KeyLost | VaultError::KeyMismatch));
        let problem = Box::new(Problem::from(error));
        let mut shared = self.shared();
        shared.session = Session::Unavailable;
        shared.open = None;
        shared.locked = None;
        let account = account.to_owned();
        let view = UnavailableView { account, label, problem: problem.clone(), key_gone };
        shared.unavailable = Some(view);
        Error::Refused(problem)
    }

    /// The label of an account; empty where the keyring does not say.
    async fn label_as_known(&self, account: &str) -> String {
        self.label(account).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "an account's label could not be read");
            String::new()
        })
    }

    /// Whose vault this is, for anyone to see.
    pub(crate) async fn label(&self, account: &str) -> Result<String> {
        let label = self.surroundings().keyring.read(&label_name(account)).await?;
        Ok(label.map(|label| label.expose_secret().to_owned()).unwrap_or_default())
    }

    /// Keeps whose vault this is, where that is new.
    pub(crate) async fn keep_label(&self, account: &str, name: &str) -> Result<()> {
        let label = masked(name);
        if self.label(account).await? != label {
            let keyring = &self.surroundings().keyring;
            keyring.write(&label_name(account), &SecretString::from(label)).await?;
        }
        Ok(())
    }

    /// Forgets whose vault it was.
    pub(crate) async fn forget_label(&self, account: &str) -> Result<()> {
        Ok(self.surroundings().keyring.delete(&label_name(account)).await?)
    }
}

fn label_name(account: &str) -> String {
    format!("{account}/label")
}

/// A name but for its first character.
fn masked(name: &str) -> String {
    name.chars().enumerate().map(|(index, c)| if index == 0 { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn of_a_name_others_see_the_first_character() {
        assert_eq!(super::masked("李秀兰"), "李**");
        assert_eq!(super::masked(""), "");
    }
}
