//! Somebody with something of every kind, everything that can be asked about it, and what is
//! told to whoever asks.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use tongban_platform::demo;
use uuid::Uuid;

use crate::node::{
    BESIDE, FIRST, ITEM, LAST, Node, PHOTO, filing, hex, number, submit, submit_with,
};

pub(crate) const OWNER: &str = "lixiulan";
pub(crate) const OTHER: &str = "wangjianguo";
/// The names of what somebody has, or of what nobody has.
#[derive(Clone, Debug)]
pub(crate) struct Things {
    /// A case with a correction notice.
    pub(crate) case: Uuid,
    pub(crate) notice: Uuid,
    /// An upload of which a part has come, and one that is finished.
    pub(crate) begun: String,
    pub(crate) finished: String,
    pub(crate) digest: String,
    pub(crate) licence: String,
    pub(crate) feed: Uuid,
    pub(crate) division: &'static str,
}

impl Things {
    pub(crate) fn of_nobody() -> Self {
        Self {
            case: Uuid::now_v7(),
            notice: Uuid::now_v7(),
            begun: Uuid::now_v7().to_string(),
            finished: Uuid::now_v7().to_string(),
            digest: hex(b"nobody has this"),
            licence: "11100000000013338W011.11430000006122244L.20230000403.001.U".to_owned(),
            feed: Uuid::now_v7(),
            division: "420506",
        }
    }
}

pub(crate) struct Stage {
    pub(crate) node: Node,
    pub(crate) owner: String,
    pub(crate) other: String,
    pub(crate) things: Things,
    pub(crate) operations: Vec<Operation>,
}

/// An operation of the description.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// `bearer`, `office`, or none where everyone may ask.
    pub(crate) security: Option<String>,
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

pub(crate) async fn stage() -> Stage {
    let node = Node::start().await;
    let (owner, other) = (node.sign_in(OWNER, 3).await, node.sign_in(OTHER, 3).await);
    node.upload(&owner, PHOTO).await;
    let (case, done) = (Uuid::now_v7(), Uuid::now_v7());
    let reply = node.exchange(&owner, &[submit(case), submit(done)]).await;
    number(&reply.results[1].outcome);
    let fault = json!({ "pointer": "/materials/photo", "sentence": "请重拍。" });
    let correct = json!({ "action": "correct", "remark": "请改。", "faults": [fault] });
    node.act(FIRST, case, correct).await;
    node.act(FIRST, done, json!({ "action": "accept" })).await;
    for department in [FIRST, BESIDE, LAST] {
        node.act(department, done, json!({ "action": "pass" })).await;
    }
    let begun = node.begin_upload(&owner, b"a longer file of the owner").await;
    node.client
        .patch(&begun)
        .bearer_auth(&owner)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", 0)
        .header("Content-Type", "application/offset+octet-stream")
        .body("a longer")
        .send()
        .await
        .unwrap();
    let finished = node.announce(&owner, &hex(PHOTO), PHOTO.len()).await;
    let finished = finished.headers()["location"].to_str().unwrap().to_owned();
    let id = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let things = Things {
        case,
        notice: node.case(&owner, case).await.notice.unwrap().id.0,
        begun: id(&begun),
        finished: id(&finished),
        digest: hex(PHOTO),
        licence: node.case(&owner, done).await.licence.unwrap().to_string(),
        feed: node.exchange(&owner, &[]).await.feed.0,
        division: "420506",
    };
    let operations = operations(&node).await;
    Stage { node, owner, other, things, operations }
}

pub(crate) async fn operations(node: &Node) -> Vec<Operation> {
    let address = format!("{}/openapi.json", node.address);
    let description: Value = node.client.get(address).send().await.unwrap().json().await.unwrap();
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"][0].as_object();
            let security = security.map(|one| one.keys().next().unwrap().clone());
            let (method, path) = (method.to_ascii_uppercase(), path.clone());
            operations.push(Operation { method, path, security });
        }
    }
    assert!(operations.len() > 20, "the description tells of everything");
    operations
}

impl Stage {
    /// The operation asked about these things, as it would be by whoever has them; several
    /// where there are several things of a kind.
    pub(crate) fn requests(&self, operation: &Operation, things: &Things) -> Vec<RequestBuilder> {
        let name = operation.name();
        let path =
            |id: &str| operation.path.replace("{id}", id).replace("{digest}", &things.digest);
        let case = things.case.to_string();
        let at = |path: String| {
            assert!(!path.contains('{'), "{name}: say in this test what its parts are");
            let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
            self.node.client.request(method, format!("{}{path}", self.node.address))
        };
        let tus = |path: String| at(path).header("Tus-Resumable", "1.0.0");
        let uploads = [&things.begun, &things.finished];
        match name.as_str() {
            "GET /oidc/userinfo"
            | "POST /oidc/userinfo"
            | "GET /v1/events"
            | "GET /office/api/cases" => vec![at(path(""))],
            "POST /v1/exchange" => {
                vec![at(path("")).json(&exchange(things))]
            }
            "POST /v1/courier" => {
                let sealed = at(path("")).header("Content-Type", "application/vnd.tongban.courier");
                vec![sealed.body("age-encryption.org/v1")]
            }
            "POST /v1/files" => {
                let metadata = format!("sha256 {}", STANDARD.encode(&things.digest));
                let length = PHOTO.len();
                let announced = tus(path("")).header("Upload-Length", length);
                vec![announced.header("Upload-Metadata", metadata)]
            }
            "HEAD /v1/files/{id}" | "DELETE /v1/files/{id}" => {
                uploads.map(|id| tus(path(id))).into()
            }
            "PATCH /v1/files/{id}" | "POST /v1/files/{id}" => uploads
                .map(|id| {
                    tus(path(id))
                        .header("X-HTTP-Method-Override", "PATCH")
                        .header("Upload-Offset", 8)
                        .header("Content-Type", "application/offset+octet-stream")
                        .body(" file of the owner")
                })
                .into(),
            "GET /office/api/cases/{id}" | "GET /office/api/cases/{id}/materials/{digest}" => {
                vec![at(path(&case))]
            }
            "POST /office/api/cases/{id}/actions" => {
                vec![at(path(&case)).json(&json!({ "action": "return", "remark": "退件" }))]
            }
            _ => panic!("{name}: say in this test how it is asked"),
        }
    }

