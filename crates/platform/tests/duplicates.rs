//! The same exchange on many sockets of a real process that is killed meanwhile: an
//! application is accepted once, with one number, and everyone is told the same.

use std::{collections::BTreeSet, time::Duration};

use crate::node::{
    PHOTO,
    program::{Program, answer, begin, exchange_request},
    submit,
};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinHandle};
use uuid::Uuid;

/// Connections that carry the same exchange.
const SOCKETS: usize = 12;
/// Milliseconds after which the platform is killed, from before anything is handled to after
/// everything is.
const MOMENTS: [u64; 9] = [0, 2, 4, 6, 9, 13, 20, 35, 80];

/// Sends `request` on many connections at once: all but its last byte first, so that what is
/// left takes no time. Answers what each is told.
async fn send_at_once(host: &str, request: &[u8]) -> Vec<JoinHandle<Option<Value>>> {
    let (last, most) = request.split_last().unwrap();
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(begin(host, most).await);
    }
    let finish = |mut socket: TcpStream| {
        let last = [*last];
        tokio::spawn(async move {
            socket.write_all(&last).await.ok()?;
            let (status, _, body) = answer(&mut socket).await?;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
            Some(serde_json::from_slice::<Value>(&body).unwrap()["results"].clone())
        })
    };
    sockets.into_iter().map(finish).collect()
}

async fn count(database: &mut SqliteConnection, query: &'static str) -> usize {
    let count: i64 = sqlx::query_scalar(query).fetch_one(database).await.unwrap();
    usize::try_from(count).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sockets_and_a_kill_in_the_middle_leave_one_acceptance() {
    let mut program = Program::start();
    let host = program.host().to_owned();
    let token = program.sign_in("lixiulan").await;
    let upload = program.begin_upload(&token, PHOTO).await;
    assert_eq!(program.send_part(&token, &upload, 0, PHOTO).await, PHOTO.len());

    let mut numbers = BTreeSet::new();
    let mut told_before = 0;
    for moment in MOMENTS {
        // Two operations of one application: the second finds what the first did.
        let case = Uuid::now_v7();
        let request = exchange_request(&token, &[submit(case), submit(case)]);
        let sent = send_at_once(&host, &request).await;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        program.kill();
        let mut told = BTreeSet::new();
        for reply in sent {
            if let Some(results) = reply.await.unwrap() {
                told_before += 1;
                told.insert(results.to_string());
            }
        }
        program.start_again();
        for reply in send_at_once(&host, &request).await {
            told.insert(reply.await.unwrap().expect("a platform that runs answers").to_string());
        }
        assert_eq!(told.len(), 1, "killed after {moment} ms: {told:?}");
        let results: Value = serde_json::from_str(told.first().unwrap()).unwrap();
        assert_eq!(results[0]["outcome"], "accepted", "{results}");
        assert_eq!(results[0]["number"], results[1]["number"]);
        assert!(numbers.insert(results[0]["number"].as_str().unwrap().to_owned()));
    }
    let all = MOMENTS.len() * SOCKETS;
    assert!(told_before < all, "no kill came in the middle");

    program.kill();
    let file = program.data().join("platform.db");
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    for (query, each) in [
        ("SELECT count(*) FROM cases", 1),
        ("SELECT count(DISTINCT number) FROM cases", 1),
        ("SELECT count(*) FROM changes", 1),
        ("SELECT count(*) FROM operations", 2),
    ] {
        assert_eq!(count(&mut database, query).await, MOMENTS.len() * each, "{query}");
    }
}
