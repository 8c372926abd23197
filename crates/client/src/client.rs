//! [`Client`]: the one way into the engine. Here it is opened, closed and watched, and
//! holds what the other rooms share; every command lives in the room of its subject.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tongban_contract::page::{GivenUpView, NetworkView, Person, Topic, UnavailableView};
use tongban_contract::problem::Problem;
use url::Url;

use crate::{
    catalogue::Catalogue,
    courier::{Spare, remove_leftovers},
    device::{self, Device, DeviceFile, Read},
    error::{Error, Result},
    identity::{Identity, IdentityError},
    lock::Locked,
    surroundings::Surroundings,
    sync::SyncState,
    turn::Turn,
    updating::UpdateState,
    vault::{
        self, Vault,
        key::{self, Kept},
    },
};

/// Topics that a slow watcher may lag behind before it must read everything again.
const TOPIC_BACKLOG: usize = 1024;

/// How an engine is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of this device's data. One engine at a time may hold it.
    pub directory: PathBuf,
    /// Folder for files that the person takes along, such as sealed couriers: where they
    /// would look for a download.
    pub exports: PathBuf,
    /// Address of the platform.
    pub platform: Url,
    /// minisign public key of the platform, where it is configured. Otherwise the key
    /// that the platform shows first is pinned.
    pub public_key: Option<String>,
}

/// Whether somebody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    SignedOut,
    SigningIn,
    SignedIn,
    /// The platform takes the sign-in no more; everything but sending works.
    Ended,
    /// The vault waits for its PIN.
    Locked,
    /// The vault cannot be opened now.
    Unavailable,
}

/// The open vault of the account that is signed in.
#[derive(Clone)]
pub(crate) struct OpenVault {
    pub(crate) account: String,
    pub(crate) person: Person,
    pub(crate) vault: Vault,
    /// Whether it needs a PIN to be opened again.
    pub(crate) pinned: bool,
    /// Vaults of the same account that were given up.
    pub(crate) given_up: Vec<GivenUpView>,
    /// Ends the sync that runs for it, as when the person signs out.
    pub(crate) leaving: CancellationToken,
}

/// The engine. Clones share it.
///
/// The caller opens it, calls [`Client::start`] once where syncing shall go on by itself,
/// watches [`Client::topics`], and calls [`Client::close`] before leaving.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    surroundings: Surroundings,
    device_file: DeviceFile,
    catalogue: Catalogue,
    identity: Identity,
    topics: broadcast::Sender<Topic>,
    wake: Notify,
    looked: Notify,
    closing: CancellationToken,
    drafting: AsyncMutex<()>,
    locking: AsyncMutex<()>,
    syncing: AsyncMutex<()>,
    updating: Turn,
    spare: AsyncMutex<Spare>,
    shared: Mutex<Shared>,
    /// Held for as long as the engine is open.
    _lock: File,
}

/// What changes while the engine is open. Never held across an await.
pub(crate) struct Shared {
    pub(crate) device: Device,
    pub(crate) session: Session,
    pub(crate) open: Option<OpenVault>,
    pub(crate) locked: Option<Locked>,
    /// Whose vault could not be opened, while that is so.
    pub(crate) unavailable: Option<UnavailableView>,
    /// When somebody was last there.
    pub(crate) touched: Timestamp,
    pub(crate) sync: SyncState,
    pub(crate) updates: UpdateState,
    /// What was lost of this device's own, until the app is closed.
    pub(crate) device_problem: Option<Problem>,
    pub(crate) cancel_sign_in: Option<CancellationToken>,
}