    /// Everything that the platform keeps for the owner, and the bytes of uploads.
    pub(crate) async fn kept(&self) -> Vec<String> {
        let mut kept = Vec::new();
        for query in [
            "SELECT group_concat(id || number || state || revision || record) FROM cases WHERE account = ?",
            "SELECT group_concat(id || digest || received || finished) FROM uploads WHERE account = ?",
            "SELECT group_concat(id || state || body) FROM licences WHERE account = ?",
            "SELECT group_concat(id || result) FROM operations WHERE account = ?",
            "SELECT group_concat(seq || news) FROM changes WHERE account = ?",
            "SELECT id || last_seq FROM feeds WHERE account = ?",
        ] {
            let owner =
                sqlx::query_scalar::<_, i64>("SELECT id FROM accounts WHERE login = 'lixiulan'");
            let owner = owner.fetch_one(&self.node.platform.pool).await.unwrap();
            let all: Option<String> = sqlx::query_scalar(query)
                .bind(owner)
                .fetch_one(&self.node.platform.pool)
                .await
                .unwrap();
            kept.push(all.expect("the owner has some"));
        }
        let partial = self.node.data().join("uploads").join(&self.things.begun);
        kept.push(std::fs::read_to_string(partial).unwrap());
        kept
    }

    /// What is told of these things to whoever asks with `token`.
    pub(crate) async fn told(
        &self,
        operation: &Operation,
        things: &Things,
        token: Option<&str>,
    ) -> Vec<Told> {
        let mut told = Vec::new();
        for mut request in self.requests(operation, things) {
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let mut reply = request.send().await.unwrap();
            let status = reply.status();
            let mut head: Vec<String> = reply
                .headers()
                .iter()
                .filter(|(name, _)| !["date", "content-length"].contains(&name.as_str()))
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                .collect();
            head.sort();
            // The first of a stream of events tells as much as all of it.
            let mut body = Vec::new();
            while let Some(chunk) = reply.chunk().await.unwrap() {
                body.extend(chunk);
                if operation.path == "/v1/events" {
                    break;
                }
            }
            let body = String::from_utf8(body).unwrap();
            for own in ["秀兰面馆", "李秀兰", "发展大道", "-000001-", "-000002-", "食品经营许可证"]
            {
                assert!(!body.contains(own), "{}: {body}", operation.name());
            }
            told.push(Told { status, head: nameless(&head.join("\n")), body: nameless(&body) });
        }
        told
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Operations about a case, a notice, files and a licence.
pub(crate) fn exchange(things: &Things) -> Value {
    let made = |kind: &str| json!({ "id": Uuid::now_v7(), "made_at": "2026-09-28T01:00:00Z", "kind": kind });
    let mut withdraw = made("withdraw");
    withdraw["case"] = json!(things.case);
    let mut correct = made("correct");
    correct["case"] = json!(things.case);
    correct["notice"] = json!(things.notice);
    correct["filing"] = filing();
    let mut with_file = filing();
    with_file["materials"]["photo"][0]["digest"] = json!(things.digest);
    let mut with_licence = filing();
    with_licence["materials"] =
        json!({ "licence": [{ "kind": "licence", "licence": things.licence }] });
    let operations = [
        withdraw,
        correct,
        submit_with(Uuid::now_v7(), with_file),
        submit_with(Uuid::now_v7(), with_licence),
    ];
    assert!(operations[2]["item"] == ITEM && operations[2]["division"] == things.division);
    json!({ "version": 1, "feed": things.feed, "cursor": 1, "operations": operations })
}

/// `text` without the names in it: two answers that differ in nothing else tell the same.
pub(crate) fn nameless(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() || c == '-' {
            word.push(c);
            continue;
        }
        out.push_str(if word.len() == 36 || word.len() == 64 { "…" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

/// The cookie of somebody of a department who uses the pages.
pub(crate) async fn office_cookie(node: &Node, department: &str) -> String {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let reply = client
        .post(format!("{}/office/sign-in", node.address))
        .form(&[("login", department), ("password", demo::PASSWORD)])
        .send()
        .await
        .unwrap();
    let cookie = reply.headers()["set-cookie"].to_str().unwrap();
    let (_, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    value.to_owned()
}
