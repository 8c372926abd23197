//! Codes and tokens: how they are had, renewed, misused and given back.

use jiff::{Timestamp, ToSpan as _};
use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce,
    core::{
        CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
        CoreProviderMetadata,
    },
};
use reqwest::{StatusCode, header};
use serde_json::Value;
use url::Url;

use super::browser::{Browser, REDIRECT, claims, returned};
use crate::node::Node;

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
    let (status, renewed) = browser.refresh(refresh).await;
    assert_eq!(status, StatusCode::OK);
    // Who has not come back for three months signs in again.
    *node.time.lock().unwrap() = node.platform.now().checked_add((24 * 90).hours()).unwrap();
    let refresh = renewed["refresh_token"].as_str().unwrap();
    assert_eq!(browser.refresh(refresh).await.1["error"], "invalid_grant");
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
async fn revoking_and_logging_out_end_the_sign_in() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let tokens = browser.tokens().await;
    let form = |token: &'static str| [("token", token), ("client_id", "tongban-app")];
    let (status, _) = browser.post("/oidc/revoke", &form("nobody's")).await;
    assert_eq!(status, StatusCode::OK);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let theirs = [("token", refresh), ("client_id", "another-app")];
    let (status, refused) = browser.post("/oidc/revoke", &theirs).await;
    assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &"invalid_client".into()));
    assert_eq!(browser.userinfo(&tokens["access_token"]).await.0, StatusCode::OK);
    let (status, _) =
        browser.post("/oidc/revoke", &[("token", refresh), ("client_id", "tongban-app")]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(browser.userinfo(&tokens["access_token"]).await.0, StatusCode::UNAUTHORIZED);

    // An access token goes alone.
    let tokens = browser.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    browser.post("/oidc/revoke", &[("token", access), ("client_id", "tongban-app")]).await;
    assert_eq!(browser.userinfo(&tokens["access_token"]).await.0, StatusCode::UNAUTHORIZED);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(browser.refresh(refresh).await.0, StatusCode::OK);

    let tokens = browser.tokens().await;
    let address = format!("{}/oidc/end_session", node.address);
    // Nobody is sent anywhere by a link to this page, be the sign-in theirs.
    let elsewhere = [
        ("id_token_hint", browser.tokens().await["id_token"].as_str().unwrap().to_owned()),
        ("post_logout_redirect_uri", "https://evil.example/callback".to_owned()),
    ];
    let shown = browser.client.get(&address).query(&elsewhere).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
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
