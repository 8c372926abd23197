//! Keys of nobody. They never leave these tests: what is signed with them is believed by
//! nothing but the targets, and they must stay as they are for the seeds to stay true.

use age::x25519::Identity;
use ed25519_dalek::{Signer as _, SigningKey};
use minisign::{PublicKey, SecretKeyBox, SignatureBox};
use tongban_contract::courier::{CourierKey, signed_part};

/// The account of the device that seals couriers.
pub const ACCOUNT: &str = "subject-of-nobody";

/// minisign public key of the platform.
pub const PLATFORM_KEY: &str = "RWRGVVpaRlVaWhLZ7lwzLeAmpANv/ydvWdwWhAih0kb1qVfoCPgGGzum";

const PLATFORM_SECRET: &str = "untrusted comment: a key of nobody, for tests\n\
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAARlVaWkZVWlomT/xFkXYE\
Gwcv0OrHgYZ+t96xBrPt6eNpXc4JdmKNuhLZ7lwzLeAmpANv/ydvWdwWhAih0kb1qVfoCPgGGzumsLS+XcOqlbIE3Q6f\
l93PteRqvROAHPsCuTU5R9bFj9U=\n";

/// Opens couriers.
const PLATFORM_IDENTITY: &str =
    "AGE-SECRET-KEY-12L6CVXAGA3HKN9V0GMKQMNFTFDYLTYE25D5HVR8TCNF2PQANURVQ0P2WG2";

/// Secret half of the device's key.
const DEVICE_SECRET: [u8; 32] = [0x5e; 32];

/// The platform's minisign signature of `bytes`.
pub fn platform_signature(bytes: &[u8]) -> String {
    let secret = SecretKeyBox::from_string(PLATFORM_SECRET)
        .and_then(SecretKeyBox::into_unencrypted_secret_key)
        .expect("the key is well-formed");
    minisign::sign(None, &secret, bytes, Some("trusted"), Some("untrusted"))
        .expect("an unencrypted key signs")
        .into_string()
}

/// Whether another reader of minisign's signatures finds this one right. It is stricter with
/// what nobody signs: the words of the first line, and lines after the fourth.
pub fn platform_signed(bytes: &[u8], signature: &str) -> bool {
    let lines: Vec<&str> = signature.lines().skip(1).take(3).collect();
    let signature = format!("untrusted comment: \n{}\n", lines.join("\n"));
    let key = PublicKey::from_base64(PLATFORM_KEY).expect("the key is well-formed");
    SignatureBox::from_string(&signature)
        .and_then(|signature| {
            let bytes = std::io::Cursor::new(bytes);
            minisign::verify(&key, &signature, bytes, true, false, false)
        })
        .is_ok()
}

/// The key that opens couriers.
pub fn platform_identity() -> Identity {
    PLATFORM_IDENTITY.parse().expect("the key is well-formed")
}

/// The platform's recipient.
pub fn platform_recipient() -> String {
    platform_identity().to_public().to_string()
}

/// The key with which the device signs.
pub fn device() -> SigningKey {
    SigningKey::from_bytes(&DEVICE_SECRET)
}

/// The public half of it, as it is written.
pub fn device_key() -> CourierKey {
    CourierKey::from_bytes(&device().verifying_key().to_bytes())
}

/// The part of a courier that is signed, with its signature; none where the head is too large.
pub fn signed_head(head: &[u8]) -> Option<Vec<u8>> {
    let mut plain = signed_part(head)?;
    let signature = device().sign(&plain);
    plain.extend_from_slice(&signature.to_bytes());
    Some(plain)
}
