//! The office: who sees what, in pages and for scripts.

use crate::node::{BESIDE, FIRST, LAST, Node, filing, hex, number, submit};
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use tongban_platform::demo;
use uuid::Uuid;

async fn filed() -> (Node, String, Uuid) {
    let node = Node::start().await;
    let token = node.sign_in("lixiulan", 3).await;
    node.upload(&token, crate::node::PHOTO).await;
    let case = Uuid::now_v7();
    let reply = node.exchange(&token, &[submit(case)]).await;
    number(&reply.results[0].outcome);
    (node, token, case)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_department_sees_only_cases_with_a_step_of_its_own() {
    let (node, _, case) = filed().await;
    let of = async |department: &str| {
        let token = node.office_token(department).await;
        let list: Value = node.office_get(&token, "/office/api/cases").await.json().await.unwrap();
        list["cases"].as_array().unwrap().len()
    };
    assert_eq!((of(FIRST).await, of(LAST).await), (1, 1));
    // A department of no step: made here, as every one of the sample has one.
    sqlx::query(
        "INSERT INTO staff (login, name, department, password_hash, made_at)
                 SELECT '民政局', '民政局经办人', '民政局', password_hash, 0 FROM staff LIMIT 1",
    )
    .execute(&node.platform.pool)
    .await
    .unwrap();
    assert_eq!(of("民政局").await, 0);
    let stranger = node.office_token("民政局").await;
    for path in [
        format!("/office/api/cases/{case}"),
        format!("/office/api/cases/{case}/materials/{}", hex(crate::node::PHOTO)),
    ] {
        let reply = node.office_get(&stranger, &path).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND);
    }
    let (status, _) = node.office_act(&stranger, case, json!({ "action": "accept" })).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    // The same department of another county does not see it either.
    sqlx::query("UPDATE staff SET division = '420106' WHERE login = ?1")
        .bind(BESIDE)
        .execute(&node.platform.pool)
        .await
        .unwrap();
    assert_eq!(of(BESIDE).await, 0);
    sqlx::query("UPDATE staff SET division = '4205' WHERE login = ?1")
        .bind(BESIDE)
        .execute(&node.platform.pool)
        .await
        .unwrap();
    assert_eq!(of(BESIDE).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn citizens_and_departments_open_nothing_of_each_other() {
    let (node, citizen, case) = filed().await;
    let office = node.office_token(FIRST).await;
    for path in ["/office/api/cases".to_owned(), format!("/office/api/cases/{case}")] {
        assert_eq!(node.office_get(&citizen, &path).await.status(), StatusCode::UNAUTHORIZED);
    }
    let (status, _) = node.office_act(&citizen, case, json!({ "action": "accept" })).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let reply = node.post_exchange(&office, &json!({ "version": 1, "cursor": 0 })).await;
    assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(node.office_get(&office, "/v1/events").await.status(), StatusCode::UNAUTHORIZED);
    // A token for scripts is no cookie for pages.
    let browser = Client::builder().redirect(Policy::none()).build().unwrap();
    let page = browser
        .get(format!("{}/office/", node.address))
        .header("cookie", format!("tongban_office={office}"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (page.status(), &page.headers()["location"]),
        (StatusCode::SEE_OTHER, &"/office/sign-in".parse().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_are_told_what_is_possible_and_what_is_wrong() {
    let (node, _, case) = filed().await;
    let token = node.office_token(FIRST).await;
    let path = format!("/office/api/cases/{case}");
    let view: Value = node.office_get(&token, &path).await.json().await.unwrap();
    assert_eq!(view["possible"], json!(["accept", "correct", "not_accept", "return"]));
    let area = view["answers"].as_array().unwrap().iter().find(|l| l["label"] == "面积").unwrap();
    assert_eq!((&area["text"], &area["group"]), (&json!("40"), &json!("店铺")));
    assert_eq!(view["materials"][0]["files"][0]["name"], "门头.jpg");

    for (body, code, status) in [
        (json!({ "action": "approve" }), "office.unknown-action", StatusCode::BAD_REQUEST),
        (json!({ "action": "deny" }), "case.not-accepted-yet", StatusCode::CONFLICT),
        (json!({ "action": "not_accept" }), "case.reason-needed", StatusCode::CONFLICT),
        (
            json!({ "action": "correct", "faults": [{ "pointer": "/answers/none", "sentence": "改" }] }),
            "office.unknown-pointer",
            StatusCode::BAD_REQUEST,
        ),
        (json!({ "action": "correct" }), "case.faults-needed", StatusCode::CONFLICT),
    ] {
        let (got, problem) = node.office_act(&token, case, body).await;
        assert_eq!((got, problem["code"].as_str().unwrap()), (status, code));
    }
    let bad = node
        .client
        .post(format!("{}/office/api/sign-in", node.address))
        .json(&json!({ "login": FIRST, "password": "wrong" }))
        .send()
        .await
        .unwrap();
    assert_eq!(bad.status(), StatusCode::UNAUTHORIZED);
    let openapi: Value = node.office_get("", "/openapi.json").await.json().await.unwrap();
    for path in ["/v1/exchange", "/v1/events", "/office/api/cases/{id}/actions"] {
        assert!(openapi["paths"][path].is_object(), "{path} is described");
    }
}

/// A browser that keeps its cookie, as far as the office needs one.
struct Browser {
    client: Client,
    address: String,
    cookie: String,
}

impl Browser {
    async fn sign_in(node: &Node, department: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let reply = client
            .post(format!("{}/office/sign-in", node.address))
            .form(&[("login", department), ("password", demo::PASSWORD)])
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), StatusCode::SEE_OTHER);
        let cookie = reply.headers()["set-cookie"].to_str().unwrap().to_owned();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/office"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { client, address: node.address.clone(), cookie }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.address));
        request.header("cookie", &self.cookie).send().await.unwrap()
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.address));
        request.header("cookie", &self.cookie).form(form).send().await.unwrap()
    }
}

fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_handles_a_case_in_a_browser() {
    let (node, citizen, case) = filed().await;
    let browser = Browser::sign_in(&node, FIRST).await;
    let list = browser.get("/office/").await;
    let policy = list.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let list = list.text().await.unwrap();
    assert!(list.contains("食品经营许可") && list.contains("待办"), "{list}");
    assert!(!list.contains("34052419800101001X"), "a list tells no ID numbers");

    let path = format!("/office/cases/{case}");
    let page = browser.get(&path).await.text().await.unwrap();
    for shown in ["秀兰面馆", "经营场所照片", "门头.jpg", "提交申请", "一次性告知补正"]
    {
        assert!(page.contains(shown), "{shown} is on the page");
    }
    assert!(!page.contains("<script") && !page.contains(" style="));
    let own = csrf(&page);
    let act = format!("{path}/actions");

    let foreign = browser.post(&act, &[("csrf", "guess"), ("action", "accept")]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let refused = browser.post(&act, &[("csrf", &own), ("action", "not_accept")]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.unwrap().contains("须写明理由"));

    let form = [
        ("csrf", &*own),
        ("action", "correct"),
        ("remark", "请一次改好。"),
        ("fault_pointer", "/materials/photo"),
        ("fault_sentence", "照片看不清门头，请重新拍摄。"),
        ("fault_pointer", ""),
        ("fault_sentence", ""),
        ("fault_pointer", "/answers/shop/name"),
        ("fault_sentence", "与招牌不一致。"),
    ];
    let done = browser.post(&act, &form).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER, "{}", done.text().await.unwrap());
    let notice = node.case(&citizen, case).await.notice.unwrap();
    assert_eq!(notice.faults.len(), 2);
    let page = browser.get(&path).await.text().await.unwrap();
    assert!(page.contains("与招牌不一致。") && page.contains("等待补正"));

    let out = browser.post("/office/sign-out", &[("csrf", &own)]).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/office/").await.headers()["location"], "/office/sign-in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_citizens_hand_in_is_saved_and_never_shown() {
    let (node, citizen, case) = filed().await;
    let browser = Browser::sign_in(&node, BESIDE).await;
    let path = format!("/office/cases/{case}/materials/{}", hex(crate::node::PHOTO));
    let reply = browser.get(&path).await;
    let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment; filename*=UTF-8''%E9%97%A8"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox"));
    assert_eq!(reply.bytes().await.unwrap(), crate::node::PHOTO);

    // What claims to be a page is only bytes.
    let page = b"<script>alert(1)</script>";
    node.upload(&citizen, page).await;
    let mut with_page = filing();
    with_page["materials"]["photo"] = json!([{
        "kind": "file", "digest": hex(page), "name": "a.html", "media_type": "text/html",
        "bytes": page.len(),
    }]);
    let other = Uuid::now_v7();
    let reply = node.exchange(&citizen, &[crate::node::submit_with(other, with_page)]).await;
    number(&reply.results[0].outcome);
    let path = format!("/office/cases/{other}/materials/{}", hex(page));
    let reply = browser.get(&path).await;
    assert_eq!(reply.headers()["content-type"], "application/octet-stream");
    // A file of another case is not handed out with this one.
    let path = format!("/office/cases/{case}/materials/{}", hex(page));
    assert_eq!(browser.get(&path).await.status(), StatusCode::NOT_FOUND);
}