impl Client {
    /// Opens the engine with this device's data, and the vault of whoever was signed in;
    /// one with a PIN stays locked. Where that vault cannot be opened, everything that is
    /// nobody's or another's goes on. Needs no network.
    ///
    /// # Errors
    /// Where another engine holds the folder, or what is nobody's cannot be opened.
    pub async fn open(options: Options, surroundings: Surroundings) -> Result<Self> {
        std::fs::create_dir_all(&options.directory)?;
        let lock = lock(&options)?;
        remove_leftovers(&options.directory).await?;
        let device_file = DeviceFile::new(&options.directory);
        let Read { device, is_lost } = device_file.read()?;
        let device_problem = is_lost.then(device::lost);
        let catalogue = Catalogue::open(&options.directory).await?;
        let touched = surroundings.now();
        let client = Self {
            inner: Arc::new(Inner {
                identity: Identity::new(surroundings.clone()),
                options,
                surroundings,
                device_file,
                catalogue,
                topics: broadcast::channel(TOPIC_BACKLOG).0,
                wake: Notify::new(),
                looked: Notify::new(),
                closing: CancellationToken::new(),
                drafting: AsyncMutex::new(()),
                locking: AsyncMutex::new(()),
                syncing: AsyncMutex::new(()),
                updating: Turn::default(),
                spare: AsyncMutex::default(),
                shared: Mutex::new(Shared {
                    device: device.clone(),
                    session: Session::SignedOut,
                    open: None,
                    locked: None,
                    unavailable: None,
                    touched,
                    sync: SyncState::default(),
                    updates: UpdateState::default(),
                    device_problem,
                    cancel_sign_in: None,
                }),
                _lock: lock,
            }),
        };
        client.delete_what_was_given_up_long_ago().await;
        if let Some(account) = device.account {
            // Why it could not is told for as long as it is so.
            let _told = client.open_or_say_why(&account, None).await;
        }
        Ok(client)
    }

    /// Begins to sync by itself, to keep the catalogue new, and to lock what nobody uses.
    pub fn start(&self) {
        tokio::spawn(self.clone().sync_for_ever());
        tokio::spawn(self.clone().listen_for_ever());
        tokio::spawn(self.clone().keep_catalogue_new());
        tokio::spawn(self.clone().lock_when_idle());
        self.wake();
    }

