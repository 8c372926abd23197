//! Which keyring is used: the system's, or where there is none (or a passphrase file is
//! given, or one was begun before) a file under a passphrase. Chosen when it is first
//! needed, so that nobody is asked for a passphrase to read a public guide.

use std::{path::PathBuf, sync::Arc};

use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{runtime::Handle, sync::OnceCell};
use tongban_client::{Keyring, KeyringError, PassphraseKeyring, SystemKeyring};

/// Name of an entry that is never written: reading it tells whether a keyring is there.
const PROBE: &str = "probe";

/// Times that a new passphrase may be mistyped.
const TRIES: usize = 3;

/// The keyring of one profile.
pub(crate) struct ChosenKeyring {
    folder: PathBuf,
    passphrase: Option<SecretString>,
    chosen: OnceCell<Arc<dyn Keyring>>,
}

impl ChosenKeyring {
    pub(crate) fn new(folder: PathBuf, passphrase: Option<SecretString>) -> Self {
        Self { folder, passphrase, chosen: OnceCell::new() }
    }

    /// Asks now for what would otherwise be asked in the middle of something.
    pub(crate) async fn prepare(&self) -> Result<(), KeyringError> {
        self.chosen().await.map(|_| ())
    }

    async fn chosen(&self) -> Result<&Arc<dyn Keyring>, KeyringError> {
        self.chosen.get_or_try_init(|| self.choose()).await
    }

    async fn choose(&self) -> Result<Arc<dyn Keyring>, KeyringError> {
        if let Some(passphrase) = &self.passphrase {
            return self.open(passphrase.clone()).await;
        }
        if self.folder.join("keyring.json").exists() {
            return self.open(ask(known).await?).await;
        }
        let system = SystemKeyring::new()?;
        match system.read(PROBE).await {
            Ok(_) => Ok(Arc::new(system)),
            Err(KeyringError::Absent(_)) => self.open(ask(new).await?).await,
            Err(error) => Err(error),
        }
    }

    async fn open(&self, passphrase: SecretString) -> Result<Arc<dyn Keyring>, KeyringError> {
        let (folder, runtime) = (self.folder.clone(), Handle::current());
        // On a thread of its own: making the tables is a future that cannot be sent to
        // another thread, and what answers for a keyring must be.
        let opening = move || runtime.block_on(PassphraseKeyring::open(&folder, passphrase));
        match tokio::task::spawn_blocking(opening).await {
            Ok(opened) => Ok(Arc::new(opened?)),
            Err(_) => Err(KeyringError::Absent("opening it failed".to_owned())),
        }
    }
}

impl Keyring for ChosenKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let name = name.to_owned();
        Box::pin(async move { self.chosen().await?.read(&name).await })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        let (name, secret) = (name.to_owned(), secret.clone());
        Box::pin(async move { self.chosen().await?.write(&name, &secret).await })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        let name = name.to_owned();
        Box::pin(async move { self.chosen().await?.delete(&name).await })
    }
}

/// Asks on the terminal, which blocks. Without a terminal there is no keyring.
async fn ask(
    question: fn() -> std::io::Result<SecretString>,
) -> Result<SecretString, KeyringError> {
    match tokio::task::spawn_blocking(question).await {
        Ok(Ok(passphrase)) => Ok(passphrase),
        Ok(Err(error)) => Err(KeyringError::Absent(format!("no terminal to ask on: {error}"))),
        Err(_) => Err(KeyringError::Absent("asking failed".to_owned())),
    }
}

fn known() -> std::io::Result<SecretString> {
    rpassword::prompt_password("请输入保管登录信息的口令：").map(SecretString::from)
}

fn new() -> std::io::Result<SecretString> {
    let mut question =
        "本机没有系统钥匙串。请设一个口令来保管您的登录信息和数据钥匙，忘记后无法找回：";
    for _ in 0..TRIES {
        let first = SecretString::from(rpassword::prompt_password(question)?);
        let again = SecretString::from(rpassword::prompt_password("请再输一次：")?);
        if first.expose_secret() == again.expose_secret() {
            return Ok(first);
        }
        question = "两次输入的不一样，请重新设口令：";
    }
    Err(std::io::Error::other("mistyped"))
}
