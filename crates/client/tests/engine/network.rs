//! A network that is bad in every way: each is told apart, and the filing waits with the
//! reason.

use std::time::Duration;

use serde_json::json;
use tongban_contract::page::*;

use crate::{
    person::*,
    wire::{Asked, Turn},
    world::*,
};

async fn offline_for(client: &tongban_client::Client) -> String {
    let NetworkView::Offline { problem } = overview(client).await.sync.network else {
        panic!("not offline")
    };
    assert_is_told_well(&problem);
    problem.code
}

#[tokio::test]
async fn each_kind_of_bad_network_is_told_and_the_filing_waits_with_the_reason() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let html = || "<html><body>请先登录宾馆网络</body></html>".to_owned();
    let page = vec![("content-type", "text/html; charset=utf-8")];
    let elsewhere = vec![("location", "http://wifi.example/login")];
    let json = vec![("content-type", "application/json")];
    let problem = json!({
        "type": "/problems/request.malformed", "status": 400, "code": "request.malformed",
        "detail": "平台没有读懂这次请求。", "next": "请更新应用后再试。",
    });
    for (status, headers, body, wanted) in [
        (200, page.clone(), html(), "network.captive-portal"),
        (302, elsewhere, String::new(), "network.captive-portal"),
        (403, page.clone(), html(), "network.captive-portal"),
        (511, page, html(), "platform.failed"),
        (200, json.clone(), "{\"version\":1".to_owned(), "network.unreadable"),
        (500, json.clone(), "{}".to_owned(), "platform.failed"),
        (503, json.clone(), "{}".to_owned(), "platform.overloaded"),
        (429, json.clone(), "{}".to_owned(), "platform.overloaded"),
        (400, json, problem.to_string(), "request.malformed"),
    ] {
        // Whatever the last one had the filing wait for is over.
        world.later(3600);
        world.wire.exchanges(move |_| Turn::Answer(status, headers.clone(), body.clone()));
        assert_eq!(code(sync(&client).await), wanted, "{status}");
        assert_eq!(waits(&state(&client, case).await), wanted);
        assert_eq!(offline_for(&client).await, wanted);
    }
    world.wire.cut();
    assert_eq!(code(sync(&client).await), "network.unreachable");
    assert_eq!(offline_for(&client).await, "network.unreachable");

    world.wire.restore();
    world.wire.no_rule();
    world.later(3600);
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(overview(&client).await.sync.network, NetworkView::Online);
}

#[tokio::test]
async fn a_platform_that_asks_to_be_left_alone_is_left_alone_whoever_wakes_the_app() {
    let world = World::start().await;
    let client = world.device().await;
    let first = sign_draft(&client).await;
    let second = sign_draft(&client).await;
    let busy = || Turn::Answer(503, vec![("retry-after", "120")], String::new());
    world.wire.exchanges(move |_| busy());
    client.start();
    submit(&client, first).await;
    until("the platform said that it is busy", async || {
        waits_for(&client, first).await.as_deref() == Some("platform.overloaded")
    })
    .await;
    until("the sync has ended", async || !overview(&client).await.sync.running).await;
    let next = overview(&client).await.sync.next_try.unwrap();
    let wait = next.duration_since(world.now()).as_secs();
    assert!((110..=120).contains(&wait), "{wait}");

    let exchanges = || world.wire.asked().iter().filter(|asked| asked.is_exchange()).count();
    let before = exchanges();
    submit(&client, second).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(exchanges(), before, "it was asked to wait");
    assert_eq!(waits(&state(&client, second).await), "");

    world.wire.no_rule();
    world.later(121);
    // Any act of the person wakes the app; it may ask now.
    let third = sign_draft(&client).await;
    submit(&client, third).await;
    for case in [first, second, third] {
        until("it is sent", async || kind(&state(&client, case).await) == "submitted").await;
    }
}

#[tokio::test]
async fn a_wait_that_is_given_as_a_moment_counts_by_the_platforms_clock_whatever_the_devices() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    for status in [429, 503] {
        world.wire.exchanges(move |_| {
            let headers = vec![
                ("date", "Mon, 02 Mar 2020 09:00:00 GMT"),
                ("retry-after", "Mon, 02 Mar 2020 09:02:00 GMT"),
            ];
            Turn::Answer(status, headers, String::new())
        });
        assert_eq!(code(sync(&client).await), "platform.overloaded");
        assert_eq!(waits(&state(&client, case).await), "platform.overloaded");
        let next = overview(&client).await.sync.next_try.unwrap();
        let wait = next.duration_since(world.now()).as_secs();
        assert!((110..=120).contains(&wait), "{status}: {wait}");
    }
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn a_filing_that_upsets_the_platform_blocks_no_other_and_no_news() {
    let world = World::start().await;
    let client = world.device().await;
    let good = sign_draft(&client).await;
    let bad = sign_draft(&client).await;
    submit(&client, bad).await;
    submit(&client, good).await;
    let carries = move |asked: &Asked| asked.cases().contains(&bad.to_string());
    world.wire.exchanges(move |asked| {
        if carries(asked) { Turn::Answer(500, vec![], String::new()) } else { Turn::Pass }
    });

    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, good).await), "submitted");
    assert_eq!(waits(&state(&client, bad).await), "platform.failed");
    assert_eq!(overview(&client).await.sync.network, NetworkView::Online);

    // It alone is due, and still the news of the other comes.
    world.later(120);
    world.office(CITY, good, json!({ "action": "accept" })).await;
    let before = world.wire.asked().iter().filter(|asked| carries(asked)).count();
    sync(&client).await.unwrap();
    let after = world.wire.asked().iter().filter(|asked| carries(asked)).count();
    // More than once on a machine with much to do, as waits are the shortest here.
    assert!(after > before, "it was tried once more");
    let details = item(&client, good).await.details.unwrap();
    assert_eq!(details.revision, 2);
    assert_eq!(waits(&state(&client, bad).await), "platform.failed");

    world.wire.no_rule();
    world.later(120);
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, bad).await), "submitted");
}

