//! Uploads of files that the platform lacks, by tus 1.0 (core, creation, checksum). An
//! upload goes on where it stopped, also after a restart; bytes received are not sent again.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tongban_contract::{
    identifiers::{Digest, OperationId},
    operation::{Ask, Enclosure, Filing},
};

use super::bearer;
use crate::{
    client::Client,
    error::{Error, Result},
    network::{NetworkError, answered},
    transport::Reply,
    vault::{PIECE, Vault, VaultError},
};

/// Version of tus spoken.
const TUS: &str = "1.0.0";

/// Most times one upload is begun or asked for its offset again before it waits.
const MOST_RESTARTS: usize = 5;

/// Bytes that the first request of a process carries.
pub(super) const FIRST_STRIDE: usize = 64 * 1024;
/// Least bytes that a request carries.
const LEAST_STRIDE: usize = 4 * 1024;
/// A request that takes less than this may carry more.
const QUICK: Duration = Duration::from_secs(3);
/// A request that takes longer than this should carry less.
const LONG: Duration = Duration::from_secs(20);

/// What is known of a file to upload.
struct File {
    name: String,
    media_type: String,
    bytes: u64,
}

impl Client {
    /// Brings one file of an operation to the platform.
    pub(super) async fn upload(
        &self,
        vault: &Vault,
        operation: OperationId,
        digest: &Digest,
    ) -> Result<()> {
        let file = file(vault, operation, digest).await?;
        for _ in 0..MOST_RESTARTS {
            let (location, offset) = match self.resume(vault, digest).await? {
                Some(standing) => standing,
                None => self.create(vault, digest, &file).await?,
            };
            if self.send_from(vault, digest, &file, &location, offset).await? {
                vault.keep_upload_location(digest, None).await?;
                vault.file_was_brought(operation, digest).await?;
                return Ok(());
            }
        }
        Err(NetworkError::Unreadable.into())
    }

    /// Asks how far an upload begun before has come; none where it is over or unknown.
    async fn resume(&self, vault: &Vault, digest: &Digest) -> Result<Option<(String, u64)>> {
        let Some(location) = vault.upload_location(digest).await? else { return Ok(None) };
        let reply =
            self.authorised(|token| request(Method::HEAD, &location, token)?.body(Bytes::new()));
        let reply = reply.await?;
        if matches!(reply.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            vault.keep_upload_location(digest, None).await?;
            return Ok(None);
        }
        let offset = offset(&answered(reply).await?)?;
        Ok(Some((location, offset)))
    }

    async fn create(&self, vault: &Vault, digest: &Digest, file: &File) -> Result<(String, u64)> {
        let metadata = format!(
            "filename {},filetype {},sha256 {}",
            BASE64.encode(&file.name),
            BASE64.encode(&file.media_type),
            BASE64.encode(digest.as_str()),
        );
        let address = self.address("/v1/files");
        let reply = self
            .authorised(|token| {
                request(Method::POST, &address, token)?
                    .header("upload-length", file.bytes)
                    .header("upload-metadata", &metadata)
                    .body(Bytes::new())
            })
            .await?;
        let reply = answered(reply).await?;
        let location = self
            .resolve(reply.header(header::LOCATION.as_str()))
            .ok_or(NetworkError::Unreadable)?;
        vault.keep_upload_location(digest, Some(&location)).await?;
        let offset = if reply.headers.contains_key("upload-offset") { offset(&reply)? } else { 0 };
        Ok((location, offset))
    }

