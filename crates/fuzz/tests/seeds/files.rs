//! Seeds of the catalogue: manifest, signature, packed files, updates.

use serde_json::json;
use tongban_contract::{
    catalogue::{CatalogueFile, FileContent, Manifest},
    update::UpdateHead,
};

use crate::{
    Seed,
    samples::{MOMENT, digest, records, signature},
};

fn lines() -> Vec<u8> {
    let mut text = Vec::new();
    for record in records() {
        serde_json::to_writer(&mut text, &record).unwrap();
        text.push(b'\n');
    }
    text
}

/// As the publisher packs them: frames one after another.
fn packed(frames: &[&[u8]]) -> Vec<u8> {
    frames.iter().flat_map(|frame| zstd::bulk::compress(frame, 19).unwrap()).collect()
}

/// A packed file after the size that the manifest names.
pub(crate) fn claimed(size: usize, packed: &[u8]) -> Vec<u8> {
    [size.to_string().as_bytes(), b"\n", packed].concat()
}

fn manifest(sample: bool) -> Manifest {
    let lines = lines();
    let packed = packed(&[&lines]);
    let file = |content, path: &str| CatalogueFile {
        path: path.to_owned(),
        content,
        digest: digest(&packed),
        bytes: packed.len() as u64,
        unpacked_bytes: lines.len() as u64,
        guides: 1,
    };
    let county =
        FileContent::Region { division: "420506".parse().unwrap(), name: "夷陵区".to_owned() };
    Manifest {
        version: 7,
        published_at: MOMENT.parse().unwrap(),
        province: "湖北省".to_owned(),
        sample,
        files: vec![
            file(FileContent::Common, "common-0.jsonl.zst"),
            file(county, "regions/420506-0.jsonl.zst"),
            file(FileContent::Unknown, "later/x.bin"),
        ],
    }
}

/// A head of an update, and its payload.
fn update(version: u64, payload: &[u8]) -> Vec<u8> {
    let head = UpdateHead {
        region: "420506".parse().unwrap(),
        from: 7,
        version,
        published_at: MOMENT.parse().unwrap(),
        sample: true,
        digest: digest(payload),
        bytes: payload.len() as u64,
        unpacked_bytes: if payload.is_empty() { 0 } else { lines().len() as u64 },
    };
    [&serde_json::to_vec(&head).unwrap(), b"\n".as_slice(), payload].concat()
}

pub(crate) fn seeds() -> Vec<Seed> {
    let lines = lines();
    let half = lines.len() / 2;
    let published = serde_json::to_vec(&manifest(true)).unwrap();
    let plain = serde_json::to_vec_pretty(&manifest(false)).unwrap();
    let short: &[u8] = b"{\"record\":\"division\",\"code\":\"42\",\"name\":\"\\u6e56\\u5317\"}\n\n";
    let later = json!({"record": "of-a-later-version", "x": [1]}).to_string();
    let with_checksum = {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        std::io::copy(&mut &*lines, &mut encoder).unwrap();
        encoder.finish().unwrap()
    };
    let seed = |target, name: &str, bytes: Vec<u8>| (target, name.to_owned(), bytes);
    vec![
        seed(
            "manifest_signature",
            "seed-right",
            signature("manifest_signature", "seed-right", &published).into(),
        ),
        seed(
            "manifest_signature",
            "seed-of-another",
            signature("manifest_signature", "seed-of-another", &plain).into(),
        ),
        seed("manifest", "seed-published.json", published),
        seed("manifest", "seed-pretty.json", plain),
        seed("update", "seed-nothing", update(7, &[])),
        seed("update", "seed-records", update(9, &packed(&[&lines]))),
        seed("update", "hostile-head", b"{\"region\":\"420506\",\"from\":7}\n".to_vec()),
        seed("update", "hostile-no-payload", b"{}".to_vec()),
        seed("update", "hostile-older", update(6, &packed(&[&lines]))),
        seed("snapshot", "seed-one-frame", claimed(lines.len(), &packed(&[&lines]))),
        seed(
            "snapshot",
            "seed-frames",
            claimed(lines.len(), &packed(&[&lines[..half], b"", &lines[half..]])),
        ),
        seed("snapshot", "seed-checksum", claimed(lines.len(), &with_checksum)),
        seed("snapshot", "seed-short", claimed(short.len(), &packed(&[short]))),
        seed("snapshot", "seed-empty", claimed(0, &packed(&[b""]))),
        seed("snapshot_lines", "seed-records.jsonl", lines),
        seed("snapshot_lines", "seed-short.jsonl", short.to_vec()),
        seed("snapshot_lines", "seed-later.jsonl", later.into_bytes()),
        seed("snapshot_lines", "seed-empty.jsonl", Vec::new()),
    ]
}
