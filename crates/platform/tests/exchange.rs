//! The exchange: whatever is sent, however often and from wherever, happens once.

use std::collections::BTreeSet;

use crate::node::{Node, cases, file, filing, hex, number, refusal, submit, submit_with};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tongban_contract::{
    case::CaseState,
    exchange::{ExchangeReply, MOST_OPERATIONS},
    operation::Outcome,
};
use tongban_platform::catalogue::import;
use uuid::Uuid;

const CITIZEN: &str = "lixiulan";
const OTHER: &str = "wangjianguo";

async fn node() -> (Node, String) {
    let node = Node::start().await;
    let token = node.sign_in(CITIZEN, 3).await;
    node.upload(&token, crate::node::PHOTO).await;
    (node, token)
}

async fn results(node: &Node, token: &str, operations: &[Value]) -> Value {
    let body = json!({ "version": 1, "cursor": 0, "operations": operations });
    let reply: Value = node.post_exchange(token, &body).await.json().await.unwrap();
    reply["results"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_is_accepted_with_a_number_and_told_by_the_feed() {
    let (node, token) = node().await;
    let case = Uuid::now_v7();
    let reply = node.exchange(&token, &[submit(case)]).await;
    let number = number(&reply.results[0].outcome);
    assert!(number.starts_with("42-20260928-000001-"), "{number}");
    let told = cases(&reply.changes);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].id.0, &*told[0].number), (case, number));
    assert_eq!(told[0].state, CaseState::Received);
    assert_eq!(told[0].office, "夷陵区市场监督管理局");
    assert_eq!((reply.cursor, reply.more), (1, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_goes_to_the_office_that_a_departments_list_names() {
    let (node, token) = node().await;
    let list = node.data().with_file_name("list.json");
    let row = json!([{"name": "食品经营许可", "department": "夷陵区行政审批局", "code": "own-1",
        "basic_code": crate::node::ITEM, "division": "420506", "type": "01"}]);
    std::fs::write(&list, row.to_string()).unwrap();
    let assets = node.data().with_file_name("assets");
    import::import(&node.data(), &assets, &list).unwrap();
    let node = node.restart().await;
    let reply = node.exchange(&token, &[submit(Uuid::now_v7())]).await;
    assert_eq!(cases(&reply.changes)[0].office, "夷陵区行政审批局");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_everything_again_whole_or_in_part_gives_the_same_words_and_nothing_new() {
    let (node, token) = node().await;
    let bad = submit_with(Uuid::now_v7(), json!({ "answers": {} }));
    let operations = [submit(Uuid::now_v7()), bad, submit(Uuid::now_v7())];
    let first = results(&node, &token, &operations).await;
    assert_eq!(first[0]["outcome"], "accepted");
    assert_eq!(first[1]["outcome"], "refused", "one bad operation does not block the others");
    assert_eq!(first[2]["outcome"], "accepted");
    node.set_day("2026-09-30");
    assert_eq!(results(&node, &token, &operations).await.to_string(), first.to_string());
    let part = results(&node, &token, &operations[1..]).await;
    assert_eq!((&part[0], &part[1]), (&first[1], &first[2]));
    assert_eq!(node.count("cases").await, 2);
    assert_eq!(node.count("changes").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_that_is_here_is_not_filed_again_with_other_content() {
    let (node, token) = node().await;
    let case = Uuid::now_v7();
    let first = node.exchange(&token, &[submit(case)]).await;
    let number = self::number(&first.results[0].outcome).to_owned();
    let mut other = submit(case);
    other["filing"]["answers"]["shop"]["name"] = json!("别的店");
    let reply = node.exchange(&token, &[other, submit(case)]).await;
    let refused = refusal(&reply.results[0].outcome);
    assert_eq!(refused.code, "case.filed-already");
    assert!(refused.detail.contains(&number), "{refused:?}");
    assert_eq!(self::number(&reply.results[1].outcome), number, "the same is taken once");
    assert_eq!(node.count("cases").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sockets_and_two_nodes_at_once_create_one_acceptance() {
    let (node, token) = node().await;
    let beside = node.beside().await;
    let case = Uuid::now_v7();
    let operation = submit(case);
    let body = json!({ "version": 1, "cursor": 0, "operations": [operation, submit(case)] });
    let mut tasks = Vec::new();
    for task in 0..24 {
        let address = if task % 2 == 0 { &node.address } else { &beside.address };
        let request = reqwest::Client::new()
            .post(format!("{address}/v1/exchange"))
            .bearer_auth(&token)
            .json(&body);
        tasks.push(tokio::spawn(async move {
            let reply = request.send().await.unwrap();
            assert_eq!(reply.status(), StatusCode::OK);
            reply.json::<Value>().await.unwrap()["results"].to_string()
        }));
    }
    let mut replies = BTreeSet::new();
    for task in tasks {
        replies.insert(task.await.unwrap());
    }
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert_eq!(node.count("cases").await, 1);
    assert_eq!(node.count("changes").await, 1);
    assert_eq!(node.count("operations").await, 2);
    let results: Value = serde_json::from_str(replies.first().unwrap()).unwrap();
    assert_eq!(results[0]["number"], results[1]["number"], "one application has one number");
    beside.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_is_lost_is_given_again() {
    let (node, token) = node().await;
    let operation = submit(Uuid::now_v7());
    let body = json!({ "version": 1, "cursor": 0, "operations": [operation] }).to_string();
    // The request goes out whole; the connection is cut before anything is read.
    let host = node.address.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /v1/exchange HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut waited = 0;
    while node.count("operations").await == 0 && waited < 500 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        waited += 1;
    }
    drop(socket);
    let again = node.exchange(&token, std::slice::from_ref(&operation)).await;
    assert!(number(&again.results[0].outcome).contains("-000001-"));
    assert_eq!(node.count("cases").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_is_not_used_for_something_else() {
    let (node, token) = node().await;
    let operation = submit(Uuid::now_v7());
    node.exchange(&token, std::slice::from_ref(&operation)).await;
    let mut other = operation.clone();
    other["filing"]["answers"]["shop"]["name"] = json!("别的店");
    let reply = node.exchange(&token, &[other, operation]).await;
    assert_eq!(refusal(&reply.results[0].outcome).code, "operation.reused");
    number(&reply.results[1].outcome);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_account_can_use_the_same_id_and_not_the_same_case() {
    let (node, token) = node().await;
    let operation = submit(Uuid::now_v7());
    node.exchange(&token, std::slice::from_ref(&operation)).await;
    let other = node.sign_in(OTHER, 2).await;
    node.upload(&other, crate::node::PHOTO).await;
    let reply = node.exchange(&other, &[operation]).await;
    assert_eq!(refusal(&reply.results[0].outcome).code, "case.taken");
    assert!(reply.changes.is_empty(), "nothing of the other account is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_and_unreadable_operations_are_refused_one_by_one() {
    let (node, token) = node().await;
    let operation = |kind: Value| json!({ "id": Uuid::now_v7(), "made_at": "2026-09-28T01:00:00Z", "kind": kind });
    let mut wrong_time = submit(Uuid::now_v7());
    wrong_time["made_at"] = json!("gestern");
    let mut no_case = submit(Uuid::now_v7());
    no_case.as_object_mut().unwrap().remove("case");
    let sent = [
        operation(json!("rate")),
        operation(json!("submit")),
        operation(json!(7)),
        wrong_time,
        no_case,
        submit(Uuid::now_v7()),
    ];
    let reply = node.exchange(&token, &sent).await;
    let codes: Vec<&str> =
        reply.results[..5].iter().map(|result| &*refusal(&result.outcome).code).collect();
    assert_eq!(
        codes,
        [
            "operation.unknown",
            "operation.malformed",
            "operation.malformed",
            "operation.malformed",
            "operation.malformed"
        ]
    );
    number(&reply.results[5].outcome);
    let none = json!({ "version": 1, "cursor": 0, "operations": [{ "kind": "submit" }] });
    assert_eq!(node.post_exchange(&token, &none).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_says_a_member_twice_is_refused_by_itself_and_not_guessed_at() {
    let (node, token) = node().await;
    let (clear, twice) = (submit(Uuid::now_v7()), submit(Uuid::now_v7()).to_string());
    let area = r#""area":40"#;
    assert!(twice.contains(area), "{twice}");
    let doubled = twice.replacen(area, r#""area":40,"area":4000"#, 1);
    let beyond = submit(Uuid::now_v7()).to_string().replacen(area, r#""area":1e999"#, 1);
    let send = async || {
        let body =
            format!(r#"{{"version":1,"cursor":0,"operations":[{doubled},{beyond},{clear}]}}"#);
        let sent = reqwest::Client::new()
            .post(format!("{}/v1/exchange", node.address))
            .bearer_auth(&token)
            .header("content-type", "application/json")
            .body(body)
            .send();
        sent.await.unwrap().json::<tongban_contract::exchange::ExchangeReply>().await.unwrap()
    };
    let reply = send().await;
    assert_eq!(refusal(&reply.results[0].outcome).code, "operation.malformed");
    assert_eq!(refusal(&reply.results[1].outcome).code, "operation.malformed");
    number(&reply.results[2].outcome);
    assert_eq!(send().await.results, reply.results, "the same words the next time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_a_filing_is_told_at_once() {
    let (node, token) = node().await;
    let mut faulty = filing();
    faulty["answers"]["applicant"]["id_number"] = json!("110101197608056896");
    faulty["answers"]["shop"]["name"] = json!("");
    faulty["materials"] = json!({
        "licence": [{ "kind": "licence",
                      "licence": "11100000000013338W011.11430000006122244L.20230000403.001.U" }],
    });
    let reply = node.exchange(&token, &[submit_with(Uuid::now_v7(), faulty)]).await;
    let problem = refusal(&reply.results[0].outcome);
    assert_eq!(problem.code, "filing.faults");
    let pointers: BTreeSet<&str> = problem.faults.iter().map(|f| &*f.pointer).collect();
    assert_eq!(
        pointers,
        BTreeSet::from([
            "/answers/applicant/id_number",
            "/answers/shop/name",
            "/materials/licence",
            "/materials/photo"
        ])
    );
    assert_eq!(node.count("cases").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_form_or_office_that_is_not_there_is_named() {
    let (node, token) = node().await;
    let changed = |member: &str, value: &str| {
        let mut operation = submit(Uuid::now_v7());
        operation[member] = json!(value);
        operation
    };
    let sent = [
        changed("item", "999999999999"),
        changed("form_version", "0"),
        changed("division", "110101"),
        changed("division", "42"),
        changed("division", "420506001"),
    ];
    let reply = node.exchange(&token, &sent).await;
    let codes: Vec<&str> =
        reply.results[..4].iter().map(|result| &*refusal(&result.outcome).code).collect();
    assert_eq!(
        codes,
        ["submit.unknown-item", "submit.form-outdated", "submit.no-office", "submit.no-office"]
    );
    number(&reply.results[4].outcome);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_there_is_asked_for_and_the_same_operation_succeeds_after_it() {
    let node = Node::start().await;
    let token = node.sign_in(CITIZEN, 3).await;
    let mut with_two = filing();
    with_two["materials"]["photo"] = json!([file(b"one"), file(b"two"), file(b"two")]);
    let operation = submit_with(Uuid::now_v7(), with_two);
    let lacking = |reply: &ExchangeReply| match &reply.results[0].outcome {
        Outcome::Lacking { digests } => digests.iter().map(|d| d.to_string()).collect::<Vec<_>>(),
        other => panic!("not lacking: {other:?}"),
    };
    let reply = node.exchange(&token, std::slice::from_ref(&operation)).await;
    assert_eq!(lacking(&reply), [hex(b"one"), hex(b"two")]);
    node.upload(&token, b"one").await;
    let reply = node.exchange(&token, std::slice::from_ref(&operation)).await;
    assert_eq!(lacking(&reply), [hex(b"two")]);
    // Somebody else's file of the same bytes does not stand in for it.
    let other = node.sign_in(OTHER, 2).await;
    node.upload(&other, b"two").await;
    let reply = node.exchange(&token, std::slice::from_ref(&operation)).await;
    assert_eq!(lacking(&reply), [hex(b"two")]);
    node.upload(&token, b"two").await;
    let reply = node.exchange(&token, &[operation]).await;
    number(&reply.results[0].outcome);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_an_operation_that_is_not_done_waits_for_it() {
    let node = Node::start().await;
    let token = node.sign_in(CITIZEN, 3).await;
    let case = Uuid::now_v7();
    let withdraw = json!({ "id": Uuid::now_v7(), "made_at": "2026-09-28T01:30:00Z",
                           "kind": "withdraw", "case": case });
    let sent = [submit(case), withdraw];
    let reply = node.exchange(&token, &sent).await;
    assert!(matches!(reply.results[0].outcome, Outcome::Lacking { .. }));
    match &reply.results[1].outcome {
        Outcome::Later { problem, .. } => assert_eq!(problem.code, "operation.comes-after"),
        other => panic!("not put off: {other:?}"),
    }
    node.upload(&token, crate::node::PHOTO).await;
    let reply = node.exchange(&token, &sent).await;
    assert_eq!(number(&reply.results[0].outcome), number(&reply.results[1].outcome));
    assert_eq!(node.case(&token, case).await.state, CaseState::Withdrawn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_low_assurance_waits_for_a_better_sign_in() {
    let node = Node::start().await;
    let low = node.sign_in(CITIZEN, 1).await;
    node.upload(&low, crate::node::PHOTO).await;
    let operation = submit(Uuid::now_v7());
    let reply = node.exchange(&low, std::slice::from_ref(&operation)).await;
    assert_waits_for_level_2(&reply.results[0].outcome);
    let high = node.sign_in(CITIZEN, 3).await;
    let reply = node.exchange(&high, &[operation]).await;
    number(&reply.results[0].outcome);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_is_worth_no_more_than_what_the_account_still_has() {
    let (node, token) = node().await;
    sqlx::query("UPDATE accounts SET assurance = 1").execute(&node.platform.pool).await.unwrap();
    let operation = submit(Uuid::now_v7());
    let reply = node.exchange(&token, std::slice::from_ref(&operation)).await;
    assert_waits_for_level_2(&reply.results[0].outcome);
    sqlx::query("UPDATE accounts SET assurance = 2").execute(&node.platform.pool).await.unwrap();
    let reply = node.exchange(&token, &[operation]).await;
    number(&reply.results[0].outcome);
}

fn assert_waits_for_level_2(outcome: &Outcome) {
    match outcome {
        Outcome::Later { problem, .. } => {
            assert_eq!((&*problem.code, problem.assurance), ("sign-in.step-up", Some(2)));
        }
        other => panic!("not put off: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_comes_in_pages_and_begins_again_where_it_must() {
    let (node, token) = node().await;
    for _ in 0..3 {
        let many: Vec<Value> = (0..MOST_OPERATIONS).map(|_| submit(Uuid::now_v7())).collect();
        node.exchange(&token, &many).await;
    }
    let reply = node.exchange(&token, &[]).await;
    assert_eq!((reply.changes.len(), reply.cursor, reply.more), (100, 100, true));
    let feed = Some(reply.feed.0);
    let rest = node.exchange_after(&token, feed, 100, &[]).await;
    assert_eq!((rest.changes.len(), rest.cursor, rest.more), (50, 150, false));
    let seqs: Vec<u64> =
        reply.changes.iter().chain(&rest.changes).map(|change| change.seq).collect();
    assert_eq!(seqs, (1..=150).collect::<Vec<u64>>());
    let nothing = node.exchange_after(&token, feed, 150, &[]).await;
    assert_eq!((nothing.changes.len(), nothing.cursor, nothing.more), (0, 150, false));

    let other_feed = node.exchange_after(&token, Some(Uuid::now_v7()), 150, &[]).await;
    assert_eq!((other_feed.feed, other_feed.changes[0].seq), (reply.feed, 1));

    // The device knows more than the platform: it was restored from a backup.
    let restored = node.exchange_after(&token, feed, 151, &[]).await;
    assert_ne!(restored.feed, reply.feed, "the device can tell that the feed began again");
    assert_eq!((restored.changes[0].seq, restored.cursor), (1, 100));
    let again = node.exchange_after(&token, feed, 151, &[]).await;
    assert_eq!(again.feed, restored.feed, "asking again begins nothing again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_in_which_something_else_stands_at_the_same_place_begins_again() {
    let (node, token) = node().await;
    let first = node.exchange(&token, &[submit(Uuid::now_v7())]).await;
    let at = |mark: &Option<String>| json!({ "version": 1, "feed": first.feed, "cursor": 1, "mark": mark, "operations": [] });
    let asked = async |body| -> ExchangeReply {
        node.post_exchange(&token, &body).await.json().await.unwrap()
    };
    let same = asked(at(&first.mark)).await;
    assert_eq!((same.feed, same.changes.len()), (first.feed, 0));
    // Files of a backup were put in place by hand, and somebody filed since.
    sqlx::query("UPDATE changes SET news = news || ' '")
        .execute(&node.platform.pool)
        .await
        .unwrap();
    let other = asked(at(&first.mark)).await;
    assert_ne!(other.feed, first.feed, "the device can tell that the feed began again");
    assert_eq!(other.changes.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_much_is_refused_with_a_sentence() {
    let (node, token) = node().await;
    let many: Vec<Value> = (0..=MOST_OPERATIONS).map(|_| submit(Uuid::now_v7())).collect();
    let body = json!({ "version": 1, "cursor": 0, "operations": many });
    let reply = node.post_exchange(&token, &body).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(reply.json::<Value>().await.unwrap()["code"], "exchange.too-many-operations");

    let mut large = submit(Uuid::now_v7());
    large["filing"]["answers"]["shop"]["name"] = json!("面".repeat(700_000));
    let body = json!({ "version": 1, "cursor": 0, "operations": [large] });
    let reply = node.post_exchange(&token, &body).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(reply.headers()["content-type"], "application/problem+json; charset=utf-8");
    assert_eq!(reply.headers()["connection"], "close");

    let body = json!({ "version": 2, "cursor": 0, "operations": [] });
    let reply = node.post_exchange(&token, &body).await;
    assert_eq!(reply.json::<Value>().await.unwrap()["code"], "exchange.version");
    let unsigned = node.post_exchange("nobody", &json!({ "version": 1, "cursor": 0 })).await;
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_stream_says_that_there_is_news_and_nothing_else() {
    let (node, token) = node().await;
    let other = node.sign_in(OTHER, 2).await;
    let open = |token: &str| {
        node.client.get(format!("{}/v1/events", node.address)).bearer_auth(token).send()
    };
    let mut mine = open(&token).await.unwrap();
    let mut theirs = open(&other).await.unwrap();
    // What came before the stream was open.
    for stream in [&mut mine, &mut theirs] {
        let first = stream.chunk().await.unwrap().unwrap();
        assert_eq!(&first[..], b"event: news\ndata: news\n\n");
    }
    node.exchange(&token, &[submit(Uuid::now_v7())]).await;
    let news = tokio::time::timeout(std::time::Duration::from_secs(5), mine.chunk()).await;
    assert_eq!(&news.unwrap().unwrap().unwrap()[..], b"event: news\ndata: news\n\n");
    let silence = tokio::time::timeout(std::time::Duration::from_millis(300), theirs.chunk()).await;
    assert!(silence.is_err(), "another account hears nothing");
    drop((mine, theirs));
}
