//! Unpacks a published file: zstd, then one record a line. It holds one line at a time,
//! stops at the size that the manifest names, and answers every fault as an error.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use sha2::{Digest as _, Sha256};
use tongban_contract::{
    catalogue::{CatalogueFile, Record},
    identifiers::Digest,
};

use super::error::CatalogueError;

/// Longest line: far above any honest record.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// Makes sure that the file on disk is the one that the manifest names.
pub(crate) fn verify(path: &Path, expected: &CatalogueFile) -> Result<(), CatalogueError> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() != expected.bytes {
        return Err(CatalogueError::Digest);
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hash.update(bytes);
    }
    if Digest::from_bytes(&hash.finalize().into()) == expected.digest {
        Ok(())
    } else {
        Err(CatalogueError::Digest)
    }
}

/// Hands every record of a verified file to `take`, in order, until it answers false.
pub(crate) fn unpack(
    path: &Path,
    expected: &CatalogueFile,
    mut take: impl FnMut(Record) -> bool,
) -> Result<(), CatalogueError> {
    let decoder = zstd::Decoder::new(File::open(path)?).map_err(broken)?;
    // One byte more than allowed tells a file that is too large from one that fits.
    let mut lines = BufReader::new(decoder.take(expected.unpacked_bytes.saturating_add(1)));
    let mut unpacked = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let left = expected.unpacked_bytes.saturating_sub(unpacked);
        let limit = LONGEST_LINE.min(left).saturating_add(1);
        let read = lines.by_ref().take(limit).read_until(b'\n', &mut line).map_err(broken)?;
        if read == 0 {
            break;
        }
        unpacked += u64::try_from(read).unwrap_or(u64::MAX);
        if unpacked > expected.unpacked_bytes || line.len() as u64 > LONGEST_LINE {
            return Err(CatalogueError::TooLarge);
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let record = serde_json::from_slice(&line)
            .map_err(|error| CatalogueError::Broken(error.to_string()))?;
        if !take(record) {
            return Ok(());
        }
    }
    if unpacked < expected.unpacked_bytes {
        return Err(CatalogueError::Broken("shorter than the manifest says".to_owned()));
    }
    Ok(())
}

/// Reading from disk practically never fails halfway; what fails is the unpacking.
fn broken(error: std::io::Error) -> CatalogueError {
    CatalogueError::Broken(error.to_string())
}

#[cfg(test)]
mod tests {
    use tongban_contract::catalogue::{Division, FileContent};

    use super::*;

    fn written(content: &[u8], claimed: u64) -> (tempfile::TempDir, CatalogueFile) {
        let directory = tempfile::tempdir().unwrap();
        let packed = zstd::encode_all(content, 3).unwrap();
        std::fs::write(directory.path().join("file"), &packed).unwrap();
        let file = CatalogueFile {
            path: "file".into(),
            content: FileContent::Common,
            digest: Digest::from_bytes(&Sha256::digest(&packed).into()),
            bytes: packed.len() as u64,
            unpacked_bytes: claimed,
            guides: 0,
        };
        (directory, file)
    }

    fn unpacked(content: &[u8], claimed: u64) -> Result<Vec<Record>, CatalogueError> {
        let (directory, file) = written(content, claimed);
        let mut records = Vec::new();
        unpack(&directory.path().join("file"), &file, |record| {
            records.push(record);
            true
        })?;
        Ok(records)
    }

    #[test]
    fn records_are_read_and_those_of_a_later_version_left_alone() {
        let text = br#"{"record":"division","code":"42","name":"\u6e56\u5317\u7701"}
{"record":"of-a-later-version","x":1}"#;
        let records = unpacked(text, text.len() as u64).unwrap();
        let hubei = Division { code: "42".parse().unwrap(), name: "湖北省".into() };
        assert_eq!(records, [Record::Division(hubei), Record::Unknown]);
    }

    #[test]
    fn a_bomb_is_refused_where_it_passes_what_was_announced() {
        let bomb = vec![b'\n'; 64 * 1024 * 1024];
        assert!(matches!(unpacked(&bomb, 1000), Err(CatalogueError::TooLarge)));
        let one_line = vec![b' '; 64 * 1024 * 1024];
        assert!(matches!(unpacked(&one_line, 64 * 1024 * 1024), Err(CatalogueError::TooLarge)));
    }

    #[test]
    fn what_is_shorter_cut_or_no_record_is_broken() {
        assert!(matches!(unpacked(b"\n\n", 3), Err(CatalogueError::Broken(_))));
        assert!(matches!(unpacked(b"{\"record\":\"item\"}", 17), Err(CatalogueError::Broken(_))));
        let (directory, file) = written(&vec![b'\n'; 100_000], 100_000);
        let path = directory.path().join("file");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 4]).unwrap();
        assert!(matches!(unpack(&path, &file, |_| true), Err(CatalogueError::Broken(_))));
        assert!(matches!(verify(&path, &file), Err(CatalogueError::Digest)));
    }
}
