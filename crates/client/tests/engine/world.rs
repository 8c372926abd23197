//! A platform that serves, a device with its engine, and a browser that fills in the
//! platform's own sign-in page.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use tokio::{net::TcpListener, task::JoinHandle};
use tongban_client::{Client, Error, Keyring, KeyringError, Options, Surroundings, Transport};
use tongban_contract::{identifiers::CaseId, page::*};
use tongban_platform::{Config, Platform, demo};
use url::Url;

use crate::wire::Wire;

/// 食品经营许可: two departments beside each other, one after them, a licence at the end.
pub const FOOD: &str = "000131023000";
/// 户外招牌设置备案: asks for the licence of [`FOOD`].
pub const SIGN: &str = "001017042000";
/// 宜昌市夷陵区.
pub const COUNTY: &str = "420506";
pub const LI: &str = "lixiulan";
pub const WANG: &str = "wangjianguo";
pub const LI_ID: &str = "34052419800101001X";
pub const MARKET: &str = "市场监管局";
pub const CITY: &str = "城市管理局";
pub const APPROVAL: &str = "行政审批局";

/// Why a keyring does not do what it is asked.
pub type Trouble = fn() -> KeyringError;

/// A keyring in memory that remembers everything it was ever handed.
#[derive(Clone, Default)]
pub struct MemoryKeyring {
    entries: Arc<Mutex<BTreeMap<String, String>>>,
    pub history: Arc<Mutex<Vec<(String, String)>>>,
    /// What every call is answered with, while it is locked or gone.
    trouble: Arc<Mutex<Option<Trouble>>>,
    /// What every change is answered with, while it can only be read.
    full: Arc<Mutex<Option<Trouble>>>,
}

impl MemoryKeyring {
    /// Makes every call fail like this, or none any more.
    pub fn in_trouble(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().unwrap() = trouble;
    }

    /// Makes every change fail like this, or none any more.
    pub fn is_full(&self, trouble: Option<Trouble>) {
        *self.full.lock().unwrap() = trouble;
    }

    fn check_writing(&self) -> Result<(), KeyringError> {
        self.check()?;
        self.full.lock().unwrap().map_or(Ok(()), |trouble| Err(trouble()))
    }

    fn check(&self) -> Result<(), KeyringError> {
        self.trouble.lock().unwrap().map_or(Ok(()), |trouble| Err(trouble()))
    }

    /// Makes it hold what it held then.
    pub fn put_back(&self, everything: BTreeMap<String, String>) {
        *self.entries.lock().unwrap() = everything;
    }

    /// Everything that is kept now.
    pub fn everything(&self) -> BTreeMap<String, String> {
        self.entries.lock().unwrap().clone()
    }
}

impl Keyring for MemoryKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let found = self.check().map(|()| self.entries.lock().unwrap().get(name).cloned());
        Box::pin(async move { Ok(found?.map(SecretString::from)) })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        if let Err(error) = self.check_writing() {
            return Box::pin(async { Err(error) });
        }
        let entry = (name.to_owned(), secret.expose_secret().to_owned());
        self.history.lock().unwrap().push(entry.clone());
        self.entries.lock().unwrap().insert(entry.0, entry.1);
        Box::pin(async { Ok(()) })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        let done = self.check_writing().map(|()| drop(self.entries.lock().unwrap().remove(name)));
        Box::pin(async { done })
    }
}

pub struct World {
    folder: tempfile::TempDir,
    pub address: String,
    pub wire: Arc<Wire>,
    pub keyring: MemoryKeyring,
    /// Who signs in when the browser is opened.
    login: Arc<Mutex<&'static str>>,
    /// Milliseconds by which the device's clock is ahead.
    ahead: Arc<AtomicI64>,
    running: Option<(Arc<Platform>, JoinHandle<()>)>,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some((platform, _)) = &self.running {
            platform.stop.cancel();
        }
    }
}

impl World {
    /// A world whose platform runs.
    pub async fn start() -> Self {
        let mut world = Self::without_platform().await;
        write_assets(&world.folder.path().join("assets"));
        world.start_platform().await;
        world
    }

