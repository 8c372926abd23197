//! From the body to operations and files that are known to be right: unsealed, signed by a
//! device that is known, every file of the size and the digest that were signed, and nothing
//! after the last. Nothing of it is believed before, and none of it is held in memory but
//! the head.

use std::{collections::BTreeMap, io::ErrorKind, iter, path::PathBuf};

use age::{DecryptError, Decryptor};
use ed25519_dalek::{Signature, VerifyingKey};
use futures::{AsyncRead, AsyncReadExt as _};
use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};
use tokio::{fs::File, io::AsyncWriteExt as _};
use tongban_contract::{
    courier::{
        COURIER_VERSION, CourierFile, CourierHead, CourierKey, LEAD_BYTES, MOST_FILE_BYTES,
        MOST_FILES, MOST_OPERATIONS, SIGNATURE_BYTES, head_length, signed_part,
    },
    entry::Entry,
    identifiers::Digest,
    operation::{Ask, Enclosure, Filing, Operation},
};

use super::{
    devices::{self, Owner},
    folder::Folder,
    incoming::Incoming,
    problems,
};
use crate::{Config, Error, Platform, Result, exchange, files};

/// Bytes that are read at a time.
const STRIDE: usize = 64 * 1024;

/// A courier that is right as a whole.
pub(crate) struct Opened<O = Owner> {
    /// Whom it is from.
    pub(crate) owner: O,
    /// What is asked, as it came.
    pub(crate) operations: Vec<Entry>,
    /// What is handed in.
    pub(crate) files: Vec<Arrived>,
    /// Where the files are, until this is dropped.
    _folder: Folder,
}

/// A file that has arrived as it was signed.
pub(crate) struct Arrived {
    pub(crate) about: files::Announced,
    pub(crate) path: PathBuf,
}

/// Reads a whole courier.
///
/// # Errors
/// A problem for the carrier where it is not right; other errors where the platform fails.
pub(super) async fn open(platform: &Platform, incoming: &mut Incoming) -> Result<Opened> {
    let plain = unsealed(&platform.keys.courier, incoming).await?;
    let owner = |account: String, key: CourierKey| async move {
        devices::owner(&platform.pool, &account, &key).await
    };
    contents(&platform.config, &platform.keys.courier_recipient(), plain, owner).await
}

/// What is inside the seal.
pub(crate) async fn unsealed<'a>(
    identity: &age::x25519::Identity,
    incoming: &'a mut Incoming,
) -> Result<impl AsyncRead + Unpin + use<'a>> {
    let seal = incoming.seal().await.map_err(|error| unreadable(&error))?;
    let sealed = futures::io::Cursor::new(seal).chain(incoming);
    let sealed = Decryptor::new_async(sealed).await.map_err(|error| not_opened(&error))?;
    sealed
        .decrypt_async(iter::once(identity as &dyn age::Identity))
        .map_err(|error| not_opened(&error))
}

/// Reads what is inside the seal. `owner` answers whose key it is, of which account.
pub(crate) async fn contents<O, F>(
    config: &Config,
    recipient: &str,
    mut plain: impl AsyncRead + Unpin,
    owner: impl FnOnce(String, CourierKey) -> F,
) -> Result<Opened<O>>
where
    F: Future<Output = Result<Option<O>>>,
{
    let (owner, head) = head(recipient, &mut plain, owner).await?;
    let about = abouts(&head)?;
    let folder = Folder::new(config).await?;
    let mut files = Vec::with_capacity(about.len());
    for (position, about) in about.into_iter().enumerate() {
        let path = folder.file(position);
        take_in(&mut plain, &about, &path).await?;
        files.push(Arrived { about, path });
    }
    // The last piece of the seal says that it is the last only when one reads past it.
    let after = plain.read(&mut [0]).await.map_err(|error| unreadable(&error))?;
    if after > 0 {
        return Err(problems::damaged().into());
    }
    Ok(Opened { owner, operations: head.operations, files, _folder: folder })
}

