//! A real node on a real socket, with one item whose flow has two departments beside
//! each other and one after them, and a clock that the test turns.

pub(crate) mod program;

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};
use tongban_contract::{
    case::Case,
    change::{Change, News},
    exchange::ExchangeReply,
    operation::Outcome,
};
use tongban_platform::{Config, Platform, demo, identity::secrets, serve::Bounds};
use uuid::Uuid;

pub(crate) const FIRST: &str = "市场监管局";
pub(crate) const BESIDE: &str = "城市管理局";
pub(crate) const LAST: &str = "行政审批局";
pub(crate) const STRANGER: &str = "财政局";
pub(crate) const ITEM: &str = "000131023000";
pub(crate) const LICENCE_TYPE: &str = "11100000000013338W032";

/// A node that serves.
pub(crate) struct Node {
    pub(crate) platform: Arc<Platform>,
    pub(crate) address: String,
    pub(crate) client: Client,
    pub(crate) time: Arc<Mutex<Timestamp>>,
    folder: Arc<tempfile::TempDir>,
    serving: JoinHandle<()>,
}

/// What a test may want otherwise.
#[derive(Default)]
pub(crate) struct Wish {
    pub(crate) auto_office: Option<std::time::Duration>,
    pub(crate) requests_per_second: Option<u32>,
    pub(crate) bounds: Option<Bounds>,
}

impl Node {
    pub(crate) async fn start() -> Self {
        Self::start_with(Wish::default()).await
    }

