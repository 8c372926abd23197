//! Seeds of couriers: heads, what is inside a seal, and sealed files.

use std::{
    io::{Read as _, Write as _},
    iter,
};

use age::{Decryptor, Encryptor};
use tongban_contract::{
    courier::{COURIER_VERSION, CourierFile, CourierHead},
    operation::{Ask, Operation},
};
use tongban_fuzz::keys;

use crate::{
    Seed,
    samples::{FILE, MOMENT, digest, operations},
};

pub(crate) fn head(operations: Vec<Operation>, with_file: bool) -> CourierHead {
    let file = CourierFile { digest: digest(FILE), bytes: FILE.len() as u64 };
    CourierHead {
        version: COURIER_VERSION,
        recipient: keys::platform_recipient(),
        account: keys::ACCOUNT.to_owned(),
        key: keys::device_key(),
        made_at: MOMENT.parse().unwrap(),
        operations,
        files: if with_file { vec![file] } else { Vec::new() },
    }
}

/// A head, and the files that follow it.
fn drafts() -> Vec<(&'static str, CourierHead, &'static [u8])> {
    let withdrawals =
        || operations().into_iter().filter(|one| matches!(one.ask, Ask::Withdraw { .. })).collect();
    vec![
        ("full", head(operations(), true), FILE),
        ("withdrawal", head(withdrawals(), false), b""),
        ("nothing", head(Vec::new(), false), b""),
        ("file-that-nothing-hands-in", head(withdrawals(), true), FILE),
        ("file-is-cut", head(operations(), true), &FILE[..FILE.len() - 1]),
        ("one-byte-after", head(withdrawals(), false), b"x"),
        ("something-after", head(operations(), true), b"too much for the file that is announced"),
        (
            "for-another-platform",
            CourierHead { recipient: "age1another".to_owned(), ..head(withdrawals(), false) },
            b"",
        ),
        ("of-a-later-version", CourierHead { version: 2, ..head(withdrawals(), false) }, b""),
        (
            "of-another-account",
            CourierHead { account: "another".to_owned(), ..head(withdrawals(), false) },
            b"",
        ),
    ]
}

fn plain(head: &CourierHead, files: &[u8]) -> Vec<u8> {
    let text = serde_json::to_vec(head).unwrap();
    [keys::signed_head(&text).unwrap(), files.to_vec()].concat()
}

pub(crate) fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for (name, head, files) in drafts() {
        let text = serde_json::to_vec(&head).unwrap();
        let lines = [&*text, b"\n", files].concat();
        seeds.push(("courier_signed", format!("seed-{name}"), lines));
        seeds.push(("courier_contents", format!("seed-{name}"), plain(&head, files)));
    }
    seeds.push(("courier_contents", "seed-signature-changed".to_owned(), signature_changed()));
    seeds
}

/// What is sealed for the seeds of whole files.
pub(crate) fn to_be_sealed() -> Vec<Seed> {
    let chosen =
        |name: &str| matches!(name, "full" | "withdrawal" | "one-byte-after" | "something-after");
    drafts()
        .into_iter()
        .filter(|(name, ..)| chosen(name))
        .map(|(name, head, files)| (name, plain(&head, files)))
        .chain(iter::once(("signature-changed", signature_changed())))
        .map(|(name, plain)| ("courier_file", format!("seed-{name}.age"), plain))
        .collect()
}

/// Right but for the signature, which another key may have made.
fn signature_changed() -> Vec<u8> {
    let mut plain = plain(&head(Vec::new(), false), b"");
    let last = plain.len() - 40;
    plain[last] ^= 1;
    plain
}

pub(crate) fn sealed(plain: &[u8]) -> Vec<u8> {
    let recipient = keys::platform_identity().to_public();
    let recipients = iter::once(&recipient as &dyn age::Recipient);
    let mut sealed = Vec::new();
    let mut writer =
        Encryptor::with_recipients(recipients).unwrap().wrap_output(&mut sealed).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap();
    sealed
}

pub(crate) fn unsealed(sealed: &[u8]) -> Vec<u8> {
    let identity = keys::platform_identity();
    let mut plain = Vec::new();
    Decryptor::new(sealed)
        .unwrap()
        .decrypt(iter::once(&identity as &dyn age::Identity))
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    plain
}
