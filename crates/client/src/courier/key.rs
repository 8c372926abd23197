//! The key with which this device signs couriers: made once per account, its secret half in
//! the keyring, its public half named to the platform at a sync.

use std::fmt::Write as _;

use ed25519_dalek::{Signer as _, SigningKey};
use secrecy::{ExposeSecret as _, SecretString};
use tongban_contract::{
    courier::{CourierKey, SIGNATURE_BYTES},
    discovery::PlatformInfo,
};
use zeroize::Zeroizing;

use crate::{
    client::{Client, OpenVault},
    error::{Error, Result},
};

/// All that a courier is signed and sealed with.
pub(super) struct Signer {
    secret: SigningKey,
    /// What the platform calls the account.
    pub(super) account: String,
    /// The platform's age recipient.
    pub(super) recipient: String,
}

impl Signer {
    pub(super) fn new(secret: SigningKey, account: String, recipient: String) -> Self {
        Self { secret, account, recipient }
    }

    pub(super) fn key(&self) -> CourierKey {
        public(&self.secret)
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.secret.sign(bytes).to_bytes()
    }
}

impl Client {
    /// Makes the device's key where it has none, so that the sync that follows can name it.
    /// Where that fails, the sync goes on without.
    pub(crate) async fn prepare_courier_key(&self, open: &OpenVault) {
        let made = async {
            if open.vault.courier().await?.is_none() {
                let secret = self.courier_secret(&open.account).await?;
                open.vault.keep_courier_key(&public(&secret)).await?;
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = made.await {
            tracing::warn!(%error, "no courier key could be made");
        }
    }

    /// Asks the platform for its recipient, where it knows the device's key and was first
    /// seen at a time when it took no couriers. Only that is taken over of its answer.
    pub(crate) async fn complete_courier(&self, open: &OpenVault) -> Result<()> {
        let known = open.vault.courier().await?.is_some_and(|entry| entry.account.is_some());
        let Some(pinned) = self.device().platform else { return Ok(()) };
        if !known || pinned.courier_recipient.is_some() {
            return Ok(());
        }
        let told: PlatformInfo = self.ask_platform_info().await?;
        if told.public_key != pinned.public_key {
            // Who answers now is not who was seen first.
            return Ok(());
        }
        self.change_device(|device| {
            if let Some(platform) = &mut device.platform {
                platform.courier_recipient = told.courier_recipient;
            }
        })
    }

    /// What couriers of this account are signed and sealed with.
    pub(super) async fn courier_signer(&self, open: &OpenVault) -> Result<Signer> {
        let entry = open.vault.courier().await?.ok_or_else(not_registered)?;
        let secret = self.courier_secret(&open.account).await?;
        if public(&secret) != entry.key {
            // The keyring has lost the key that the platform knows.
            open.vault.keep_courier_key(&public(&secret)).await?;
            return Err(not_registered());
        }
        let platform = self.device().platform;
        let recipient = platform.and_then(|platform| platform.courier_recipient);
        match (entry.account, recipient) {
            (Some(account), Some(recipient)) => Ok(Signer::new(secret, account, recipient)),
            _ => Err(not_registered()),
        }
    }

    /// The secret half, as the keyring has it, or a new one.
    async fn courier_secret(&self, account: &str) -> Result<SigningKey> {
        let keyring = self.surroundings().keyring.as_ref();
        let name = name(account);
        if let Some(kept) = keyring.read(&name).await?
            && let Some(secret) = read(&kept)
        {
            return Ok(secret);
        }
        let bytes = Zeroizing::new(self.surroundings().bytes::<32>());
        let secret = SigningKey::from_bytes(&bytes);
        keyring.write(&name, &written(&bytes)).await?;
        Ok(secret)
    }
}

fn public(secret: &SigningKey) -> CourierKey {
    CourierKey::from_bytes(&secret.verifying_key().to_bytes())
}

/// As the keyring keeps it: hexadecimal digits.
fn written(secret: &[u8; 32]) -> SecretString {
    // Of its full size from the start, so that no copy is left behind.
    let mut text = Zeroizing::new(String::with_capacity(64));
    for byte in secret {
        // Writing to a String cannot fail.
        let _ = write!(*text, "{byte:02x}");
    }
    SecretString::from(text.as_str())
}

/// From what the keyring keeps; nothing where that is no key.
fn read(kept: &SecretString) -> Option<SigningKey> {
    let text = kept.expose_secret().as_bytes();
    let mut bytes = Zeroizing::new([0; 32]);
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(SigningKey::from_bytes(&bytes))
}

fn not_registered() -> Error {
    Error::refused(
        "courier.not-registered",
        "这台设备还没有在平台登记，暂时不能导出密封件。",
        "请先联网同步一次，以后没有网络时就能导出；已提交的内容都在本机。",
    )
}

/// Under which name the keyring keeps it.
fn name(account: &str) -> String {
    format!("{account}/courier-key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_nothing_else_is_a_key() {
        let bytes: [u8; 32] = std::array::from_fn(|n| n as u8 * 7);
        let read_again = read(&written(&bytes)).unwrap();
        assert_eq!(read_again.to_bytes(), bytes);
        for other in ["", "00", &"g".repeat(64), &"0".repeat(66), "文".repeat(22).as_str()] {
            assert!(read(&SecretString::from(other)).is_none(), "{other}");
        }
    }
}
