//! A case through its departments, by the addresses that people and scripts use.

use std::time::Duration;

use crate::node::{
    BESIDE, FIRST, ITEM, LAST, Node, PHOTO, STRANGER, Wish, filing, number, refusal, submit,
    submit_with, waits_for,
};
use jiff::civil::date;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tongban_contract::{
    case::{Case, CaseState, StepState},
    change::News,
    licence::Licence,
    operation::Outcome,
    vocabulary::LicenceState,
};
use uuid::Uuid;

async fn filed() -> (Node, String, Uuid) {
    let node = Node::start().await;
    let (token, case) = file_with(&node, filing()).await;
    (node, token, case)
}

async fn file_with(node: &Node, filing: Value) -> (String, Uuid) {
    let token = node.sign_in("lixiulan", 3).await;
    node.upload(&token, PHOTO).await;
    let case = Uuid::now_v7();
    let reply = node.exchange(&token, &[submit_with(case, filing)]).await;
    number(&reply.results[0].outcome);
    (token, case)
}

fn states(case: &Case) -> Vec<StepState> {
    case.steps.iter().map(|step| step.state.clone()).collect()
}

fn correct(case: Uuid, notice: Uuid, filing: Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "made_at": "2026-09-30T01:00:00Z", "kind": "correct",
        "case": case, "notice": notice, "filing": filing,
    })
}

fn withdraw(case: Uuid) -> Value {
    json!({
        "id": Uuid::now_v7(), "made_at": "2026-09-28T03:00:00Z", "kind": "withdraw",
        "case": case, "reason": "不开了",
    })
}

