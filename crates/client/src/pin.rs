//! PINs: setting, changing and removing the one of whoever is signed in, opening a locked
//! vault with it, and the waits that follow wrong ones. Wrong tries are counted in the
//! keyring before they are made, so that neither a restart nor a kill takes one back.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tongban_contract::page::{Pin, RemovePin, SetPin, Unlock, WeakPin};

use crate::{
    client::Client,
    error::{Error, Result},
    identity::IdentityError,
    keyring::{Keyring, KeyringError},
    vault::{
        self,
        key::{self, Kept, SealedKey},
    },
    waiting::Pause,
};

/// Wrong PINs that cost nothing but the try.
const FREE_TRIES: u32 = 5;
/// Waits after the wrong PINs that follow; the last one from then on.
const WAITS: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
];

/// Wrong PINs in a row.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Tries {
    wrong: u32,
    /// When the last one was made, by the device's clock.
    last: Timestamp,
}

impl Tries {
    /// How long nobody may try, as seen now; nothing where somebody may.
    ///
    /// A clock that was set back begins the wait again, as it must not be a way around it.
    fn pause(self, now: Timestamp) -> Option<Pause> {
        let late = self.wrong.checked_sub(FREE_TRIES)?;
        let index = usize::try_from(late).unwrap_or(usize::MAX).min(WAITS.len() - 1);
        let wait = WAITS.get(index).copied()?;
        let pause = Pause::new(self.last.min(now), wait);
        let pause = if now < self.last { Pause::new(now, wait) } else { pause };
        (!pause.left(now).is_zero()).then_some(pause)
    }
}

impl Client {
    /// Sets the PIN of whoever is signed in, or another one in its place.
    ///
    /// # Errors
    /// Where the new one is weak, the old one wrong, or the keyring fails.
    pub async fn set_pin(&self, request: SetPin) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        request.pin.check().map_err(weak)?;
        let open = self.opened()?;
        let keyring = self.surroundings().keyring.as_ref();
        let key = match key::kept(keyring, &open.account).await? {
            Some(Kept::Plain(key)) => key,
            Some(Kept::Sealed(sealed)) => {
                let current = request.current.unwrap_or_else(|| Pin::new(""));
                self.open_sealed(&open.account, &tries_name(&open.account), sealed, &current)
                    .await?
            }
            None => return Err(KeyringError::Damaged("key of an open vault").into()),
        };
        let pin = SecretString::from(request.pin.expose());
        let random = &self.surroundings().random;
        key::seal(keyring, &open.account, &key, &pin, random).await?;
        self.pin_was_set(&open.account, true);
        self.keep_spare(&open).await;
        Ok(())
    }

    /// Removes the PIN of whoever is signed in.
    ///
    /// # Errors
    /// Where it is wrong, there is none, others use the device too, or the keyring fails.
    pub async fn remove_pin(&self, request: RemovePin) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let open = self.opened()?;
        if self.device().settings.shared_device {
            return Err(Error::refused(
                "pin.shared-device",
                "这是多人共用的设备，不能取消解锁密码。",
                "可以更换密码；确定只有您一人使用时，请先关闭“多人共用”。",
            ));
        }
        let keyring = self.surroundings().keyring.as_ref();
        let Some(Kept::Sealed(sealed)) = key::kept(keyring, &open.account).await? else {
            return Err(none());
        };
        let key = self
            .open_sealed(&open.account, &tries_name(&open.account), sealed, &request.pin)
            .await?;
        key::unseal(keyring, &open.account, &key).await?;
        self.pin_was_set(&open.account, false);
        self.keep_spare(&open).await;
        Ok(())
    }

    /// Opens a locked vault.
    ///
    /// # Errors
    /// Where the PIN is wrong or has to wait, or the vault cannot be opened.
    pub async fn unlock(&self, request: Unlock) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let Some(locked) = self.locked() else { return Ok(()) };
        let directory = &self.options().directory;
        self.settle_given_up(&locked.account).await?;
        let keyring = self.surroundings().keyring.as_ref();
        let key = match key::kept(keyring, &locked.account).await? {
            Some(Kept::Sealed(sealed)) => {
                self.open_sealed(
                    &locked.account,
                    &tries_name(&locked.account),
                    sealed,
                    &request.pin,
                )
                .await?
            }
            Some(Kept::Plain(key)) => key,
            // It was given up meanwhile.
            None if !vault::accounts(directory)?.contains(&locked.account) => {
                return Err(IdentityError::Needed.into());
            }
            None => return Err(crate::vault::VaultError::KeyLost.into()),
        };
        self.open_with(&locked.account, &key, locked.person, true).await?;
        self.tell_everything();
        self.wake();
        Ok(())
    }

    /// When the next PIN may be tried, where one must wait.
    pub(crate) async fn pin_pause(&self, account: &str) -> Result<Option<Pause>> {
        let tries = read_tries(self.surroundings().keyring.as_ref(), &tries_name(account)).await?;
        Ok(tries.and_then(|tries| tries.pause(self.surroundings().now())))
    }

    /// The key, where this is the PIN. A try is counted under its name before it is made.
    pub(crate) async fn open_sealed(
        &self,
        account: &str,
        name: &str,
        sealed: SealedKey,
        pin: &Pin,
    ) -> Result<SecretString> {
        let keyring = self.surroundings().keyring.as_ref();
        let now = self.surroundings().now();
        let before = read_tries(keyring, name).await?;
        if let Some(pause) = before.and_then(|tries| tries.pause(now)) {
            // Where the clock was set back, the wait that begins now is the one that counts.
            if let Some(tries) = before.filter(|tries| now < tries.last) {
                write_tries(keyring, name, Tries { last: now, ..tries }).await?;
            }
            self.pin_has_to_wait(account, Some(pause));
            return Err(has_to_wait(pause.left(now)));
        }
        let wrong = before.map_or(0, |tries| tries.wrong).saturating_add(1);
        let tries = Tries { wrong, last: now };
        write_tries(keyring, name, tries).await?;
        let (owner, typed) = (account.to_owned(), SecretString::from(pin.expose()));
        let opening = tokio::task::spawn_blocking(move || sealed.open(&owner, &typed));
        let opened = opening.await.map_err(|_| KeyringError::Damaged("key under a PIN"))??;
        match opened {
            Some(key) => {
                keyring.delete(name).await?;
                self.pin_has_to_wait(account, None);
                Ok(key)
            }
            None => {
                let pause = tries.pause(now);
                self.pin_has_to_wait(account, pause);
                Err(wrong_pin(wrong, pause.map(|pause| pause.left(now))))
            }
        }
    }
}

