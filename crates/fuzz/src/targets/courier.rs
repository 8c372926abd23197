//! Couriers, as the platform opens them: a whole file, what is inside the seal, and a head
//! that the device itself has signed.

use std::io::Read as _;

use age::Decryptor;
use bytes::Bytes;
use ed25519_dalek::Signature;
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    courier::{
        CourierHead, LARGEST_HEAD, LEAD_BYTES, MOST_FILES, MOST_OPERATIONS, SIGNATURE_BYTES,
        head_length,
    },
    entry::Entry,
    identifiers::Digest,
};
use tongban_platform::{
    Result,
    fuzzing::{self as platform, OpenedCourier},
};

use crate::{
    keys::{self, ACCOUNT},
    rules::{is_refused, is_written_as_read, node, run},
};

fn read(plain: &[u8]) -> Result<OpenedCourier> {
    let key = keys::device_key();
    let recipient = keys::platform_recipient();
    run(platform::courier_contents(&node(), &recipient, (ACCOUNT, &key), plain))
}

/// Everything that is kept of a courier was signed by the device, and is what it says.
fn is_right(opened: &OpenedCourier, plain: &[u8]) {
    let length = head_length(plain[..LEAD_BYTES].try_into().unwrap()).expect("a length");
    assert!(length <= LARGEST_HEAD);
    let (signed, rest) = plain.split_at(LEAD_BYTES + length);
    let (signature, mut files) = rest.split_at(SIGNATURE_BYTES);
    let signature = Signature::from_slice(signature).expect("64 bytes");
    let verified = keys::device().verifying_key().verify_strict(signed, &signature);
    assert!(verified.is_ok(), "nobody has signed this");

    let head: CourierHead<Entry> = serde_json::from_slice(&signed[LEAD_BYTES..]).expect("a head");
    is_written_as_read(&head);
    assert_eq!(head.account, ACCOUNT);
    assert_eq!(head.recipient, keys::platform_recipient());
    assert_eq!(head.operations, opened.operations);
    assert!(head.operations.len() <= MOST_OPERATIONS && head.files.len() <= MOST_FILES);
    assert_eq!(head.files.len(), opened.files.len());
    for (named, (about, bytes)) in head.files.iter().zip(&opened.files) {
        let came = files.split_off(..bytes.len()).expect("what was kept has come");
        assert_eq!(came, bytes);
        assert_eq!((&named.digest, named.bytes), (&about.digest, about.bytes));
        assert_eq!(Digest::from_bytes(&Sha256::digest(bytes).into()), named.digest);
    }
    assert!(files.is_empty(), "something stands after the last file");
}

/// A courier file.
pub(crate) fn file(bytes: &[u8]) {
    let identity = keys::platform_identity();
    let device = keys::device_key();
    let sealed = Bytes::copy_from_slice(bytes);
    match run(platform::courier(&node(), &identity, (ACCOUNT, &device), sealed)) {
        Ok(opened) => {
            let mut plain = Vec::new();
            Decryptor::new(bytes)
                .expect("an age file")
                .decrypt(std::iter::once(&identity as &dyn age::Identity))
                .expect("it is sealed for the platform")
                .read_to_end(&mut plain)
                .expect("it is whole");
            is_right(&opened, &plain);
        }
        Err(error) => {
            is_refused(error);
        }
    }
}

/// What is inside the seal.
pub(crate) fn contents(plain: &[u8]) {
    match read(plain) {
        Ok(opened) => is_right(&opened, plain),
        Err(error) => {
            is_refused(error);
        }
    }
}

/// A head (the first line) that the device has signed whatever it says, and the files.
pub(crate) fn signed(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, files) = (&bytes[..at], bytes.get(at + 1..).unwrap_or_default());
    let Some(mut plain) = keys::signed_head(head) else { return };
    let signature = plain.len() - SIGNATURE_BYTES;
    plain.extend_from_slice(files);
    match read(&plain) {
        Ok(opened) => is_right(&opened, &plain),
        Err(error) => {
            let problem = is_refused(error);
            // The signature is right: that cannot be what is wrong, but for another's key.
            let own = serde_json::from_slice::<CourierHead<Entry>>(head)
                .is_ok_and(|head| head.account == ACCOUNT && head.key == keys::device_key());
            assert!(!own || problem.code != "courier.unknown-device", "{problem:?}");
        }
    }
    plain[signature] ^= 1;
    match read(&plain) {
        Ok(_) => panic!("nobody has signed this"),
        Err(error) => {
            is_refused(error);
        }
    }
}
