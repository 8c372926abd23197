//! What nobody can do to a node: send too much, too slowly, too often or from too many
//! connections. Whoever tries is told so, and everyone else is served.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use crate::node::{
    FIRST, Node, PHOTO, Wish, filing, number,
    program::{answer, begin, exchange_request, request_head},
    refusal, submit, submit_with,
};
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};
use tongban_platform::serve::Bounds;
use uuid::Uuid;

async fn bounded(bounds: Bounds) -> (Node, String) {
    let node = Node::start_with(Wish { bounds: Some(bounds), ..Wish::default() }).await;
    let host = node.address.strip_prefix("http://").unwrap().to_owned();
    (node, host)
}

async fn health(host: &str) -> Option<u16> {
    let request = b"GET /health HTTP/1.1\r\nHost: platform\r\nConnection: close\r\n\r\n";
    let mut stream = begin(host, request).await;
    answer(&mut stream).await.map(|(status, ..)| status)
}

/// Sends `byte` again and again until the connection ends. Answers how long that took.
async fn trickle(stream: &mut TcpStream, byte: u8) -> (Duration, Option<(u16, String, Vec<u8>)>) {
    let begun = Instant::now();
    let (mut read, mut write) = stream.split();
    let sending = async {
        while write.write_all(&[byte]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What was answered is still to be read.
        std::future::pending::<()>().await;
    };
    let mut bytes = Vec::new();
    tokio::select! {
        _ = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut bytes) => {}
        () = sending => {}
        () = tokio::time::sleep(Duration::from_secs(10)) => {}
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let told = text.split_once("\r\n\r\n").map(|(head, body)| {
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.as_bytes().to_vec())
    });
    (begun.elapsed(), told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let (_node, host) =
        bounded(Bounds { head: Duration::from_millis(500), ..Bounds::default() }).await;
    let mut slow = begin(&host, b"GET /health HTTP/1.1\r\nX-Slow: ").await;
    let (took, _) = trickle(&mut slow, b'a').await;
    assert!(took < Duration::from_secs(4), "it was waited for {took:?}");
    assert_eq!(health(&host).await, Some(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_comes_byte_by_byte_or_pauses_is_not_waited_for() {
    let pause = Duration::from_millis(600);
    let (node, host) = bounded(Bounds { pause, slowest: 10_000, ..Bounds::default() }).await;
    let token = node.sign_in("lixiulan", 3).await;
    let request = exchange_request(&token, &[submit(Uuid::now_v7())]);
    let (early, _) = request.split_at(request.len() - 500);
    let mut slow = begin(&host, early).await;
    let (took, told) = trickle(&mut slow, b' ').await;
    assert!(took < Duration::from_secs(4), "it was waited for {took:?}");
    let (status, head, body) = told.expect("it is told why");
    assert_eq!(status, 408, "{head}");
    assert!(head.contains("content-type: application/problem+json"), "{head}");
    assert!(String::from_utf8(body).unwrap().contains("request.too-slow"));

    let mut paused = begin(&host, early).await;
    let begun = Instant::now();
    assert_eq!(answer(&mut paused).await.expect("it is told why").0, 408);
    assert!(begun.elapsed() < Duration::from_secs(4));

    // Of a file, what has come is kept. It came quickly, which earns it no longer pause.
    let file = vec![7; 100_000];
    let path = node.begin_upload(&token, &file).await;
    let about = "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
                 Content-Type: application/offset+octet-stream\r\n";
    let path = path.strip_prefix(&node.address).unwrap();
    let mut upload =
        begin(&host, request_head("PATCH", path, &token, file.len(), about).as_bytes()).await;
    upload.write_all(&file[..60_000]).await.unwrap();
    let begun = Instant::now();
    let (status, head, _) = answer(&mut upload).await.expect("it is told how much has come");
    assert_eq!((status, head.contains("upload-offset: 60000")), (204, true), "{head}");
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_has_only_so_many_connections() {
    let (_node, host) = bounded(Bounds { most_of_one: 3, ..Bounds::default() }).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(begin(&host, b"GET /health HTTP/1.1\r\n").await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(health(&host).await, None, "a fourth is closed");
    held.pop();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(health(&host).await, Some(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_there_is_no_room_the_next_waits_until_there_is() {
    let (_node, host) = bounded(Bounds { most: 3, ..Bounds::default() }).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(begin(&host, b"GET /health HTTP/1.1\r\n").await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let waiting = tokio::spawn(async move { health(&host).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "it is not let in");
    held.pop();
    assert_eq!(waiting.await.unwrap(), Some(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_has_only_so_many_event_streams_and_the_newest_live() {
    let node = Node::start().await;
    let token = node.sign_in("lixiulan", 3).await;
    let mut streams = Vec::new();
    for _ in 0..9 {
        let address = format!("{}/v1/events", node.address);
        let mut stream = node.client.get(address).bearer_auth(&token).send().await.unwrap();
        assert!(stream.chunk().await.unwrap().is_some());
        streams.push(stream);
    }
    let end = tokio::time::timeout(Duration::from_secs(2), streams[0].chunk()).await;
    assert_eq!(end.expect("the oldest ends").unwrap(), None);
    for stream in &mut streams[1..] {
        let silence = tokio::time::timeout(Duration::from_millis(50), stream.chunk()).await;
        assert!(silence.is_err(), "the others stay open");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_refused_wherever_it_is_sent() {
    let (node, host) = bounded(Bounds::default()).await;
    let token = node.sign_in("lixiulan", 3).await;
    let office = node.office_token(FIRST).await;
    let at = |path: &str| node.client.post(format!("{}{path}", node.address));
    let long = |length: usize| "长".repeat(length);
    let case = Uuid::now_v7();
    let actions = format!("/office/api/cases/{case}/actions");
    let sign_in = json!({ "login": long(2_000_000), "password": "x" });
    let (open, shut) = ("[".repeat(5000), "]".repeat(5000));
    let deep = format!("{{\"version\":1,\"cursor\":0,\"operations\":{open}{shut}}}");
    for (request, status) in [
        (
            at("/v1/exchange")
                .bearer_auth(&token)
                .json(&json!({ "version": 1, "cursor": 0, "mark": long(700_000) })),
            413,
        ),
        (
            at("/v1/exchange")
                .bearer_auth(&token)
                .header("content-type", "application/json")
                .body(deep),
            400,
        ),
        (at("/office/api/sign-in").json(&sign_in), 413),
        (
            at("/office/api/sign-in").json(&json!({ "login": long(100), "password": long(100) })),
            401,
        ),
        (
            at(&actions)
                .bearer_auth(&office)
                .json(&json!({ "action": "pass", "remark": long(2_000_000) })),
            413,
        ),
        (at("/office/sign-in").form(&[("login", long(400_000).as_str()), ("password", "x")]), 413),
        (at("/oidc/authorize").form(&[("state", long(20_000).as_str())]), 413),
        (at("/oidc/sign-in").form(&[("login", long(20_000).as_str())]), 400),
        (at("/oidc/token").form(&[("code", long(20_000).as_str())]), 400),
        (at("/oidc/revoke").form(&[("token", long(20_000).as_str())]), 400),
        (at("/oidc/end_session").form(&[("id_token_hint", long(20_000).as_str())]), 413),
        (
            at("/v1/files")
                .bearer_auth(&token)
                .header("tus-resumable", "1.0.0")
                .header("upload-length", "52428801"),
            413,
        ),
        (
            at("/v1/files")
                .bearer_auth(&token)
                .header("tus-resumable", "1.0.0")
                .header("upload-length", "9".repeat(400)),
            400,
        ),
    ] {
        let request = request.build().unwrap();
        let shown = format!("{} {}", request.method(), request.url().path());
        // Each on a connection of its own: one that was refused in the middle of its body is
        // closed, and must not be used again.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        let reply: Response = client.execute(request).await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{shown}");
    }
    // Heads: a long address, a long header, and many of them.
    for head in [
        format!("GET /{} HTTP/1.1\r\nConnection: close\r\n\r\n", "a".repeat(300_000)),
        format!(
            "POST /v1/files HTTP/1.1\r\nConnection: close\r\nUpload-Metadata: {}\r\n\r\n",
            "a".repeat(300_000)
        ),
        format!("GET /health HTTP/1.1\r\nConnection: close\r\n{}\r\n", "X: 1\r\n".repeat(20_000)),
    ] {
        let mut stream = begin(&host, head.as_bytes()).await;
        let status = answer(&mut stream).await.map(|(status, ..)| status);
        assert!(matches!(status, None | Some(414 | 431)), "{status:?}");
    }
    assert_eq!(health(&host).await, Some(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_long_to_be_kept_is_refused_with_its_place() {
    let node = Node::start().await;
    let token = node.sign_in("lixiulan", 3).await;
    node.upload(&token, PHOTO).await;
    let mut large = filing();
    large["answers"]["shop"]["name"] = json!("面".repeat(100_000));
    let mut named = filing();
    named["materials"]["photo"][0]["name"] = json!("门".repeat(256));
    let mut many = filing();
    many["materials"]["photo"] = json!(vec![many["materials"]["photo"][0].clone(); 201]);
    let case = Uuid::now_v7();
    let sent = [
        submit_with(Uuid::now_v7(), large),
        submit_with(Uuid::now_v7(), named),
        submit_with(Uuid::now_v7(), many),
        submit(case),
        json!({ "id": Uuid::now_v7(), "made_at": "2026-09-28T01:00:00Z", "kind": "withdraw",
                "case": case, "reason": "因".repeat(100_000) }),
    ];
    let reply = node.exchange(&token, &sent).await;
    assert_eq!(refusal(&reply.results[0].outcome).code, "operation.too-large");
    let fault = &refusal(&reply.results[1].outcome).faults[0];
    assert_eq!((&*fault.code, &*fault.pointer), ("material.name-too-long", "/materials/photo"));
    let faults = &refusal(&reply.results[2].outcome).faults;
    assert!(faults.iter().any(|fault| fault.code == "material.too-many"), "{faults:?}");
    number(&reply.results[3].outcome);
    assert_eq!(refusal(&reply.results[4].outcome).code, "operation.too-large");

    let office = node.office_token(FIRST).await;
    let fault = |sentence: &str| json!({ "pointer": "/materials/photo", "sentence": sentence });
    for (body, pointer) in [
        (json!({ "action": "accept", "remark": "好".repeat(2001) }), "/remark"),
        (
            json!({ "action": "correct", "remark": "改", "faults": vec![fault("改"); 201] }),
            "/faults",
        ),
        (
            json!({ "action": "correct", "remark": "改", "faults": [fault("改"), fault(&"改".repeat(501))] }),
            "/faults/1/sentence",
        ),
    ] {
        let (status, problem) = node.office_act(&office, case, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert_eq!(
            (&problem["code"], &problem["pointer"]),
            (&json!("office.too-long"), &json!(pointer))
        );
    }
}

/// A client with an address of its own on this machine.
fn from(last: u8) -> Client {
    let address = IpAddr::from(Ipv4Addr::new(127, 0, 0, last));
    Client::builder().local_address(address).redirect(Policy::none()).build().unwrap()
}

async fn is_busy(reply: Response) -> bool {
    if reply.status() != StatusCode::TOO_MANY_REQUESTS {
        return false;
    }
    assert_eq!(reply.headers()["retry-after"], "1");
    assert_eq!(reply.headers()["content-type"], "application/problem+json; charset=utf-8");
    let head = reply.content_length() == Some(0);
    head || reply.json::<Value>().await.unwrap()["code"] == "platform.busy"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_of_the_node_counts_for_the_limit_of_who_asks() {
    let node = Node::start_with(Wish { requests_per_second: Some(1), ..Wish::default() }).await;
    let description: Value = from(2)
        .get(format!("{}/openapi.json", node.address))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mut requests = Vec::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, _) in operations.as_object().unwrap() {
            requests.push((method.to_ascii_uppercase(), path.replace(['{', '}'], "")));
        }
    }
    for page in [
        "/office",
        "/office/",
        "/office/style.css",
        "/office/sign-in",
        "/office/cases/1",
        "/openapi.json",
        "/oidc/authorize",
        "/oidc/end_session",
        "/static/platform.css",
        "/no-such-address",
    ] {
        requests.push(("GET".to_owned(), page.to_owned()));
    }
    assert!(requests.len() > 30, "{requests:?}");
    let client = from(3);
    // The burst is two; how much of it is left when a request comes depends on nothing but time.
    for _ in 0..4 {
        let _spent = client.get(format!("{}/health", node.address)).send().await.unwrap();
    }
    let mut let_through = 0;
    let begun = Instant::now();
    for (method, path) in &requests {
        let method = method.parse().unwrap();
        let reply = client.request(method, format!("{}{path}", node.address)).send().await.unwrap();
        let_through += u64::from(!is_busy(reply).await);
    }
    assert!(let_through <= begun.elapsed().as_secs() + 1, "{let_through} of {}", requests.len());
    // Another address is not held to it.
    let reply = from(4).get(format!("{}/health", node.address)).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_counted_from_wherever_it_asks() {
    let node = Node::start_with(Wish { requests_per_second: Some(2), ..Wish::default() }).await;
    let token = node.sign_in("lixiulan", 3).await;
    let other = node.sign_in("wangjianguo", 3).await;
    let ask = async |last: u8, token: &str| {
        let address = format!("{}/oidc/userinfo", node.address);
        is_busy(from(last).get(address).bearer_auth(token).send().await.unwrap()).await
    };
    let mut busy = 0;
    // Each of these addresses asks twice, which is less than its burst of four.
    for last in 10..20 {
        for _ in 0..2 {
            busy += usize::from(ask(last, &token).await);
        }
    }
    assert!(busy > 0, "twenty requests at once are too many for one account");
    assert!(!ask(30, &other).await, "another account is not held to it");

    let office = node.office_token(FIRST).await;
    let mut busy = 0;
    for last in 40..60 {
        let request = from(last).get(format!("{}/office/api/cases", node.address));
        busy += usize::from(is_busy(request.bearer_auth(&office).send().await.unwrap()).await);
    }
    assert!(busy > 0, "nor for one of the office");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_passwords_of_the_office_is_told_to_wait() {
    let node = Node::start().await;
    let body = json!({ "login": FIRST, "password": "wrong" });
    let request = || node.client.post(format!("{}/office/api/sign-in", node.address)).json(&body);
    let mut last = request().send().await.unwrap();
    for _ in 0..6 {
        last = request().send().await.unwrap();
    }
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = last.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    let page = node
        .client
        .post(format!("{}/office/sign-in", node.address))
        .form(&[("login", FIRST), ("password", "wrong")])
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(page.headers().contains_key("retry-after"));
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
}
