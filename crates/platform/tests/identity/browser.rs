//! A browser in which a person signs in, and the app behind it.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::node::Node;

pub(crate) const REDIRECT: &str = "http://127.0.0.1:54321/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A browser that does not follow redirects, and keeps the one cookie there is.
pub(crate) struct Browser<'a> {
    pub(crate) node: &'a Node,
    pub(crate) client: Client,
}

/// A sign-in page as the browser has it.
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) policy: String,
    pub(crate) cookie: String,
    pub(crate) request: String,
    pub(crate) form_token: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn of(node: &'a Node) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { node, client }
    }

    pub(crate) async fn ask(&self, parameters: &[(&str, &str)]) -> Response {
        let address = format!("{}/oidc/authorize", self.node.address);
        self.client.get(address).query(parameters).send().await.unwrap()
    }

    pub(crate) async fn open(&self, changes: &[(&str, Option<&str>)]) -> Page {
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

    pub(crate) async fn send(&self, page: &Page, fields: &[(&str, &str)]) -> Response {
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

    pub(crate) async fn sign_in(&self, page: &Page, login: &str, password: &str) -> Response {
        self.send(page, &[("login", login), ("password", password)]).await
    }

    pub(crate) async fn code(&self, changes: &[(&str, Option<&str>)]) -> String {
        let page = self.open(changes).await;
        let response = self.sign_in(&page, "lixiulan", "demo-2026").await;
        returned(&response).remove("code").expect("a code")
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let response = self
            .client
            .post(format!("{}{path}", self.node.address))
            .form(form)
            .send()
            .await
            .unwrap();
        (response.status(), response.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn redeem(&self, code: &str) -> (StatusCode, Value) {
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

    pub(crate) async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "tongban-app"),
            ("refresh_token", token),
        ];
        self.post("/oidc/token", &form).await
    }

    pub(crate) async fn tokens(&self) -> Value {
        let code = self.code(&[]).await;
        let (status, tokens) = self.redeem(&code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    /// Status and code of the problem with which userinfo answers, or the claims.
    pub(crate) async fn userinfo(&self, access: &Value) -> (StatusCode, Value) {
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
pub(crate) fn asked(changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
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

pub(crate) fn borrow(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What the browser carries back to the app.
pub(crate) fn returned(response: &Response) -> BTreeMap<String, String> {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let location = response.headers()[header::LOCATION].to_str().unwrap();
    assert!(location.starts_with(&format!("{REDIRECT}?")), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

pub(crate) fn claims(token: &Value) -> Value {
    let claims = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
