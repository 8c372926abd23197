//! An account reaches only its own. Every operation of `/openapi.json` is tried by everyone
//! whose it is not: an operation that is added must be added here too, or the tests fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod node;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use node::{
    BESIDE, FIRST, ITEM, LAST, Node, PHOTO, filing, hex, number,
    program::{answer, begin, request_head},
    submit, submit_with,
};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tongban_platform::{demo, identity::secrets};
use uuid::Uuid;

const OWNER: &str = "lixiulan";
const OTHER: &str = "wangjianguo";
/// A department without a step in anything.
const ELSEWHERE: &str = "民政局";

/// What everyone may ask for. An operation without security that is not here is a mistake.
const PUBLIC: [&str; 11] = [
    "GET /.well-known/openid-configuration",
    "GET /.well-known/tongban.json",
    "GET /catalogue/files/{name}",
    "GET /catalogue/manifest.json",
    "GET /catalogue/manifest.json.minisig",
    "GET /health",
    "GET /oidc/jwks",
    "OPTIONS /v1/files",
    "POST /office/api/sign-in",
    "POST /oidc/revoke",
    "POST /oidc/token",
];

/// The names of what somebody has, or of what nobody has.
#[derive(Clone, Debug)]
struct Things {
    /// A case with a correction notice.
    case: Uuid,
    notice: Uuid,
    /// An upload of which a part has come, and one that is finished.
    begun: String,
    finished: String,
    digest: String,
    licence: String,
    feed: Uuid,
    division: &'static str,
}

