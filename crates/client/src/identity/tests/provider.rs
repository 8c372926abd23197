//! An OpenID provider in memory that does as it should, and wrongs at will.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures::{StreamExt as _, future::BoxFuture, stream};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use url::Url;

use crate::transport::{Reply, Transport, TransportError};

pub(super) const ISSUER: &str = "https://zwfw.example.gov.cn/oidc";
pub(super) const CLIENT: &str = "cn.tongban.app";

/// Two keys, each made once where a test needs it.
static KEYS: [LazyLock<String>; 2] = [LazyLock::new(new_key), LazyLock::new(new_key)];

fn new_key() -> String {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    key.to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).unwrap().to_string()
}

/// What happens to requests for tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    Up,
    /// Nothing arrives.
    Down,
    /// Requests arrive, replies do not.
    LosesReplies,
    /// A captive portal answers everything.
    Portal,
}

pub(super) struct State {
    pub(super) now: i64,
    pub(super) network: Network,
    /// Which of the keys signs, under which name.
    pub(super) key: (usize, &'static str),
    /// Key and name as published; as `key` where nothing is said.
    pub(super) published: Option<(usize, &'static str)>,
    /// Replaces claims of the id token; null removes one.
    pub(super) claims: Value,
    /// Replaces fields of the description.
    pub(super) metadata: Value,
    /// Whether the answer to a code holds an id token.
    pub(super) gives_id_token: bool,
    /// The error that the token endpoint answers every refresh with.
    pub(super) refresh_error: Option<&'static str>,
    pub(super) acr: Option<String>,
    /// The refresh token that works.
    pub(super) refresh: Option<String>,
    pub(super) revoked: Vec<String>,
    /// Requests by path.
    pub(super) requests: BTreeMap<String, u32>,
    /// Where set, requests for tokens wait for it before they are answered.
    pub(super) gate: Option<Arc<Notify>>,
    /// The same, once they have been dealt with.
    pub(super) gate_of_replies: Option<Arc<Notify>>,
    /// Whether the answer to a refresh token holds an id token.
    pub(super) renews_id_token: bool,
    issued: u32,
    asked: BTreeMap<String, String>,
}

/// The provider. Clones share it.
#[derive(Clone)]
pub(super) struct FakeProvider {
    state: Arc<Mutex<State>>,
}

impl FakeProvider {
    pub(super) fn new() -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                now: super::START,
                network: Network::Up,
                key: (0, "first"),
                published: None,
                claims: json!({}),
                metadata: json!({}),
                gives_id_token: true,
                refresh_error: None,
                acr: Some("3".to_owned()),
                refresh: None,
                revoked: Vec::new(),
                requests: BTreeMap::new(),
                gate: None,
                gate_of_replies: None,
                renews_id_token: false,
                issued: 0,
                asked: BTreeMap::new(),
            })),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn count(&self, path: &str) -> u32 {
        self.state().requests.get(path).copied().unwrap_or(0)
    }

    /// The person signs in on the page at this address: where the browser goes next.
    pub(super) fn authorize(&self, prompt: &Url) -> Url {
        let asked: BTreeMap<String, String> = prompt.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        back.query_pairs_mut()
            .append_pair("code", "the-code")
            .append_pair("state", &asked["state"])
            .append_pair("iss", ISSUER);
        self.state().asked = asked;
        back
    }
}

impl State {
    fn answer(&mut self, path: &str, form: &BTreeMap<String, String>) -> (StatusCode, Value) {
        *self.requests.entry(path.to_owned()).or_default() += 1;
        match path {
            "/oidc/.well-known/openid-configuration" => (StatusCode::OK, self.describe()),
            "/oidc/jwks" => (StatusCode::OK, self.keys()),
            "/oidc/revoke" => {
                self.revoked.push(form["token"].clone());
                (StatusCode::OK, Value::Null)
            }
            "/oidc/token" => match form["grant_type"].as_str() {
                "authorization_code" => self.redeem(form),
                "refresh_token" => self.renew(form),
                other => panic!("{other}"),
            },
            other => panic!("no such address: {other}"),
        }
    }

