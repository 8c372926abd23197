//! What the seeds are about: a citizen of the demonstration and an item of `assets`.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tongban_contract::{
    catalogue::{Division, Holidays, Record, Removed, Synonym},
    change::{Change, News},
    guide::{Office, Place},
    identifiers::Digest,
    licence::Licence,
    operation::{Ask, Correct, Enclosure, Filing, Operation, Submit},
};
use tongban_fuzz::{corpus, keys};

pub(crate) const CASE: &str = "01930000-0000-7000-8000-00000000000a";
pub(crate) const NOTICE: &str = "01930000-0000-7000-8000-00000000000b";
pub(crate) const FEED: &str = "01930000-0000-7000-8000-00000000000c";
pub(crate) const MOMENT: &str = "2026-03-02T01:02:03.456789Z";
/// A file that is handed in.
pub(crate) const FILE: &[u8] = b"\xff\xd8\xff\xe0 not quite a photograph \xff\xd9";

pub(crate) fn asset(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    fs::read_to_string(folder.join(path)).unwrap()
}

/// An item as its source has it, with its form where it has one.
pub(crate) fn source(code: &str) -> Value {
    serde_json::from_str(&asset(&format!("catalogue/items/{code}.json"))).unwrap()
}

pub(crate) fn records() -> Vec<Record> {
    let source = source("002014102000");
    vec![
        Record::Division(Division { code: "42".parse().unwrap(), name: "湖北省".to_owned() }),
        Record::Division(Division {
            code: "420506".parse().unwrap(), name: "夷陵区".to_owned()
        }),
        Record::Holidays(serde_json::from_str::<Holidays>(&asset("calendar/2026.json")).unwrap()),
        Record::Item(Box::new(serde_json::from_value(source["item"].clone()).unwrap())),
        Record::Form {
            item: "002014102000".to_owned(),
            form: serde_json::from_value(source["form"].clone()).unwrap(),
        },
        Record::Place(Box::new(Place {
            code: "11420506MB1B002014102000".to_owned(),
            item: "002014102000".to_owned(),
            division: "420506".parse().unwrap(),
            office: Office {
                department: "夷陵区市场监督管理局".to_owned(), ..Office::default()
            },
            patch: json!({"promised_days": 3, "visit_reason": null}),
        })),
        Record::Synonym(Synonym { say: "面馆".to_owned(), means: vec!["餐饮".to_owned()] }),
        Record::Removed(Removed::Place {
            code: "11420506MB1B002014102001".to_owned(),
            division: None,
        }),
        Record::Removed(Removed::Unknown),
        Record::Unknown,
    ]
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    use sha2::{Digest as _, Sha256};
    Digest::from_bytes(&Sha256::digest(bytes).into())
}

fn filing() -> Filing {
    let file = Enclosure::File {
        digest: digest(FILE),
        name: "身份证正面.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        bytes: FILE.len() as u64,
    };
    let licence = Enclosure::Licence { licence: licence().id };
    Filing {
        situation: [("premises".to_owned(), "rented".to_owned())].into(),
        answers: json!({
            "applicant": {"name": "李秀兰", "id_number": "34052419800101001X"},
            "area": 36.5, "staff": 2, "open": true, "rooms": ["厨房", "库房"], "remark": null,
        }),
        materials: [("id-card".to_owned(), vec![file]), ("licence".to_owned(), vec![licence])]
            .into(),
    }
}

fn operation(number: u8, ask: Ask) -> Operation {
    Operation {
        id: format!("01930000-0000-7000-8000-0000000000f{number}").parse().unwrap(),
        made_at: MOMENT.parse().unwrap(),
        ask,
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let case = CASE.parse().unwrap();
    let later = json!({"kind": "appeal", "case": CASE, "of_a_later_version": [1, {"x": "文"}]});
    vec![
        operation(
            1,
            Ask::Submit(Box::new(Submit {
                case,
                item: "002014102000".to_owned(),
                item_version: "1".to_owned(),
                form_version: "1".to_owned(),
                division: "420506".parse().unwrap(),
                filing: filing(),
            })),
        ),
        operation(
            2,
            Ask::Correct(Box::new(Correct {
                case,
                notice: NOTICE.parse().unwrap(),
                filing: filing(),
            })),
        ),
        operation(3, Ask::Withdraw { case, reason: "不办了".to_owned() }),
        operation(4, Ask::Unknown(later.as_object().unwrap().clone())),
    ]
}

/// The platform's signature of `bytes`: the one that is kept at `target`, or else a new one,
/// as minisign never writes the same twice.
pub(crate) fn signature(target: &str, name: &str, bytes: &[u8]) -> String {
    let kept = fs::read_to_string(corpus::folder(target).join(name)).unwrap_or_default();
    if keys::platform_signed(bytes, &kept) { kept } else { keys::platform_signature(bytes) }
}

/// A licence, signed by the platform of nobody.
pub(crate) fn licence() -> Licence {
    let mut licence: Licence = serde_json::from_value(json!({
        "id": "11100000000013338W011.11430000006122244L.20230000403.001.U",
        "licence_type": "11100000000013338W011", "name": "食品经营许可证", "state": "1",
        "holder": "李秀兰", "issuer": "夷陵区市场监督管理局",
        "issued_at": MOMENT, "valid_from": "2026-03-02", "valid_until": "2031-03-01",
        "fields": [
            {"label": "证件号码", "value": "340*************1X"},
            {"label": "经营场所", "value": "小溪塔街道 1 号"},
        ],
        "case": CASE,
    }))
    .unwrap();
    let signed = licence.signed_bytes().unwrap();
    licence.signature = signature("licence_signature", "seed-right", &signed);
    licence
}

pub(crate) fn changes() -> Vec<Change> {
    let case: Value = json!({
        "id": CASE, "revision": 3, "number": "4205060020260302000001",
        "item": "002014102000", "item_name": "食品经营许可", "division": "420506",
        "office": "夷陵区市场监督管理局", "state": "correction_awaited", "received_at": MOMENT,
        "due": "2026-03-09", "due_estimated": true,
        "steps": [
            {"stage": 0, "department": "窗口", "name": "受理", "state": "stopped"},
            {"stage": 1, "department": "食药科", "name": "审查", "state": "of_a_later_version"},
        ],
        "events": [{"at": MOMENT, "actor": "申请人", "title": "提交", "remark": ""}],
        "notice": {
            "id": NOTICE, "department": "窗口", "at": MOMENT, "remark": "请补正",
            "faults": [{"pointer": "/answers/area", "code": "minimum", "sentence": "面积太小。"}],
            "answer_by": "2026-03-20",
        },
        "licence": licence().id,
    });
    let later =
        json!({"kind": "of_a_later_version", "x": {"y": [0.5, -1, 18446744073709551615u64]}});
    let news = [
        News::Case {
            case: Box::new(serde_json::from_value(case).unwrap()),
            headline: "需要补正".to_owned(),
        },
        News::Licence { licence: Box::new(licence()), headline: String::new() },
        News::Unknown(later.as_object().unwrap().clone()),
    ];
    news.into_iter().zip(1..).map(|(news, seq)| Change { seq, news }).collect()
}
