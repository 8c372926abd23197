//! Files of the catalogue: checked against the manifest, unpacked, and read line by line.

use std::{fs, io::Read as _, path::Path};

use sha2::{Digest as _, Sha256};
use tongban_client::{CatalogueError, fuzzing as client};
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent, Record},
    identifiers::Digest,
};

use crate::rules::{self, is_told, is_written_as_read};

/// Most that a target unpacks, so that it stays quick; the manifest's word counts below it.
const MOST: u64 = 1024 * 1024;

fn described(packed: &[u8], unpacked_bytes: u64) -> CatalogueFile {
    CatalogueFile {
        path: "file".to_owned(),
        content: FileContent::Common,
        digest: Digest::from_bytes(&Sha256::digest(packed).into()),
        bytes: packed.len() as u64,
        unpacked_bytes,
        guides: 0,
    }
}

fn unpacked(path: &Path, file: &CatalogueFile) -> Result<u64, CatalogueError> {
    let mut records = 0;
    client::unpack_file(path, file, |record| {
        records += 1;
        is_written_as_read(&record);
        true
    })
    .inspect_err(|error| is_told(&error.problem()))?;
    Ok(records)
}

/// A file as it is published, after a line that says how large the manifest says it is.
pub(crate) fn file(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let claimed = std::str::from_utf8(&bytes[..at]).ok().and_then(|text| text.parse().ok());
    let claimed = claimed.unwrap_or(MOST).min(MOST);
    let packed = bytes.get(at + 1..).unwrap_or_default();
    let path = rules::file("snapshot");
    fs::write(&path, packed).expect("a file can be written");

    let meant = described(packed, claimed);
    assert!(client::verify_file(&path, &meant).is_ok(), "what is meant is not taken");
    for other in [
        CatalogueFile { digest: Digest::from_bytes(&[7; 32]), ..meant.clone() },
        CatalogueFile { bytes: meant.bytes + 1, ..meant.clone() },
        CatalogueFile { bytes: meant.bytes.wrapping_sub(1), ..meant.clone() },
    ] {
        let refused = client::verify_file(&path, &other);
        assert!(matches!(refused, Err(CatalogueError::Digest)), "another file is taken");
    }

    let (whole, sound) = truly_unpacked(packed, claimed);
    match unpacked(&path, &meant) {
        Ok(_) => assert!(sound && whole == claimed, "{whole} bytes instead of {claimed}"),
        Err(CatalogueError::TooLarge) => assert!(whole > claimed, "{whole} of {claimed}"),
        Err(CatalogueError::Broken(_)) => {}
        Err(error) => panic!("neither too large nor broken: {error}"),
    }
}

/// How much it really is, up to one byte more than `most`, and whether it ends well.
fn truly_unpacked(packed: &[u8], most: u64) -> (u64, bool) {
    let Ok(decoder) = zstd::Decoder::new(packed) else { return (0, false) };
    let mut decoder = decoder.take(most + 1);
    let mut buffer = vec![0; 64 * 1024];
    let mut whole = 0;
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return (whole, true),
            Ok(read) => whole += read as u64,
            Err(_) => return (whole, false),
        }
    }
}

/// Lines as the publisher would have packed them.
pub(crate) fn lines(bytes: &[u8]) {
    let packed = zstd::bulk::compress(bytes, 1).expect("anything can be packed");
    let path = rules::file("snapshot-lines");
    fs::write(&path, &packed).expect("a file can be written");
    let size = bytes.len() as u64;
    let lines = || bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let sound = lines().all(|line| serde_json::from_slice::<Record>(line).is_ok());
    match unpacked(&path, &described(&packed, size)) {
        Ok(records) => {
            assert!(sound);
            assert_eq!(records, lines().count() as u64, "a record is lost or made up");
        }
        Err(CatalogueError::Broken(_)) => assert!(!sound, "a record that is right is not read"),
        Err(error) => panic!("packed as announced: {error}"),
    }
    if let Some(less) = size.checked_sub(1) {
        let refused = unpacked(&path, &described(&packed, less));
        assert!(refused.is_err(), "more than announced is taken");
    }
    assert!(
        unpacked(&path, &described(&packed, size + 1)).is_err(),
        "less than announced is taken"
    );
}
