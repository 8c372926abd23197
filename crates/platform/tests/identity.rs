//! Signing in as an app does it: the page in a browser, the code, the tokens, and what
//! happens to those who should not be signed in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod node;

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{Timestamp, ToSpan as _};
use node::Node;
use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce,
    core::{
        CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
        CoreProviderMetadata,
    },
};
use reqwest::{Client, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

const REDIRECT: &str = "http://127.0.0.1:54321/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A browser that does not follow redirects, and keeps the one cookie there is.
struct Browser<'a> {
    node: &'a Node,
    client: Client,
}

/// A sign-in page as the browser has it.
struct Page {
    html: String,
    policy: String,
    cookie: String,
    request: String,
    form_token: String,
}

impl<'a> Browser<'a> {
    fn of(node: &'a Node) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { node, client }
    }

    async fn ask(&self, parameters: &[(&str, &str)]) -> Response {
        let address = format!("{}/oidc/authorize", self.node.address);
        self.client.get(address).query(parameters).send().await.unwrap()
    }

    async fn open(&self, changes: &[(&str, Option<&str>)]) -> Page {
        let parameters = asked(changes);
        let response = self.ask(&borrow(&parameters)).await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name| response.headers()[name].to_str().unwrap().to_owned();
        let cookie = header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
        assert!(header(header::SET_COOKIE).contains("HttpOnly"));
        let policy = header(header::CONTENT_SECURITY_POLICY);
        let html = response.text().await.unwrap();
        let field = |name: &str| {
            let start = html.find(&format!("name=\"{name}\" value=\"")).unwrap();
            html[start..].split('"').nth(3).unwrap().to_owned()
        };
        Page { request: field("request"), form_token: field("form_token"), html, policy, cookie }
    }

    async fn send(&self, page: &Page, fields: &[(&str, &str)]) -> Response {
        let mut form = vec![("request", page.request.as_str()), ("form_token", &page.form_token)];
        form.extend_from_slice(fields);
        self.client
            .post(format!("{}/oidc/sign-in", self.node.address))
            .header(header::COOKIE, &page.cookie)
            .form(&form)
            .send()
            .await
            .unwrap()
    }

    async fn sign_in(&self, page: &Page, login: &str, password: &str) -> Response {
        self.send(page, &[("login", login), ("password", password)]).await
    }

    async fn code(&self, changes: &[(&str, Option<&str>)]) -> String {
        let page = self.open(changes).await;
        let response = self.sign_in(&page, "lixiulan", "demo-2026").await;
        returned(&response).remove("code").expect("a code")
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let response = self
            .client
            .post(format!("{}{path}", self.node.address))
            .form(form)
            .send()
            .await
            .unwrap();
        (response.status(), response.json().await.unwrap_or(Value::Null))
    }

