//! Adding bytes to an upload (tus core and checksum).

use std::{path::Path, pin::pin, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncSeekExt as _, AsyncWriteExt as _},
};
use tokio_util::sync::CancellationToken;
use tongban_contract::problem::Problem;

use super::{Turn, create::expiry, protocol, storage, store, turn, uploads, uploads::Upload};
use crate::{
    Error, Platform, Result,
    extract::{self, Bearer},
};

/// How long an upload goes on when the node stops. What has arrived by then is noted, and
/// the rest is sent to the next.
const LAST_BYTES: Duration = Duration::from_secs(2);

/// The node stopped before the end of a body.
#[derive(Debug, thiserror::Error)]
#[error("the node stops")]
struct Stopped;

/// Adds bytes at `Upload-Offset`. What arrived before a broken connection is kept, unless
/// `Upload-Checksum` asks for all of it or nothing.
#[utoipa::path(
    patch,
    path = "/v1/files/{id}",
    tag = "files",
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "Version of tus", pattern = "^1[.]0[.]0$"),
        ("Upload-Offset" = u64, Header, description = "Where the bytes belong"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` and the digest of this body in base64"),
    ),
    request_body(content = [u8], content_type = "application/offset+octet-stream"),
    responses(
        (
            status = 204,
            description = "Taken",
            headers(("Upload-Offset" = u64, description = "How much there is now")),
        ),
        (status = 400, description = "A header is missing or cannot be read", body = Problem),
        (status = 404, description = "No such upload of this account", body = Problem),
        (status = 409, description = "Not the offset there is", body = Problem),
        (status = 410, description = "It was left for too long", body = Problem),
        (status = 412, description = "Another version of tus", body = Problem),
        (status = 413, description = "More than was announced", body = Problem),
        (status = 415, description = "Not `application/offset+octet-stream`", body = Problem),
        (status = 423, description = "It is being written to", body = Problem),
        (status = 460, description = "Checksum or digest do not fit", body = Problem),
        (status = 507, description = "The platform has no space", body = Problem),
    ),
    security(("bearer" = []))
)]
pub(super) async fn append(
    State(platform): State<Arc<Platform>>,
    bearer: Bearer,
    _: protocol::OurVersion,
    extract::Path(id): extract::Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let offset = protocol::offset(&headers)?;
    let checksum = protocol::checksum(&headers)?;
    let (turn, upload) = turn(&platform, bearer.account, &id).await?;
    if !upload.finished && upload.expires_at <= platform.now().as_millisecond() {
        return Err(protocol::gone().into());
    }
    if offset != upload.received {
        return Err(protocol::wrong_offset().into());
    }
    if upload.finished {
        return Ok(answer(upload.bytes, None));
    }
    // A task of its own: when the connection breaks, this handler is dropped, but what has
    // arrived must still be noted.
    let writing = platform.writing.clone();
    writing.spawn(receive(platform, upload, checksum, body, turn)).await?
}

async fn receive(
    platform: Arc<Platform>,
    upload: Upload,
    checksum: Option<Vec<u8>>,
    body: Body,
    _turn: Turn,
) -> Result<Response> {
    let path = store::partial(&platform.config, &upload.id);
    let mut file = open_at(&path, upload.received).await?;
    let arrived = write(&mut file, &path, &upload, body, &platform.stop).await?;
    let whole = !arrived.broken && !arrived.too_long;
    let fits = checksum.is_none_or(|expected| whole && expected == arrived.digest);
    let received = if fits { upload.received + arrived.bytes } else { upload.received };
    if !fits {
        file.set_len(received).await.map_err(Error::file(&path))?;
    }
    file.sync_all().await.map_err(storage(&path))?;
    drop(file);
    let now = platform.now().as_millisecond();
    uploads::note_received(&platform.pool, &upload.id, received, now).await?;

    if !fits && !arrived.broken {
        return Err(protocol::wrong_checksum().into());
    }
    if arrived.too_long {
        return Err(protocol::too_large().into());
    }
    if received < upload.bytes {
        return Ok(answer(received, Some(now + uploads::LIFETIME)));
    }
    if finish(&platform, &upload).await? {
        Ok(answer(received, None))
    } else {
        Err(protocol::wrong_digest().into())
    }
}

/// Takes an upload into the store all of whose bytes are here; where they are not what was
/// promised, it begins anew. Answers which of the two. Needs the turn.
pub(super) async fn finish(platform: &Platform, upload: &Upload) -> Result<bool> {
    let whole = store::take_in(&platform.config, &upload.id, &upload.digest).await?;
    if whole {
        uploads::finish(&platform.pool, &upload.id).await?;
    } else {
        let now = platform.now().as_millisecond();
        uploads::note_received(&platform.pool, &upload.id, 0, now).await?;
    }
    Ok(whole)
}

/// Opens the partial file at the end of what is known to be safe in it.
async fn open_at(path: &Path, received: u64) -> Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .await
        .map_err(storage(path))?;
    file.set_len(received).await.map_err(storage(path))?;
    file.seek(std::io::SeekFrom::Start(received)).await.map_err(Error::file(path))?;
    Ok(file)
}

/// What arrived in one request.
struct Arrived {
    bytes: u64,
    digest: Vec<u8>,
    /// The connection broke, or the node stopped, before the end of the body.
    broken: bool,
    /// There was more than the upload was announced with; the rest was left.
    too_long: bool,
}

async fn write(
    file: &mut File,
    path: &Path,
    upload: &Upload,
    body: Body,
    stop: &CancellationToken,
) -> Result<Arrived> {
    let most = upload.bytes - upload.received;
    let mut hash = Sha256::new();
    let mut arrived = Arrived { bytes: 0, digest: Vec::new(), broken: false, too_long: false };
    let mut stream = body.into_data_stream();
    let mut too_late = pin!(async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_BYTES).await;
    });
    loop {
        let chunk = tokio::select! {
            chunk = stream.next() => chunk,
            () = &mut too_late => Some(Err(axum::Error::new(Stopped))),
        };
        let Some(chunk) = chunk else { break };
        let Ok(chunk) = chunk else {
            arrived.broken = true;
            break;
        };
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if length > most - arrived.bytes {
            arrived.too_long = true;
            break;
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(storage(path))?;
        arrived.bytes += length;
    }
    file.flush().await.map_err(storage(path))?;
    arrived.digest = hash.finalize().to_vec();
    Ok(arrived)
}

fn answer(received: u64, expires_at: Option<i64>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(protocol::UPLOAD_OFFSET, HeaderValue::from(received));
    headers.extend(expires_at.and_then(expiry));
    (StatusCode::NO_CONTENT, headers).into_response()
}