    /// A world whose platform publishes every item of the sample.
    pub async fn with_every_item() -> Self {
        let mut world = Self::without_platform().await;
        let assets = world.folder.path().join("assets");
        write_assets(&assets);
        for entry in std::fs::read_dir(samples().join("catalogue/items")).unwrap() {
            let file = entry.unwrap().path();
            let to = assets.join("catalogue/items").join(file.file_name().unwrap());
            std::fs::copy(file, to).unwrap();
        }
        let synonyms = "catalogue/synonyms.json";
        std::fs::copy(samples().join(synonyms), assets.join(synonyms)).unwrap();
        world.start_platform().await;
        world
    }

    /// A world in which nothing answers at the platform's address.
    pub async fn without_platform() -> Self {
        // Nobody else is given the port as long as the world may want it.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        Self {
            folder: tempfile::tempdir().unwrap(),
            address,
            wire: Arc::new(Wire::new()),
            keyring: MemoryKeyring::default(),
            login: Arc::new(Mutex::new(LI)),
            ahead: Arc::default(),
            running: None,
        }
    }

    pub async fn start_platform(&mut self) {
        let address = self.address.trim_start_matches("http://");
        let listener = TcpListener::bind(address).await.unwrap();
        let folder = self.folder.path();
        let mut config = Config::new(
            folder.join("platform"),
            folder.join("assets"),
            self.address.parse().unwrap(),
        );
        config.demo = true;
        config.zstd_level = 1;
        let key = Path::new(env!("CARGO_TARGET_TMPDIR")).join("id-tokens.pem");
        config.id_token_key = Some(tongban_platform::keys::id_token_key_at(&key).unwrap());
        config.requests_per_second = 1_000_000;
        let platform = Platform::open(config, Arc::new(Timestamp::now)).await.unwrap();
        let served = Arc::clone(&platform);
        let stop = platform.stop.clone();
        let serving = tokio::spawn(async move {
            tongban_platform::serve(listener, served, stop.cancelled_owned()).await.unwrap();
        });
        self.running = Some((platform, serving));
    }

    /// Stops the platform: nothing answers at its address any more.
    pub async fn stop_platform(&mut self) {
        let (platform, serving) = self.running.take().unwrap();
        platform.stop.cancel();
        serving.await.unwrap();
    }

    pub fn platform(&self) -> &Platform {
        &self.running.as_ref().unwrap().0
    }

    /// Folder of the platform's data.
    pub fn platform_data(&self) -> PathBuf {
        self.folder.path().join("platform")
    }

    /// A folder of this world.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn options(&self, folder: &str) -> Options {
        Options {
            directory: self.folder(folder),
            exports: self.folder("exports"),
            platform: self.address.parse().unwrap(),
            public_key: None,
        }
    }

    pub fn surroundings(&self) -> Surroundings {
        let login = Arc::clone(&self.login);
        let ahead = Arc::clone(&self.ahead);
        let transport: Arc<dyn Transport> = Arc::clone(&self.wire) as _;
        let browser = Arc::new(move |address: &Url| {
            tokio::spawn(browse(address.clone(), *login.lock().unwrap()));
            Ok(())
        });
        let keyring = Arc::new(self.keyring.clone());
        Surroundings {
            clock: Arc::new(move || {
                Timestamp::now() + SignedDuration::from_millis(ahead.load(Ordering::SeqCst))
            }),
            // Jitter (the only one to ask for eight bytes) is always the shortest.
            random: Arc::new(
                |bytes| {
                    if bytes.len() == 8 { bytes.fill(0) } else { rand::fill(bytes) }
                },
            ),
            ..Surroundings::real(transport, keyring, browser)
        }
    }

    /// Turns the device's clock on.
    pub fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        (self.surroundings().clock)()
    }

    /// The engine of the device, as opened in this folder.
    pub async fn open(&self, folder: &str) -> Client {
        Client::open(self.options(folder), self.surroundings()).await.unwrap()
    }

    pub async fn sign_in(&self, client: &Client, login: &'static str) {
        *self.login.lock().unwrap() = login;
        let signed_in = client.sign_in(SignIn { assurance: None });
        tokio::time::timeout(Duration::from_secs(30), signed_in).await.unwrap().unwrap();
    }

    /// The engine of a device that has the county's guides, with somebody signed in.
    pub async fn device(&self) -> Client {
        let client = self.open("device").await;
        choose_county(&client).await.unwrap();
        self.sign_in(&client, LI).await;
        client
    }

    /// A number that the platform's database answers.
    pub async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.platform().pool).await.unwrap()
    }

    pub async fn change_platform(&self, query: &'static str) {
        sqlx::query(query).execute(&self.platform().pool).await.unwrap();
    }

    /// Acceptance numbers of all cases at the platform.
    pub async fn case_numbers(&self) -> Vec<String> {
        let query = sqlx::query_scalar("SELECT number FROM cases ORDER BY number");
        query.fetch_all(&self.platform().pool).await.unwrap()
    }

    /// A department does something to a case, by the office's interface.
    pub async fn office(&self, department: &str, case: CaseId, body: Value) {
        let http = reqwest::Client::new();
        let signed_in: Value = http
            .post(format!("{}/office/api/sign-in", self.address))
            .json(&json!({ "login": department, "password": demo::PASSWORD }))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let done = http
            .post(format!("{}/office/api/cases/{case}/actions", self.address))
            .bearer_auth(signed_in["token"].as_str().unwrap())
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(done.status().is_success(), "{}", done.text().await.unwrap());
    }

    /// What is on the disk now, in another folder: all that a device has after a crash.
    pub fn crash(&self, folder: &str) -> String {
        let copy = format!("{folder}-after-crash");
        copy_folder(&self.folder(folder), &self.folder(&copy));
        copy
    }

    /// A number that the vault on the disk answers, opened with the key of the keyring.
    pub async fn vault_number(&self, folder: &str, query: &'static str) -> i64 {
        let copy = self.folder(&self.crash(folder));
        let key = {
            let entries = self.keyring.entries.lock().unwrap();
            let mut keys = entries.iter().filter(|(name, _)| name.ends_with("/vault-key"));
            let (name, key) = keys.next().unwrap();
            assert!(keys.next().is_none(), "one account");
            (name.trim_end_matches("/vault-key").to_owned(), key.clone())
        };
        let options = SqliteConnectOptions::new()
            .filename(copy.join(format!("vault-{}.db", key.0)))
            .pragma("key", format!("\"x'{}'\"", key.1))
            .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
    }
}