    pub(crate) async fn start_with(wish: Wish) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        write_assets(&folder.path().join("assets"));
        let time = Arc::new(Mutex::new("2026-09-28T02:00:00Z".parse().unwrap()));
        Self::serve(folder, time, wish).await
    }

    /// Another node on the same database, as another process would be.
    pub(crate) async fn beside(&self) -> Self {
        Self::serve(Arc::clone(&self.folder), Arc::clone(&self.time), Wish::default()).await
    }

    async fn serve(
        folder: Arc<tempfile::TempDir>,
        time: Arc<Mutex<Timestamp>>,
        wish: Wish,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config::new(
            folder.path().join("data"),
            folder.path().join("assets"),
            address.parse().unwrap(),
        );
        config.demo = true;
        config.auto_office = wish.auto_office;
        config.zstd_level = 1;
        let key = Path::new(env!("CARGO_TARGET_TMPDIR")).join("id-tokens.pem");
        config.id_token_key = Some(tongban_platform::keys::id_token_key_at(&key).unwrap());
        config.requests_per_second = wish.requests_per_second.unwrap_or(1_000_000);
        config.bounds = wish.bounds.unwrap_or_default();
        let clock = Arc::clone(&time);
        let platform =
            Platform::open(config, Arc::new(move || *clock.lock().unwrap())).await.unwrap();
        let served = Arc::clone(&platform);
        let serving = tokio::spawn(async move {
            let stop = served.stop.clone();
            let shutdown = async move { stop.cancelled().await };
            tongban_platform::serve(listener, served, shutdown).await.unwrap();
        });
        Self { platform, address, client: Client::new(), time, folder, serving }
    }

    /// Stops the node and waits until everything under way has ended.
    pub(crate) async fn stop(self) {
        self.platform.stop.cancel();
        self.serving.await.unwrap();
    }

    /// The same node after a restart.
    pub(crate) async fn restart(self) -> Self {
        let (folder, time) = (Arc::clone(&self.folder), Arc::clone(&self.time));
        self.stop().await;
        Self::serve(folder, time, Wish::default()).await
    }

    /// Folder of its data.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// The same node after its data were lost and made again from a backup.
    pub(crate) async fn restored_from(self, copy: &Path) -> Self {
        let (folder, time) = (Arc::clone(&self.folder), Arc::clone(&self.time));
        let data = self.data();
        self.stop().await;
        std::fs::remove_dir_all(&data).unwrap();
        tongban_platform::backup::restore(copy, &data).await.unwrap();
        Self::serve(folder, time, Wish::default()).await
    }

    /// Changes the catalogue's sources: a second version of the form asks for the seats.
    pub(crate) fn publish_second_form(&self) {
        let mut source = source();
        source["form"]["version"] = json!("2");
        let shop = &mut source["form"]["schema"]["properties"]["shop"];
        shop["properties"]["seats"] = json!({ "type": "integer", "title": "座位数" });
        shop["required"].as_array_mut().unwrap().push(json!("seats"));
        source["form"]["ui_schema"]["elements"][1]["elements"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "type": "Control", "scope": "#/properties/shop/properties/seats" }));
        let path = self.folder.path().join("assets/catalogue/items/one.json");
        std::fs::write(path, source.to_string()).unwrap();
    }

    pub(crate) fn set_day(&self, day: &str) {
        *self.time.lock().unwrap() = format!("{day}T02:00:00Z").parse().unwrap();
    }

    /// An access token of a citizen of the demonstration, as sign-in would give it out.
    pub(crate) async fn sign_in(&self, login: &str, acr: u8) -> String {
        let token = secrets::random();
        let grant = Uuid::now_v7().to_string();
        sqlx::query(
            "INSERT INTO oidc_grants
                 (id, account, client, redirect_uri, scope, acr, code_challenge, signed_in_at)
             SELECT ?1, id, 'tongban-app', 'http://127.0.0.1/', 'openid', ?3, '', 0
             FROM accounts WHERE login = ?2",
        )
        .bind(&grant)
        .bind(login)
        .bind(acr)
        .execute(&self.platform.pool)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO oidc_tokens (digest, grant_id, kind, expires_at)
             VALUES (?1, ?2, 'access', 9999999999999)",
        )
        .bind(secrets::digest(&token))
        .bind(&grant)
        .execute(&self.platform.pool)
        .await
        .unwrap();
        token
    }

    pub(crate) async fn post_exchange(&self, token: &str, body: &Value) -> Response {
        self.client
            .post(format!("{}/v1/exchange", self.address))
            .bearer_auth(token)
            .json(body)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn exchange(&self, token: &str, operations: &[Value]) -> ExchangeReply {
        self.exchange_after(token, None, 0, operations).await
    }

    pub(crate) async fn exchange_after(
        &self,
        token: &str,
        feed: Option<Uuid>,
        cursor: u64,
        operations: &[Value],
    ) -> ExchangeReply {
        let body = json!({
            "version": 1, "feed": feed, "cursor": cursor, "operations": operations,
        });
        let response = self.post_exchange(token, &body).await;
        assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
        response.json().await.unwrap()
    }

    /// The newest state of a case in the account's feed.
    pub(crate) async fn case(&self, token: &str, id: Uuid) -> Case {
        let mut cases = cases(&self.everything(token).await);
        cases.retain(|case| case.id.0 == id);
        cases.pop().expect("the feed tells of the case")
    }

    /// Every change of the account's feed, page by page.
    pub(crate) async fn everything(&self, token: &str) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut feed = None;
        loop {
            let reply = self.exchange_after(token, feed, changes.len() as u64, &[]).await;
            feed = Some(reply.feed.0);
            changes.extend(reply.changes);
            if !reply.more {
                return changes;
            }
        }
    }

    pub(crate) async fn upload(&self, token: &str, bytes: &[u8]) {
        let location = self.begin_upload(token, bytes).await;
        let sent = self
            .client
            .patch(location)
            .bearer_auth(token)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", 0)
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes.to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), StatusCode::NO_CONTENT, "{}", sent.text().await.unwrap());
    }

    /// Announces a file. Answers the address of its upload.
    pub(crate) async fn begin_upload(&self, token: &str, bytes: &[u8]) -> String {
        let begun = self.announce(token, &hex(bytes), bytes.len()).await;
        assert_eq!(begun.status(), StatusCode::CREATED, "{}", begun.text().await.unwrap());
        begun.headers()["location"].to_str().unwrap().to_owned()
    }

    pub(crate) async fn announce(&self, token: &str, digest: &str, length: usize) -> Response {
        let metadata = format!(
            "filename {},filetype {},sha256 {}",
            STANDARD.encode("照片.jpg"),
            STANDARD.encode("image/jpeg"),
            STANDARD.encode(digest)
        );
        self.client
            .post(format!("{}/v1/files", self.address))
            .bearer_auth(token)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", length)
            .header("Upload-Metadata", metadata)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn office_token(&self, department: &str) -> String {
        let reply: Value = self
            .client
            .post(format!("{}/office/api/sign-in", self.address))
            .json(&json!({ "login": department, "password": demo::PASSWORD }))
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap()
            .json()
            .await
            .unwrap();
        reply["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn office_act(
        &self,
        token: &str,
        case: Uuid,
        body: Value,
    ) -> (StatusCode, Value) {
        let response = self
            .client
            .post(format!("{}/office/api/cases/{case}/actions", self.address))
            .bearer_auth(token)
            .json(&body)
            .send()
            .await
            .unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// An action that must be possible.
    pub(crate) async fn act(&self, department: &str, case: Uuid, body: Value) {
        let token = self.office_token(department).await;
        let (status, reply) = self.office_act(&token, case, body).await;
        assert_eq!(status, StatusCode::OK, "{reply}");
    }

    pub(crate) async fn office_get(&self, token: &str, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.address)).bearer_auth(token).send().await.unwrap()
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let query = match table {
            "cases" => "SELECT count(*) FROM cases",
            "operations" => "SELECT count(*) FROM operations",
            "changes" => "SELECT count(*) FROM changes",
            "licences" => "SELECT count(*) FROM licences",
            "oidc_grants" => "SELECT count(*) FROM oidc_grants",
            other => panic!("{other} is not counted"),
        };
        sqlx::query_scalar(query).fetch_one(&self.platform.pool).await.unwrap()
    }
}

