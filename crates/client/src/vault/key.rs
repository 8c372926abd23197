//! The key of a vault: 32 random bytes in the keyring, plain or sealed under a PIN. Here is
//! the order in which the two are written, so that no crash leaves the vault without a key;
//! what a wrong PIN means for the person is decided elsewhere.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Salt, VaultError, vault_path};
use crate::{
    keyring::{Keyring, KeyringError, stretch::Stretch},
    surroundings::Random,
};

/// How the keyring keeps the key of a vault.
pub(crate) enum Kept {
    /// As it is: the keyring alone protects it.
    Plain(SecretString),
    /// Under a PIN as well.
    Sealed(SealedKey),
}

/// A vault's key that only its PIN opens.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SealedKey {
    /// Layout of this entry.
    version: u32,
    #[serde(flatten)]
    stretch: Stretch,
    /// Base64 of ChaCha20-Poly1305 (RFC 8439), bound to the account.
    sealed: String,
}

impl SealedKey {
    fn new(
        account: &str,
        key: &SecretString,
        pin: &SecretString,
        random: &Random,
    ) -> Result<Self, KeyringError> {
        let mut salt = [0_u8; 16];
        random(&mut salt);
        let stretch = Stretch::new(salt);
        let mut bytes = Zeroizing::new(key.expose_secret().as_bytes().to_vec());
        cipher(&stretch, pin)?
            .seal_in_place_append_tag(nonce(), Aad::from(account.as_bytes()), &mut *bytes)
            .map_err(|_| KeyringError::Damaged("key under a PIN"))?;
        Ok(Self { version: 1, stretch, sealed: BASE64.encode(&*bytes) })
    }

    /// The key; nothing where it is another PIN. Takes long on purpose.
    ///
    /// # Errors
    /// Where the entry is not to be believed.
    pub(crate) fn open(
        &self,
        account: &str,
        pin: &SecretString,
    ) -> Result<Option<SecretString>, KeyringError> {
        const DAMAGED: KeyringError = KeyringError::Damaged("key under a PIN");
        if self.version != 1 {
            return Err(DAMAGED);
        }
        let mut bytes = Zeroizing::new(BASE64.decode(&self.sealed).map_err(|_| DAMAGED)?);
        let opened =
            cipher(&self.stretch, pin)?.open_in_place(nonce(), Aad::from(account), &mut bytes);
        let Ok(plain) = opened else { return Ok(None) };
        let text = std::str::from_utf8(plain).map_err(|_| DAMAGED)?;
        Ok(Some(SecretString::from(text)))
    }
}

fn cipher(stretch: &Stretch, pin: &SecretString) -> Result<LessSafeKey, KeyringError> {
    let key = stretch.key::<32>(pin)?;
    UnboundKey::new(&CHACHA20_POLY1305, key.as_slice())
        .map(LessSafeKey::new)
        .map_err(|_| KeyringError::Damaged("key under a PIN"))
}

/// Always the same: a key made from a new salt seals one message only.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// The key of an account's vault; nothing where it has never had one here.
///
/// Both ways of keeping it side by side are what a crash left: the person knows the PIN then,
/// whether it was being set or removed, so that it stays.
pub(crate) async fn kept(
    keyring: &dyn Keyring,
    account: &str,
) -> Result<Option<Kept>, KeyringError> {
    if let Some(sealed) = keyring.read(&sealed_name(account)).await? {
        let sealed = serde_json::from_str(sealed.expose_secret())
            .map_err(|_| KeyringError::Damaged("key under a PIN"))?;
        keyring.delete(&plain_name(account)).await?;
        return Ok(Some(Kept::Sealed(sealed)));
    }
    Ok(keyring.read(&plain_name(account)).await?.map(Kept::Plain))
}

/// The key of a vault without a PIN, made where there is no vault yet. One that the keyring
/// holds is used again even where the file is missing, so that a vault restored from a backup
/// can still be opened.
///
/// # Errors
/// [`VaultError::KeyLost`] where there is a vault and no key.
pub(crate) async fn make(
    directory: &Path,
    account: &str,
    keyring: &dyn Keyring,
    random: &Random,
) -> Result<SecretString, VaultError> {
    let path = vault_path(directory, account);
    if tokio::fs::try_exists(path).await.map_err(VaultError::Backup)? {
        return Err(VaultError::KeyLost);
    }
    let mut bytes = [0_u8; 32];
    random(&mut bytes);
    let key = SecretString::from(hex(&bytes));
    bytes.zeroize();
    keyring.write(&plain_name(account), &key).await?;
    Ok(key)
}

/// Keeps the key under a PIN from now on, in place of the way it was kept before.
pub(crate) async fn seal(
    keyring: &dyn Keyring,
    account: &str,
    key: &SecretString,
    pin: &SecretString,
    random: &Random,
) -> Result<(), KeyringError> {
    let (owner, key, pin, random) = (account.to_owned(), key.clone(), pin.clone(), random.clone());
    let sealing = tokio::task::spawn_blocking(move || SealedKey::new(&owner, &key, &pin, &random));
    let sealed = sealing.await.map_err(|_| KeyringError::Damaged("key under a PIN"))??;
    keep_sealed(keyring, account, &sealed).await
}

