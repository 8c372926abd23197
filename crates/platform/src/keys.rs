//! The keys of a node: made once, when its database is new, and kept there.

use std::path::Path;

use age::secrecy::{ExposeSecret as _, SecretString};
use jiff::Timestamp;
use minisign::{KeyPair, SecretKeyBox};
use openidconnect::{JsonWebKeyId, core::CoreRsaPrivateSigningKey};
use rsa::pkcs1::{EncodeRsaPrivateKey as _, LineEnding};
use sqlx::SqlitePool;

use crate::{Error, Result};

const RSA_BITS: usize = 2048;

/// The keys of a node.
pub struct Keys {
    /// Signs the catalogue and licences.
    signing: KeyPair,
    /// Signs id tokens.
    pub(crate) id_tokens: CoreRsaPrivateSigningKey,
    /// Secret of the digests that count wrong passwords.
    pub(crate) tries: String,
    /// Opens couriers.
    pub(crate) courier: age::x25519::Identity,
}

impl Keys {
    /// Reads the keys, making those that are not there yet.
    ///
    /// `id_token_key` is [`Config::id_token_key`](crate::Config::id_token_key).
    pub async fn open(
        pool: &SqlitePool,
        now: Timestamp,
        id_token_key: Option<SecretString>,
    ) -> Result<Self> {
        let boxed = kept(pool, "signing", now, new_signing_key).await?;
        let sk = SecretKeyBox::from_string(&boxed)
            .and_then(SecretKeyBox::into_unencrypted_secret_key)
            .map_err(|e| Error::Key(e.to_string()))?;
        let pk =
            minisign::PublicKey::from_secret_key(&sk).map_err(|e| Error::Key(e.to_string()))?;
        let pem = match id_token_key {
            Some(given) => {
                kept(pool, "id-tokens", now, move || Ok(given.expose_secret().to_owned())).await?
            }
            None => kept(pool, "id-tokens", now, new_rsa_key).await?,
        };
        let key_id = kept(pool, "id-tokens-name", now, new_secret).await?;
        let key_name = JsonWebKeyId::new(key_id.chars().take(12).collect());
        Ok(Self {
            signing: KeyPair { pk, sk },
            id_tokens: CoreRsaPrivateSigningKey::from_pem(&pem, Some(key_name))
                .map_err(Error::Key)?,
            tries: kept(pool, "tries", now, new_secret).await?,
            courier: kept(pool, "courier", now, new_courier_key)
                .await?
                .parse()
                .map_err(|reason: &str| Error::Key(reason.to_owned()))?,
        })
    }

    /// The minisign public key as its base64 line.
    pub fn public_key(&self) -> String {
        self.signing.pk.to_base64()
    }

    /// The age recipient for which couriers are sealed.
    pub fn courier_recipient(&self) -> String {
        self.courier.to_public().to_string()
    }

    /// The detached minisign signature of `bytes`, as the text of a `.minisig` file.
    /// `comment` is signed too and shown by `minisign -V`.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Result<String> {
        minisign::sign(Some(&self.signing.pk), &self.signing.sk, bytes, Some(comment), None)
            .map(minisign::SignatureBox::into_string)
            .map_err(|e| Error::Key(e.to_string()))
    }

    /// Whether `signature` is this node's own over `bytes`.
    pub(crate) fn verifies(&self, bytes: &[u8], signature: &str) -> bool {
        minisign::SignatureBox::from_string(signature)
            .and_then(|signature| {
                minisign::verify(
                    &self.signing.pk,
                    &signature,
                    std::io::Cursor::new(bytes),
                    true,
                    false,
                    false,
                )
            })
            .is_ok()
    }
}

async fn kept(
    pool: &SqlitePool,
    name: &str,
    now: Timestamp,
    make: impl FnOnce() -> Result<String> + Send + 'static,
) -> Result<String> {
    if let Some(value) = stored(pool, name).await? {
        return Ok(value);
    }
    let value = tokio::task::spawn_blocking(make).await??;
    // Another process may have made one meanwhile: both use the first.
    sqlx::query("INSERT INTO keys (name, value, made_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(name)
        .bind(&value)
        .bind(now.as_millisecond())
        .execute(pool)
        .await?;
    stored(pool, name).await?.ok_or(Error::Stored("a key is gone"))
}

async fn stored(pool: &SqlitePool, name: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM keys WHERE name = ?")
        .bind(name)
        .fetch_optional(pool)
        .await?)
}

fn new_signing_key() -> Result<String> {
    KeyPair::generate_unencrypted_keypair()
        .and_then(|pair| pair.sk.to_box(Some("tongban platform")))
        .map(SecretKeyBox::into_string)
        .map_err(|e| Error::Key(e.to_string()))
}

/// A key for [`Config::id_token_key`](crate::Config::id_token_key) that stands in `file`, made
/// by who asks first: for programs that begin many nodes, such as tests, as making one takes
/// longer than all the rest.
///
/// # Errors
/// Where none can be made, or the file not be read or written.
pub fn id_token_key_at(file: &Path) -> Result<SecretString> {
    let failed = |source| Error::File { path: file.to_owned(), source };
    match std::fs::read_to_string(file) {
        Ok(key) => Ok(key.into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = new_rsa_key()?;
            // What has the name is whole; of two who come at once the last one stays.
            let beside = file.with_extension(std::process::id().to_string());
            std::fs::write(&beside, &key).map_err(failed)?;
            std::fs::rename(&beside, file).map_err(failed)?;
            Ok(key.into())
        }
        Err(error) => Err(failed(error)),
    }
}

fn new_rsa_key() -> Result<String> {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, RSA_BITS)
        .map_err(|e| Error::Key(e.to_string()))?;
    let pem = key.to_pkcs1_pem(LineEnding::LF).map_err(|e| Error::Key(e.to_string()))?;
    Ok(pem.to_string())
}

fn new_courier_key() -> Result<String> {
    Ok(age::x25519::Identity::generate().to_string().expose_secret().to_owned())
}

fn new_secret() -> Result<String> {
    Ok(crate::identity::secrets::random())
}