    async fn redeem(&self, code: &str) -> (StatusCode, Value) {
        self.post(
            "/oidc/token",
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "tongban-app"),
                ("redirect_uri", REDIRECT),
                ("code", code),
                ("code_verifier", VERIFIER),
            ],
        )
        .await
    }

    async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "tongban-app"),
            ("refresh_token", token),
        ];
        self.post("/oidc/token", &form).await
    }

    async fn tokens(&self) -> Value {
        let code = self.code(&[]).await;
        let (status, tokens) = self.redeem(&code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    /// Status and code of the problem with which userinfo answers, or the claims.
    async fn userinfo(&self, access: &Value) -> (StatusCode, Value) {
        let response = self
            .client
            .get(format!("{}/oidc/userinfo", self.node.address))
            .bearer_auth(access.as_str().unwrap())
            .send()
            .await
            .unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

/// A right request, with some of its parameters changed or left out.
fn asked(changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut all: BTreeMap<&str, String> = [
        ("client_id", "tongban-app"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid profile offline_access"),
        ("state", "state of the app"),
        ("nonce", "nonce-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect();
    for (name, value) in changes {
        match value {
            Some(value) => all.insert(name, (*value).to_owned()),
            None => all.remove(name),
        };
    }
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn borrow(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What the browser carries back to the app.
fn returned(response: &Response) -> BTreeMap<String, String> {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let location = response.headers()[header::LOCATION].to_str().unwrap();
    assert!(location.starts_with(&format!("{REDIRECT}?")), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

fn claims(token: &Value) -> Value {
    let claims = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn a_person_signs_in_and_the_app_can_check_who_it_is() {
    let node = Node::start().await;
    // The library that checks the token looks at the real clock.
    *node.time.lock().unwrap() = Timestamp::now();
    let browser = Browser::of(&node);

    let page = browser.open(&[]).await;
    assert!(page.html.contains("通办") && page.html.contains("127.0.0.1:54321"));
    assert!(page.policy.contains("form-action 'self' http://127.0.0.1:54321;"), "{}", page.policy);
    assert!(page.policy.contains("default-src 'none'"));
    let mut back = returned(&browser.sign_in(&page, " LiXiuLan ", "demo-2026").await);
    assert_eq!(back["state"], "state of the app");
    assert_eq!(back["iss"], node.address);
    let (status, tokens) = browser.redeem(&back.remove("code").unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 600);

    let get = async |path: &str| {
        let answer = browser.client.get(format!("{}{path}", node.address)).send().await.unwrap();
        answer.error_for_status().unwrap().text().await.unwrap()
    };
    let metadata: CoreProviderMetadata =
        serde_json::from_str(&get("/.well-known/openid-configuration").await).unwrap();
    assert_eq!(metadata.issuer().as_str(), node.address);
    let keys: CoreJsonWebKeySet = serde_json::from_str(&get("/oidc/jwks").await).unwrap();
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new("tongban-app".to_owned()),
        IssuerUrl::new(node.address.clone()).unwrap(),
        keys.clone(),
    );
    let id_token: CoreIdToken = tokens["id_token"].as_str().unwrap().parse().unwrap();
    let checked = id_token.claims(&verifier, &Nonce::new("nonce-1".to_owned())).unwrap();
    let access = AccessToken::new(tokens["access_token"].as_str().unwrap().to_owned());
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let hash = AccessTokenHash::from_token(&access, &algorithm, &keys.keys()[0]).unwrap();
    assert_eq!(checked.access_token_hash(), Some(&hash));
    assert!(id_token.claims(&verifier, &Nonce::new("another".to_owned())).is_err());

    let told = claims(&tokens["id_token"]);
    assert_eq!((&told["name"], &told["acr"]), (&"李秀兰".into(), &"3".into()));
    assert_eq!(told["masked_id"], "340*************1X");
    assert!(!told.to_string().contains("34052419800101001X"));

    let (status, info) = browser.userinfo(&tokens["access_token"]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&info["sub"], &info["name"]), (&told["sub"], &told["name"]));
}

#[tokio::test]
async fn people_sign_in_with_telephone_or_id_number_too() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    for login in ["100 0000 0001", "34052419800101001x"] {
        let page = browser.open(&[]).await;
        let back = returned(&browser.sign_in(&page, login, "demo-2026").await);
        assert!(back.contains_key("code"), "{login}");
    }
}

#[tokio::test]
async fn a_wrong_verifier_gets_nothing_and_uses_the_code_up() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let code = browser.code(&[]).await;
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", "tongban-app"),
        ("redirect_uri", REDIRECT),
        ("code", code.as_str()),
    ];
    let (status, refused) = browser.post("/oidc/token", &form).await;
    assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &"invalid_request".into()));
    form.push(("code_verifier", "a-verifier-that-somebody-else-has-made-up-12"));
    let (status, refused) = browser.post("/oidc/token", &form).await;
    assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &"invalid_grant".into()));
    let (status, refused) = browser.redeem(&code).await;
    assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &"invalid_grant".into()));
}

