//! Seeds of what is said in JSON or in a line of text.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::json;
use tongban_contract::{
    courier::{CourierRegistration, CourierReply},
    discovery::PlatformInfo,
    exchange::{ExchangeReply, ExchangeRequest},
    form::Fault,
    operation::{OperationResult, Outcome},
    problem::Problem,
};
use tongban_fuzz::keys;

use crate::{
    Seed,
    samples::{CASE, FEED, FILE, MOMENT, changes, digest, licence, operations, signature},
};

fn results() -> Vec<OperationResult> {
    let fault = Fault {
        pointer: "/answers/area".to_owned(),
        code: "minimum".to_owned(),
        sentence: "面积太小。".to_owned(),
    };
    let problem = || {
        Box::new(
            Problem::new("filing.faults", "申请有 1 处需要修改。", "请改好后重新提交。")
                .at("/answers")
                .with_assurance(3)
                .with_faults(vec![fault.clone()]),
        )
    };
    let later = json!({"outcome": "of_a_later_version", "queue": 7, "why": {"x": null}});
    let outcomes = [
        Outcome::Accepted {
            at: MOMENT.parse().unwrap(),
            number: "4205060020260302000001".to_owned(),
        },
        Outcome::Refused { problem: problem() },
        Outcome::Lacking { digests: vec![digest(FILE)] },
        Outcome::Later { problem: problem(), retry_after: 60 },
        Outcome::Unknown(later.as_object().unwrap().clone()),
    ];
    let ids = (1..).map(|n| format!("01930000-0000-7000-8000-0000000000f{n}").parse().unwrap());
    ids.zip(outcomes).map(|(id, outcome)| OperationResult { id, outcome }).collect()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn reply(full: bool) -> ExchangeReply {
    let known = CourierRegistration { key: keys::device_key(), account: keys::ACCOUNT.to_owned() };
    ExchangeReply {
        version: 1,
        feed: FEED.parse().unwrap(),
        results: if full { results() } else { Vec::new() },
        changes: if full { changes() } else { Vec::new() },
        cursor: if full { 3 } else { 0 },
        mark: full.then(|| "3-mark".to_owned()),
        courier: full.then_some(known),
        more: full,
        server_time: MOMENT.parse().unwrap(),
    }
}

fn requests() -> Vec<ExchangeRequest> {
    let first = ExchangeRequest {
        version: 1,
        feed: None,
        cursor: 0,
        mark: None,
        operations: Vec::new(),
        courier_key: Some(keys::device_key()),
    };
    let full = ExchangeRequest {
        feed: Some(FEED.parse().unwrap()),
        cursor: 3,
        mark: Some("3-mark".to_owned()),
        operations: operations(),
        courier_key: None,
        ..first.clone()
    };
    vec![first, full]
}

pub(crate) fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for (name, request) in ["first", "full"].into_iter().zip(requests()) {
        seeds.push(("exchange_request", format!("seed-{name}.json"), json(&request)));
    }
    for (name, full) in [("nothing", false), ("full", true)] {
        let body = [b"005".to_vec(), json(&reply(full))].concat();
        seeds.push(("exchange_reply", format!("seed-{name}"), body));
    }
    let refused = Problem::new("sign-in.level", "需要更高的实名等级。", "请重新登录。");
    for (name, lead) in [("refused", "813"), ("overloaded", "615"), ("failed", "613")] {
        let body = [lead.as_bytes().to_vec(), json(&refused.clone().with_status(422))].concat();
        seeds.push(("exchange_reply", format!("seed-{name}"), body));
    }
    seeds.push(("exchange_reply", "seed-busy".to_owned(), b"511120".to_vec()));
    for (name, result) in
        ["accepted", "refused", "lacking", "later", "unknown"].into_iter().zip(results())
    {
        seeds.push(("receipt", format!("seed-{name}.json"), json(&result)));
    }
    let carried = CourierReply { taken: 1, known: 2, not_taken: 3 };
    seeds.push(("receipt", "seed-courier.json".to_owned(), json(&carried)));
    seeds.push(("receipt", "seed-problem.json".to_owned(), json(&refused)));
    let info = PlatformInfo {
        name: "湖北省政务服务平台（演示）".to_owned(),
        issuer: "https://platform.invalid".to_owned(),
        client_id: "tongban".to_owned(),
        public_key: keys::PLATFORM_KEY.to_owned(),
        courier_recipient: Some(keys::platform_recipient()),
    };
    seeds.push(("receipt", "seed-platform.json".to_owned(), json(&info)));
    seeds.extend(licences());
    seeds.extend(lines());
    seeds
}