fn tries_name(account: &str) -> String {
    format!("{account}/pin-tries")
}

/// Under which name tries of the PIN of vaults are counted that were given up.
pub(crate) fn tries_of_given_up(account: &str) -> String {
    format!("{account}/given-up-tries")
}

/// Forgets wrong tries of a PIN that is in use no more.
pub(crate) async fn forget_tries(keyring: &dyn Keyring, account: &str) -> Result<()> {
    Ok(keyring.delete(&tries_name(account)).await?)
}

async fn read_tries(keyring: &dyn Keyring, name: &str) -> Result<Option<Tries>> {
    let Some(entry) = keyring.read(name).await? else { return Ok(None) };
    let tries = serde_json::from_str(entry.expose_secret());
    Ok(Some(tries.map_err(|_| KeyringError::Damaged("tries of a PIN"))?))
}

async fn write_tries(keyring: &dyn Keyring, name: &str, tries: Tries) -> Result<()> {
    let entry =
        serde_json::to_string(&tries).map_err(|_| KeyringError::Damaged("tries of a PIN"))?;
    Ok(keyring.write(name, &SecretString::from(entry)).await?)
}

fn weak(why: WeakPin) -> Error {
    match why {
        WeakPin::Shape => {
            Error::refused("pin.shape", "解锁密码要用 6 到 12 位数字。", "请换一个再设置。")
        }
        WeakPin::Pattern => Error::refused(
            "pin.pattern",
            "这个密码太好猜：不能全是同一个数字，也不能是连着的数字。",
            "请换一个别人想不到、您自己记得住的。",
        ),
    }
}

pub(crate) fn none() -> Error {
    Error::refused("pin.none", "还没有设置解锁密码。", "请先在“我的—安全”里设置。")
}

fn wrong_pin(wrong: u32, wait: Option<Duration>) -> Error {
    let left = FREE_TRIES.saturating_sub(wrong);
    let next = match wait {
        Some(wait) => format!("请在{}后再试。", spoken(wait)),
        None => format!("请再想一想，还可以试 {left} 次，之后每次都要等一会儿。"),
    };
    Error::refused("pin.wrong", "解锁密码不对。", next)
}

fn has_to_wait(left: Duration) -> Error {
    Error::refused(
        "pin.wait",
        "解锁密码输错的次数太多，现在不能再试。",
        format!("请在{}后再试；您的内容都还在。", spoken(left)),
    )
}

/// A wait in words, rounded up.
fn spoken(wait: Duration) -> String {
    let seconds = wait.as_secs_f64().ceil();
    if seconds <= 60.0 {
        format!(" {seconds} 秒")
    } else {
        format!(" {} 分钟", (seconds / 60.0).ceil())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    fn left(wrong: u32, seconds: i64) -> u64 {
        let tries = Tries { wrong, last: at(0) };
        tries.pause(at(seconds)).map_or(0, |pause| pause.left(at(seconds)).as_secs())
    }

    #[test]
    fn waits_begin_after_the_free_tries_grow_and_pass() {
        assert_eq!([left(1, 0), left(4, 0)], [0, 0]);
        let waits: Vec<u64> = (5..12).map(|wrong| left(wrong, 0)).collect();
        assert_eq!(waits, [30, 60, 300, 900, 3600, 3600, 3600]);
        assert_eq!([left(5, 29), left(5, 30)], [1, 0]);
        assert_eq!(left(u32::MAX, 3599), 1);
    }

    #[test]
    fn a_clock_that_was_set_back_begins_the_wait_again() {
        assert_eq!(left(9, -86_400), 3600);
        assert_eq!(left(4, -86_400), 0);
    }

    #[test]
    fn waits_are_told_in_words() {
        assert_eq!(spoken(Duration::from_millis(29_100)), " 30 秒");
        assert_eq!(spoken(Duration::from_secs(61)), " 2 分钟");
        assert_eq!(spoken(Duration::from_secs(3600)), " 60 分钟");
    }
}