#[tokio::test]
async fn a_filing_that_something_in_between_stops_blocks_no_other_and_no_news() {
    let page = || {
        let html = "<html><body>Blocked by policy</body></html>".to_owned();
        Turn::Answer(403, vec![("content-type", "text/html")], html)
    };
    let cut = || Turn::After(Box::new(|_| None));
    for wanted in ["network.unreadable", "network.broken"] {
        let stop = move || if wanted == "network.broken" { cut() } else { page() };
        let world = World::start().await;
        let client = world.device().await;
        let good = sign_draft(&client).await;
        let bad = sign_draft(&client).await;
        submit(&client, bad).await;
        submit(&client, good).await;
        world.wire.exchanges(move |asked| {
            if asked.cases().contains(&bad.to_string()) { stop() } else { Turn::Pass }
        });
        sync(&client).await.unwrap();
        assert_eq!(kind(&state(&client, good).await), "submitted", "{wanted}");
        assert_eq!(waits(&state(&client, bad).await), wanted);
        assert_eq!(overview(&client).await.sync.network, NetworkView::Online);

        world.wire.no_rule();
        world.later(120);
        sync(&client).await.unwrap();
        assert_eq!(kind(&state(&client, bad).await), "submitted", "{wanted}");
        assert_eq!(world.case_numbers().await.len(), 2);
    }
}

#[tokio::test]
async fn a_filing_that_will_never_be_read_asks_for_the_person_and_holds_up_nothing() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let too_large = json!({
        "type": "/problems/request.too-large", "status": 413, "code": "request.too-large",
        "detail": "一次提交的内容太大，平台没有接收。", "next": "请减少一次提交的内容后再试。",
    });
    world.wire.exchanges(move |asked| {
        let json = vec![("content-type", "application/problem+json")];
        let brings = !asked.cases().is_empty();
        if brings { Turn::Answer(413, json, too_large.to_string()) } else { Turn::Pass }
    });
    sync(&client).await.unwrap();
    let ItemState::NeedsAttention { problem } = state(&client, case).await else { panic!() };
    assert_eq!(problem.code, "request.too-large");

    // It is opened, made smaller, and filed again.
    world.wire.no_rule();
    client.mend(Mend { case }).await.unwrap();
    submit(&client, case).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn whatever_is_answered_to_one_filing_blocks_no_other() {
    let world = World::start().await;
    let client = world.device().await;
    let bad = sign_draft(&client).await;
    submit(&client, bad).await;
    let refused = json!({
        "type": "/problems/request.forbidden", "status": 403, "code": "request.forbidden",
        "detail": "这一项暂时不能办理。", "next": "请稍后再试。",
    });
    let half = "{\"version\":1".to_owned();
    for (status, body, wanted) in
        [(403, refused.to_string(), "request.forbidden"), (200, half, "network.unreadable")]
    {
        let good = sign_draft(&client).await;
        submit(&client, good).await;
        let json = vec![("content-type", "application/json")];
        world.wire.exchanges(move |asked| {
            let carries = asked.cases().contains(&bad.to_string());
            if carries { Turn::Answer(status, json.clone(), body.clone()) } else { Turn::Pass }
        });
        world.later(120);
        sync(&client).await.unwrap();
        assert_eq!(kind(&state(&client, good).await), "submitted", "{wanted}");
        assert_eq!(waits(&state(&client, bad).await), wanted);
    }
}

#[tokio::test]
async fn no_file_and_no_token_goes_where_an_answer_points_elsewhere() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let away = vec![("location", "http://127.0.0.1:9/v1/files/1"), ("upload-offset", "0")];
    world.wire.rule(move |asked| {
        let begins = asked.path == "/v1/files";
        if begins { Turn::Answer(201, away.clone(), String::new()) } else { Turn::Pass }
    });
    sync(&client).await.unwrap();
    assert_eq!(waits(&state(&client, case).await), "network.unreadable");
    for asked in world.wire.asked().iter() {
        assert!(asked.url.starts_with(&world.address), "{}", asked.url);
    }
}

#[tokio::test]
async fn a_filing_made_while_nothing_answers_is_sent_when_the_platform_is_back() {
    let mut world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    world.stop_platform().await;
    client.start();
    submit(&client, case).await;
    until("a try has failed", async || {
        waits_for(&client, case).await.as_deref() == Some("network.unreachable")
    })
    .await;
    assert_eq!(offline_for(&client).await, "network.unreachable");
    world.start_platform().await;
    until("it is sent without a call", async || kind(&state(&client, case).await) == "submitted")
        .await;
    assert_eq!(world.case_numbers().await.len(), 1);
    client.close().await;
}

#[tokio::test]
async fn without_a_platform_the_first_start_says_so() {
    let world = World::without_platform().await;
    let client = world.open("device").await;
    assert_eq!(code(choose_county(&client).await), "network.unreachable");
    assert_eq!(code(client.sign_in(SignIn { assurance: None }).await), "network.unreachable");
    let view = overview(&client).await;
    assert_eq!(view.account, AccountView::SignedOut);
    assert_eq!(view.catalogue.problem.unwrap().code, "network.unreachable");
    assert_eq!(offline_for(&client).await, "network.unreachable");
}
