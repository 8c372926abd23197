//! Against the reference platform, over TCP: its own sign-in page is filled in as a
//! browser does it.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use futures::future::BoxFuture;
use http::{Request, header};
use secrecy::ExposeSecret as _;
use tongban_contract::discovery::WELL_KNOWN_PATH;
use tongban_platform::{Config, Platform, demo};

use super::*;
use crate::{
    network::ask,
    transport::{Reply, Transport, TransportError},
};

/// A node that serves, and an identity that speaks to it.
struct Node {
    identity: Identity,
    keyring: MemoryKeyring,
    http: Arc<Wire>,
    info: PlatformInfo,
    platform: Arc<Platform>,
    _folder: tempfile::TempDir,
}

/// The real transport, from which replies can be lost.
struct Wire {
    http: HttpTransport,
    loses_replies: AtomicBool,
}

impl Transport for Wire {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let sent = self.http.send(request);
        let lost = self.loses_replies.load(Ordering::SeqCst);
        Box::pin(async move {
            let reply = sent.await?;
            if lost { Err(TransportError::Broken) } else { Ok(reply) }
        })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.platform.stop.cancel();
    }
}

impl Node {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let assets = folder.path().join("assets");
        write_assets(&assets);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let data = folder.path().join("data");
        let mut config = Config::new(data, assets, address.parse().unwrap());
        config.demo = true;
        config.zstd_level = 1;
        let platform = Platform::open(config, Arc::new(Timestamp::now)).await.unwrap();
        let served = Arc::clone(&platform);
        let stop = platform.stop.clone();
        tokio::spawn(async move {
            tongban_platform::serve(listener, served, stop.cancelled_owned()).await.unwrap();
        });

        let http = Arc::new(Wire {
            http: HttpTransport::new().unwrap(),
            loses_replies: AtomicBool::new(false),
        });
        let known = Request::get(format!("{address}{WELL_KNOWN_PATH}")).body(Bytes::new()).unwrap();
        let info: PlatformInfo = ask(http.as_ref(), known).await.unwrap();
        let keyring = MemoryKeyring::default();
        let transport: Arc<dyn Transport> = Arc::clone(&http) as _;
        let identity = Identity::new(Surroundings::real(
            transport,
            Arc::new(keyring.clone()),
            Arc::new(|_| Ok(())),
        ));
        Self { identity, keyring, http, info, platform, _folder: folder }
    }

    /// Opens the sign-in page and sends its form. Answers where the browser is sent, or
    /// the page that it is shown again.
    async fn fill_in(&self, prompt: &Url, login: &str, action: &str) -> Result<Url, String> {
        let page = self.get(prompt).await;
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let html = String::from_utf8(page.bytes(100_000).await.unwrap().to_vec()).unwrap();
        let hidden = |name: &str| {
            let start = html.find(&format!("name=\"{name}\" value=\"")).unwrap();
            html[start..].split('"').nth(3).unwrap().to_owned()
        };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("request", &hidden("request"))
            .append_pair("form_token", &hidden("form_token"))
            .append_pair("login", login)
            .append_pair("password", demo::PASSWORD)
            .append_pair("action", action)
            .finish();
        let sent = Request::post(prompt.join("/oidc/sign-in").unwrap().as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie)
            .body(Bytes::from(form))
            .unwrap();
        let reply = self.http.http.send(sent).await.unwrap();
        if reply.status == http::StatusCode::SEE_OTHER {
            return Ok(reply.header("location").parse().unwrap());
        }
        Err(String::from_utf8(reply.bytes(100_000).await.unwrap().to_vec()).unwrap())
    }

    async fn get(&self, address: &Url) -> Reply {
        let request = Request::get(address.as_str()).body(Bytes::new()).unwrap();
        self.http.http.send(request).await.unwrap()
    }

    /// How a sign-in ends that the platform's page sends back to the app.
    async fn sign_in(
        &self,
        login: &str,
        action: &str,
        acr: Option<u8>,
    ) -> Result<SignedIn, IdentityError> {
        let pending = self.identity.begin(&self.info, acr).await.unwrap();
        let back = self.fill_in(&pending.prompt.address, login, action).await.unwrap();
        tokio::join!(pending.finish(), visit(&back)).0
    }

    /// What the platform answers to this access token.
    async fn userinfo(&self, token: &secrecy::SecretString) -> (u16, serde_json::Value) {
        let address = format!("{}/oidc/userinfo", self.info.issuer);
        let bearer = format!("Bearer {}", token.expose_secret());
        let request = Request::get(address).header(header::AUTHORIZATION, bearer);
        let reply = self.http.http.send(request.body(Bytes::new()).unwrap()).await.unwrap();
        let status = reply.status.as_u16();
        (status, serde_json::from_slice(&reply.bytes(100_000).await.unwrap()).unwrap())
    }
}

