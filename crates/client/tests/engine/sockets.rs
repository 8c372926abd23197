//! What the real transport makes of sockets that misbehave, and of an address that only has
//! IPv6. What the engine makes of each of these errors is held in `network`.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::Request;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tongban_client::{HttpTransport, Transport as _, TransportError};

/// More than any answer may have.
const LIMIT: usize = 1_000_000;

/// Asks for what is at an address, and reads it all.
async fn ask(address: &str) -> Result<Bytes, TransportError> {
    let transport = HttpTransport::new().unwrap();
    let request = Request::get(address).body(Bytes::new()).unwrap();
    transport.send(request).await?.bytes(LIMIT).await
}

/// A server that has read the request when `answers` is called.
async fn server<F>(at: SocketAddr, answers: impl FnOnce(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = std::io::Result<()>> + Send,
{
    let listener = TcpListener::bind(at).await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await?;
        let _request = connection.read(&mut [0; 4096]).await?;
        answers(connection).await
    });
    address
}

fn here() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[tokio::test]
async fn an_address_where_nobody_is_cannot_be_reached() {
    // Reserved: no such name will ever be there (RFC 6761).
    assert_eq!(ask("http://platform.invalid/").await, Err(TransportError::Unreachable));
    let gone = TcpListener::bind(here()).await.unwrap().local_addr().unwrap();
    assert_eq!(ask(&format!("http://{gone}/")).await, Err(TransportError::Unreachable));
}

#[tokio::test]
async fn a_connection_that_breaks_before_or_in_the_middle_of_an_answer_is_told() {
    let at_once = server(here(), async |connection| {
        drop(connection);
        Ok(())
    })
    .await;
    assert_eq!(ask(&at_once).await, Err(TransportError::Broken));
    let half = server(here(), async |mut connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await
    })
    .await;
    assert_eq!(ask(&half).await, Err(TransportError::Broken));
}

#[tokio::test]
async fn a_way_elsewhere_is_answered_and_not_followed() {
    let elsewhere = server(here(), async |mut connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await
    })
    .await;
    let address = server(here(), async move |mut connection: TcpStream| {
        let answer =
            format!("HTTP/1.1 302 Found\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n");
        connection.write_all(answer.as_bytes()).await
    })
    .await;
    let request = Request::get(&address).body(Bytes::new()).unwrap();
    let reply = HttpTransport::new().unwrap().send(request).await.unwrap();
    assert_eq!(reply.status, 302);
}

#[tokio::test]
async fn an_answer_of_two_gigabytes_or_without_an_end_is_not_read_to_its_end() {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 2147483648\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    ] {
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        let address = server(here(), async move |mut connection: TcpStream| {
            connection.write_all(head.as_bytes()).await?;
            loop {
                connection.write_all(&[b' '; 16 * 1024]).await?;
                counted.fetch_add(16 * 1024, Ordering::Relaxed);
            }
        })
        .await;
        assert_eq!(ask(&address).await, Err(TransportError::TooLarge));
        // What the system keeps of a connection on both sides, and no more.
        assert!(sent.load(Ordering::Relaxed) < LIMIT + 20_000_000, "{sent:?}");
    }
}

#[tokio::test]
#[allow(clippy::print_stderr, reason = "what is skipped is said")]
async fn a_platform_that_only_has_ipv6_is_reached() {
    let at = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 0));
    if TcpListener::bind(at).await.is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    let address = server(at, async |mut connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await
    })
    .await;
    assert_eq!(ask(&address).await, Ok(Bytes::from_static(b"ok")));
}