impl Things {
    fn of_nobody() -> Self {
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

struct Stage {
    node: Node,
    owner: String,
    other: String,
    things: Things,
    operations: Vec<Operation>,
}

/// An operation of the description.
struct Operation {
    method: String,
    path: String,
    /// `bearer`, `office`, or none where everyone may ask.
    security: Option<String>,
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

async fn stage() -> Stage {
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

async fn operations(node: &Node) -> Vec<Operation> {
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
    fn requests(&self, operation: &Operation, things: &Things) -> Vec<RequestBuilder> {
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
    async fn kept(&self) -> Vec<String> {
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
    async fn told(&self, operation: &Operation, things: &Things, token: Option<&str>) -> Vec<Told> {
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
struct Told {
    status: StatusCode,
    head: String,
    body: String,
}

/// Operations about a case, a notice, files and a licence.
fn exchange(things: &Things) -> Value {
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
fn nameless(text: &str) -> String {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_somebodys_or_meant_for_everyone() {
    let node = Node::start().await;
    for operation in operations(&node).await {
        let name = operation.name();
        match operation.security.as_deref() {
            Some("bearer") => assert!(!operation.path.starts_with("/office"), "{name}"),
            Some("office") => assert!(operation.path.starts_with("/office/api/"), "{name}"),
            Some(other) => panic!("{name}: whose is {other}?"),
            None => assert!(PUBLIC.contains(&&*name), "{name}: may everyone ask for it?"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_signed_in_for_it_is_told_so_and_nothing_else() {
    let stage = stage().await;
    let node = &stage.node;
    let pool = &node.platform.pool;
    let office = node.office_token(FIRST).await;
    let (expired, revoked, ended) =
        (node.sign_in(OWNER, 3).await, node.sign_in(OWNER, 3).await, node.sign_in(OWNER, 3).await);
    sqlx::query("UPDATE oidc_tokens SET expires_at = 1 WHERE digest = ?")
        .bind(secrets::digest(&expired))
        .execute(pool)
        .await
        .unwrap();
    let form = [("token", &*revoked), ("client_id", "tongban")];
    let address = format!("{}/oidc/revoke", node.address);
    let done = node.client.post(address).form(&form).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::OK);
    sqlx::query(
        "UPDATE oidc_grants SET revoked_at = 1
         WHERE id = (SELECT grant_id FROM oidc_tokens WHERE digest = ?)",
    )
    .bind(secrets::digest(&ended))
    .execute(pool)
    .await
    .unwrap();
    let refresh = node.sign_in(OWNER, 3).await;
    sqlx::query("UPDATE oidc_tokens SET kind = 'refresh' WHERE digest = ?")
        .bind(secrets::digest(&refresh))
        .execute(pool)
        .await
        .unwrap();
    let late = node.office_token(FIRST).await;
    sqlx::query("UPDATE office_sessions SET expires_at = 1 WHERE token_digest = ?")
        .bind(secrets::digest(&late))
        .execute(pool)
        .await
        .unwrap();
    let page = office_cookie(node, FIRST).await;

    let before = stage.kept().await;
    let nobodys = Things::of_nobody();
    for operation in stage.operations.iter().filter(|operation| operation.security.is_some()) {
        let wrong_kind =
            if operation.security.as_deref() == Some("office") { &stage.owner } else { &office };
        let others =
            [&*expired, &revoked, &ended, &refresh, &late, &page, wrong_kind, "", "nobody"];
        let everyone = others.into_iter().map(Some).chain([None]);
        for token in everyone {
            let told = stage.told(operation, &stage.things, token).await;
            for one in &told {
                assert_eq!(one.status, StatusCode::UNAUTHORIZED, "{}: {one:?}", operation.name());
                assert!(one.head.contains("application/problem+json"), "{one:?}");
            }
            assert_eq!(told, stage.told(operation, &nobodys, token).await);
        }
    }
    assert_eq!(stage.kept().await, before, "nothing of the owner has changed");
    // The same requests are good where they are the owner's.
    let userinfo = node.client.get(format!("{}/oidc/userinfo", node.address));
    let own = userinfo.bearer_auth(&stage.owner).send().await.unwrap();
    assert_eq!(own.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_citizen_is_told_of_it_as_of_what_does_not_exist() {
    let stage = stage().await;
    let before = stage.kept().await;
    let nobodys = Things::of_nobody();
    for operation in &stage.operations {
        if operation.security.as_deref() != Some("bearer") {
            continue;
        }
        let told = stage.told(operation, &stage.things, Some(&stage.other)).await;
        let of_nothing = stage.told(operation, &nobodys, Some(&stage.other)).await;
        assert_eq!(told, of_nothing, "{}", operation.name());
        if operation.path.contains("{id}") {
            assert!(told.iter().all(|one| one.status == StatusCode::NOT_FOUND), "{told:?}");
        }
    }
    assert_eq!(stage.kept().await, before, "nothing of the owner has changed");
    // What was asked is not refused for its form: the owner is served.
    let delete = stage.operations.iter().find(|one| one.name() == "DELETE /v1/files/{id}").unwrap();
    let mut own = stage.requests(delete, &stage.things);
    let reply = own.remove(0).bearer_auth(&stage.owner).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    let body = exchange(&stage.things);
    let reply: Value = stage.node.post_exchange(&stage.owner, &body).await.json().await.unwrap();
    assert_eq!(reply["results"][0]["outcome"], "accepted", "{reply}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_an_upload_is_busy_is_told_to_its_owner_alone() {
    let stage = stage().await;
    let host = stage.node.address.strip_prefix("http://").unwrap();
    let path = format!("/v1/files/{}", stage.things.begun);
    let about = "Tus-Resumable: 1.0.0\r\nUpload-Offset: 8\r\n\
                 Content-Type: application/offset+octet-stream\r\n";
    let mut running =
        begin(host, request_head("PATCH", &path, &stage.owner, 18, about).as_bytes()).await;
    running.write_all(b" file").await.unwrap();
    let delete = stage.operations.iter().find(|one| one.name() == "DELETE /v1/files/{id}").unwrap();
    let ask = async |token: &str| {
        let request = stage.requests(delete, &stage.things).remove(0);
        request.bearer_auth(token).send().await.unwrap().status()
    };
    // The bytes are on disk as soon as the upload has its turn.
    let partial = stage.node.data().join("uploads").join(&stage.things.begun);
    let begun = std::time::Instant::now();
    while std::fs::metadata(&partial).unwrap().len() < 13 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "the upload has not begun");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(ask(&stage.owner).await, StatusCode::LOCKED);
    for operation in &stage.operations {
        if operation.path != "/v1/files/{id}" {
            continue;
        }
        let told = stage.told(operation, &stage.things, Some(&stage.other)).await;
        assert!(told.iter().all(|one| one.status == StatusCode::NOT_FOUND), "{told:?}");
    }
    running.write_all(b" of the owner").await.unwrap();
    assert_eq!(answer(&mut running).await.unwrap().0, 204);
}

/// The cookie of somebody of a department who uses the pages.
async fn office_cookie(node: &Node, department: &str) -> String {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_department_or_county_is_told_of_it_as_of_what_does_not_exist() {
    let stage = stage().await;
    let node = &stage.node;
    sqlx::query(
        "INSERT INTO staff (login, name, department, password_hash, made_at)
         SELECT ?1, '经办人', ?1, password_hash, 0 FROM staff LIMIT 1",
    )
    .bind(ELSEWHERE)
    .execute(&node.platform.pool)
    .await
    .unwrap();
    sqlx::query("UPDATE staff SET division = '420106' WHERE login = ?1")
        .bind(BESIDE)
        .execute(&node.platform.pool)
        .await
        .unwrap();
    let before = stage.kept().await;
    let nobodys = Things::of_nobody();
    for department in [ELSEWHERE, BESIDE] {
        let token = node.office_token(department).await;
        for operation in &stage.operations {
            if operation.security.as_deref() != Some("office") {
                continue;
            }
            let told = stage.told(operation, &stage.things, Some(&token)).await;
            let of_nothing = stage.told(operation, &nobodys, Some(&token)).await;
            assert_eq!(told, of_nothing, "{department}: {}", operation.name());
            let wanted = if operation.path.contains("{id}") {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::OK
            };
            assert!(told.iter().all(|one| one.status == wanted), "{told:?}");
        }
        // The same as pages.
        let cookie = format!("tongban_office={}", office_cookie(node, department).await);
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut shown = Vec::new();
        for case in [stage.things.case, nobodys.case] {
            for path in [format!("{case}"), format!("{case}/materials/{}", stage.things.digest)] {
                let address = format!("{}/office/cases/{path}", node.address);
                let page = client.get(address).header("cookie", &cookie).send().await.unwrap();
                assert_eq!(page.status(), StatusCode::NOT_FOUND, "{department}");
                shown.push(nameless(&page.text().await.unwrap()));
            }
        }
        assert_eq!(shown[..2], shown[2..], "{department}");
    }
    assert_eq!(stage.kept().await, before, "nothing of the owner has changed");
}
