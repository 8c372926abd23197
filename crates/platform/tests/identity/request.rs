//! The authorization request: what is wrong with it, and who is told.

use reqwest::{StatusCode, header};
use serde_json::Value;

use super::browser::{Browser, asked, borrow, returned};
use crate::node::Node;

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
        ("code_challenge", Some("too-short"), "invalid_request"),
        ("code_challenge", Some("not in base64url, but as long as a digest!!"), "invalid_request"),
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
