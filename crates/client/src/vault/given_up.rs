//! Vaults whose PIN was forgotten: moved aside with all their files, under their PIN as
//! before, until their owner takes them back or deletes them, or their time is over. Here is
//! the order of the steps, so that no crash leaves files without their key or two vaults
//! mixed; who may ask for any of it is decided by the callers.
//!
//! What is to become of a vault stands in the keyring before its first file is moved.
//! [`settle`] does, or does again, what is left of it, and comes before every opening.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::fs;

use super::{
    VaultError,
    key::{self, SealedKey},
    rescue::sync_folder,
};
use crate::keyring::{Keyring, KeyringError};

/// How long it is kept for an owner who does not come.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

const MARK: &str = "given-up-";

/// A vault that was given up.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct GivenUp {
    /// When, and by which its files are named.
    pub(crate) at: Timestamp,
    /// Its key, under the PIN as before.
    pub(crate) key: SealedKey,
    pub(crate) stage: Stage,
}

/// What is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Its files are being moved aside.
    Going,
    /// It waits for its owner.
    Aside,
    /// It is taken back: first the vault in its place is deleted.
    Replacing,
    /// And then its files are moved to where they were.
    Returning,
}

/// Every vault of an account that was given up and is still here, oldest first.
pub(crate) async fn list(
    keyring: &dyn Keyring,
    account: &str,
) -> Result<Vec<GivenUp>, KeyringError> {
    let Some(entry) = keyring.read(&name(account)).await? else { return Ok(Vec::new()) };
    serde_json::from_str(entry.expose_secret())
        .map_err(|_| KeyringError::Damaged("vaults that were given up"))
}

async fn write(keyring: &dyn Keyring, account: &str, list: &[GivenUp]) -> Result<(), KeyringError> {
    if list.is_empty() {
        return keyring.delete(&name(account)).await;
    }
    let entry = serde_json::to_string(list)
        .map_err(|_| KeyringError::Damaged("vaults that were given up"))?;
    keyring.write(&name(account), &SecretString::from(entry)).await
}

/// Says that the vault in its place is given up. [`settle`] does it.
pub(crate) async fn give_up(
    directory: &Path,
    account: &str,
    keyring: &dyn Keyring,
    key: SealedKey,
    now: Timestamp,
) -> Result<(), VaultError> {
    let mut all = list(keyring, account).await?;
    // As exact as a name.
    let mut at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    while !files(directory, account, Some(at)).await?.is_empty()
        || all.iter().any(|one| stamp(one.at) == stamp(at))
    {
        at += SignedDuration::from_millis(1);
    }
    all.push(GivenUp { at, key, stage: Stage::Going });
    Ok(write(keyring, account, &all).await?)
}

/// Says that one is taken back, in place of the vault that is there. [`settle`] does it.
pub(crate) async fn take_back(
    account: &str,
    keyring: &dyn Keyring,
    at: Timestamp,
) -> Result<(), VaultError> {
    let mut all = list(keyring, account).await?;
    let one = all.iter_mut().find(|one| one.at == at).ok_or(VaultError::Missing("vault"))?;
    one.stage = Stage::Replacing;
    Ok(write(keyring, account, &all).await?)
}

/// Does what was begun and is not done.
pub(crate) async fn settle(
    directory: &Path,
    account: &str,
    keyring: &dyn Keyring,
) -> Result<(), VaultError> {
    let mut all = list(keyring, account).await?;
    while let Some(index) = all.iter().position(|one| one.stage != Stage::Aside) {
        let Some(one) = all.get_mut(index) else { break };
        match one.stage {
            Stage::Going => {
                put_aside(directory, account, one.at).await?;
                key::forget(keyring, account).await?;
                one.stage = Stage::Aside;
            }
            Stage::Replacing => {
                remove(files(directory, account, None).await?).await?;
                one.stage = Stage::Returning;
            }
            Stage::Returning | Stage::Aside => {
                bring_back(directory, account, one.at).await?;
                key::keep_sealed(keyring, account, &one.key).await?;
                all.remove(index);
            }
        }
        write(keyring, account, &all).await?;
    }
    Ok(())
}

/// Deletes one for good: its files first, as they can be told by their names without a key.
pub(crate) async fn delete(
    directory: &Path,
    account: &str,
    keyring: &dyn Keyring,
    at: Timestamp,
) -> Result<(), VaultError> {
    remove(files(directory, account, Some(at)).await?).await?;
    let mut all = list(keyring, account).await?;
    all.retain(|one| one.at != at || one.stage != Stage::Aside);
    Ok(write(keyring, account, &all).await?)
}

/// The account and the time of everything in this folder that was given up.
pub(crate) fn everyone(directory: &Path) -> std::io::Result<Vec<(String, Timestamp)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let name = entry?.file_name();
        let parts = name.to_str().and_then(|name| {
            let (account, rest) = name.strip_prefix("vault-")?.split_once('.')?;
            let (stamp, _) = rest.strip_prefix(MARK)?.split_once('.')?;
            Some((account.to_owned(), time(stamp)?))
        });
        found.extend(parts);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

async fn put_aside(directory: &Path, account: &str, at: Timestamp) -> Result<(), VaultError> {
    let to = format!("vault-{account}.{MARK}{}.", stamp(at));
    rename(directory, files(directory, account, None).await?, &prefix(account), &to).await
}

async fn bring_back(directory: &Path, account: &str, at: Timestamp) -> Result<(), VaultError> {
    let from = format!("vault-{account}.{MARK}{}.", stamp(at));
    rename(directory, files(directory, account, Some(at)).await?, &from, &prefix(account)).await
}