#[tokio::test]
async fn a_code_that_is_used_twice_ends_the_sign_in() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let code = browser.code(&[]).await;
    let (_, tokens) = browser.redeem(&code).await;
    assert_eq!(browser.userinfo(&tokens["access_token"]).await.0, StatusCode::OK);
    assert_eq!(browser.redeem(&code).await.1["error"], "invalid_grant");
    let (status, problem) = browser.userinfo(&tokens["access_token"]).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &"sign-in.expired".into()));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(browser.refresh(refresh).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_code_is_good_for_its_own_redirect_and_for_a_minute() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let page = browser.open(&[("redirect_uri", Some("http://[::1]:77/callback"))]).await;
    let response = browser.sign_in(&page, "lixiulan", "demo-2026").await;
    let location = response.headers()[header::LOCATION].to_str().unwrap();
    assert!(location.starts_with("http://[::1]:77/callback?code="));
    let code = Url::parse(location).unwrap().query_pairs().next().unwrap().1.into_owned();
    assert_eq!(browser.redeem(&code).await.1["error"], "invalid_grant");

    let code = browser.code(&[]).await;
    let later = node.platform.now().checked_add(61.seconds()).unwrap();
    *node.time.lock().unwrap() = later;
    assert_eq!(browser.redeem(&code).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_ends_the_sign_in() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let first = browser.tokens().await;
    let (status, second) = browser.refresh(first["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{second}");
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(claims(&second["id_token"])["sub"], claims(&first["id_token"])["sub"]);
    let (_, third) = browser.refresh(second["refresh_token"].as_str().unwrap()).await;
    assert_eq!(browser.userinfo(&third["access_token"]).await.0, StatusCode::OK);

    // Somebody has the first one, which was replaced long ago.
    assert_eq!(
        browser.refresh(first["refresh_token"].as_str().unwrap()).await.1["error"],
        "invalid_grant"
    );
    assert_eq!(browser.userinfo(&third["access_token"]).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(
        browser.refresh(third["refresh_token"].as_str().unwrap()).await.1["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn a_lost_reply_does_not_sign_anybody_out() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let first = browser.tokens().await;
    let (_, lost) = browser.refresh(first["refresh_token"].as_str().unwrap()).await;
    let (status, again) = browser.refresh(first["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    assert_eq!(browser.userinfo(&again["access_token"]).await.0, StatusCode::OK);
    assert_eq!(browser.userinfo(&lost["access_token"]).await.0, StatusCode::UNAUTHORIZED);

    // Whoever turns up with the lost one has taken it from the wire.
    assert_eq!(
        browser.refresh(lost["refresh_token"].as_str().unwrap()).await.1["error"],
        "invalid_grant"
    );
    assert_eq!(browser.userinfo(&again["access_token"]).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_access_token_expires_and_says_so() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let tokens = browser.tokens().await;
    *node.time.lock().unwrap() = node.platform.now().checked_add(601.seconds()).unwrap();
    let response = browser
        .client
        .get(format!("{}/oidc/userinfo", node.address))
        .bearer_auth(tokens["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json; charset=utf-8");
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "sign-in.expired");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(browser.refresh(refresh).await.0, StatusCode::OK);
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token_and_without_profile_no_name() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let code = browser.code(&[("scope", Some("openid something-else"))]).await;
    let (_, tokens) = browser.redeem(&code).await;
    assert_eq!((&tokens["scope"], &tokens["refresh_token"]), (&"openid".into(), &Value::Null));
    assert_eq!(claims(&tokens["id_token"])["name"], Value::Null);
}

#[tokio::test]
async fn an_unknown_app_or_address_is_told_to_the_person_alone() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    for (name, value) in [
        ("client_id", Some("another-app")),
        ("client_id", None),
        ("redirect_uri", Some("http://127.0.0.1:54321/callback/more")),
        ("redirect_uri", Some("http://localhost:54321/callback")),
        ("redirect_uri", Some("https://evil.example/callback")),
        ("redirect_uri", None),
    ] {
        let response = browser.ask(&borrow(&asked(&[(name, value)]))).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{name} {value:?}");
        assert!(response.headers().get(header::LOCATION).is_none());
        assert!(response.text().await.unwrap().contains("请关闭本页"));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_to_the_app() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    for (name, value, error) in [
        ("response_type", Some("token"), "unsupported_response_type"),
        ("scope", Some("profile"), "invalid_scope"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("too short"), "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("prompt", Some("none"), "login_required"),
        ("request", Some("e30.e30."), "request_not_supported"),
    ] {
        let response = browser.ask(&borrow(&asked(&[(name, value)]))).await;
        let back = returned(&response);
        assert_eq!(back["error"], error, "{name} {value:?}");
        assert_eq!(back["state"], "state of the app");
        assert_eq!(back["iss"], node.address);
    }
    let mut twice = asked(&[]);
    twice.push(("nonce".to_owned(), "another".to_owned()));
    assert_eq!(returned(&browser.ask(&borrow(&twice)).await)["error"], "invalid_request");
}

#[tokio::test]
async fn guessing_passwords_becomes_slow_even_for_a_login_that_nobody_has() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    for login in ["wangjianguo", "nobody-at-all"] {
        let page = browser.open(&[]).await;
        for _ in 0..4 {
            let response = browser.sign_in(&page, login, "wrong").await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST);
            assert!(response.text().await.unwrap().contains("账号或密码不对"));
        }
        let response = browser.sign_in(&page, login, "demo-2026").await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(response.text().await.unwrap().contains("请等 5 秒再试"));
    }
    *node.time.lock().unwrap() = node.platform.now().checked_add(6.seconds()).unwrap();
    let page = browser.open(&[]).await;
    let back = returned(&browser.sign_in(&page, "wangjianguo", "demo-2026").await);
    assert!(back.contains_key("code"));
}

#[tokio::test]
async fn a_refused_account_is_told_so_and_may_return() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let page = browser.open(&[]).await;
    let response = browser.sign_in(&page, "zhaotingyong", "demo-2026").await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(response.text().await.unwrap().contains("已停用"));
    let back = returned(&browser.send(&page, &[("action", "cancel")]).await);
    assert_eq!(back["error"], "access_denied");
}

#[tokio::test]
async fn an_account_that_is_refused_later_is_out_at_once() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let tokens = browser.tokens().await;
    sqlx::query("UPDATE accounts SET state = 'refused' WHERE login = 'lixiulan'")
        .execute(&node.platform.pool)
        .await
        .unwrap();
    let (status, problem) = browser.userinfo(&tokens["access_token"]).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &"sign-in.refused".into()));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(browser.refresh(refresh).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_form_of_another_browser_or_another_page_is_not_taken() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let (mine, theirs) = (browser.open(&[]).await, browser.open(&[]).await);
    let stolen = Page { cookie: theirs.cookie.clone(), ..browser.open(&[]).await };
    let mixed = Page { form_token: theirs.form_token.clone(), ..browser.open(&[]).await };
    for page in [&stolen, &mixed] {
        let response = browser.sign_in(page, "lixiulan", "demo-2026").await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(response.text().await.unwrap().contains("页面已过期"));
    }
    assert!(returned(&browser.sign_in(&mine, "lixiulan", "demo-2026").await).contains_key("code"));
    let again = browser.sign_in(&mine, "lixiulan", "demo-2026").await;
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_level_that_the_account_has_not_reached_is_refused() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let page = browser.open(&[("acr_values", Some("3"))]).await;
    let back = returned(&browser.sign_in(&page, "wangjianguo", "demo-2026").await);
    assert_eq!(back["error"], "unmet_authentication_requirements");
    let page = browser.open(&[("acr_values", Some("3 2"))]).await;
    let back = returned(&browser.sign_in(&page, "wangjianguo", "demo-2026").await);
    let (_, tokens) = browser.redeem(&back["code"]).await;
    assert_eq!(claims(&tokens["id_token"])["acr"], "2");
}

#[tokio::test]
async fn revoking_and_logging_out_end_the_sign_in() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let tokens = browser.tokens().await;
    let form = |token: &'static str| [("token", token), ("client_id", "tongban-app")];
    let (status, _) = browser.post("/oidc/revoke", &form("nobody's")).await;
    assert_eq!(status, StatusCode::OK);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let (status, _) =
        browser.post("/oidc/revoke", &[("token", refresh), ("client_id", "tongban-app")]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(browser.userinfo(&tokens["access_token"]).await.0, StatusCode::UNAUTHORIZED);

    let tokens = browser.tokens().await;
    let address = format!("{}/oidc/end_session", node.address);
    let forged = format!("{}x", tokens["id_token"].as_str().unwrap());
    for (hint, status) in [
        (forged.as_str(), StatusCode::OK),
        (tokens["id_token"].as_str().unwrap(), StatusCode::UNAUTHORIZED),
    ] {
        let query =
            [("id_token_hint", hint), ("post_logout_redirect_uri", REDIRECT), ("state", "s")];
        browser.client.get(&address).query(&query).send().await.unwrap();
        assert_eq!(browser.userinfo(&tokens["access_token"]).await.0, status);
    }
}

#[tokio::test]
async fn tokens_and_passwords_are_nowhere_in_the_database() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let tokens = browser.tokens().await;
    let file = node.platform.config.data_dir.join("platform.db");
    let bytes = std::fs::read(file).unwrap();
    for secret in [&tokens["access_token"], &tokens["refresh_token"], &"demo-2026".into()] {
        let secret = secret.as_str().unwrap().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}

#[tokio::test]
async fn the_description_names_every_endpoint_and_all_it_refers_to() {
    let node = Node::start().await;
    let text = node.client.get(format!("{}/openapi.json", node.address)).send().await.unwrap();
    let text = text.text().await.unwrap();
    let description: Value = serde_json::from_str(&text).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in
        ["/oidc/token", "/v1/files", "/v1/files/{id}", "/v1/exchange", "/catalogue/manifest.json"]
    {
        assert!(description["paths"][path].is_object(), "{path}");
    }
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
}