    /// Sends piece by piece. Answers false where the platform stands elsewhere than
    /// thought, and must be asked again.
    async fn send_from(
        &self,
        vault: &Vault,
        digest: &Digest,
        file: &File,
        location: &str,
        mut at: u64,
    ) -> Result<bool> {
        while at < file.bytes {
            let piece = vault
                .piece(digest, at / PIECE as u64)
                .await?
                .ok_or(VaultError::Missing("piece of a file"))?;
            let skip = usize::try_from(at % PIECE as u64).unwrap_or(0);
            let stride = self.sync_state().stride;
            let rest = Bytes::from(piece).slice(skip..);
            let rest = rest.slice(..rest.len().min(stride));
            let begun = Instant::now();
            let checksum = format!("sha256 {}", BASE64.encode(Sha256::digest(&rest)));
            let reply = self
                .authorised(|token| {
                    request(Method::PATCH, location, token)?
                        .header(header::CONTENT_TYPE, "application/offset+octet-stream")
                        .header("upload-offset", at)
                        .header("upload-checksum", &checksum)
                        .body(rest.clone())
                })
                .await;
            let took = reply.is_ok().then(|| begun.elapsed());
            self.change_stride(next_stride(stride, took));
            let reply = reply?;
            match reply.status.as_u16() {
                // 409: stands elsewhere; 460: arrived damaged; 404 and 410: is gone.
                409 | 460 | 404 | 410 => return Ok(false),
                _ => {}
            }
            let reached = offset(&answered(reply).await?)?;
            if reached <= at {
                return Err(NetworkError::Unreadable.into());
            }
            at = reached;
        }
        Ok(true)
    }
}

/// How much the next request carries: more where the last went quickly, less where it took
/// long or did not arrive, so that what is lost with a broken connection is soon made up for.
fn next_stride(stride: usize, took: Option<Duration>) -> usize {
    match took {
        Some(took) if took < QUICK => stride.saturating_mul(2).min(PIECE),
        Some(took) if took < LONG => stride,
        Some(_) | None => (stride / 2).max(LEAST_STRIDE),
    }
}

fn request(
    method: Method,
    address: &str,
    token: &SecretString,
) -> http::Result<http::request::Builder> {
    Ok(Request::builder()
        .method(method)
        .uri(address)
        .header("tus-resumable", TUS)
        .header(header::AUTHORIZATION, bearer(token)?))
}

fn offset(reply: &Reply) -> Result<u64, NetworkError> {
    reply.header("upload-offset").parse().map_err(|_| NetworkError::Unreadable)
}

/// What the operation says of the file with this digest.
async fn file(vault: &Vault, operation: OperationId, digest: &Digest) -> Result<File> {
    let outbox = vault.outbox().await?;
    let queued = outbox.into_iter().find(|queued| queued.operation.id == operation);
    let filing: Option<Filing> = match queued.map(|queued| queued.operation.ask) {
        Some(Ask::Submit(submit)) => Some(submit.filing),
        Some(Ask::Correct(correct)) => Some(correct.filing),
        Some(Ask::Withdraw { .. } | Ask::Unknown(_) | Ask::Malformed(_)) | None => None,
    };
    let enclosures = filing.into_iter().flat_map(|filing| filing.materials.into_values().flatten());
    for enclosure in enclosures {
        if let Enclosure::File { digest: own, name, media_type, bytes } = enclosure
            && own == *digest
        {
            return Ok(File { name, media_type, bytes });
        }
    }
    Err(Error::Vault(VaultError::Missing("file of an operation")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the line does, a request stays within bounds; on a line of any one speed
        /// it comes to carry what goes over in less than half a minute, or the least there is.
        #[test]
        fn a_request_comes_to_carry_what_the_line_can(bytes_a_second in 100usize..10_000_000) {
            let mut stride = FIRST_STRIDE;
            for _ in 0..20 {
                let took = Duration::from_secs_f64(stride as f64 / bytes_a_second as f64);
                stride = next_stride(stride, Some(took));
                prop_assert!((LEAST_STRIDE..=PIECE).contains(&stride));
            }
            prop_assert!(stride == LEAST_STRIDE || stride <= bytes_a_second * 30);
            prop_assert!(stride == PIECE || stride >= bytes_a_second * 3);
        }
    }

    #[test]
    fn a_request_that_does_not_arrive_is_followed_by_a_smaller_one() {
        assert_eq!(next_stride(64 * 1024, None), 32 * 1024);
        assert_eq!(next_stride(LEAST_STRIDE, None), LEAST_STRIDE);
    }
}