    fn describe(&self) -> Value {
        let mut metadata = json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/jwks"),
            "revocation_endpoint": format!("{ISSUER}/revoke"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": true,
        });
        merge(&mut metadata, &self.metadata);
        metadata
    }

    fn keys(&self) -> Value {
        let (index, name) = self.published.unwrap_or(self.key);
        json!({ "keys": [signing_key(index, name).as_verification_key()] })
    }

    fn redeem(&mut self, form: &BTreeMap<String, String>) -> (StatusCode, Value) {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
        assert_eq!(challenge, self.asked["code_challenge"], "PKCE");
        assert_eq!(form["redirect_uri"], self.asked["redirect_uri"]);
        assert_eq!(form["code"], "the-code");
        self.issue(true)
    }

    fn renew(&mut self, form: &BTreeMap<String, String>) -> (StatusCode, Value) {
        if let Some(error) = self.refresh_error {
            return (StatusCode::BAD_REQUEST, json!({ "error": error }));
        }
        if Some(&form["refresh_token"]) != self.refresh.as_ref() {
            return (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
        }
        self.issue(false)
    }

    fn issue(&mut self, sign_in: bool) -> (StatusCode, Value) {
        self.issued += 1;
        let access = format!("access-{}", self.issued);
        let refresh = format!("refresh-{}", self.issued);
        self.refresh = Some(refresh.clone());
        let mut answer = json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 600,
            "refresh_token": refresh,
        });
        if if sign_in { self.gives_id_token } else { self.renews_id_token } {
            answer["id_token"] = self.id_token(&access).into();
        }
        (StatusCode::OK, answer)
    }

    fn id_token(&self, access: &str) -> String {
        let half = &Sha256::digest(access)[..16];
        let mut claims = json!({
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "subject-1",
            "iat": self.now,
            "exp": self.now + 600,
            "nonce": self.asked["nonce"],
            "at_hash": URL_SAFE_NO_PAD.encode(half),
            "acr": self.acr,
            "name": "李秀兰",
            "masked_id": "340***********001X",
        });
        merge(&mut claims, &self.claims);
        let (index, name) = self.key;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": name });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = signing_key(index, name)
            .sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn signing_key(index: usize, name: &str) -> CoreRsaPrivateSigningKey {
    let id = JsonWebKeyId::new(name.to_owned());
    CoreRsaPrivateSigningKey::from_pem(&KEYS[index], Some(id)).unwrap()
}

fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().unwrap() {
        match value {
            Value::Null => into.as_object_mut().unwrap().remove(name),
            value => into.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
}

impl Transport for FakeProvider {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Reply, TransportError>> {
        let provider = self.clone();
        Box::pin(async move {
            assert_eq!(request.uri().host(), Some("zwfw.example.gov.cn"));
            let path = request.uri().path().to_owned();
            let form: BTreeMap<String, String> =
                url::form_urlencoded::parse(request.body()).into_owned().collect();
            let gate = provider.state().gate.clone().filter(|_| path == "/oidc/token");
            if let Some(gate) = gate {
                gate.notified().await;
            }
            let network = provider.state().network;
            if network == Network::Down {
                return Err(TransportError::Unreachable);
            }
            if network == Network::Portal {
                return Ok(reply(StatusCode::OK, "text/html", "<h1>WiFi</h1>".into()));
            }
            let (status, body) = provider.state().answer(&path, &form);
            let gate = provider.state().gate_of_replies.clone().filter(|_| path == "/oidc/token");
            if let Some(gate) = gate {
                gate.notified().await;
            }
            if network == Network::LosesReplies {
                return Err(TransportError::Broken);
            }
            Ok(reply(status, "application/json", body.to_string()))
        })
    }
}

fn reply(status: StatusCode, media_type: &'static str, body: String) -> Reply {
    let headers =
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))]);
    Reply { status, headers, body: stream::once(async { Ok(Bytes::from(body)) }).boxed() }
}
