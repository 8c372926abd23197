//! A real process that is told to stop (SIGTERM) while it has something to do.

use std::time::{Duration, Instant};

use crate::node::{
    program::{Program, answer, begin, exchange_request, request_head},
    submit,
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use uuid::Uuid;

/// Longest that it may take to stop, whatever its clients do.
const LONGEST: Duration = Duration::from_secs(6);

/// Waits until nobody is let in any more.
async fn closed(host: &str) {
    let begun = Instant::now();
    while TcpStream::connect(host).await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(2), "it still takes connections in");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_ends_and_nothing_new_begins() {
    let (mut program, token) = Program::with_photo().await;
    let host = program.host().to_owned();
    let events = request_head("GET", "/v1/events", &token, 0, "");
    let mut events = begin(&host, events.as_bytes()).await;
    let mut first = [0; 4096];
    assert!(events.read(&mut first).await.unwrap() > 0);
    // A connection that has had its answer and waits for the next request.
    let mut idle = begin(&host, b"GET /health HTTP/1.1\r\nHost: platform\r\n\r\n").await;
    assert!(idle.read(&mut first).await.unwrap() > 0);
    let operation = submit(Uuid::now_v7());
    let request = exchange_request(&token, std::slice::from_ref(&operation));
    let (early, late) = request.split_at(request.len() - 100);
    let mut exchange = begin(&host, early).await;
    let file: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
    let path = program.begin_upload(&token, &file).await;
    let about = "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
                 Content-Type: application/offset+octet-stream\r\n";
    let mut upload =
        begin(&host, request_head("PATCH", &path, &token, file.len(), about).as_bytes()).await;
    upload.write_all(&file[..900_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;

    program.terminate();
    closed(&host).await;
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(1), events.read_to_end(&mut rest));
    end.await.expect("the event stream ends").unwrap();
    let end = tokio::time::timeout(Duration::from_secs(1), idle.read(&mut first));
    assert_eq!(end.await.expect("an idle connection ends").unwrap(), 0);
    exchange.write_all(late).await.unwrap();
    let (status, _, body) = answer(&mut exchange).await.expect("the exchange is answered");
    assert_eq!(status, 200);
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["results"][0]["outcome"], "accepted", "{told}");
    // The upload would take for ever: what has come is noted, and the client told.
    let (status, head, _) = answer(&mut upload).await.expect("the upload is answered");
    assert_eq!((status, head.contains("upload-offset: 900000")), (204, true), "{head}");
    assert!(program.ended(LONGEST).await.success(), "{}", program.log());

    program.start_again();
    let again = program.exchange(&token, &[operation]).await;
    assert_eq!(again["results"], told["results"]);
    assert_eq!(program.send_part(&token, &path, 900_000, &file[900_000..]).await, file.len());
    let objects = program.data().join("objects");
    let digest = crate::node::hex(&file);
    let (folder, name) = digest.split_at(2);
    assert_eq!(std::fs::read(objects.join(folder).join(name)).unwrap(), file);
    assert_eq!(std::fs::read_dir(program.data().join("uploads")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_ends_its_request_does_not_keep_it() {
    let (mut program, token) = Program::with_photo().await;
    let host = program.host().to_owned();
    let operation = submit(Uuid::now_v7());
    let request = exchange_request(&token, std::slice::from_ref(&operation));
    let mut never = begin(&host, &request[..request.len() - 1]).await;
    let mut half_a_head = begin(&host, b"GET /health HTTP/1.1\r\nHo").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    program.terminate();
    assert!(program.ended(LONGEST).await.success(), "{}", program.log());
    assert!(answer(&mut never).await.is_none(), "it was cut off");
    assert!(answer(&mut half_a_head).await.is_none());

    program.start_again();
    let told = program.exchange(&token, &[]).await;
    assert_eq!(told["changes"].as_array().unwrap().len(), 0, "nothing came of it");
    let told = program.exchange(&token, &[operation]).await;
    assert!(told["results"][0]["number"].as_str().unwrap().contains("-000001-"), "{told}");
}