pub(crate) fn cases(changes: &[Change]) -> Vec<Case> {
    changes
        .iter()
        .filter_map(|change| match &change.news {
            News::Case { case, .. } => Some((**case).clone()),
            _ => None,
        })
        .collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) const PHOTO: &[u8] = b"\xff\xd8\xff a photograph of the shop";

pub(crate) fn filing() -> Value {
    json!({
        "situation": {},
        "answers": {
            "applicant": { "name": "李秀兰", "id_number": "34052419800101001X" },
            "shop": { "name": "秀兰面馆", "address": "发展大道 12 号", "area": 40 },
        },
        "materials": { "photo": [file(PHOTO)] },
    })
}

pub(crate) fn file(bytes: &[u8]) -> Value {
    json!({
        "kind": "file", "digest": hex(bytes), "name": "门头.jpg",
        "media_type": "image/jpeg", "bytes": bytes.len(),
    })
}

pub(crate) fn submit(case: Uuid) -> Value {
    submit_with(case, filing())
}

pub(crate) fn submit_with(case: Uuid, filing: Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "made_at": "2026-09-28T01:00:00Z", "kind": "submit",
        "case": case, "item": ITEM, "item_version": "1", "form_version": "1",
        "division": "420506", "filing": filing,
    })
}

pub(crate) fn refusal(outcome: &Outcome) -> &tongban_contract::problem::Problem {
    match outcome {
        Outcome::Refused { problem } => problem,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) fn waits_for(outcome: &Outcome) -> &tongban_contract::problem::Problem {
    match outcome {
        Outcome::Later { problem, .. } => problem,
        other => panic!("does not wait: {other:?}"),
    }
}

pub(crate) fn number(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Accepted { number, .. } => number,
        other => panic!("not accepted: {other:?}"),
    }
}