/// Keeps a key that is under a PIN already.
pub(super) async fn keep_sealed(
    keyring: &dyn Keyring,
    account: &str,
    sealed: &SealedKey,
) -> Result<(), KeyringError> {
    let entry =
        serde_json::to_string(sealed).map_err(|_| KeyringError::Damaged("key under a PIN"))?;
    keyring.write(&sealed_name(account), &SecretString::from(entry)).await?;
    keyring.delete(&plain_name(account)).await
}

/// Keeps the key without a PIN from now on.
pub(crate) async fn unseal(
    keyring: &dyn Keyring,
    account: &str,
    key: &SecretString,
) -> Result<(), KeyringError> {
    keyring.write(&plain_name(account), key).await?;
    keyring.delete(&sealed_name(account)).await
}

/// Forgets the key for good: nobody can open the vault any more.
pub(crate) async fn forget(keyring: &dyn Keyring, account: &str) -> Result<(), KeyringError> {
    keyring.delete(&sealed_name(account)).await?;
    keyring.delete(&plain_name(account)).await?;
    keyring.delete(&salt_name(account)).await
}

/// The salt of the file that the key was last seen to open.
pub(crate) async fn known_salt(
    keyring: &dyn Keyring,
    account: &str,
) -> Result<Option<Salt>, KeyringError> {
    let Some(entry) = keyring.read(&salt_name(account)).await? else { return Ok(None) };
    // One that cannot be read is as good as none.
    let bytes = BASE64.decode(entry.expose_secret()).unwrap_or_default();
    Ok(bytes.try_into().ok())
}

/// Keeps the salt of the file that the key has just opened.
pub(crate) async fn keep_salt(
    keyring: &dyn Keyring,
    account: &str,
    salt: &Salt,
) -> Result<(), KeyringError> {
    keyring.write(&salt_name(account), &SecretString::from(BASE64.encode(salt))).await
}

fn salt_name(account: &str) -> String {
    format!("{account}/vault-salt")
}

fn plain_name(account: &str) -> String {
    format!("{account}/vault-key")
}

fn sealed_name(account: &str) -> String {
    format!("{account}/vault-key-sealed")
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::keyring::memory::MemoryKeyring;

    fn text(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn random() -> Random {
        Arc::new(|bytes| rand::fill(bytes))
    }

    async fn opened(keyring: &MemoryKeyring, account: &str, pin: &str) -> Option<String> {
        match kept(keyring, account).await.unwrap()? {
            Kept::Plain(key) => Some(key.expose_secret().to_owned()),
            Kept::Sealed(sealed) => {
                sealed.open(account, &text(pin)).unwrap().map(|key| key.expose_secret().to_owned())
            }
        }
    }

    #[tokio::test]
    async fn the_pin_alone_opens_what_it_sealed_and_only_for_its_account() {
        let keyring = MemoryKeyring::default();
        seal(&keyring, "li", &text("aa"), &text("271828"), &random()).await.unwrap();
        assert_eq!(opened(&keyring, "li", "271828").await.as_deref(), Some("aa"));
        assert_eq!(opened(&keyring, "li", "271829").await, None);
        let stolen = keyring.peek("li/vault-key-sealed").unwrap();
        keyring.write("wang/vault-key-sealed", &text(&stolen)).await.unwrap();
        assert_eq!(opened(&keyring, "wang", "271828").await, None);
    }

    #[tokio::test]
    async fn no_entry_shows_the_key_or_the_pin() {
        let keyring = MemoryKeyring::default();
        seal(&keyring, "li", &text("c0ffee"), &text("271828"), &random()).await.unwrap();
        assert_eq!(keyring.names(), ["li/vault-key-sealed"]);
        let entry = keyring.peek("li/vault-key-sealed").unwrap();
        assert!(!entry.contains("c0ffee") && !entry.contains("271828"), "{entry}");
    }

    #[tokio::test]
    async fn a_crash_at_any_write_leaves_one_way_to_the_key() {
        // Each call of the keyring fails in turn, as when the process ends there.
        for fails_at in 0..4 {
            let keyring = MemoryKeyring::default();
            keyring.write("li/vault-key", &text("aa")).await.unwrap();
            keyring.fail_from(fails_at);
            let sealed = seal(&keyring, "li", &text("aa"), &text("271828"), &random()).await;
            let unsealed = match sealed {
                Ok(()) => unseal(&keyring, "li", &text("aa")).await,
                Err(error) => Err(error),
            };
            assert!(unsealed.is_err(), "{fails_at}");
            keyring.works_again();
            assert_eq!(opened(&keyring, "li", "271828").await.as_deref(), Some("aa"));
            // And never two for long.
            assert_eq!(keyring.names().len(), 1, "{fails_at}");
        }
    }
}
