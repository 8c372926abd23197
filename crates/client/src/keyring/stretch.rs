//! A key from something that a person remembers: Argon2id (RFC 9106). How it was made is
//! kept beside what the key locks; the secret and the key never are.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::KeyringError;

/// Cost of making a key: about a third of a second on a small laptop.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// Costs above these are not believed: a changed file must not take the machine down.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

/// How a key is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    /// Always `argon2id`.
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    /// Base64.
    salt: String,
}

impl Stretch {
    /// At today's cost; the salt is random and never used again.
    pub(crate) fn new(salt: [u8; 16]) -> Self {
        Self {
            algorithm: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: BASE64.encode(salt),
        }
    }

    /// The key. Takes long on purpose: call it where waiting blocks nobody.
    ///
    /// # Errors
    /// [`KeyringError::Damaged`] where what was kept of how it is made is not to be believed.
    pub(crate) fn key<const BYTES: usize>(
        &self,
        secret: &SecretString,
    ) -> Result<Zeroizing<[u8; BYTES]>, KeyringError> {
        if self.algorithm != "argon2id" {
            return Err(KeyringError::Damaged("how a key is made"));
        }
        let believable = self.memory_kib <= MOST_MEMORY_KIB
            && self.passes <= MOST_PASSES
            && self.lanes <= MOST_LANES;
        if !believable {
            return Err(KeyringError::Damaged("cost of a key"));
        }
        let salt = BASE64.decode(&self.salt).map_err(|_| KeyringError::Damaged("salt"))?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(BYTES))
            .map_err(|_| KeyringError::Damaged("cost of a key"))?;
        let mut key = Zeroizing::new([0_u8; BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(secret.expose_secret().as_bytes(), &salt, key.as_mut_slice())
            .map_err(|_| KeyringError::Damaged("salt"))?;
        Ok(key)
    }
}