/// The head, once it is known who signed it.
async fn head<O, F>(
    recipient: &str,
    plain: &mut (impl AsyncRead + Unpin),
    owner: impl FnOnce(String, CourierKey) -> F,
) -> Result<(O, CourierHead<Entry>)>
where
    F: Future<Output = Result<Option<O>>>,
{
    let mut lead = [0; LEAD_BYTES];
    read(plain, &mut lead).await?;
    let mut head = vec![0; head_length(&lead).ok_or_else(problems::damaged)?];
    read(plain, &mut head).await?;
    let mut signature = [0; SIGNATURE_BYTES];
    read(plain, &mut signature).await?;

    // What takes much memory to read is left out as long as anybody may have written it.
    let named: CourierHead<IgnoredAny> =
        serde_json::from_slice(&head).map_err(|_| problems::damaged())?;
    if named.version != COURIER_VERSION {
        return Err(problems::version().into());
    }
    if named.recipient != recipient {
        return Err(problems::sealed_for_another().into());
    }
    let owner =
        owner(named.account, named.key.clone()).await?.ok_or_else(problems::unknown_device)?;
    let signed = signed_part(&head).ok_or_else(problems::damaged)?;
    VerifyingKey::from_bytes(&named.key.to_bytes())
        .and_then(|key| key.verify_strict(&signed, &Signature::from_bytes(&signature)))
        .map_err(|_| problems::unknown_device())?;
    let too_many = named.operations.len() > MOST_OPERATIONS || named.files.len() > MOST_FILES;
    if too_many {
        return Err(problems::too_large().into());
    }
    let head: CourierHead<Entry> =
        serde_json::from_slice(&head).map_err(|_| problems::damaged())?;
    // Without ids there is nothing to keep a result under.
    exchange::ids(&head.operations).map_err(|_| problems::damaged())?;
    Ok((owner, head))
}

/// What is known of each file of the head, in its order.
fn abouts(head: &CourierHead<Entry>) -> Result<Vec<files::Announced>> {
    let sizes = head.files.iter().try_fold(0_u64, |sum, file| sum.checked_add(file.bytes));
    let all_fit = head.files.iter().all(|file| file.bytes <= files::LARGEST_FILE);
    if !all_fit || sizes.is_none_or(|sum| sum > MOST_FILE_BYTES) {
        return Err(problems::too_large().into());
    }
    // Each is taken once: a file that nothing hands in, or that comes twice, is left.
    let mut handed_in = handed_in(&head.operations);
    head.files
        .iter()
        .map(|CourierFile { digest, bytes }| {
            handed_in
                .remove(digest)
                .filter(|about| about.bytes() == *bytes && *bytes > 0)
                .ok_or_else(|| problems::damaged().into())
        })
        .collect()
}

/// The files that readable operations hand in. One that cannot be read is refused on its
/// own, with the words that the exchange has for it.
fn handed_in(operations: &[Entry]) -> BTreeMap<Digest, files::Announced> {
    let mut files = BTreeMap::new();
    for operation in operations {
        let filing: Option<Filing> = match Operation::try_from(operation.clone()) {
            Ok(Operation { ask: Ask::Submit(submit), .. }) => Some(submit.filing),
            Ok(Operation { ask: Ask::Correct(correct), .. }) => Some(correct.filing),
            Ok(Operation {
                ask: Ask::Withdraw { .. } | Ask::Unknown(_) | Ask::Malformed(_),
                ..
            })
            | Err(_) => None,
        };
        let enclosures = filing.into_iter().flat_map(|filing| filing.materials.into_values());
        for enclosure in enclosures.flatten() {
            if let Enclosure::File { digest, name, media_type, bytes } = enclosure {
                let about = files::Announced::new(digest.clone(), bytes, &name, &media_type);
                files.insert(digest, about);
            }
        }
    }
    files
}

/// Writes one file beside, and makes sure of it.
async fn take_in(
    plain: &mut (impl AsyncRead + Unpin),
    about: &files::Announced,
    path: &std::path::Path,
) -> Result<()> {
    let mut file = File::create_new(path).await.map_err(files::storage(path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; STRIDE];
    let mut left = about.bytes();
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(STRIDE).min(STRIDE);
        let piece = buffer.get_mut(..most).unwrap_or_default();
        read(plain, piece).await?;
        hash.update(&*piece);
        file.write_all(piece).await.map_err(files::storage(path))?;
        left -= u64::try_from(most).unwrap_or(left);
    }
    if Digest::from_bytes(&hash.finalize().into()) != *about.digest() {
        return Err(problems::damaged().into());
    }
    file.flush().await.map_err(files::storage(path))?;
    file.sync_all().await.map_err(files::storage(path))
}

async fn read(plain: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> Result<()> {
    plain.read_exact(buffer).await.map_err(|error| unreadable(&error))
}

fn not_opened(error: &DecryptError) -> Error {
    match error {
        DecryptError::NoMatchingKeys => problems::sealed_for_another().into(),
        DecryptError::Io(error) => unreadable(error),
        _ => problems::damaged().into(),
    }
}

/// What could not be read, by why: everything that [`Incoming`] does not name is age's, and
/// means that the bytes are not what was sealed.
fn unreadable(error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::FileTooLarge => problems::too_large().into(),
        ErrorKind::TimedOut | ErrorKind::ConnectionAborted => problems::interrupted().into(),
        _ => problems::damaged().into(),
    }
}