/// A province without a single item: only people are needed here.
fn write_assets(assets: &Path) {
    for folder in ["catalogue/items", "generated", "calendar"] {
        std::fs::create_dir_all(assets.join(folder)).unwrap();
    }
    let divisions = r#"{"code":"42","name":"湖北省"}"#;
    std::fs::write(assets.join("generated/divisions.jsonl"), divisions).unwrap();
    let calendar = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/calendar/2026.json");
    std::fs::copy(calendar, assets.join("calendar/2026.json")).unwrap();
}

#[tokio::test]
async fn a_citizen_signs_in_is_known_renews_and_signs_out() {
    let node = Node::start().await;
    let done = node.sign_in("lixiulan", "sign-in", Some(3)).await.unwrap();
    assert_eq!(done.person.name, "李秀兰");
    assert_eq!(done.person.assurance, 3);
    assert!(done.person.masked_id.contains('*'), "{}", done.person.masked_id);

    let first = node.identity.access_token(&node.info, &done.account).await.unwrap();
    let (status, person) = node.userinfo(&first).await;
    assert_eq!((status, person["name"].as_str()), (200, Some("李秀兰")));

    node.identity.forget_access_token(&done.account, &first).await;
    let second = node.identity.access_token(&node.info, &done.account).await.unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());
    assert_eq!(node.userinfo(&second).await.0, 200);

    let told = node.identity.sign_out(&node.info, &done.account).await.unwrap();
    assert_eq!(told, Revocation::Done);
    assert_eq!(node.userinfo(&second).await.0, 401);
    assert!(node.keyring.names().is_empty());
}

#[tokio::test]
async fn a_renewal_whose_reply_is_lost_does_not_end_the_session() {
    let node = Node::start().await;
    let account = node.sign_in("lixiulan", "sign-in", None).await.unwrap().account;
    let first = node.identity.access_token(&node.info, &account).await.unwrap();
    node.identity.forget_access_token(&account, &first).await;

    node.http.loses_replies.store(true, Ordering::SeqCst);
    let error = node.identity.access_token(&node.info, &account).await.unwrap_err();
    assert_eq!(error.problem().code, "network.broken");
    node.http.loses_replies.store(false, Ordering::SeqCst);
    let renewed = node.identity.access_token(&node.info, &account).await.unwrap();
    assert_eq!(node.userinfo(&renewed).await.0, 200);
}

#[tokio::test]
async fn a_person_may_give_up_be_refused_or_not_have_reached_the_level() {
    let node = Node::start().await;
    let error = node.sign_in("", "cancel", None).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.cancelled");
    let error = node.sign_in("wangjianguo", "sign-in", Some(3)).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.assurance");

    // The platform says so on its page; the app goes on waiting.
    let pending = node.identity.begin(&node.info, None).await.unwrap();
    let page = node.fill_in(&pending.prompt.address, "zhaotingyong", "sign-in").await.unwrap_err();
    assert!(page.contains("停用"), "{page}");
}
