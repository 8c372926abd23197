//! A real platform on a real socket, and the real program run against it: a profile with
//! a passphrase file, and a browser that fills in the platform's own sign-in page.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses a part of it")]

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    process::Command,
    task::JoinHandle,
};
use tongban_platform::{Config, Platform, demo};
use url::Url;

/// 食品经营许可, which has a form.
pub const ITEM: &str = "000131023000";
/// 临时救助, which each township handles for itself, and which has a form.
pub const AID: &str = "000511003000";
/// 宜昌市夷陵区.
pub const COUNTY: &str = "420506";

/// Everything around the program.
pub struct World {
    folder: tempfile::TempDir,
    /// Address of the platform, running or not.
    pub address: String,
    running: Option<(Arc<Platform>, JoinHandle<()>)>,
    /// Time that the automatic office takes for a step; none where nobody handles cases.
    pace: Option<Duration>,
    program: PathBuf,
    /// Who runs it, where that is somebody else than whoever tests.
    user: Option<u32>,
}

/// A user of every Unix, who may do nothing.
const NOBODY: u32 = 65_534;

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The one JSON value on standard output, after making sure of the exit code.
    #[track_caller]
    pub fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The code of the problem that the program told.
    #[track_caller]
    pub fn problem(&self, code: i32) -> String {
        let answer = self.json(code);
        let problem = &answer["problem"];
        for member in ["detail", "next"] {
            let sentence = problem[member].as_str().unwrap();
            assert!(sentence.ends_with('。') || sentence.ends_with('”'), "{sentence}");
        }
        problem["code"].as_str().unwrap().to_owned()
    }
}

impl World {
    /// A world whose platform runs.
    pub async fn new() -> Self {
        Self::with_pace(None).await
    }

    /// A world whose platform runs and handles cases, so long a step.
    pub async fn with_office(pace: Duration) -> Self {
        Self::with_pace(Some(pace)).await
    }

    async fn with_pace(pace: Option<Duration>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        write_assets(&folder.path().join("assets"));
        fs::write(folder.path().join("passphrase"), "correct horse\n").unwrap();
        let mut world = Self { pace, ..Self::at("http://127.0.0.1:0", folder) };
        world.start().await;
        world
    }

