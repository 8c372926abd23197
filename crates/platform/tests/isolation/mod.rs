//! An account reaches only its own. Every operation of `/openapi.json` is tried by everyone
//! whose it is not: an operation that is added must be added here too, or the tests fail.

mod stage;

use crate::node::{
    BESIDE, FIRST, Node,
    program::{answer, begin, request_head},
};
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::Value;
use stage::{OWNER, Things, exchange, nameless, office_cookie, operations, stage};
use tokio::io::AsyncWriteExt as _;
use tongban_platform::identity::secrets;

/// A department without a step in anything.
const ELSEWHERE: &str = "民政局";

/// What everyone may ask for. An operation without security that is not here is a mistake.
const PUBLIC: [&str; 12] = [
    "GET /.well-known/openid-configuration",
    "GET /.well-known/tongban.json",
    "GET /catalogue/files/{name}",
    "GET /catalogue/manifest.json",
    "GET /catalogue/manifest.json.minisig",
    "GET /catalogue/updates/{region}/{from}",
    "GET /health",
    "GET /oidc/jwks",
    "OPTIONS /v1/files",
    "POST /office/api/sign-in",
    "POST /oidc/revoke",
    "POST /oidc/token",
];

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
    let form = [("token", &*revoked), ("client_id", "tongban-app")];
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
