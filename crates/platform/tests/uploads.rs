//! Uploads as a client on a poor network makes them (tus 1.0).

use crate::node::{Node, hex};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::ToSpan as _;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tongban_contract::identifiers::Digest;
use tongban_platform::files;

/// A client that is signed in.
struct Uploader<'a> {
    node: &'a Node,
    token: String,
}

impl<'a> Uploader<'a> {
    async fn of(node: &'a Node, login: &str) -> Self {
        Self { node, token: node.sign_in(login, 2).await }
    }

    fn request(&self, method: Method, address: &str) -> RequestBuilder {
        self.node
            .client
            .request(method, address)
            .bearer_auth(&self.token)
            .header("Tus-Resumable", "1.0.0")
    }

    async fn create(&self, length: usize, digest: &str) -> Response {
        let metadata = format!(
            "filename {},filetype {},sha256 {}",
            STANDARD.encode("照片.jpg"),
            STANDARD.encode("image/jpeg"),
            STANDARD.encode(digest)
        );
        self.request(Method::POST, &format!("{}/v1/files", self.node.address))
            .header("Upload-Length", length)
            .header("Upload-Metadata", metadata)
            .send()
            .await
            .unwrap()
    }

    async fn begin(&self, bytes: &[u8]) -> String {
        let response = self.create(bytes.len(), &hex(bytes)).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    fn part(&self, address: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
        self.request(Method::PATCH, address)
            .header("Upload-Offset", offset)
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes.to_vec())
    }

    async fn send(&self, address: &str, offset: usize, bytes: &[u8]) -> Response {
        self.part(address, offset, bytes).send().await.unwrap()
    }

    async fn offset(&self, address: &str) -> usize {
        let response = self.request(Method::HEAD, address).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["cache-control"], "no-store");
        offset(&response)
    }
}

fn offset(response: &Response) -> usize {
    response.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let problem: Value = response.json().await.unwrap();
    assert_ne!(problem["detail"], "");
    (status, problem["code"].as_str().unwrap().to_owned())
}

fn file(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

#[tokio::test]
async fn a_file_arrives_in_parts_and_is_never_sent_again() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(100_000);
    let address = client.begin(&bytes).await;
    let digest: Digest = hex(&bytes).parse().unwrap();

    let sent = client.send(&address, 0, &bytes[..60_000]).await;
    assert_eq!((sent.status(), offset(&sent)), (StatusCode::NO_CONTENT, 60_000));
    assert!(sent.headers()["upload-expires"].to_str().unwrap().ends_with(" GMT"));
    assert!(files::open(&node.platform, &digest).await.unwrap().is_none());

    // The address was lost: asking again leads to the same upload.
    let found = client.create(bytes.len(), &hex(&bytes)).await;
    assert_eq!(
        (found.headers()["location"].to_str().unwrap(), offset(&found)),
        (address.as_str(), 60_000)
    );
    assert_eq!(client.offset(&address).await, 60_000);
    let sent = client.send(&address, 60_000, &bytes[60_000..]).await;
    assert_eq!((sent.status(), offset(&sent)), (StatusCode::NO_CONTENT, 100_000));

    let found = client.create(bytes.len(), &hex(&bytes)).await;
    assert_eq!(offset(&found), 100_000);
    let mut stored = Vec::new();
    let mut object = files::open(&node.platform, &digest).await.unwrap().unwrap();
    object.read_to_end(&mut stored).await.unwrap();
    assert_eq!(stored, bytes);
    let partials = node.platform.config.data_dir.join("uploads");
    assert_eq!(std::fs::read_dir(partials).unwrap().count(), 0);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let node = Node::start().await;
    let bytes = file(5000);
    let client = Uploader::of(&node, "lixiulan").await;
    let address = client.begin(&bytes).await;
    client.send(&address, 0, &bytes[..3000]).await;
    let (token, path) = (client.token.clone(), address[node.address.len()..].to_owned());

    let node = node.restart().await;
    let client = Uploader { node: &node, token };
    let address = format!("{}{path}", node.address);
    assert_eq!(client.offset(&address).await, 3000);
    let sent = client.send(&address, 3000, &bytes[3000..]).await;
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
}