fn licences() -> Vec<Seed> {
    let food = licence();
    let mut endless = food.clone();
    endless.valid_until = None;
    endless.case = None;
    endless.fields.clear();
    endless.signature = String::new();
    vec![
        ("licence", "seed-food.json".to_owned(), serde_json::to_vec(&food).unwrap()),
        ("licence", "seed-endless.json".to_owned(), serde_json::to_vec(&endless).unwrap()),
        ("licence_signature", "seed-right".to_owned(), food.signature.into()),
        (
            "licence_signature",
            "seed-of-another".to_owned(),
            signature("licence_signature", "seed-of-another", &endless.signed_bytes().unwrap())
                .into(),
        ),
    ]
}

/// What is a line or a few.
fn lines() -> Vec<Seed> {
    let digest = digest(FILE);
    let upload = format!(
        "Tus-Resumable: 1.0.0\nUpload-Length: {}\nUpload-Metadata: filename {},filetype {},sha256 {}\n",
        FILE.len(),
        STANDARD.encode("身份证正面.jpg"),
        STANDARD.encode("image/jpeg"),
        STANDARD.encode(digest.as_str()),
    );
    let piece = format!(
        "Tus-Resumable: 1.0.0\nContent-Type: application/offset+octet-stream\nUpload-Offset: 65536\n\
         Upload-Checksum: sha256 {}\n",
        STANDARD.encode([7; 32]),
    );
    let device_key = keys::device_key().to_string();
    let seed = |target, name: &str, text: &str| (target, format!("seed-{name}"), text.into());
    vec![
        seed("tus_headers", "announced", &upload),
        seed("tus_headers", "piece", &piece),
        seed("tus_headers", "both", &format!("{upload}{piece}")),
        seed("numbers", "citizen-id", "34052419800101001X"),
        seed("numbers", "citizen-id-small-x", "34052419800101001x"),
        seed("numbers", "citizen-id-digits", "110101199003070011"),
        seed("numbers", "org-code", "91350100M000100Y43"),
        seed("numbers", "org-code-wrong-check", "91350100M0001TGQXM"),
        seed("numbers", "province-padded", "420000000000"),
        seed("numbers", "county", "420506"),
        seed("numbers", "village", "420506100001"),
        seed("numbers", "licence", "11100000000013338W011.11430000006122244L.20230000403.001.U"),
        seed(
            "numbers",
            "licence-with-root",
            "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
        ),
        seed("numbers", "digest", digest.as_str()),
        seed("numbers", "courier-key", &device_key),
        seed("numbers", "case", CASE),
        seed("numbers", "case-urn", &format!("urn:uuid:{CASE}")),
        seed("numbers", "moment", MOMENT),
        seed("numbers", "day", "2026-02-28"),
        seed("events", "news", ": keep-alive\n\nevent: news\r\ndata: {}\n\n"),
        seed("events", "none", "event: newsletter\ndata: event: news\n\n"),
        seed("callback", "code", "code=abc&state=xyz&iss=https%3A%2F%2Fplatform.invalid"),
        seed(
            "callback",
            "refused",
            "error=access_denied&error_description=%E5%8F%96%E6%B6%88&state=xyz",
        ),
        seed("callback", "twice", "code=a&state=b&state=c"),
        seed("callback", "plus", "state=a+b%2B&code="),
    ]
}