pub(crate) fn write_assets(assets: &Path) {
    let items = assets.join("catalogue/items");
    std::fs::create_dir_all(&items).unwrap();
    std::fs::create_dir_all(assets.join("generated")).unwrap();
    std::fs::create_dir_all(assets.join("calendar")).unwrap();
    std::fs::write(items.join("one.json"), source().to_string()).unwrap();
    std::fs::write(
        assets.join("generated/divisions.jsonl"),
        [("42", "湖北省"), ("4205", "宜昌市"), ("420506", "夷陵区"), ("420506001", "小溪塔街道")]
            .map(|(code, name)| json!({ "code": code, "name": name }).to_string())
            .join("\n"),
    )
    .unwrap();
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/calendar");
    for year in ["2025.json", "2026.json"] {
        std::fs::copy(published.join(year), assets.join("calendar").join(year)).unwrap();
    }
}

fn source() -> Value {
    let text = |title: &str| json!({ "type": "string", "title": title, "minLength": 1 });
    json!({
        "item": {
            "code": ITEM, "version": "1", "name": "食品经营许可", "state": "1", "type": "01",
            "level": "4", "project_type": "2", "visits": 0, "statutory_days": 20,
            "promised_days": 5, "assurance": 2, "has_form": true,
            "materials": [
                { "id": "photo", "name": "经营场所照片", "necessity": "1", "source": "10" },
                { "id": "licence", "name": "原许可证", "necessity": "2", "source": "20",
                  "licence_type": LICENCE_TYPE },
            ],
        },
        "form": {
            "version": "1",
            "schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {
                    "applicant": {
                        "type": "object", "title": "申请人",
                        "properties": {
                            "name": text("姓名"),
                            "id_number":
                                { "type": "string", "format": "citizen-id", "title": "公民身份号码" },
                        },
                        "required": ["name", "id_number"],
                    },
                    "shop": {
                        "type": "object", "title": "店铺",
                        "properties": {
                            "name": text("店铺名称"),
                            "address": text("详细地址"),
                            "area": { "type": "number", "title": "面积" },
                        },
                        "required": ["name", "address", "area"],
                    },
                },
                "required": ["applicant", "shop"],
            },
            "ui_schema": {
                "type": "VerticalLayout",
                "elements": [
                    { "type": "Group", "label": "申请人", "elements": [
                        { "type": "Control", "scope": "#/properties/applicant/properties/name" },
                        { "type": "Control", "scope": "#/properties/applicant/properties/id_number" },
                    ]},
                    { "type": "Group", "label": "店铺", "elements": [
                        { "type": "Control", "scope": "#/properties/shop/properties/name" },
                        { "type": "Control", "scope": "#/properties/shop/properties/address" },
                        { "type": "Control", "scope": "#/properties/shop/properties/area" },
                    ]},
                ],
            },
        },
        "places": { "level": "county", "department": "{name}市场监督管理局", "window": "综合窗口" },
        "flow": {
            "acceptance_days": 1,
            "stages": [
                { "steps": [
                    { "department": FIRST, "name": "材料审查", "days": 5 },
                    { "department": BESIDE, "name": "油烟核查", "days": 3 },
                    { "department": STRANGER, "name": "大店核查", "days": 3, "when": {
                        "properties": { "answers": { "properties": { "shop": {
                            "properties": { "area": { "minimum": 500 } },
                        }}}},
                    }},
                ]},
                { "steps": [{ "department": LAST, "name": "决定与制证", "days": 4 }] },
            ],
            "special": { "name": "整改复查", "days": 5, "department": FIRST },
            "licence": {
                "type": LICENCE_TYPE, "name": "食品经营许可证",
                "holder": "/answers/applicant/name",
                "holder_number": "/answers/applicant/id_number",
                "valid_years": 5,
                "fields": [
                    { "label": "经营者名称", "pointer": "/answers/shop/name" },
                    { "label": "经营面积（平方米）", "pointer": "/answers/shop/area" },
                ],
            },
        },
    })
}
