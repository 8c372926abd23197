//! A file server on a real socket, with the faults that real ones have.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// Closes the connection after so many bytes of a catalogue file.
    CutAfter(usize),
    /// Stays silent after so many bytes of a catalogue file.
    SilentAfter(usize),
    /// Answers ranges with the whole file.
    NoRanges,
    /// Answers everything with a page.
    Page,
    /// The same, called what was asked for.
    DisguisedPage,
    /// Sends everything elsewhere.
    Elsewhere,
}

struct State {
    files: BTreeMap<String, Vec<u8>>,
    fault: Fault,
    /// What was asked for: path and range.
    requests: Vec<(String, Option<usize>)>,
}

/// A running server; it ends with the test's runtime.
#[derive(Clone)]
pub(super) struct Server {
    state: Arc<Mutex<State>>,
    pub(super) base: Url,
}

impl Server {
    pub(super) async fn start(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let state = State { files, fault: Fault::None, requests: Vec::new() };
        let server = Self { state: Arc::new(Mutex::new(state)), base };
        let serving = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let server = serving.clone();
                // A client that goes away is none of the server's business.
                tokio::spawn(async move { server.answer(stream).await.ok() });
            }
        });
        server
    }

    pub(super) fn publish(&self, files: BTreeMap<String, Vec<u8>>) {
        self.state.lock().unwrap().files = files;
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) {
        change(&mut self.state.lock().unwrap().files);
    }

    pub(super) fn fail(&self, fault: Fault) {
        self.state.lock().unwrap().fault = fault;
    }

    /// The catalogue files that were asked for since the last call, and from where on.
    pub(super) fn asked(&self) -> Vec<Option<usize>> {
        let requests = std::mem::take(&mut self.state.lock().unwrap().requests);
        requests
            .into_iter()
            .filter(|(path, _)| path.ends_with(".zst"))
            .map(|(_, range)| range)
            .collect()
    }

    /// Every path that was asked for since the last call.
    pub(super) fn everything_asked(&self) -> Vec<String> {
        let requests = std::mem::take(&mut self.state.lock().unwrap().requests);
        requests.into_iter().map(|(path, _)| path).collect()
    }

    async fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.split();
        let mut lines = BufReader::new(reader).lines();
        let first = lines.next_line().await?.unwrap_or_default();
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut range = None;
        while let Some(line) = lines.next_line().await?.filter(|line| !line.is_empty()) {
            let line = line.to_ascii_lowercase();
            if let Some(start) = line.strip_prefix("range: bytes=") {
                range = start.trim_end_matches('-').parse::<usize>().ok();
            }
        }
        let (file, fault) = {
            let mut state = self.state.lock().unwrap();
            state.requests.push((path.clone(), range));
            (state.files.get(&path).cloned(), state.fault)
        };
        let data = path.ends_with(".zst");
        let page = b"<!DOCTYPE html><title>WLAN</title>".to_vec();
        let (status, kind, body) = match (fault, file) {
            (Fault::Page, _) => ("200 OK", "text/html; charset=utf-8", page),
            (Fault::DisguisedPage, _) => ("200 OK", "application/json", page),
            (Fault::Elsewhere, _) => {
                ("302 Found\r\nLocation: http://wlan.example/", "text/plain", vec![])
            }
            (_, None) => ("404 Not Found", "text/html", b"<h1>404</h1>".to_vec()),
            (fault, Some(file)) => match range.filter(|_| fault != Fault::NoRanges) {
                None => ("200 OK", "application/octet-stream", file),
                Some(start) if start < file.len() => {
                    let head = format!(
                        "HTTP/1.1 206 Partial Content\r\nConnection: close\r\n\
                         Content-Range: bytes {start}-{}/{}\r\nContent-Length: {}\r\n\r\n",
                        file.len() - 1,
                        file.len(),
                        file.len() - start
                    );
                    writer.write_all(head.as_bytes()).await?;
                    return send(&mut writer, &file[start..], fault, data).await;
                }
                Some(_) => ("416 Range Not Satisfiable", "text/plain", vec![]),
            },
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        writer.write_all(head.as_bytes()).await?;
        send(&mut writer, &body, fault, data).await
    }
}

async fn send(
    writer: &mut (impl tokio::io::AsyncWrite + Unpin),
    body: &[u8],
    fault: Fault,
    data: bool,
) -> std::io::Result<()> {
    match fault {
        Fault::CutAfter(bytes) | Fault::SilentAfter(bytes) if data && bytes < body.len() => {
            writer.write_all(&body[..bytes]).await?;
            writer.flush().await?;
            if matches!(fault, Fault::SilentAfter(_)) {
                std::future::pending::<()>().await;
            }
            Ok(())
        }
        _ => writer.write_all(body).await,
    }
}
