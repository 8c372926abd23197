//! A keyring for machines that have none: one SQLCipher file, whose key is made from a
//! passphrase. The salt and the cost of making the key stand in a small file beside it.
//! Callers must not take the passphrase from a process argument.

use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    migrate::Migrator,
    sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{Keyring, KeyringError, stretch::Stretch};
use crate::sqlite;

static MIGRATIONS: Migrator = sqlx::migrate!("src/keyring/migrations");

const KEY_BYTES: usize = 32;
const CHECK_BYTES: usize = 16;

/// A keyring in a file, under a passphrase.
pub struct PassphraseKeyring {
    connection: Mutex<SqliteConnection>,
}

/// What stands beside the encrypted file, readable to all: how its key is made.
#[derive(Serialize, Deserialize)]
struct Header {
    /// Layout of this file.
    version: u32,
    #[serde(flatten)]
    stretch: Stretch,
    /// Base64. Made together with the key, so that a wrong passphrase is told from a
    /// damaged file. Shows nothing of the key.
    check: String,
}

impl PassphraseKeyring {
    /// Opens `keyring.db` in this directory with this passphrase; where there is none,
    /// makes one.
    ///
    /// # Errors
    /// [`KeyringError::WrongPassphrase`], or why the file cannot be read or made.
    pub async fn open(directory: &Path, passphrase: SecretString) -> Result<Self, KeyringError> {
        if passphrase.expose_secret().is_empty() {
            return Err(KeyringError::EmptyPassphrase);
        }
        let directory = directory.to_owned();
        // Making the key is heavy on purpose.
        let unlock = tokio::task::spawn_blocking(move || unlock(&directory, &passphrase));
        let (path, key) = unlock
            .await
            .map_err(|_| KeyringError::Refused("making the key failed".to_owned()))??;
        let options = sqlite::options(&path)
            .pragma("key", format!("\"x'{}'\"", key.as_str()))
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory")
            // Statements hold the key and the secrets.
            .disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&options).await?;
        MIGRATIONS.run(&mut connection).await?;
        Ok(Self { connection: Mutex::new(connection) })
    }
}

impl Keyring for PassphraseKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let name = name.to_owned();
        Box::pin(async move {
            let value: Option<String> =
                sqlx::query_scalar("SELECT value FROM secrets WHERE name = ?1")
                    .bind(name)
                    .fetch_optional(&mut *self.connection.lock().await)
                    .await?;
            Ok(value.map(SecretString::from))
        })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        let name = name.to_owned();
        let secret = secret.clone();
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO secrets (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(name)
            .bind(secret.expose_secret())
            .execute(&mut *self.connection.lock().await)
            .await?;
            Ok(())
        })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        let name = name.to_owned();
        Box::pin(async move {
            sqlx::query("DELETE FROM secrets WHERE name = ?1")
                .bind(name)
                .execute(&mut *self.connection.lock().await)
                .await?;
            Ok(())
        })
    }
}

/// The path of the encrypted file, which exists from then on, and its key in hex.
fn unlock(
    directory: &Path,
    passphrase: &SecretString,
) -> Result<(PathBuf, Zeroizing<String>), KeyringError> {
    let database = directory.join("keyring.db");
    let beside = directory.join("keyring.json");
    let key = match std::fs::read(&beside) {
        Ok(bytes) => {
            let header: Header =
                serde_json::from_slice(&bytes).map_err(|_| KeyringError::Damaged("header"))?;
            open_header(&header, passphrase)?
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if database.exists() {
                return Err(KeyringError::Damaged("header is missing"));
            }
            std::fs::create_dir_all(directory)?;
            let (header, key) = new_header(passphrase)?;
            // Before the encrypted file: a crash between them leaves a key without a
            // file, never a file without a key.
            write_private(
                &beside,
                &serde_json::to_vec_pretty(&header).map_err(std::io::Error::other)?,
            )?;
            key
        }
        Err(error) => return Err(error.into()),
    };
    if !database.exists() {
        create_private(&database)?.sync_all()?;
    }
    Ok((database, hex(key.as_slice())))
}

fn new_header(
    passphrase: &SecretString,
) -> Result<(Header, Zeroizing<[u8; KEY_BYTES]>), KeyringError> {
    let mut salt = [0_u8; 16];
    rand::fill(&mut salt);
    let stretch = Stretch::new(salt);
    let (key, check) = derive(passphrase, &stretch)?;
    Ok((Header { version: 1, stretch, check: BASE64.encode(check) }, key))
}

fn open_header(
    header: &Header,
    passphrase: &SecretString,
) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyringError> {
    if header.version != 1 {
        return Err(KeyringError::Damaged("header of another version"));
    }
    let expected = BASE64.decode(&header.check).map_err(|_| KeyringError::Damaged("check"))?;
    if expected.len() != CHECK_BYTES {
        return Err(KeyringError::Damaged("check"));
    }
    let (key, check) = derive(passphrase, &header.stretch)?;
    if check.as_slice() != expected {
        return Err(KeyringError::WrongPassphrase);
    }
    Ok(key)
}