    /// Ends what [`Client::start`] began and closes the vault. Nothing is lost without it.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        let _sync_has_ended = self.syncing().await;
        let open = self.shared().open.take();
        if let Some(open) = open {
            open.vault.close().await;
        }
    }

    /// What changes from now on. A watcher that lags must read everything again.
    pub fn topics(&self) -> broadcast::Receiver<Topic> {
        self.inner.topics.subscribe()
    }

    /// Opens the vault of an account, or makes it; one with a PIN waits for that.
    async fn open_vault(&self, account: &str, person: Option<Person>) -> Result<()> {
        let surroundings = self.surroundings();
        let keyring = surroundings.keyring.as_ref();
        let directory = &self.inner.options.directory;
        self.settle_given_up(account).await?;
        let key = match key::kept(keyring, account).await? {
            Some(Kept::Sealed(_)) => return self.hold_locked(account, person).await,
            Some(Kept::Plain(key)) => key,
            // It was given up in the middle of a crash: nobody begins anew without signing in.
            None if person.is_none() && !vault::accounts(directory)?.contains(&account.into()) => {
                return Err(IdentityError::Needed.into());
            }
            None => key::make(directory, account, keyring, &surroundings.random).await?,
        };
        self.open_with(account, &key, person, false).await
    }

    /// The same; one that cannot be opened is remembered as that, with why, so that everything
    /// else goes on.
    pub(crate) async fn open_or_say_why(
        &self,
        account: &str,
        person: Option<Person>,
    ) -> Result<()> {
        match self.open_vault(account, person).await {
            // Nobody knows any more who that is: they sign in again.
            Err(Error::Identity(IdentityError::Needed)) => Err(IdentityError::Needed.into()),
            Err(error) => Err(self.hold_unavailable(account, error).await),
            Ok(()) => Ok(()),
        }
    }

    /// Opens the vault of an account with its key; keeps who it belongs to, where that is new.
    pub(crate) async fn open_with(
        &self,
        account: &str,
        key: &SecretString,
        person: Option<Person>,
        pinned: bool,
    ) -> Result<()> {
        let now = self.surroundings().now();
        let keyring = self.surroundings().keyring.as_ref();
        let directory = &self.inner.options.directory;
        let known = key::known_salt(keyring, account).await?;
        let vault = Vault::open(directory, account, key, known, now).await?;
        match vault::salt(directory, account).await? {
            Some(salt) if known != Some(salt) => key::keep_salt(keyring, account, &salt).await?,
            _ => {}
        }
        let person = match person {
            Some(person) => {
                vault.keep_person(&person).await?;
                // What waited for a sign-in, or for a higher level of it, need not any more.
                vault.send_without_waiting().await?;
                person
            }
            None => match vault.person().await? {
                Some(person) => person,
                None => self.person_by_label(account).await?,
            },
        };
        self.keep_label(account, &person.name).await?;
        self.mark_what_was_taken(account, &vault).await?;
        let given_up = self.given_up_views(account).await?;
        self.touch();
        let mut shared = self.shared();
        let leaving = CancellationToken::new();
        let account = account.to_owned();
        shared.open = Some(OpenVault { account, person, vault, pinned, given_up, leaving });
        shared.locked = None;
        shared.unavailable = None;
        shared.session = Session::SignedIn;
        shared.sync = SyncState::default();
        Ok(())
    }

    /// Who somebody is whose vault does not say so any more, as that was lost with a damaged
    /// page: what the keyring knows, until the next sign-in tells the rest.
    async fn person_by_label(&self, account: &str) -> Result<Person> {
        let name = self.label(account).await?;
        if name.is_empty() {
            return Err(IdentityError::Needed.into());
        }
        Ok(Person { name, masked_id: String::new(), assurance: 1 })
    }

    /// The vault of whoever is signed in.
    pub(crate) fn vault(&self) -> Result<Vault> {
        Ok(self.open_account()?.vault)
    }

    /// Whoever is signed in, where their vault may be used.
    pub(crate) fn open_account(&self) -> Result<OpenVault> {
        let open = self.opened()?;
        if self.needs_pin(&open) {
            return Err(Error::refused(
                "pin.needed",
                "这台设备多人共用，要先设置解锁密码。",
                "请设置一个 6 到 12 位数字的解锁密码，再继续使用。",
            ));
        }
        Ok(open)
    }

    /// Whoever is signed in, be it without the PIN that they need.
    pub(crate) fn opened(&self) -> Result<OpenVault> {
        let shared = self.shared();
        match (&shared.open, shared.session, &shared.unavailable) {
            (Some(open), ..) => Ok(open.clone()),
            (None, Session::Locked, _) => Err(Self::is_locked_error()),
            (None, Session::Unavailable, Some(why)) => Err(Error::Refused(why.problem.clone())),
            (None, ..) => Err(IdentityError::Needed.into()),
        }
    }

    /// Whether this person has to set a PIN before anything else.
    pub(crate) fn needs_pin(&self, open: &OpenVault) -> bool {
        self.device().settings.shared_device && !open.pinned
    }

    pub(crate) fn shared(&self) -> MutexGuard<'_, Shared> {
        // Nothing that holds the lock can leave it half changed.
        self.inner.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.inner.surroundings
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.inner.catalogue
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    pub(crate) fn device(&self) -> Device {
        self.shared().device.clone()
    }

    /// Changes what this device remembers, on the disk first.
    pub(crate) fn change_device(&self, change: impl FnOnce(&mut Device)) -> Result<()> {
        let mut shared = self.shared();
        let mut device = shared.device.clone();
        change(&mut device);
        self.inner.device_file.write(&device)?;
        shared.device = device;
        Ok(())
    }

    pub(crate) fn session(&self) -> Session {
        self.shared().session
    }

    pub(crate) fn end_session(&self) {
        let mut shared = self.shared();
        if shared.session == Session::SignedIn {
            shared.session = Session::Ended;
            drop(shared);
            self.tell(Topic::Account);
        }
    }

    pub(crate) fn sync_state(&self) -> SyncState {
        self.shared().sync.clone()
    }

    pub(crate) fn change_sync_state(&self, change: impl FnOnce(&mut SyncState)) {
        change(&mut self.shared().sync);
        self.tell(Topic::Sync);
    }

    /// What uploads have found out of the line; nobody watches it.
    pub(crate) fn change_stride(&self, stride: usize) {
        self.shared().sync.stride = stride;
    }

    pub(crate) fn is_online(&self) -> bool {
        self.shared().sync.network == NetworkView::Online
    }

    /// Tells whoever watches. Nobody may be watching.
    pub(crate) fn tell(&self, topic: Topic) {
        let _nobody_watches = self.inner.topics.send(topic);
    }

    /// Makes the sync loop look at once.
    pub(crate) fn wake(&self) {
        self.inner.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// Told whenever an update of the catalogue has ended.
    pub(crate) fn looked(&self) -> &Notify {
        &self.inner.looked
    }

    pub(crate) async fn closed(&self) {
        self.inner.closing.cancelled().await;
    }

    /// Held while an answer is read, changed and kept, so that two do not overtake each other.
    pub(crate) async fn drafting(&self) -> AsyncMutexGuard<'_, ()> {
        self.inner.drafting.lock().await
    }

    /// Held while a PIN is tried or changed, or a vault is locked or another one opened.
    pub(crate) async fn locking(&self) -> AsyncMutexGuard<'_, ()> {
        self.inner.locking.lock().await
    }

    /// Held while a sync runs.
    pub(crate) async fn syncing(&self) -> AsyncMutexGuard<'_, ()> {
        self.inner.syncing.lock().await
    }

    /// Ends the sync that runs, and lets none begin while the guard is held. What was being
    /// sent is queued again when the next one begins.
    pub(crate) async fn without_sync(&self) -> AsyncMutexGuard<'_, ()> {
        if let Some(open) = &mut self.shared().open {
            std::mem::take(&mut open.leaving).cancel();
        }
        self.syncing().await
    }

    /// Held while the spare of the open vault is renewed, or must not be.
    pub(crate) async fn sparing(&self) -> AsyncMutexGuard<'_, Spare> {
        self.inner.spare.lock().await
    }

    /// Whose turn it is to change the catalogue.
    pub(crate) fn updating(&self) -> &Turn {
        &self.inner.updating
    }

    /// An address of the platform, as text.
    pub(crate) fn address(&self, path: &str) -> String {
        let base = self.inner.options.platform.as_str().trim_end_matches('/');
        format!("{base}{path}")
    }

    /// An address that the platform answered, made absolute; none where it leads elsewhere,
    /// as a token must not follow it there.
    pub(crate) fn resolve(&self, location: &str) -> Option<String> {
        let base = &self.inner.options.platform;
        let url = base.join(location).ok().filter(|_| !location.is_empty())?;
        (url.origin() == base.origin()).then(|| url.to_string())
    }

    /// A token for the account that is signed in.
    pub(crate) async fn access_token(&self) -> Result<SecretString> {
        let info = self.platform_info().await?;
        let account = self.account_id()?;
        Ok(self.identity().access_token(&info, &account).await?)
    }

    /// The platform refused this access token.
    pub(crate) async fn forget_access_token(&self, refused: &SecretString) -> Result<()> {
        self.identity().forget_access_token(&self.account_id()?, refused).await;
        Ok(())
    }

    pub(crate) fn account_id(&self) -> Result<String> {
        Ok(self.open_account()?.account)
    }
}

/// Makes sure that one engine at a time holds the folder. The system lets the lock go
/// when the process ends, however it ends.
fn lock(options: &Options) -> Result<File> {
    let file = File::create(options.directory.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::refused(
            "device.in-use",
            "“通办”已经打开了。",
            "请切换到已经打开的窗口；要在这里打开，请先关闭那一个。",
        )),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