async fn rename(
    directory: &Path,
    files: Vec<PathBuf>,
    from: &str,
    to: &str,
) -> Result<(), VaultError> {
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(rest) = name.strip_prefix(from) else { continue };
        fs::rename(&file, directory.join(format!("{to}{rest}")))
            .await
            .map_err(VaultError::Backup)?;
    }
    sync_folder(directory).await.map_err(VaultError::Backup)
}

/// Files of the vault in its place with all that was made of it, or of one given up.
async fn files(
    directory: &Path,
    account: &str,
    given_up: Option<Timestamp>,
) -> Result<Vec<PathBuf>, VaultError> {
    let own = prefix(account);
    let aside = given_up.map(|at| format!("{MARK}{}.", stamp(at)));
    let mut found = Vec::new();
    let mut entries = fs::read_dir(directory).await.map_err(VaultError::Backup)?;
    while let Some(entry) = entries.next_entry().await.map_err(VaultError::Backup)? {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(&own)) else { continue };
        let is_one = match &aside {
            Some(aside) => rest.starts_with(aside.as_str()),
            None => !rest.starts_with(MARK),
        };
        if is_one {
            found.push(entry.path());
        }
    }
    Ok(found)
}

async fn remove(files: Vec<PathBuf>) -> Result<(), VaultError> {
    for file in files {
        fs::remove_file(&file).await.map_err(VaultError::Backup)?;
    }
    Ok(())
}

/// Accounts have no dot in their name.
fn prefix(account: &str) -> String {
    format!("vault-{account}.")
}

/// A time as a name has it: milliseconds.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.as_millisecond().to_string()
}

fn time(stamp: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(stamp.parse().ok()?).ok()
}

fn name(account: &str) -> String {
    format!("{account}/given-up")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        keyring::memory::MemoryKeyring,
        surroundings::Random,
        vault::{
            Vault,
            key::Kept,
            tests::{Disk, application},
        },
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn pin() -> SecretString {
        SecretString::from("271828")
    }

    /// A vault with one application in it, and its key.
    async fn used() -> (Disk, SecretString) {
        let disk = Disk::new();
        let vault = disk.open().await.unwrap();
        vault.add_application(&application(1)).await.unwrap();
        vault.close().await;
        let key = SecretString::from(disk.keyring.peek("account/vault-key").unwrap());
        (disk, key)
    }

    /// Sets a PIN, and answers how the keyring has the key then. Takes long.
    async fn pinned(keyring: &MemoryKeyring, key: &SecretString) -> SealedKey {
        let random: Random = Arc::new(|bytes| rand::fill(bytes));
        key::seal(keyring, "account", key, &pin(), &random).await.unwrap();
        match key::kept(keyring, "account").await.unwrap() {
            Some(Kept::Sealed(sealed)) => sealed,
            _ => panic!("no PIN"),
        }
    }

    async fn applications(disk: &Disk, key: &SecretString) -> usize {
        let vault = Vault::open(disk.folder.path(), "account", key, None, NOW).await.unwrap();
        let count = vault.applications().await.unwrap().len();
        vault.close().await;
        count
    }

    #[tokio::test]
    async fn giving_up_and_taking_back_may_be_killed_at_any_change_of_the_keyring() {
        let mut killed = [0, 0];
        let mut sealed = None;
        for changes in 0..9 {
            let (disk, key) = used().await;
            let (folder, keyring) = (disk.folder.path(), &disk.keyring);
            let sealed = match &sealed {
                Some(sealed) => SealedKey::clone(sealed),
                None => sealed.insert(pinned(keyring, &key).await).clone(),
            };
            key::keep_sealed(keyring, "account", &sealed).await.unwrap();
            give_up(folder, "account", keyring, sealed, NOW).await.unwrap();
            keyring.fail_from(changes);
            killed[0] += usize::from(settle(folder, "account", keyring).await.is_err());
            keyring.works_again();
            settle(folder, "account", keyring).await.unwrap();
            assert!(key::kept(keyring, "account").await.unwrap().is_none());
            assert!(!disk.file().exists());
            assert_eq!(everyone(folder).unwrap(), [("account".to_owned(), NOW)]);

            // Somebody begins anew.
            disk.open().await.unwrap().close().await;
            take_back("account", keyring, NOW).await.unwrap();
            keyring.fail_from(changes);
            killed[1] += usize::from(settle(folder, "account", keyring).await.is_err());
            keyring.works_again();
            settle(folder, "account", keyring).await.unwrap();
            assert!(matches!(key::kept(keyring, "account").await.unwrap(), Some(Kept::Sealed(_))));
            assert_eq!(applications(&disk, &key).await, 1, "after {changes} changes");
            assert!(everyone(folder).unwrap().is_empty());
            assert!(list(keyring, "account").await.unwrap().is_empty());
        }
        assert!(killed.iter().all(|killed| *killed >= 3), "{killed:?}");
    }

    #[tokio::test]
    async fn a_log_that_a_crash_left_goes_with_its_vault_and_comes_back_with_it() {
        let disk = Disk::new();
        let vault = disk.open().await.unwrap();
        vault.add_application(&application(1)).await.unwrap();
        let died = disk.copy();
        vault.close().await;
        let (folder, keyring) = (died.folder.path(), &died.keyring);
        let key = SecretString::from(keyring.peek("account/vault-key").unwrap());
        let sealed = pinned(keyring, &key).await;
        give_up(folder, "account", keyring, sealed, NOW).await.unwrap();
        settle(folder, "account", keyring).await.unwrap();
        take_back("account", keyring, NOW).await.unwrap();
        settle(folder, "account", keyring).await.unwrap();
        assert_eq!(applications(&died, &key).await, 1);
    }
}