/// A node that is killed between the last byte and the end of an upload finds both halves of
/// what it did, whoever asks first: the device has sent everything and sends nothing more.
#[tokio::test]
async fn an_upload_whose_end_was_cut_off_is_finished_when_somebody_asks() {
    for (moved, asked_by_head) in [(false, true), (false, false), (true, true), (true, false)] {
        let node = Node::start().await;
        let client = Uploader::of(&node, "lixiulan").await;
        let bytes = file(1000);
        let address = client.begin(&bytes).await;
        assert_eq!(client.send(&address, 0, &bytes).await.status(), StatusCode::NO_CONTENT);
        // As it is on disk when the node is killed before it has noted the end, or before it
        // has moved the file.
        let finished = "UPDATE uploads SET finished = 0 WHERE received = bytes";
        assert_eq!(
            sqlx::query(finished).execute(&node.platform.pool).await.unwrap().rows_affected(),
            1
        );
        let data = node.data();
        let digest = hex(&bytes);
        let object = data.join("objects").join(&digest[..2]).join(&digest[2..]);
        let id = address.rsplit('/').next().unwrap();
        if !moved {
            std::fs::rename(&object, data.join("uploads").join(id)).unwrap();
        }
        let offset = match asked_by_head {
            true => client.offset(&address).await,
            false => offset(&client.create(bytes.len(), &hex(&bytes)).await),
        };
        assert_eq!(offset, bytes.len());
        let is_there: bool = sqlx::query_scalar("SELECT finished FROM uploads")
            .fetch_one(&node.platform.pool)
            .await
            .unwrap();
        assert!(is_there, "moved: {moved}, asked by HEAD: {asked_by_head}");
        assert!(object.is_file());
    }
}

#[tokio::test]
async fn a_part_that_was_damaged_is_not_taken() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(2000);
    let address = client.begin(&bytes).await;
    let checksum = format!("sha256 {}", STANDARD.encode(Sha256::digest(&bytes[..1000])));
    let damaged = client
        .part(&address, 0, &bytes[1..1001])
        .header("Upload-Checksum", &checksum)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(damaged).await, (460, "file.wrong-checksum".to_owned()));
    assert_eq!(client.offset(&address).await, 0);
    let whole = client
        .part(&address, 0, &bytes[..1000])
        .header("Upload-Checksum", &checksum)
        .send()
        .await
        .unwrap();
    assert_eq!(offset(&whole), 1000);
    let unknown = client
        .part(&address, 1000, b"x")
        .header("Upload-Checksum", "md5 eA==")
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(unknown).await, (400, "file.malformed".to_owned()));
}

#[tokio::test]
async fn a_file_that_is_not_what_was_announced_starts_again() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let (announced, other) = (file(3000), vec![7; 3000]);
    let address = client.begin(&announced).await;
    let sent = client.send(&address, 0, &other).await;
    assert_eq!(refusal(sent).await, (460, "file.wrong-digest".to_owned()));
    assert_eq!(client.offset(&address).await, 0);
    let sent = client.send(&address, 0, &announced).await;
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_account_begins_only_so_much_and_so_many() {
    let node = Node::start().await;
    // 200 files, or a gibibyte.
    for (login, bytes, most) in [("lixiulan", 10, 200), ("wangjianguo", 52_428_800, 20)] {
        let token = node.sign_in(login, 2).await;
        for number in 0..most {
            let begun = node.announce(&token, &format!("{number:064x}"), bytes).await;
            assert_eq!(begun.status(), StatusCode::CREATED, "{number} of {bytes}");
        }
        let refused = node.announce(&token, &format!("{most:064x}"), bytes).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "file.too-many");
        // Those that were begun go on.
        let known = node.announce(&token, &format!("{:064x}", 0), bytes).await;
        assert_eq!(known.status(), StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_broken_connection_keeps_what_arrived() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(50_000);
    let address = client.begin(&bytes).await;
    let path = &address[node.address.len()..];
    let host = node.address.strip_prefix("http://").unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
         Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: 50000\r\n\
         Content-Type: application/offset+octet-stream\r\n\r\n",
        client.token
    );
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&bytes[..20_000]).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    drop(socket);

    // The server notices on its own time.
    let mut received = 0;
    for _ in 0..200 {
        received = client.offset(&address).await;
        if received > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(received, 20_000);
    let sent = client.send(&address, 20_000, &bytes[20_000..]).await;
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn each_refusal_has_its_status_and_reason() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(1000);
    let address = client.begin(&bytes).await;

    let wrong = client.send(&address, 5, &bytes[5..]).await;
    assert_eq!(refusal(wrong).await, (409, "file.wrong-offset".to_owned()));
    let much = client.send(&address, 0, &file(1001)).await;
    assert_eq!(refusal(much).await, (413, "file.too-large".to_owned()));
    let huge = client.create(50 * 1024 * 1024 + 1, &hex(b"huge")).await;
    assert_eq!(refusal(huge).await, (413, "file.too-large".to_owned()));
    let empty = client.create(0, &hex(b"")).await;
    assert_eq!(refusal(empty).await, (400, "file.empty".to_owned()));
    let kind = client
        .request(Method::PATCH, &address)
        .header("Upload-Offset", 0)
        .header("Content-Type", "image/jpeg")
        .body(bytes.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(kind).await, (415, "file.malformed".to_owned()));

    let version = node.client.head(&address).bearer_auth(&client.token).send().await.unwrap();
    assert_eq!(version.status().as_u16(), 412);
    assert_eq!(version.headers()["tus-version"], "1.0.0");
    let nobody = node.client.head(&address).header("Tus-Resumable", "1.0.0").send().await.unwrap();
    assert_eq!(nobody.status().as_u16(), 401);
    let other = Uploader::of(&node, "wangjianguo").await;
    let theirs = other.send(&address, 0, &bytes).await;
    assert_eq!(refusal(theirs).await, (404, "file.unknown".to_owned()));
}

