//! A platform and two devices of one account, made from a template so that a run begins in
//! milliseconds. Everything that can die or be set back is here: devices, the platform,
//! clocks, backups.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use futures::future::BoxFuture;
use http::{Request, header};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tongban_client::{Client, Keyring, KeyringError, Options, Surroundings, Transport as _};
use tongban_contract::page::{ChooseCounty, ListItems, SignIn};
use tongban_platform::{Config, Platform, backup, demo, platform::router};
use url::Url;

use crate::{chance::Chance, item, line::Line, sign_in_page};

/// Where the platform would be, were there a network.
const ADDRESS: &str = "http://127.0.0.1:7";
/// When a run begins.
const BEGINNING: &str = "2026-03-02T01:00:00Z";

/// A keyring in memory, which outlives its device's process.
#[derive(Clone, Default)]
struct MemoryKeyring(Arc<Mutex<BTreeMap<String, String>>>);

impl MemoryKeyring {
    fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.entries().clone())))
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keyring for MemoryKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let found = self.entries().get(name).cloned();
        Box::pin(async move { Ok(found.map(SecretString::from)) })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        self.entries().insert(name.to_owned(), secret.expose_secret().to_owned());
        Box::pin(async { Ok(()) })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        self.entries().remove(name);
        Box::pin(async { Ok(()) })
    }
}

/// What every run begins with: a platform with its catalogue and people, and a device with
/// the county's guides on which somebody is signed in.
pub struct Template {
    folder: TempDir,
    keyring: MemoryKeyring,
    offices: BTreeMap<&'static str, String>,
}

impl Template {
    /// Makes it from the sample catalogue in `samples`.
    ///
    /// # Errors
    /// Where the platform or the device cannot be set up.
    pub async fn make(samples: &Path) -> Result<Self> {
        let folder = folder()?;
        item::write_assets(samples, &folder.path().join("assets"))?;
        let ahead = Arc::<AtomicI64>::default();
        let platform = open_platform(folder.path(), &folder.path().join("assets"), &ahead).await?;
        let service = router(Arc::clone(&platform));
        let line = Line::new(Chance::from_seed(0));
        line.connect(Some(service.clone()));

        let mut offices = BTreeMap::new();
        for department in item::DEPARTMENTS {
            let body = json!({ "login": department, "password": demo::PASSWORD });
            let reply = post(&line, "/office/api/sign-in", None, &body).await?;
            let token = reply.get("token").and_then(Value::as_str).context("no token")?;
            offices.insert(department, token.to_owned());
        }

        let keyring = MemoryKeyring::default();
        let device = Device {
            folder: folder.path().join("device"),
            copies: 0,
            line,
            keyring: keyring.clone(),
            chance: Chance::from_seed(1),
            ahead,
        };
        let client = device.open().await?;
        client.choose_county(ChooseCounty { division: item::COUNTY.parse()? }).await?;
        client.sign_in(SignIn { assurance: None }).await?;
        client.close().await;
        platform.pool.close().await;
        Ok(Self { folder, keyring, offices })
    }
}

/// One run's platform and devices.
pub(crate) struct World {
    folder: TempDir,
    assets: PathBuf,
    offices: BTreeMap<&'static str, String>,
    platform: Option<Arc<Platform>>,
    /// Milliseconds since the beginning, by the platform's clock.
    time: Arc<AtomicI64>,
    backup: Option<PathBuf>,
    /// The office's own way to the platform.
    corridor: Line,
    pub(crate) devices: Vec<Device>,
    pub(crate) clients: Vec<Client>,
}

