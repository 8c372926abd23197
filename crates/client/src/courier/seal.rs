//! The sealed file: written as a stream, with one piece of a file in memory at a time. Where
//! it goes and where the files come from is its caller's matter.

use age::Encryptor;
use futures::{AsyncWrite, AsyncWriteExt as _, future::BoxFuture};
use tongban_contract::{
    courier::{CourierHead, signed_part},
    identifiers::Digest,
};

use super::{Progress, key::Signer};
use crate::{
    error::{Error, Result},
    vault::VaultError,
};

/// Answers the pieces of a file by number, and none past its end.
pub(super) type Pieces = Box<
    dyn Fn(Digest, u64) -> BoxFuture<'static, Result<Option<Vec<u8>>, VaultError>> + Send + Sync,
>;

/// Writes a courier to `to` and answers it, flushed.
///
/// # Errors
/// Where a file is not there or has another size than the head says, the recipient is none,
/// or it cannot be written.
pub(super) async fn seal<W: AsyncWrite + Unpin>(
    mut to: W,
    signer: &Signer,
    head: &CourierHead,
    progress: &Progress,
    piece: Pieces,
) -> Result<W> {
    let recipient: age::x25519::Recipient = signer.recipient.parse().map_err(|_| no_recipient())?;
    let sealing = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
        .map_err(|_| no_recipient())?;
    let head_text = serde_json::to_vec(head).map_err(|_| VaultError::Damaged("operation"))?;
    let signed = signed_part(&head_text).ok_or(VaultError::Damaged("operation"))?;
    let all = head.files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.bytes));
    let mut done = 0;

    let mut sealed = sealing.wrap_async_output(&mut to).await?;
    sealed.write_all(&signed).await?;
    sealed.write_all(&signer.sign(&signed)).await?;
    for file in &head.files {
        let mut written = 0;
        for number in 0.. {
            let Some(bytes) = piece(file.digest.clone(), number).await? else { break };
            sealed.write_all(&bytes).await?;
            written += bytes.len() as u64;
            done += bytes.len() as u64;
            progress(done, all);
        }
        if written != file.bytes {
            return Err(VaultError::Missing("piece of a file").into());
        }
    }
    // Writes the last piece; without it the whole could not be opened.
    sealed.close().await?;
    drop(sealed);
    to.flush().await?;
    Ok(to)
}

fn no_recipient() -> Error {
    Error::refused(
        "courier.recipient",
        "平台给出的封装公钥无法识别，没有导出。",
        "请更新应用后联网同步一次再试；已提交的内容都在本机。",
    )
}

#[cfg(test)]
mod tests {
    use std::{io::Read as _, sync::Arc};

    use ed25519_dalek::{SigningKey, Verifier as _};
    use jiff::Timestamp;
    use sha2::{Digest as _, Sha256};
    use tongban_contract::courier::{CourierFile, LEAD_BYTES, head_length};

    use super::*;

    fn courier(size: u64) -> (SigningKey, age::x25519::Identity, Signer, CourierHead) {
        let secret = SigningKey::from_bytes(&[7; 32]);
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string();
        let signer = Signer::new(secret.clone(), "subject".to_owned(), recipient.clone());
        let bytes = vec![9; 200_000];
        let head = CourierHead {
            version: 1,
            recipient,
            account: "subject".to_owned(),
            key: signer.key(),
            made_at: Timestamp::UNIX_EPOCH,
            operations: Vec::new(),
            files: vec![CourierFile {
                digest: Digest::from_bytes(&Sha256::digest(&bytes).into()),
                bytes: size,
            }],
        };
        (secret, identity, signer, head)
    }

    fn pieces() -> Pieces {
        Box::new(|_, number| Box::pin(async move { Ok((number < 4).then(|| vec![9; 50_000])) }))
    }

    #[tokio::test]
    async fn what_is_sealed_opens_with_the_recipients_key_and_is_signed() {
        let (secret, identity, signer, head) = courier(200_000);
        let progress: Progress = Arc::new(|_, _| {});
        let sealed = seal(Vec::new(), &signer, &head, &progress, pieces()).await.unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"subject"));

        let mut plain = Vec::new();
        age::Decryptor::new(&*sealed)
            .unwrap()
            .decrypt(std::iter::once(&identity as &dyn age::Identity))
            .unwrap()
            .read_to_end(&mut plain)
            .unwrap();
        let length = head_length(plain[..LEAD_BYTES].try_into().unwrap()).unwrap();
        let (signed, rest) = plain.split_at(LEAD_BYTES + length);
        let (signature, files) = rest.split_at(64);
        let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
        secret.verifying_key().verify(signed, &signature).unwrap();
        assert_eq!(serde_json::from_slice::<CourierHead>(&signed[LEAD_BYTES..]).unwrap(), head);
        assert_eq!(files, vec![9; 200_000]);
    }

    #[tokio::test]
    async fn a_file_of_another_size_than_was_signed_is_not_sealed() {
        for size in [199_999, 200_001] {
            let (_, _, signer, head) = courier(size);
            let progress: Progress = Arc::new(|_, _| {});
            let sealed = seal(Vec::new(), &signer, &head, &progress, pieces()).await;
            assert!(matches!(sealed, Err(Error::Vault(VaultError::Missing(_)))), "{size}");
        }
    }
}