#[tokio::test]
async fn knowing_a_digest_is_not_having_the_file() {
    let node = Node::start().await;
    let (owner, other) =
        (Uploader::of(&node, "lixiulan").await, Uploader::of(&node, "wangjianguo").await);
    let bytes = file(1000);
    let address = owner.begin(&bytes).await;
    owner.send(&address, 0, &bytes).await;
    let begun = other.create(1000, &hex(&bytes)).await;
    assert_eq!(offset(&begun), 0);
    let address = begun.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(other.send(&address, 0, &bytes).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_upload_can_be_given_up_until_it_is_finished() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(1000);
    let address = client.begin(&bytes).await;
    client.send(&address, 0, &bytes[..10]).await;
    let gone = client.request(Method::DELETE, &address).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let head = client.request(Method::HEAD, &address).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::NOT_FOUND);

    let address = client.begin(&bytes).await;
    client.send(&address, 0, &bytes).await;
    let kept = client.request(Method::DELETE, &address).send().await.unwrap();
    assert_eq!(refusal(kept).await, (403, "file.finished".to_owned()));
}

#[tokio::test]
async fn an_upload_that_was_left_for_a_week_begins_anew() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(1000);
    let address = client.begin(&bytes).await;
    client.send(&address, 0, &bytes[..10]).await;
    *node.time.lock().unwrap() = node.platform.now().checked_add((7 * 24).hours()).unwrap();
    let late = client.send(&address, 10, &bytes[10..]).await;
    assert_eq!(refusal(late).await, (410, "file.expired".to_owned()));
    let again = client.begin(&bytes).await;
    assert_ne!(again, address);
    assert_eq!(client.send(&again, 0, &bytes).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_abilities_are_told_to_anyone() {
    let node = Node::start().await;
    let address = format!("{}/v1/files", node.address);
    let told = node.client.request(Method::OPTIONS, address).send().await.unwrap();
    assert_eq!(told.status(), StatusCode::NO_CONTENT);
    for (header, value) in [
        ("tus-version", "1.0.0"),
        ("tus-resumable", "1.0.0"),
        ("tus-extension", "creation,checksum,termination,expiration"),
        ("tus-checksum-algorithm", "sha256"),
        ("tus-max-size", "52428800"),
    ] {
        assert_eq!(told.headers()[header], value, "{header}");
    }
}

#[tokio::test]
async fn a_network_without_patch_can_upload_too() {
    let node = Node::start().await;
    let client = Uploader::of(&node, "lixiulan").await;
    let bytes = file(1000);
    let address = client.begin(&bytes).await;
    let sent = client
        .request(Method::POST, &address)
        .header("X-HTTP-Method-Override", "PATCH")
        .header("Upload-Offset", 0)
        .header("Content-Type", "application/offset+octet-stream")
        .body(bytes.clone())
        .send()
        .await
        .unwrap();
    assert_eq!((sent.status(), offset(&sent)), (StatusCode::NO_CONTENT, 1000));
}
