//! Couriers as a device makes them, and as one would that means ill.

use std::io::Write as _;

use age::x25519::Recipient;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use tongban_contract::courier::{CourierKey, CourierRegistration, MAGIC};

use crate::node::{Node, PHOTO, hex};

/// A device whose key the platform knows.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) secret: SigningKey,
    pub(crate) account: String,
    pub(crate) recipient: String,
}

/// What a courier is made of.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) head: Value,
    pub(crate) files: Vec<u8>,
}

impl Device {
    /// Names a key to the platform, as a sync does.
    pub(crate) async fn registered(node: &Node, token: &str, seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let key = public(&secret);
        let body = json!({ "version": 1, "cursor": 0, "courier_key": key });
        let reply: Value = node.post_exchange(token, &body).await.json().await.unwrap();
        let known: CourierRegistration = serde_json::from_value(reply["courier"].clone()).unwrap();
        assert_eq!(known.key, key);
        let at = format!("{}/.well-known/tongban.json", node.address);
        let info: Value = node.client.get(at).send().await.unwrap().json().await.unwrap();
        let recipient = info["courier_recipient"].as_str().unwrap().to_owned();
        Self { secret, account: known.account, recipient }
    }

    /// A courier of these operations, with [`PHOTO`].
    pub(crate) fn draft(&self, operations: &[Value]) -> Draft {
        let head = json!({
            "version": 1,
            "recipient": self.recipient,
            "account": self.account,
            "key": public(&self.secret),
            "made_at": "2026-09-28T01:30:00Z",
            "operations": operations,
            "files": [{ "digest": hex(PHOTO), "bytes": PHOTO.len() }],
        });
        Draft { head, files: PHOTO.to_vec() }
    }

    pub(crate) fn sealed(&self, operations: &[Value]) -> Vec<u8> {
        self.seal(&self.draft(operations))
    }

    pub(crate) fn seal(&self, draft: &Draft) -> Vec<u8> {
        seal(&self.recipient, &self.signed(draft))
    }

    /// The plain text, signed.
    pub(crate) fn signed(&self, draft: &Draft) -> Vec<u8> {
        let head = draft.head.to_string();
        let mut plain = lead(u32::try_from(head.len()).unwrap());
        plain.extend(head.as_bytes());
        let signature = self.secret.sign(&plain);
        plain.extend(signature.to_bytes());
        plain.extend(&draft.files);
        plain
    }
}

pub(crate) fn public(secret: &SigningKey) -> CourierKey {
    CourierKey::from_bytes(&secret.verifying_key().to_bytes())
}

/// What stands before a head of this length.
pub(crate) fn lead(length: u32) -> Vec<u8> {
    [MAGIC.as_slice(), &length.to_be_bytes()].concat()
}

pub(crate) fn seal(recipient: &str, plain: &[u8]) -> Vec<u8> {
    let recipient: Recipient = recipient.parse().unwrap();
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let mut sealed = Vec::new();
    let encryptor = age::Encryptor::with_recipients(recipients).unwrap();
    let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap();
    sealed
}