impl World {
    pub(crate) async fn from(template: &Template, chance: &Chance, devices: usize) -> Result<Self> {
        let folder = folder()?;
        copy(&template.folder.path().join("platform"), &folder.path().join("platform"))?;
        let time = Arc::new(AtomicI64::new(60_000));
        let mut world = Self {
            assets: template.folder.path().join("assets"),
            offices: template.offices.clone(),
            platform: None,
            time: Arc::clone(&time),
            backup: None,
            corridor: Line::new(chance.fork()),
            devices: Vec::new(),
            clients: Vec::new(),
            folder,
        };
        for number in 0..devices {
            let device = Device {
                folder: world.folder.path().join(format!("device-{number}")),
                copies: 0,
                line: Line::new(chance.fork()),
                // The first is the template's; the others are signed in on their own.
                keyring: if number == 0 {
                    template.keyring.copy()
                } else {
                    MemoryKeyring::default()
                },
                chance: chance.fork(),
                ahead: Arc::new(AtomicI64::new(60_000)),
            };
            if number == 0 {
                copy(&template.folder.path().join("device"), &device.folder)?;
            }
            world.devices.push(device);
        }
        world.start_platform().await?;
        for number in 0..devices {
            let client = world.devices[number].open().await?;
            if number > 0 {
                client.choose_county(ChooseCounty { division: item::COUNTY.parse()? }).await?;
                client.sign_in(SignIn { assurance: None }).await?;
            }
            world.clients.push(client);
        }
        Ok(world)
    }

    pub(crate) fn platform(&self) -> Option<&Platform> {
        self.platform.as_deref()
    }

    /// Where a sealed file with this number is put.
    pub(crate) fn stick(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("{number}.courier"))
    }

    pub(crate) async fn start_platform(&mut self) -> Result<()> {
        if self.platform.is_none() {
            let platform = open_platform(self.folder.path(), &self.assets, &self.time).await?;
            let service = router(Arc::clone(&platform));
            self.platform = Some(platform);
            self.connect(Some(service));
        }
        Ok(())
    }

    /// The platform ends in the middle of whatever it does: what it has not committed is lost.
    pub(crate) async fn stop_platform(&mut self) {
        self.connect(None);
        for device in &self.devices {
            device.line.settle().await;
        }
        if let Some(platform) = self.platform.take() {
            platform.pool.close().await;
        }
    }

    fn connect(&self, service: Option<Router>) {
        for device in &self.devices {
            device.line.connect(service.clone());
        }
        self.corridor.connect(service);
    }

    /// Copies all that the platform keeps, while it runs.
    pub(crate) async fn back_up(&mut self) -> Result<()> {
        self.start_platform().await?;
        let to = self.folder.path().join("backup");
        if to.exists() {
            fs::remove_dir_all(&to)?;
        }
        // The one connection of a running platform may be in the middle of something.
        for device in &self.devices {
            device.line.settle().await;
        }
        backup::back_up(&self.folder.path().join("platform"), &to).await?;
        self.backup = Some(to);
        Ok(())
    }

    /// Sets the platform back to its backup, as its command does or, `by_hand`, by copying
    /// files; nothing where there is no backup.
    pub(crate) async fn restore(&mut self, by_hand: bool) -> Result<bool> {
        let Some(backup) = self.backup.clone() else { return Ok(false) };
        self.stop_platform().await;
        let data = self.folder.path().join("platform");
        if by_hand {
            copy(&backup, &data)?;
        } else {
            fs::remove_dir_all(&data)?;
            backup::restore(&backup, &data).await?;
        }
        self.start_platform().await?;
        Ok(true)
    }

    /// Time passes everywhere.
    pub(crate) fn pass(&self, seconds: i64) {
        self.time.fetch_add(seconds * 1000, Ordering::SeqCst);
        for device in &self.devices {
            device.ahead.fetch_add(seconds * 1000, Ordering::SeqCst);
        }
    }

    /// Every device's clock shows the platform's time again.
    pub(crate) fn set_clocks_right(&self) {
        for device in &self.devices {
            device.ahead.store(self.time.load(Ordering::SeqCst), Ordering::SeqCst);
        }
    }

    /// A device's process dies and starts again on what was on its disk.
    pub(crate) async fn crash(&mut self, number: usize) -> Result<()> {
        self.devices[number].line.settle().await;
        // What was cut off in the middle is rolled back by now, as after a real death: the
        // files are copied one after another, and must not change meanwhile.
        let _rows = self.clients[number].list_items(ListItems {}).await?;
        let before = self.devices[number].folder.clone();
        let copies = self.devices[number].copies + 1;
        let after = self.folder.path().join(format!("device-{number}-{copies}"));
        copy(&before, &after)?;
        self.devices[number].folder = after;
        self.devices[number].copies = copies;
        self.clients[number] = self.devices[number].open().await?;
        // Only now: nothing that it does while it is dropped is on the new disk.
        let _gone = fs::remove_dir_all(before);
        Ok(())
    }

    /// A department does something; answers whether the rules allowed it.
    pub(crate) async fn office(&self, department: &str, case: &str, body: &Value) -> Result<bool> {
        let token = self.offices.get(department).context("no such department")?;
        let path = format!("/office/api/cases/{case}/actions");
        match post(&self.corridor, &path, Some(token), body).await {
            Ok(_) => Ok(true),
            Err(error) if error.is::<Refused>() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// One device: what outlives its process.
pub(crate) struct Device {
    folder: PathBuf,
    copies: usize,
    pub(crate) line: Line,
    keyring: MemoryKeyring,
    chance: Chance,
    /// Milliseconds since the beginning, by the device's clock.
    ahead: Arc<AtomicI64>,
}

impl Device {
    async fn open(&self) -> Result<Client> {
        let options = Options {
            directory: self.folder.clone(),
            exports: self.folder.join("exports"),
            platform: ADDRESS.parse()?,
            public_key: None,
        };
        let (line, chance) = (self.line.clone(), self.chance.clone());
        let surroundings = Surroundings {
            clock: clock(&self.ahead),
            random: Arc::new(move |bytes| chance.fill(bytes)),
            transport: Arc::new(self.line.clone()),
            keyring: Arc::new(self.keyring.clone()),
            browser: Arc::new(move |address: &Url| {
                tokio::spawn(browse(line.clone(), address.clone()));
                Ok(())
            }),
        };
        Ok(Client::open(options, surroundings).await?)
    }

    /// The device's clock jumps.
    pub(crate) fn jump(&self, seconds: i64) {
        self.ahead.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }
}

fn clock(since: &Arc<AtomicI64>) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    let since = Arc::clone(since);
    let beginning: Timestamp = BEGINNING.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    Arc::new(move || {
        let passed = SignedDuration::from_millis(since.load(Ordering::SeqCst));
        beginning.checked_add(passed).unwrap_or(beginning)
    })
}

async fn open_platform(
    folder: &Path,
    assets: &Path,
    time: &Arc<AtomicI64>,
) -> Result<Arc<Platform>> {
    let mut config = Config::new(folder.join("platform"), assets, ADDRESS.parse()?);
    config.demo = true;
    config.zstd_level = 1;
    config.requests_per_second = u32::MAX;
    Ok(Platform::open(config, clock(time)).await?)
}

/// A folder in memory where the system has one: a run writes a thousand times to the disk.
fn folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() { TempDir::new_in(memory)? } else { TempDir::new()? })
}

