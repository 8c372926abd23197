//! The sign-in page: who gets in, who is told what, and guessing.

use jiff::ToSpan as _;
use reqwest::StatusCode;

use super::browser::{Browser, Page, claims, returned};
use crate::node::Node;

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
        assert_eq!(response.headers()["retry-after"], "5");
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
    let old = browser.open(&[]).await;
    *node.time.lock().unwrap() = node.platform.now().checked_add(15.minutes()).unwrap();
    let late = browser.sign_in(&old, "lixiulan", "demo-2026").await;
    assert_eq!(late.status(), StatusCode::BAD_REQUEST, "it was open for too long");
}

#[tokio::test]
async fn a_form_that_is_sent_three_times_at_once_signs_in_once() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let page = browser.open(&[]).await;
    let send = || browser.sign_in(&page, "lixiulan", "demo-2026");
    let (one, two, three) = tokio::join!(send(), send(), send());
    let codes = [one, two, three].iter().filter(|r| r.status() == StatusCode::SEE_OTHER).count();
    assert_eq!((codes, node.count("oidc_grants").await), (1, 1));
}

#[tokio::test]
async fn a_level_that_the_account_has_not_reached_is_refused() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    assert!(!browser.open(&[]).await.html.contains("高级实名</b>"), "nothing is asked for");
    let page = browser.open(&[("acr_values", Some("3"))]).await;
    assert!(page.html.contains("<b>高级实名</b>"), "{}", page.html);
    let back = returned(&browser.sign_in(&page, "wangjianguo", "demo-2026").await);
    assert_eq!(back["error"], "unmet_authentication_requirements");
    let page = browser.open(&[("acr_values", Some("3 2"))]).await;
    let back = returned(&browser.sign_in(&page, "wangjianguo", "demo-2026").await);
    let (_, tokens) = browser.redeem(&back["code"]).await;
    assert_eq!(claims(&tokens["id_token"])["acr"], "2");
}

#[tokio::test]
async fn what_a_browser_brings_and_cannot_be_read_is_answered_with_a_page() {
    let node = Node::start().await;
    let browser = Browser::of(&node);
    let form = "application/x-www-form-urlencoded";
    for address in ["authorize", "end_session"] {
        for (kind, body, status, words) in [
            ("text/plain", "state=x".to_owned(), 415, "没有读懂"),
            (form, "x".repeat(40_000), 413, "内容太大"),
        ] {
            let request = browser.client.post(format!("{}/oidc/{address}", node.address));
            let response = request.header("content-type", kind).body(body).send().await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{address}");
            assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
            assert!(response.text().await.unwrap().contains(words), "{address}");
        }
    }
}