    /// A world without a platform: nothing answers at its address.
    pub fn without_platform() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("passphrase"), "correct horse\n").unwrap();
        Self::at("http://127.0.0.1:1", folder)
    }

    fn at(address: &str, folder: tempfile::TempDir) -> Self {
        Self {
            folder,
            address: address.to_owned(),
            running: None,
            pace: None,
            program: PathBuf::from(env!("CARGO_BIN_EXE_tongban")),
            user: None,
        }
    }

    /// Starts the platform, at the address where it was before.
    pub async fn start(&mut self) {
        let listener = TcpListener::bind(self.address.trim_start_matches("http://")).await.unwrap();
        self.address = format!("http://{}", listener.local_addr().unwrap());
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
        config.auto_office = self.pace;
        let platform = Platform::open(config, Arc::new(Timestamp::now)).await.unwrap();
        let served = Arc::clone(&platform);
        let stop = platform.stop.clone();
        let serving = tokio::spawn(async move {
            tongban_platform::serve(listener, served, stop.cancelled_owned()).await.unwrap();
        });
        self.running = Some((platform, serving));
    }

    /// Stops the platform: nothing answers at its address any more.
    pub async fn stop(&mut self) {
        let (platform, serving) = self.running.take().unwrap();
        platform.stop.cancel();
        serving.await.unwrap();
    }

    /// Folder of the program's data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file with this content, for attaching.
    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Takes the right to write from the folder of data and all in it. Root may write all the
    /// same: in its place the program is run by nobody, who owns it then.
    pub fn forbid_writing(&mut self) {
        let folder = self.folder.path().to_owned();
        if fs::metadata(&folder).unwrap().uid() == 0 {
            let program = folder.join("tongban");
            fs::copy(&self.program, &program).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
            for path in below(&self.data()).into_iter().chain([folder.join("passphrase")]) {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
            (self.program, self.user) = (program, Some(NOBODY));
        }
        self.permit(0o555, 0o444);
    }

    /// Gives it back.
    pub fn allow_writing(&self) {
        self.permit(0o755, 0o644);
    }

    fn permit(&self, folder: u32, file: u32) {
        for path in below(&self.data()) {
            let mode = if path.is_dir() { folder } else { file };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    /// Every file of the program's data, with what is in it.
    pub fn content(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = below(&self.data()).into_iter().filter(|path| path.is_file());
        files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(self.data())
            .args(["--platform", &self.address, "--passphrase-file"])
            .arg(self.folder.path().join("passphrase"))
            .env_remove("TONGBAN_PLATFORM")
            .env_remove("TONGBAN_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the program as a person does.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, "").await
    }

    /// Runs the program as a script does.
    pub async fn json(&self, arguments: &[&str]) -> Ended {
        self.run(&[&["--json"], arguments].concat()).await
    }

    /// Syncs until the applications are as they are waited for.
    pub async fn sync_until(&self, reached: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..100 {
            let ended = self.json(&["sync"]).await;
            let answer = ended.json(ended.code);
            if reached(&answer) {
                return answer;
            }
        }
        panic!("the platform did not get there");
    }

    /// Runs the program with something on its standard input.
    pub async fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that reads nothing may have ended already.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Signs somebody in: reads the address that the program prints, and does there what
    /// a browser does. Answers what the program printed at the end.
    pub async fn sign_in(&self, login: &str) -> Value {
        let mut child = self.command(&["--json", "sign-in"]).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        stdout.read_line(&mut first).await.unwrap();
        let first: Value = serde_json::from_str(&first).unwrap();
        let address: Url = first["address"].as_str().unwrap().parse().unwrap();

        browse(&address, login).await;

        let mut rest = String::new();
        stdout.read_to_string(&mut rest).await.unwrap();
        let status = child.wait().await.unwrap();
        assert!(status.success(), "{status}: {rest}");
        serde_json::from_str(&rest).unwrap()
    }
}

/// A value whose members of these names are put out of sight, wherever they are: they
/// differ from run to run. What is null stays so.
pub fn without(names: &[&str], mut value: Value) -> Value {
    hide(names, &mut value);
    value
}

fn hide(names: &[&str], value: &mut Value) {
    match value {
        Value::Object(members) => {
            // The state of a case is told under the name that ids have elsewhere.
            for (name, member) in members.iter_mut().filter(|(name, _)| *name != "state") {
                match names.iter().find(|known| *known == name) {
                    Some(known) if !member.is_null() && !member.is_object() => {
                        *member = format!("[{known}]").into();
                    }
                    _ => hide(names, member),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| hide(names, entry)),
        _ => {}
    }
}

/// A folder, and all in it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(below(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// Opens the sign-in page, fills in its form, and follows the way back to the program.
async fn browse(address: &Url, login: &str) {
    let browser = Client::builder().redirect(Policy::none()).build().unwrap();
    let page = browser.get(address.as_str()).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let html = page.text().await.unwrap();
    let hidden = |name: &str| {
        let start = html.find(&format!("name=\"{name}\" value=\"")).unwrap();
        html[start..].split('"').nth(3).unwrap().to_owned()
    };
    let sent = browser
        .post(address.join("/oidc/sign-in").unwrap().as_str())
        .header("cookie", cookie)
        .form(&[
            ("request", hidden("request").as_str()),
            ("form_token", hidden("form_token").as_str()),
            ("login", login),
            ("password", demo::PASSWORD),
            ("action", "sign-in"),
        ])
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let back = sent.headers()["location"].to_str().unwrap().to_owned();
    let shown = browser.get(back).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("登录成功"), "{shown}");
}

/// The sample catalogue, cut down to one item and one county.
fn write_assets(assets: &Path) {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    for folder in ["catalogue/items", "generated", "calendar"] {
        fs::create_dir_all(assets.join(folder)).unwrap();
    }
    for file in [
        "catalogue/catalogue.json",
        &format!("catalogue/items/{ITEM}.json"),
        &format!("catalogue/items/{AID}.json"),
        "calendar/2025.json",
        "calendar/2026.json",
    ] {
        fs::copy(sources.join(file), assets.join(file)).unwrap();
    }
    let mut divisions = String::new();
    for (code, name) in [
        ("42", "湖北省"),
        ("4205", "宜昌市"),
        ("420502", "西陵区"),
        (COUNTY, "夷陵区"),
        ("420506100", "小溪塔街道"),
        ("420506100001", "东湖社区"),
        ("420506101", "樟村坪镇"),
    ] {
        writeln!(divisions, r#"{{"code":"{code}","name":"{name}"}}"#).unwrap();
    }
    fs::write(assets.join("generated/divisions.jsonl"), divisions).unwrap();
}
