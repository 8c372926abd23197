//! The real `tongban-platform` in a process of its own, with the catalogue of [`super::Node`],
//! and requests to it that a test holds in its hand byte by byte.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tongban_platform::{demo, identity::secrets};
use url::Url;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tongban-platform");

/// A process that serves; killed when it is dropped.
pub(crate) struct Program {
    pub(crate) address: String,
    pub(crate) client: Client,
    folder: TempDir,
    child: Child,
}

impl Program {
    pub(crate) fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        super::write_assets(&folder.path().join("assets"));
        let (child, address) = launch(&folder, "127.0.0.1:0");
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { address, client, folder, child }
    }

    /// A node that serves, with somebody's token and the photo of [`super::submit`] uploaded.
    pub(crate) async fn with_photo() -> (Self, String) {
        let program = Self::start();
        let token = program.sign_in("lixiulan").await;
        let upload = program.begin_upload(&token, super::PHOTO).await;
        program.send_part(&token, &upload, 0, super::PHOTO).await;
        (program, token)
    }

    /// The same node in a new process, at the same address.
    pub(crate) fn start_again(&mut self) {
        let (child, address) = launch(&self.folder, self.host());
        assert_eq!(address, self.address);
        self.child = child;
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self, within: Duration) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < within, "it has not ended after {within:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Calls another command of the program, and answers what it printed.
    pub(crate) fn call(arguments: &[&str]) -> (ExitStatus, String) {
        let called = Command::new(PROGRAM).args(arguments).output().unwrap();
        let told = [called.stdout, called.stderr].concat();
        (called.status, String::from_utf8(told).unwrap())
    }

    /// Has the node go on with other data.
    pub(crate) fn take_over(&self, data: &Path) {
        std::fs::remove_dir_all(self.data()).unwrap();
        std::fs::rename(data, self.data()).unwrap();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Host and port.
    pub(crate) fn host(&self) -> &str {
        self.address.strip_prefix("http://").unwrap()
    }

    /// An access token, by the sign-in page.
    pub(crate) async fn sign_in(&self, login: &str) -> String {
        let back = "http://127.0.0.1:9/callback";
        let verifier = secrets::random();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut page = Url::parse(&format!("{}/oidc/authorize", self.address)).unwrap();
        page.query_pairs_mut()
            .append_pair("client_id", "tongban-app")
            .append_pair("redirect_uri", back)
            .append_pair("response_type", "code")
            .append_pair("scope", "openid")
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let shown = self.client.get(page).send().await.unwrap();
        let cookie = shown.headers()["set-cookie"].to_str().unwrap().to_owned();
        let html = shown.text().await.unwrap();
        let hidden = |name: &str| {
            let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let sent = self
            .client
            .post(format!("{}/oidc/sign-in", self.address))
            .header("cookie", cookie.split(';').next().unwrap())
            .form(&[
                ("request", &*hidden("request")),
                ("form_token", &*hidden("form_token")),
                ("login", login),
                ("password", demo::PASSWORD),
            ])
            .send()
            .await
            .unwrap();
        let target = Url::parse(sent.headers()["location"].to_str().unwrap()).unwrap();
        let code = target.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let reply: Value = self
            .client
            .post(format!("{}/oidc/token", self.address))
            .form(&[
                ("grant_type", "authorization_code"),
                ("client_id", "tongban-app"),
                ("code", &*code),
                ("redirect_uri", back),
                ("code_verifier", &*verifier),
            ])
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        reply["access_token"].as_str().unwrap().to_owned()
    }

    /// A token of a department.
    pub(crate) async fn office_token(&self, department: &str) -> String {
        let reply = self
            .client
            .post(format!("{}/office/api/sign-in", self.address))
            .json(&json!({ "login": department, "password": demo::PASSWORD }))
            .send()
            .await
            .unwrap();
        reply.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn exchange(&self, token: &str, operations: &[Value]) -> Value {
        let reply = self
            .client
            .post(format!("{}/v1/exchange", self.address))
            .bearer_auth(token)
            .json(&json!({ "version": 1, "cursor": 0, "operations": operations }))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), StatusCode::OK);
        reply.json().await.unwrap()
    }

    /// Announces a file. Answers the path of its upload.
    pub(crate) async fn begin_upload(&self, token: &str, bytes: &[u8]) -> String {
        let metadata = format!("sha256 {}", STANDARD.encode(super::hex(bytes)));
        let begun = self
            .client
            .post(format!("{}/v1/files", self.address))
            .bearer_auth(token)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", bytes.len())
            .header("Upload-Metadata", metadata)
            .send()
            .await
            .unwrap();
        assert_eq!(begun.status(), StatusCode::CREATED);
        let location = begun.headers()["location"].to_str().unwrap().to_owned();
        location.strip_prefix(&self.address).unwrap().to_owned()
    }

    /// Sends bytes of an upload. Answers how many the platform has then.
    pub(crate) async fn send_part(
        &self,
        token: &str,
        path: &str,
        offset: usize,
        bytes: &[u8],
    ) -> usize {
        let sent = self
            .client
            .patch(format!("{}{path}", self.address))
            .bearer_auth(token)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", offset)
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes.to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), StatusCode::NO_CONTENT, "{}", sent.text().await.unwrap());
        sent.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(folder: &TempDir, listen: &str) -> (Child, String) {
    let log = std::fs::File::options().create(true).append(true).open(folder.path().join("log"));
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--demo", "--listen", listen, "--data-dir"])
        .arg(folder.path().join("data"))
        .arg("--assets")
        .arg(folder.path().join("assets"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log.unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready =
        lines.find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()));
    // Whoever closes a pipe that is still written to ends the writer.
    std::thread::spawn(move || lines.for_each(drop));
    (child, ready.expect("it ended before it listened"))
}

/// The head of a request with a body of `length` bytes on a connection of its own.
pub(crate) fn request_head(
    method: &str,
    path: &str,
    token: &str,
    length: usize,
    more: &str,
) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: platform\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

/// An exchange as the bytes of a request.
pub(crate) fn exchange_request(token: &str, operations: &[Value]) -> Vec<u8> {
    let body = json!({ "version": 1, "cursor": 0, "operations": operations }).to_string();
    let kind = "Content-Type: application/json\r\n";
    let mut bytes = request_head("POST", "/v1/exchange", token, body.len(), kind).into_bytes();
    bytes.extend(body.into_bytes());
    bytes
}

/// A connection with the first bytes of a request on it.
pub(crate) async fn begin(host: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// What is answered until the connection ends, as status, head and body; none where it breaks
/// off before a whole answer.
pub(crate) async fn answer(stream: &mut TcpStream) -> Option<(u16, String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes));
    // A reset is an end like any other: what came before it counts.
    let _ = read.await.expect("neither an answer nor an end");
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap().to_ascii_lowercase();
    let body = bytes[at + 4..].to_vec();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let whole = length.is_none_or(|length| length.trim().parse() == Ok(body.len()));
    whole.then_some((status, head, body))
}