/// The key and the check value. Time taken to compare the latter tells nothing: it lies
/// open beside the file.
fn derive(
    passphrase: &SecretString,
    stretch: &Stretch,
) -> Result<(Zeroizing<[u8; KEY_BYTES]>, [u8; CHECK_BYTES]), KeyringError> {
    let made = stretch.key::<{ KEY_BYTES + CHECK_BYTES }>(passphrase)?;
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    let mut check = [0_u8; CHECK_BYTES];
    let (first, second) = made.split_at(KEY_BYTES);
    key.copy_from_slice(first);
    check.copy_from_slice(second);
    Ok((key, check))
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Zeroizing::new(text)
}

/// Replaces a file as a whole; only its owner can read it.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = path.with_extension("json.new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = create_private(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn the_right_passphrase_opens_and_a_wrong_one_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let keyring =
            PassphraseKeyring::open(directory.path(), phrase("好记的口令")).await.unwrap();
        assert!(keyring.read("a/tokens").await.unwrap().is_none());
        keyring.write("a/tokens", &phrase("first-secret")).await.unwrap();
        keyring.write("a/tokens", &phrase("second-secret")).await.unwrap();
        keyring.write("b/tokens", &phrase("other")).await.unwrap();
        keyring.delete("b/tokens").await.unwrap();
        keyring.delete("b/tokens").await.unwrap();
        drop(keyring);

        let again = PassphraseKeyring::open(directory.path(), phrase("好记的口令")).await.unwrap();
        let kept = again.read("a/tokens").await.unwrap().unwrap();
        assert_eq!(kept.expose_secret(), "second-secret");
        assert!(again.read("b/tokens").await.unwrap().is_none());

        let error = PassphraseKeyring::open(directory.path(), phrase("记错的口令")).await.err();
        assert!(matches!(error, Some(KeyringError::WrongPassphrase)));
        assert_eq!(error.unwrap().problem().code, "keyring.passphrase");
    }

    #[tokio::test]
    async fn nothing_kept_stands_in_any_file_and_only_the_owner_reads_them() {
        let directory = tempfile::tempdir().unwrap();
        let keyring = PassphraseKeyring::open(directory.path(), phrase("p")).await.unwrap();
        keyring.write("account-name", &phrase("needle-in-the-file")).await.unwrap();
        for entry in std::fs::read_dir(directory.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            for needle in [&b"needle-in-the-file"[..], b"account-name", b"SQLite format 3"] {
                assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{path:?}");
            }
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
            }
        }
    }

    #[tokio::test]
    async fn a_crash_between_the_two_files_is_no_loss() {
        let directory = tempfile::tempdir().unwrap();
        drop(PassphraseKeyring::open(directory.path(), phrase("p")).await.unwrap());
        std::fs::remove_file(directory.path().join("keyring.db")).unwrap();
        let keyring = PassphraseKeyring::open(directory.path(), phrase("p")).await.unwrap();
        keyring.write("a", &phrase("kept")).await.unwrap();
        drop(keyring);

        std::fs::write(directory.path().join("keyring.db"), b"").unwrap();
        let emptied = PassphraseKeyring::open(directory.path(), phrase("p")).await.unwrap();
        assert!(emptied.read("a").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn damage_is_told_from_a_wrong_passphrase() {
        let directory = tempfile::tempdir().unwrap();
        drop(PassphraseKeyring::open(directory.path(), phrase("p")).await.unwrap());
        let database = directory.path().join("keyring.db");
        let header = directory.path().join("keyring.json");
        let good_header = std::fs::read_to_string(&header).unwrap();

        let code = async || {
            let error = PassphraseKeyring::open(directory.path(), phrase("p")).await.err().unwrap();
            error.problem().code
        };

        std::fs::write(&header, good_header.replace("65536", "4000000000")).unwrap();
        assert_eq!(code().await, "keyring.damaged");
        std::fs::write(&header, b"{").unwrap();
        assert_eq!(code().await, "keyring.damaged");
        std::fs::remove_file(&header).unwrap();
        assert_eq!(code().await, "keyring.damaged");

        std::fs::write(&header, good_header).unwrap();
        std::fs::write(&database, vec![7_u8; 8192]).unwrap();
        assert_eq!(code().await, "keyring.damaged");
    }

    #[tokio::test]
    async fn an_empty_passphrase_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let error = PassphraseKeyring::open(directory.path(), phrase("")).await.err().unwrap();
        assert_eq!(error.problem().code, "keyring.passphrase-empty");
        assert!(!directory.path().join("keyring.json").exists());
    }
}
