//! A platform that serves, a device with its engine, and a browser that fills in the
//! platform's own sign-in page.

use std::{
    collections::BTreeMap,
    fmt::{Debug, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use tokio::{net::TcpListener, task::JoinHandle};
use tongban_client::{Client, Error, Keyring, KeyringError, Options, Surroundings, Transport};
use tongban_contract::{identifiers::CaseId, page::*, problem::Problem};
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

/// A keyring in memory that remembers everything it was ever handed.
#[derive(Clone, Default)]
pub struct MemoryKeyring {
    entries: Arc<Mutex<BTreeMap<String, String>>>,
    pub history: Arc<Mutex<Vec<(String, String)>>>,
}

impl Keyring for MemoryKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let found = self.entries.lock().unwrap().get(name).cloned();
        Box::pin(async move { Ok(found.map(SecretString::from)) })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        let entry = (name.to_owned(), secret.expose_secret().to_owned());
        self.history.lock().unwrap().push(entry.clone());
        self.entries.lock().unwrap().insert(entry.0, entry.1);
        Box::pin(async { Ok(()) })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        self.entries.lock().unwrap().remove(name);
        Box::pin(async { Ok(()) })
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
        let signed_in = client.sign_in(SignIn {});
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

/// The sample catalogue, cut down to two items and one county.
fn write_assets(assets: &Path) {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
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

/// The problem that a command told: always a Chinese sentence and a next step.
#[track_caller]
pub fn told<T: Debug>(outcome: Result<T, Error>) -> Problem {
    let problem = Problem::from(outcome.expect_err("a problem"));
    assert_is_told_well(&problem);
    problem
}

/// The code of the problem that a command told.
#[track_caller]
pub fn code<T: Debug>(outcome: Result<T, Error>) -> String {
    told(outcome).code
}

#[track_caller]
pub fn assert_is_told_well(problem: &Problem) {
    for text in [&problem.detail, &problem.next] {
        let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(chinese && text.ends_with('。'), "{problem:?}");
    }
    assert!(problem.code.contains('.'), "{problem:?}");
}

/// Waits until this holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(25), "never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A picture of one colour; another one for each number.
pub fn picture(number: u8) -> Bytes {
    let colour = image::Rgb([number, 90, 200 - number / 2]);
    png(image::RgbImage::from_pixel(24, 24, colour))
}

pub fn png(image: image::RgbImage) -> Bytes {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}

/// A new draft, filed with the nearest place.
pub async fn start(client: &Client, item: &str) -> CaseId {
    let request = StartDraft { item: item.to_owned(), division: None };
    client.start_draft(request).await.unwrap()
}

pub async fn fill_in(client: &Client, case: CaseId, answers: &[(&str, Value)]) {
    for (pointer, value) in answers {
        let answer = Answer { case, pointer: (*pointer).to_owned(), value: value.clone() };
        client.answer(answer).await.unwrap();
    }
}

pub async fn choose(client: &Client, case: CaseId, situation: &str, option: &str) -> DraftView {
    let (situation, option) = (situation.to_owned(), option.to_owned());
    client.answer_situation(AnswerSituation { case, situation, option }).await.unwrap()
}

pub async fn attach(
    client: &Client,
    case: CaseId,
    material: &str,
    bytes: Bytes,
) -> Result<DraftView, Error> {
    let name = format!("{material}.png");
    client.attach(Attach { case, material: material.to_owned(), name }, bytes).await
}

/// A complete draft of [`SIGN`], with three pictures.
pub async fn sign_draft(client: &Client) -> CaseId {
    let case = sign_form(client).await;
    choose(client, case, "trade", "other").await;
    for (number, material) in ["business_licence", "design", "site_photo"].into_iter().enumerate() {
        attach(client, case, material, picture(u8::try_from(number).unwrap())).await.unwrap();
    }
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(draft.faults, []);
    case
}

/// A draft of [`SIGN`] whose form is filled in, for a wall of one's own.
pub async fn sign_form(client: &Client) -> CaseId {
    let case = start(client, SIGN).await;
    choose(client, case, "premises", "own").await;
    let answers = [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!(LI_ID)),
        ("/applicant/mobile", json!("13812345678")),
        ("/shop/name", json!("秀兰面馆")),
        ("/shop/address/division", json!("420506100")),
        ("/shop/address/detail", json!("发展大道 12 号")),
        ("/sign/text", json!("秀兰面馆")),
        ("/sign/position", json!("lintel")),
        ("/sign/area", json!(6)),
        ("/sign/height", json!(3)),
        ("/sign/lit", json!(false)),
        ("/sign/install_date", json!("2027-03-01")),
        ("/sign/installer", json!("夷陵广告店")),
        ("/commitment", json!(true)),
    ];
    fill_in(client, case, &answers).await;
    case
}

/// A complete draft of [`FOOD`], with four pictures.
pub async fn food_draft(client: &Client) -> CaseId {
    let case = start(client, FOOD).await;
    choose(client, case, "operator", "person").await;
    choose(client, case, "premises", "rented").await;
    client.add_entry(AddEntry { case, pointer: "/staff".to_owned() }).await.unwrap();
    let answers = [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!(LI_ID)),
        ("/applicant/mobile", json!("13812345678")),
        ("/shop/name", json!("秀兰面馆")),
        ("/shop/address/division", json!("420506100")),
        ("/shop/address/detail", json!("发展大道")),
        ("/shop/area", json!(40)),
        ("/shop/seats", json!(20)),
        ("/shop/categories", json!(["hot"])),
        ("/shop/uses_gas", json!(false)),
        ("/shop/has_cold_dishes", json!(false)),
        ("/shop/delivery", json!(false)),
        ("/shop/waste_collector", json!("待签")),
        ("/staff/0/name", json!("李秀兰")),
        ("/staff/0/id_number", json!(LI_ID)),
        ("/staff/0/health_certificate_no", json!("夷健 2026-0101")),
        ("/commitment", json!(true)),
    ];
    fill_in(client, case, &answers).await;
    let materials = ["id_card", "premises_photo", "lease", "health_certificate"];
    for (number, material) in materials.into_iter().enumerate() {
        attach(client, case, material, picture(u8::try_from(number).unwrap())).await.unwrap();
    }
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(draft.faults, []);
    case
}

pub async fn submit(client: &Client, case: CaseId) -> ReceiptView {
    client.submit(Submit { case }).await.unwrap()
}

pub async fn sync(client: &Client) -> Result<(), Error> {
    client.sync_now(SyncNow {}).await
}

/// A filing that the platform has accepted.
pub async fn accepted(client: &Client) -> CaseId {
    let case = sign_draft(client).await;
    submit(client, case).await;
    sync(client).await.unwrap();
    assert_eq!(kind(&state(client, case).await), "submitted");
    case
}

pub async fn overview(client: &Client) -> OverviewView {
    client.overview(Overview {}).await.unwrap()
}

pub async fn item(client: &Client, case: CaseId) -> ItemView {
    client.read_item(ReadItem { case }).await.unwrap()
}

pub async fn receipt(client: &Client, case: CaseId) -> ReceiptView {
    client.read_receipt(ReadReceipt { case }).await.unwrap()
}

/// The one state in which a case is shown, the same wherever it is shown.
pub async fn state(client: &Client, case: CaseId) -> ItemState {
    let rows = client.list_items(ListItems {}).await.unwrap().rows;
    let mut own = rows.into_iter().filter(|row| row.case == case);
    let row = own.next().expect("the case is shown");
    assert!(own.next().is_none(), "the case is shown once");
    row.state
}

pub fn kind(state: &ItemState) -> &'static str {
    match state {
        ItemState::Draft => "draft",
        ItemState::Queued { .. } => "queued",
        ItemState::Sending => "sending",
        ItemState::Submitted { .. } => "submitted",
        ItemState::NeedsAttention { .. } => "attention",
    }
}

/// Why a queued case waits; empty where no try has failed.
#[track_caller]
pub fn waits(state: &ItemState) -> String {
    match state {
        ItemState::Queued { waits } => waits.as_ref().map_or_else(String::new, |problem| {
            assert_is_told_well(problem);
            problem.code.clone()
        }),
        other => panic!("not queued: {other:?}"),
    }
}

/// Why a case waits, where it is queued and a try has failed. For engines that try by
/// themselves: between two tries it is being sent.
pub async fn waits_for(client: &Client, case: CaseId) -> Option<String> {
    match state(client, case).await {
        queued @ ItemState::Queued { waits: Some(_) } => Some(waits(&queued)),
        _ => None,
    }
}