/// Makes one folder what another is.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A request that the platform refused.
#[derive(Debug)]
struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused: {}", self.0)
    }
}

impl std::error::Error for Refused {}

async fn post(line: &Line, path: &str, token: Option<&str>, body: &Value) -> Result<Value> {
    let mut request =
        Request::post(format!("{ADDRESS}{path}")).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let reply = line.send(request.body(body.to_string().into())?).await?;
    let status = reply.status;
    let body = reply.bytes(usize::MAX).await?;
    ensure!(status.is_success(), Refused(String::from_utf8_lossy(&body).into_owned()));
    Ok(serde_json::from_slice(&body)?)
}

/// Fills in the platform's sign-in page and follows the way back to the app.
async fn browse(line: Line, address: Url) -> Result<()> {
    let get = Request::get(address.as_str()).body(bytes::Bytes::new())?;
    let page = line.send(get).await?;
    let cookie = sign_in_page::cookie(page.header("set-cookie"));
    let html = String::from_utf8(page.bytes(usize::MAX).await?.to_vec())?;
    let form = sign_in_page::filled_in(&html)?;
    let post = Request::post(address.join(sign_in_page::PATH)?.as_str())
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into())?;
    let sent = line.send(post).await?;
    let back: Url = sent.header("location").parse()?;
    // The loopback of the device is a real one.
    let port = back.port().context("no port")?;
    let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await?;
    let mut answer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer);
    tokio::time::timeout(Duration::from_secs(10), read).await??;
    Ok(())
}