fn correction() -> Value {
    json!({
        "action": "correct", "remark": "请一次改好。",
        "faults": [
            { "pointer": "/materials/photo", "sentence": "照片看不清门头，请重新拍摄。" },
            { "pointer": "/answers/shop/address", "sentence": "请补上门牌号。" },
        ],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn departments_beside_and_after_each_other_lead_to_a_signed_licence() {
    use StepState::{Active, Passed, Skipped, Waiting};
    let (node, token, case) = filed().await;
    node.act(FIRST, case, json!({ "action": "accept" })).await;
    let told = node.case(&token, case).await;
    assert_eq!(told.state, CaseState::UnderReview);
    assert_eq!(states(&told), [Active, Active, Skipped, Waiting]);
    assert_eq!(told.due, Some(date(2026, 10, 10)), "28 September + 5 working days");

    node.act(BESIDE, case, json!({ "action": "pass" })).await;
    node.act(FIRST, case, json!({ "action": "pass", "remark": "符合要求。" })).await;
    let told = node.case(&token, case).await;
    assert_eq!(states(&told), [Passed, Passed, Skipped, Active]);
    node.act(LAST, case, json!({ "action": "pass" })).await;

    let changes = node.everything(&token).await;
    let told = crate::node::cases(&changes).pop().unwrap();
    assert_eq!((told.state, told.due), (CaseState::Approved, None));
    let revisions: Vec<u64> =
        crate::node::cases(&changes).iter().map(|case| case.revision).collect();
    assert_eq!(revisions, [1, 2, 3, 4, 5]);
    let at = changes.iter().position(|c| matches!(c.news, News::Licence { .. })).unwrap();
    assert_eq!(at, changes.len() - 2, "the licence comes before the case that names it");
    let News::Licence { licence, .. } = &changes[at].news else { unreachable!() };
    assert_eq!(told.licence.as_ref(), Some(&licence.id));
    check_licence(&node, licence, case);
}

fn check_licence(node: &Node, licence: &Licence, case: Uuid) {
    assert_eq!(licence.case.unwrap().0, case);
    assert_eq!((&*licence.holder, &*licence.name), ("李秀兰", "食品经营许可证"));
    assert_eq!(licence.state, LicenceState::Valid);
    assert_eq!(licence.valid_until, Some(date(2031, 9, 27)));
    let printed: Vec<(&str, &str)> =
        licence.fields.iter().map(|field| (&*field.label, &*field.value)).collect();
    assert_eq!(
        printed,
        [
            ("证件号码", "340*************1X"),
            ("经营者名称", "秀兰面馆"),
            ("经营面积（平方米）", "40")
        ]
    );
    let key = minisign_verify::PublicKey::from_base64(&node.platform.keys.public_key()).unwrap();
    let signature = minisign_verify::Signature::decode(&licence.signature).unwrap();
    key.verify(&licence.signed_bytes().unwrap(), &signature, false).unwrap();
    let mut forged = licence.clone();
    forged.holder = "别人".into();
    assert!(key.verify(&forged.signed_bytes().unwrap(), &signature, false).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_correction_needs_the_level_of_its_item_as_well() {
    let (node, token, case) = filed().await;
    node.act(FIRST, case, correction()).await;
    let notice = node.case(&token, case).await.notice.unwrap();
    let answer = correct(case, notice.id.0, filing());
    let low = node.sign_in("lixiulan", 1).await;
    let reply = node.exchange(&low, std::slice::from_ref(&answer)).await;
    match &reply.results[0].outcome {
        Outcome::Later { problem, .. } => assert_eq!(problem.code, "sign-in.step-up"),
        other => panic!("not put off: {other:?}"),
    }
    assert_eq!(node.case(&token, case).await.state, CaseState::CorrectionAwaited);
    number(&node.exchange(&token, &[answer]).await.results[0].outcome);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_lists_every_fault_stops_the_clock_and_is_answered_once() {
    let (node, token, case) = filed().await;
    node.act(FIRST, case, json!({ "action": "accept" })).await;
    node.set_day("2026-09-30");
    node.act(FIRST, case, correction()).await;
    let told = node.case(&token, case).await;
    assert_eq!((told.state.clone(), told.due), (CaseState::CorrectionAwaited, None));
    let notice = told.notice.unwrap();
    assert_eq!(notice.faults.len(), 2);
    assert!(notice.answer_by.is_some());

    node.set_day("2026-10-09");
    let mut still_faulty = filing();
    still_faulty["answers"]["shop"]["address"] = json!("");
    let reply = node.exchange(&token, &[correct(case, notice.id.0, still_faulty)]).await;
    assert_eq!(refusal(&reply.results[0].outcome).code, "filing.faults");
    let mut mended = filing();
    mended["answers"]["shop"]["address"] = json!("发展大道 12 号 3 栋 101 室");
    let answer = correct(case, notice.id.0, mended.clone());
    let reply = node.exchange(&token, std::slice::from_ref(&answer)).await;
    number(&reply.results[0].outcome);
    let told = node.case(&token, case).await;
    assert_eq!(told.due, Some(date(2026, 10, 13)), "3 of 5 working days were left");
    assert_eq!((told.state, told.notice), (CaseState::UnderReview, None));

    let again = node.exchange(&token, &[answer, correct(case, notice.id.0, mended)]).await;
    assert_eq!(again.results[0], reply.results[0]);
    assert_eq!(refusal(&again.results[1].outcome).code, "case.no-notice");

    let office = node.office_token(FIRST).await;
    let (status, problem) = node.office_act(&office, case, correction()).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("case.told-once")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_condition_of_the_flow_brings_a_department_in() {
    let node = Node::start().await;
    let mut large = filing();
    large["answers"]["shop"]["area"] = json!(800);
    let (token, case) = file_with(&node, large).await;
    node.act(FIRST, case, json!({ "action": "accept" })).await;
    node.act(STRANGER, case, json!({ "action": "pass" })).await;
    assert_eq!(node.case(&token, case).await.steps[2].state, StepState::Passed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_person_takes_an_application_back_and_nobody_can_go_on() {
    let (node, token, case) = filed().await;
    let other = node.sign_in("wangjianguo", 2).await;
    let theirs = node.exchange(&other, &[withdraw(case)]).await;
    assert_eq!(waits_for(&theirs.results[0].outcome).code, "case.unknown");
    number(&node.exchange(&token, &[withdraw(case)]).await.results[0].outcome);
    assert_eq!(node.case(&token, case).await.state, CaseState::Withdrawn);
    let office = node.office_token(FIRST).await;
    let (status, problem) = node.office_act(&office, case, json!({ "action": "accept" })).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("case.ended")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_before_its_filing_waits_for_it_and_is_not_refused_for_ever() {
    let node = Node::start().await;
    let token = node.sign_in("lixiulan", 3).await;
    let case = Uuid::now_v7();
    let (early, mend) = (withdraw(case), correct(case, Uuid::now_v7(), filing()));
    for ask in [&early, &mend] {
        let reply = node.exchange(&token, std::slice::from_ref(ask)).await;
        assert_eq!(waits_for(&reply.results[0].outcome).code, "case.unknown");
    }
    node.upload(&token, PHOTO).await;
    number(&node.exchange(&token, &[submit(case)]).await.results[0].outcome);
    let reply = node.exchange(&token, &[mend, early]).await;
    assert_eq!(refusal(&reply.results[0].outcome).code, "case.no-notice");
    number(&reply.results[1].outcome);
    assert_eq!(node.case(&token, case).await.state, CaseState::Withdrawn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_licence_stands_for_a_material_of_its_holder_alone() {
    let (node, token, case) = filed().await;
    node.act(FIRST, case, json!({ "action": "accept" })).await;
    for department in [BESIDE, FIRST, LAST] {
        node.act(department, case, json!({ "action": "pass" })).await;
    }
    let licence = node.case(&token, case).await.licence.unwrap();
    let mut next = filing();
    next["materials"]["licence"] = json!([{ "kind": "licence", "licence": licence }]);
    let operation = submit_with(Uuid::now_v7(), next);
    number(&node.exchange(&token, std::slice::from_ref(&operation)).await.results[0].outcome);

    let other = node.sign_in("wangjianguo", 2).await;
    node.upload(&other, PHOTO).await;
    let mut theirs = operation.clone();
    theirs["case"] = json!(Uuid::now_v7());
    let reply = node.exchange(&other, &[theirs]).await;
    assert_eq!(refusal(&reply.results[0].outcome).faults[0].code, "material.licence");

    node.set_day("2031-09-28");
    let mut late = operation;
    late["case"] = json!(Uuid::now_v7());
    late["id"] = json!(Uuid::now_v7());
    let reply = node.exchange(&token, &[late]).await;
    assert!(refusal(&reply.results[0].outcome).faults[0].sentence.contains("有效期"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_warned_of_before_and_after() {
    let (node, _, case) = filed().await;
    node.act(FIRST, case, json!({ "action": "accept" })).await;
    let warnings = async || {
        // The clock is turned by days: yesterday's sign-in has ended.
        let office = node.office_token(BESIDE).await;
        let list: Value = node.office_get(&office, "/office/api/cases").await.json().await.unwrap();
        let warnings = list["cases"][0]["warnings"].as_array().unwrap().clone();
        warnings
            .iter()
            .map(|warning| warning["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(warnings().await.is_empty());
    // Three working days from 28 September: 29, 30, 8 October.
    node.set_day("2026-10-07");
    assert_eq!(warnings().await, ["near"]);
    assert!(tongban_platform::cases::deadline::watch(&node.platform).await.unwrap() >= 1);
    assert_eq!(tongban_platform::cases::deadline::watch(&node.platform).await.unwrap(), 0);
    node.set_day("2026-10-09");
    assert_eq!(warnings().await, ["near", "missed"]);
    // What was missed stays on record when the work is done.
    tongban_platform::cases::deadline::watch(&node.platform).await.unwrap();
    node.act(BESIDE, case, json!({ "action": "pass" })).await;
    assert_eq!(warnings().await, ["near", "missed"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_automatic_office_asks_once_for_a_correction_and_then_approves() {
    let auto_office = Some(Duration::from_millis(20));
    let node = Node::start_with(Wish { auto_office, ..Wish::default() }).await;
    let (token, case) = file_with(&node, filing()).await;
    let reach = async |wanted: CaseState| {
        for _ in 0..400 {
            let told = node.case(&token, case).await;
            if told.state == wanted {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{wanted:?} was not reached");
    };
    let told = reach(CaseState::CorrectionAwaited).await;
    let notice = told.notice.unwrap();
    let pointers: Vec<&str> = notice.faults.iter().map(|fault| &*fault.pointer).collect();
    assert_eq!(pointers, ["/materials/photo", "/answers/shop/address"]);
    assert_eq!(notice.faults[0].sentence, "照片看不清门头，请重新拍摄。");
    node.exchange(&token, &[correct(case, notice.id.0, filing())]).await;
    let told = reach(CaseState::Approved).await;
    assert!(told.licence.is_some());
    let corrections = told.events.iter().filter(|e| e.title == "一次性告知补正").count();
    assert_eq!(corrections, 1);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_corrected_with_the_form_it_was_filed_with() {
    let (node, token, case) = filed().await;
    node.act(FIRST, case, correction()).await;
    let notice = node.case(&token, case).await.notice.unwrap();
    // The catalogue moves on to a second version of the form, which asks for more.
    node.publish_second_form();
    let node = node.restart().await;
    let reply = node
        .exchange(&token, &[correct(case, notice.id.0, filing()), submit(Uuid::now_v7())])
        .await;
    number(&reply.results[0].outcome);
    // A draft begun with the first version is still taken, too.
    number(&reply.results[1].outcome);
    let mut newer = submit(Uuid::now_v7());
    newer["form_version"] = json!("2");
    let reply = node.exchange(&token, &[newer]).await;
    let problem = refusal(&reply.results[0].outcome);
    assert_eq!(problem.faults[0].pointer, "/answers/shop/seats");
    assert_eq!(node.platform.catalogue.items[ITEM].form.as_ref().unwrap().version, "2");
}