pub async fn choose_county(client: &Client) -> Result<(), Error> {
    client.choose_county(ChooseCounty { division: COUNTY.parse().unwrap() }).await
}

/// Opens the sign-in page, fills in its form, and follows the way back to the app.
async fn browse(address: Url, login: &'static str) {
    let browser =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = browser.get(address.as_str()).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let html = page.text().await.unwrap();
    let hidden = |name: &str| {
        let start = html.find(&format!("name=\"{name}\" value=\"")).unwrap();
        html[start..].split('"').nth(3).unwrap().to_owned()
    };
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("request", &hidden("request"))
        .append_pair("form_token", &hidden("form_token"))
        .append_pair("login", login)
        .append_pair("password", demo::PASSWORD)
        .append_pair("action", "sign-in")
        .finish();
    let sent = browser
        .post(address.join("/oidc/sign-in").unwrap())
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let back = sent.headers()["location"].to_str().unwrap().to_owned();
    browser.get(back).send().await.unwrap();
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

/// The sample catalogue, cut down to two items and one county.
fn write_assets(assets: &Path) {
    let sources = samples();
    for folder in ["catalogue/items", "generated", "calendar"] {
        std::fs::create_dir_all(assets.join(folder)).unwrap();
    }
    for file in [
        "catalogue/catalogue.json",
        &format!("catalogue/items/{FOOD}.json"),
        &format!("catalogue/items/{SIGN}.json"),
        "calendar/2025.json",
        "calendar/2026.json",
    ] {
        std::fs::copy(sources.join(file), assets.join(file)).unwrap();
    }
    let mut divisions = String::new();
    for (code, name) in [
        ("42", "湖北省"),
        ("4205", "宜昌市"),
        (COUNTY, "夷陵区"),
        ("420506100", "小溪塔街道"),
        ("420506100001", "东湖社区"),
    ] {
        writeln!(divisions, r#"{{"code":"{code}","name":"{name}"}}"#).unwrap();
    }
    std::fs::write(assets.join("generated/divisions.jsonl"), divisions).unwrap();
}

pub fn copy_folder(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Waits until this holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(25), "never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
