//! Inputs made by hand to be wrong: cut, nested, huge, lying, of no encoding.

use std::{fs, iter};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tongban_contract::courier::{LARGEST_HEAD, MAGIC};
use tongban_fuzz::{corpus, keys};

use crate::{
    Seed, couriers,
    files::claimed,
    samples::{CASE, signature},
};

/// JSON that is wrong in itself, for everything that reads JSON.
fn json() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| [open.repeat(300), close.repeat(300)].concat();
    vec![
        ("empty", Vec::new()),
        ("space", b" \t\r\n".to_vec()),
        ("null", b"null".to_vec()),
        ("deep-arrays", deep("[", "]").into()),
        ("deep-objects", deep("{\"operations\":", "}").into()),
        ("deep-and-open", "[{\"x\":".repeat(300).into()),
        ("bom", b"\xef\xbb\xbf{}".to_vec()),
        ("utf-16", b"\xff\xfe{\0}\0".to_vec()),
        ("invalid-utf-8", b"{\"version\":1,\"x\":\"\xff\xfe\xed\xa0\x80\xc0\xaf\"}".to_vec()),
        ("lone-surrogates", br#"{"x":"\ud800","\udfff":"\udbff\ud800"}"#.to_vec()),
        ("cut-escape", br#"{"x":"\u12"#.to_vec()),
        ("two-values", b"{}{}".to_vec()),
        ("huge-number", [b"{\"version\":".to_vec(), b"9".repeat(400), b"}".to_vec()].concat()),
        ("huge-exponent", br#"{"version":1e999999999,"cursor":-1e-999999999}"#.to_vec()),
        ("control-in-text", b"{\"x\":\"\x00\x1f\n\"}".to_vec()),
        ("web-page", b"<!doctype html><title>login</title>".to_vec()),
    ]
}

const JSON_TARGETS: [(&str, &[u8]); 8] = [
    ("exchange_request", b""),
    ("exchange_reply", b"005"),
    ("receipt", b""),
    ("licence", b""),
    ("manifest", b""),
    ("snapshot_lines", b""),
    ("courier_signed", b""),
    ("manifest_signature", b""),
];

pub(crate) fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for (target, lead) in JSON_TARGETS {
        for (name, bytes) in json() {
            seeds.push((target, format!("hostile-{name}"), [lead, &bytes].concat()));
        }
    }
    let own = [exchanges(), texts(), uploads(), frames(), inside_seals()];
    seeds.extend(
        own.into_iter()
            .flatten()
            .map(|(target, name, bytes)| (target, format!("hostile-{name}"), bytes)),
    );
    seeds
}

type Named = (&'static str, &'static str, Vec<u8>);

fn exchanges() -> Vec<Named> {
    let request = |operations: &str| {
        format!(r#"{{"version":1,"cursor":18446744073709551615,"operations":[{operations}]}}"#)
            .into_bytes()
    };
    let id = r#""id":"01930000-0000-7000-8000-0000000000f1","made_at":"2026-03-02T09:00:00+08:00""#;
    let reply = |rest: &str| {
        format!(
            r#"007{{"version":1,"feed":"{CASE}","results":[],"cursor":0,"server_time":"2026-03-02T00:00:00Z",{rest}}}"#
        )
        .into_bytes()
    };
    vec![
        (
            "exchange_request",
            "members-twice",
            request(&format!(
                r#"{{{id},"kind":"withdraw","kind":"appeal","case":"{CASE}","case":7,"x":1,"x":2}}"#
            )),
        ),
        (
            "exchange_request",
            "known-kind-of-another-shape",
            request(&format!(r#"{{{id},"kind":"submit","case":"{CASE}","filing":[]}}"#)),
        ),
        (
            "exchange_request",
            "numbers",
            request(&format!(
                r#"{{{id},"kind":"later","n":[0.1,1e21,1E-7,123456789012345678901234567890,-0,-0.0,
                 5e-324,2.2250738585072011e-308,9007199254740993,-9223372036854775809,1.0,100e-2]}}"#
            )),
        ),
        ("exchange_request", "no-ids", request("{},[],null,{\"id\":7},{\"id\":\"\"}")),
        ("exchange_request", "many", request(&vec!["{}"; 5000].join(","))),
        (
            "exchange_request",
            "id-in-braces",
            request(r#"{"id":"{01930000-0000-7000-8000-0000000000f1}","made_at":"2026-03-02T00:00:00Z","kind":"x"}"#),
        ),
        (
            "exchange_request",
            "names-that-sort-badly",
            request(&format!(r#"{{{id},"kind":"x","":1,"\u0000":2,"é":3,"e\u0301":4,"😀":5,"\uffff":6,"Z":7,"a":8}}"#)),
        ),
        ("exchange_reply", "changes-twice", reply(r#""changes":[],"changes":[]"#)),
        (
            "exchange_reply",
            "later-changes",
            reply(r#""changes":[{"seq":1,"kind":"x","seq2":{}},{"seq":0},{"seq":2,"kind":null,"kind2":1e300}]"#),
        ),
        (
            "exchange_reply",
            "known-kind-of-another-shape",
            reply(r#""changes":[{"seq":1,"kind":"case","case":{},"headline":7}]"#),
        ),
        ("exchange_reply", "no-lead", b"0".to_vec()),
        ("exchange_reply", "retry-after", b"510-99999999999999999999\n{}".to_vec()),
        ("receipt", "twice", br#"{"id":"01930000000070008000000000000001","outcome":"lacking","outcome":"x","digests":[]}"#.to_vec()),
        ("receipt", "no-outcome", format!(r#"{{"id":"{CASE}"}}"#).into()),
        ("receipt", "digests", format!(r#"{{"id":"{CASE}","outcome":"lacking","digests":["{}"]}}"#, "AB".repeat(32)).into()),
        ("licence", "moment", br#"{"id":"","issued_at":"9999-12-31T23:59:60+25:00","valid_from":"-009999-01-01"}"#.to_vec()),
        ("manifest", "paths", manifest(&[
            "../secret", "a/../../b", "/etc/passwd", "//other.invalid/x", "a//b", ".", "a/./b", "%2e%2e/x", "a%2fb",
            "..\\\\x", "https://other.invalid/", "?q#f", "a?b", "a#b", "\\u0000", "文/件", " / ", "a/\\t../x", ".%2e/x",
        ])),
        ("manifest", "sizes", br#"{"version":18446744073709551615,"published_at":"2026-03-02T00:00:00Z","province":"","files":[{"path":"x","content":{"kind":"later","x":1},"digest":"","bytes":-1,"unpacked_bytes":1e3,"guides":0}]}"#.to_vec()),
    ]
}

fn manifest(paths: &[&str]) -> Vec<u8> {
    let digest = "ab".repeat(32);
    let files: Vec<String> = paths
        .iter()
        .map(|path| format!(r#"{{"path":"{path}","content":{{"kind":"common"}},"digest":"{digest}","bytes":1,"unpacked_bytes":1,"guides":0}}"#))
        .collect();
    format!(
        r#"{{"version":1,"published_at":"2026-03-02T00:00:00Z","province":"x","files":[{}]}}"#,
        files.join(",")
    )
    .into_bytes()
}

fn texts() -> Vec<Named> {
    let signature = signature("manifest_signature", "hostile-of-something-else", b"something else");
    let lines: Vec<&str> = signature.lines().collect();
    let comment =
        format!("{}\n{}\n{}\n{}\n", lines[0], lines[1], "trusted comment: other", lines[3]);
    vec![
        ("numbers", "wide-digit", "1101011976080568９6".into()),
        ("numbers", "no-such-day", "110101199902300011".into()),
        ("numbers", "padded-with-space", "\u{3000}34052419800101001X \n".into()),
        ("numbers", "division-of-zeros", "000000000000".into()),
        ("numbers", "division-zeros-inside", "420000100000".into()),
        ("numbers", "licence-roots", "1.2.156.3005.2.1.2.156.3005.2.11100000000013338W011".into()),
        ("numbers", "licence-wide", "11100000000013338W0文.11430000006122244L.1.001.文".into()),
        ("numbers", "licence-plus", "11100000000013338W011.11430000006122244L.1.+01.U".into()),
        ("numbers", "digest-capitals", "AB".repeat(32).into()),
        ("numbers", "digest-wide", "文".repeat(21).into()),
        ("numbers", "uuid-braces", format!("{{{CASE}}}").into()),
        ("numbers", "leap-second", "2026-12-31T23:59:60.999999999999Z".into()),
        ("numbers", "far-moment", "-009999-01-02T01:59:59+00:00[UTC]".into()),
        ("numbers", "invalid-utf-8", b"\xff\xfe".to_vec()),
        (
            "events",
            "long-line",
            [b"event: news".to_vec(), b" ".repeat(5000), b"\n".to_vec()].concat(),
        ),
        ("events", "longer-line", [b" ".repeat(5000), b"event: news\n".to_vec()].concat()),
        ("events", "no-end", b"event: news".to_vec()),
        ("events", "returns", b"\revent: news\r\r\n\x0cevent: news\n\0".to_vec()),
        ("callback", "bad-escapes", b"state=%&code=%zz%f&%00=%ff%fe".to_vec()),
        ("callback", "empty-names", b"=&&==&state&code".to_vec()),
        ("callback", "many", b"a=1&".repeat(3000)),
        ("licence_signature", "comment-changed", comment.clone().into()),
        ("licence_signature", "no-lines", b"\n\n\n\n".to_vec()),
        ("licence_signature", "one-line", lines[1].into()),
        ("licence_signature", "cut", signature[..signature.len() - 3].into()),
        ("licence_signature", "long", b"A".repeat(5000)),
        ("manifest_signature", "comment-changed", comment.into()),
        ("manifest_signature", "of-something-else", signature.clone().into()),
        ("manifest_signature", "long", b"A".repeat(5000)),
    ]
}

fn uploads() -> Vec<Named> {
    let metadata =
        |value: &str| format!("Upload-Length: 7\nUpload-Metadata: {value}\n").into_bytes();
    let digest = STANDARD.encode("ab".repeat(32));
    vec![
        ("tus_headers", "empty", Vec::new()),
        ("tus_headers", "lengths", b"Upload-Length: 18446744073709551616\nUpload-Offset: -0\nContent-Type: application/offset+octet-stream\n".to_vec()),
        ("tus_headers", "plus", b"Upload-Length: +7\nUpload-Offset: +7\nContent-Type: application/offset+octet-stream\n".to_vec()),
        ("tus_headers", "zeros", b"Upload-Length: 0000000000000000000000000007\nUpload-Offset: 00\nContent-Type: application/offset+octet-stream\n".to_vec()),
        ("tus_headers", "largest", format!("Upload-Length: 52428801\nUpload-Metadata: sha256 {digest}\n").into()),
        ("tus_headers", "metadata-twice", metadata(&format!("sha256 {digest},sha256 {digest},sha256"))),
        ("tus_headers", "metadata-commas", metadata(&",".repeat(3000))),
        ("tus_headers", "metadata-no-digest", metadata("filename YQ==,sha256 ////")),
        ("tus_headers", "metadata-invalid-utf-8", metadata(&format!("filename //79,sha256 {digest}"))),
        ("tus_headers", "metadata-control", metadata(&format!("filename AAoNG38=,filetype dGV4dC8v,sha256 {digest}"))),
        ("tus_headers", "metadata-direction", metadata(&format!("filename 4oCuZ3BqLmV4ZQ==,filetype YS9i,sha256 {digest}"))),
        ("tus_headers", "metadata-long", metadata(&format!("filename {},sha256 {digest}", "YWFh".repeat(1000)))),
        ("tus_headers", "checksum-of-another-kind", b"Upload-Checksum: md5 AAAA\n".to_vec()),
        ("tus_headers", "checksum-empty", b"Upload-Checksum: sha256 \n".to_vec()),
        ("tus_headers", "checksum-not-text", b"Upload-Checksum: sha256 \xff\xfe\n".to_vec()),
        ("tus_headers", "checksum-unpadded", b"Upload-Checksum: sha256 AAA\n".to_vec()),
    ]
}

/// Frames that lie about what is in them.
fn frames() -> Vec<Named> {
    let packed = |bytes: &[u8]| zstd::bulk::compress(bytes, 3).unwrap();
    let bomb = packed(&vec![b' '; 64 * 1024 * 1024]);
    let lines = packed(&b"\n".repeat(1_000_000));
    let short = packed(b"{\"record\":\"later\"}\n");
    let cut = &short[..short.len() - 1];
    let bombs: Vec<u8> = iter::repeat_n(&*bomb, 4).flatten().copied().collect();
    // A window of 2 GiB, and a size of 2^64 - 1 that nothing follows.
    let window = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00".to_vec();
    let size = b"\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00".to_vec();
    let skipped = [b"\x50\x2a\x4d\x18\xff\xff\xff\xff".to_vec(), short.clone()].concat();
    vec![
        ("snapshot", "bomb", claimed(1000, &bomb)),
        ("snapshot", "bombs", claimed(1_000_000, &bombs)),
        ("snapshot", "empty-lines", claimed(1_000_000, &lines)),
        ("snapshot", "claims-less", claimed(18, &short)),
        ("snapshot", "claims-more", claimed(20, &short)),
        ("snapshot", "claims-most", [b"18446744073709551615\n".to_vec(), short.clone()].concat()),
        ("snapshot", "cut", claimed(19, cut)),
        ("snapshot", "something-after", claimed(19, &[short.clone(), b"x".to_vec()].concat())),
        ("snapshot", "window", claimed(1000, &window)),
        ("snapshot", "size", claimed(1000, &size)),
        ("snapshot", "skipped", claimed(19, &skipped)),
        ("snapshot", "not-packed", claimed(3, b"{}\n")),
        ("snapshot", "nothing", Vec::new()),
        ("snapshot_lines", "not-a-record", b"{\"record\":\"item\"}\n".to_vec()),
        (
            "snapshot_lines",
            "record-twice",
            b"{\"record\":\"later\",\"record\":\"division\"}\n".to_vec(),
        ),
        (
            "snapshot_lines",
            "days",
            b"{\"record\":\"holidays\",\"year\":32768,\"off\":[\"2026-02-30\"],\"worked\":[]}"
                .to_vec(),
        ),
    ]
}

fn inside_seals() -> Vec<Named> {
    let lead = |length: u32| [MAGIC.as_slice(), &length.to_be_bytes()].concat();
    let largest = u32::try_from(LARGEST_HEAD).unwrap();
    let twice = br#"{"version":1,"version":1}"#;
    let many = {
        let head = couriers::head(Vec::new(), false);
        let mut text = serde_json::to_value(head).unwrap();
        text["operations"] = vec![serde_json::json!({"id": CASE}); 600].into();
        text.to_string().into_bytes()
    };
    vec![
        ("courier_contents", "empty", Vec::new()),
        ("courier_contents", "magic-alone", MAGIC.to_vec()),
        ("courier_contents", "head-of-nothing", lead(0)),
        ("courier_contents", "head-that-lies", lead(largest)),
        ("courier_contents", "head-too-large", lead(largest + 1)),
        ("courier_contents", "head-of-all", lead(u32::MAX)),
        ("courier_contents", "unsigned", [lead(2), b"{}".to_vec(), vec![0; 64]].concat()),
        ("courier_contents", "signed-nonsense", keys::signed_head(b"[1,2").unwrap()),
        ("courier_contents", "members-twice", keys::signed_head(twice).unwrap()),
        ("courier_signed", "too-many", many),
        ("courier_signed", "members-twice", twice.to_vec()),
        ("courier_file", "empty", Vec::new()),
        ("courier_file", "first-line", b"age-encryption.org/v1\n".to_vec()),
        ("courier_file", "stanzas", b"age-encryption.org/v1\n-> X25519 a\nb\n".repeat(100)),
        ("courier_file", "no-mac", b"age-encryption.org/v1\n-> X25519 a\nb\n--- ".to_vec()),
        ("courier_file", "armour", b"-----BEGIN AGE ENCRYPTED FILE-----\n".to_vec()),
        (
            "courier_file",
            "other-version",
            b"age-encryption.org/v2\n-> X25519 a\nb\n--- m\n".to_vec(),
        ),
        (
            "courier_file",
            "scrypt",
            format!(
                "age-encryption.org/v1\n-> scrypt {} 63\n{}\n--- {}\n",
                "A".repeat(22),
                "A".repeat(43),
                "A".repeat(43)
            )
            .into(),
        ),
        (
            "courier_file",
            "wide",
            format!("age-encryption.org/v1\n-> 文 文\n文\n--- {}\n", "文".repeat(43)).into(),
        ),
    ]
}

/// Sealed couriers that are cut or changed, made of the ones that are kept.
pub(crate) fn cut_couriers() {
    let folder = corpus::folder("courier_file");
    let sealed = fs::read(folder.join("seed-full.age")).unwrap();
    let header = sealed.windows(5).position(|part| part == b"\n--- ").unwrap();
    let with = |at: usize| {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        changed
    };
    let files = [
        ("cut-in-stanza", sealed[..header - 10].to_vec()),
        ("cut-in-mac", sealed[..header + 20].to_vec()),
        ("cut-after-header", sealed[..header + 49].to_vec()),
        ("cut-at-end", sealed[..sealed.len() - 1].to_vec()),
        ("longer", [sealed.clone(), b"x".to_vec()].concat()),
        ("stanza-changed", with(header - 5)),
        ("mac-changed", with(header + 10)),
        ("payload-changed", with(sealed.len() - 40)),
        ("stanza-twice", {
            let stanza = &sealed[22..=header];
            [&sealed[..22], stanza, &sealed[22..]].concat()
        }),
    ];
    for (name, bytes) in files {
        fs::write(folder.join(format!("hostile-{name}.age")), bytes).unwrap();
    }
}
