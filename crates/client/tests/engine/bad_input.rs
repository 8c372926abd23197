//! What a person may do wrong: each is told in one clear sentence, and nothing is lost.

use bytes::Bytes;
use tongban_contract::{identifiers::CaseId, page::*};
use uuid::Uuid;

use crate::{person::*, world::*};

#[tokio::test]
async fn an_incomplete_form_lists_every_fault_and_stays_a_draft() {
    let world = World::start().await;
    let client = world.device().await;
    let case = start(&client, SIGN).await;
    let wrong = Answer {
        case,
        pointer: "/applicant/id_number".to_owned(),
        value: "340524198001010011".into(),
    };
    let draft = client.answer(wrong).await.unwrap();
    let problem = told(client.submit(Submit { case }).await);
    assert_eq!(problem.code, "filing.faults");
    assert_eq!(problem.faults, draft.faults);
    let at = |pointer: &str| problem.faults.iter().find(|fault| fault.pointer == pointer);
    for pointer in [
        "/situation/trade",
        "/answers/applicant/name",
        "/answers/applicant/id_number",
        "/answers/sign/text",
        "/answers/commitment",
        "/materials/design",
    ] {
        let fault = at(pointer).unwrap_or_else(|| panic!("{pointer}: {:?}", problem.faults));
        assert!(!fault.sentence.is_empty(), "{fault:?}");
    }
    assert!(problem.detail.contains(&problem.faults.len().to_string()), "{}", problem.detail);
    assert_eq!(kind(&state(&client, case).await), "draft");
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_refused_when_it_is_attached() {
    let world = World::start().await;
    let client = world.device().await;
    let case = start(&client, SIGN).await;
    let whole = picture(3);
    let mut photo_of_60_mb = whole.to_vec();
    photo_of_60_mb.resize(60_000_000, 0);
    for (bytes, wanted) in [
        (Bytes::from(photo_of_60_mb), "attachment.too-large"),
        (Bytes::from_static(b"MZ\x90 a program with a picture's name"), "attachment.type"),
        (whole.slice(..whole.len() / 2), "attachment.unreadable"),
        (Bytes::new(), "attachment.empty"),
    ] {
        assert_eq!(code(attach(&client, case, "design", bytes).await), wanted);
    }
    assert_eq!(code(attach(&client, case, "nothing", whole).await), "attachment.material");
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    assert!(draft.materials.iter().all(|material| material.attached.is_empty()));
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let world = World::start().await;
    let client = world.device().await;
    let item = "999999999999".to_owned();
    let case = CaseId(Uuid::now_v7());
    let codes = [
        code(client.read_guide(ReadGuide { item: item.clone(), division: None }).await),
        code(client.start_draft(StartDraft { item, division: None }).await),
        code(client.read_draft(ReadDraft { case }).await),
        code(client.read_item(ReadItem { case }).await),
        code(client.read_receipt(ReadReceipt { case }).await),
        code(client.submit(Submit { case }).await),
        code(client.mend(Mend { case }).await),
        code(client.recall(Recall { case }).await),
        code(client.withdraw(Withdraw { case, reason: String::new() }).await),
        code(client.discard_draft(DiscardDraft { case }).await),
    ];
    assert_eq!(codes[0], codes[1], "an unknown item is told alike");
    assert_eq!(codes[2], "item.not-here");
    assert_eq!(codes[3], "item.unknown");
    assert_eq!(client.list_items(ListItems {}).await.unwrap().rows, []);
}

#[tokio::test]
async fn an_answer_to_no_question_changes_nothing() {
    let world = World::start().await;
    let client = world.device().await;
    let case = start(&client, SIGN).await;
    let before = client.read_draft(ReadDraft { case }).await.unwrap();
    let answer = |pointer: &str| Answer { case, pointer: pointer.to_owned(), value: 1.into() };
    for pointer in ["/no/such/field", "no pointer", ""] {
        told(client.answer(answer(pointer)).await);
    }
    let situation = AnswerSituation { case, situation: "trade".into(), option: "none".into() };
    assert_eq!(code(client.answer_situation(situation).await), "draft.situation");
    assert_eq!(client.read_draft(ReadDraft { case }).await.unwrap(), before);
}

#[tokio::test]
async fn a_second_engine_on_the_same_folder_is_told_that_the_first_is_open() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_form(&client).await;
    let second = tongban_client::Client::open(world.options("device"), world.surroundings()).await;
    assert_eq!(code(second.map(|_| ())), "device.in-use");
    assert_eq!(kind(&state(&client, case).await), "draft");

    drop(client);
    let client = world.open("device").await;
    assert_eq!(kind(&state(&client, case).await), "draft");
}

#[tokio::test]
async fn a_platform_with_another_key_than_the_configured_one_is_not_used() {
    let world = World::start().await;
    let mut options = world.options("device");
    options.public_key = Some("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".into());
    let client = tongban_client::Client::open(options, world.surroundings()).await.unwrap();
    assert_eq!(code(choose_county(&client).await), "platform.key");
    assert_eq!(code(client.sign_in(SignIn { assurance: None }).await), "platform.key");
}

#[tokio::test]
async fn what_a_platform_said_of_itself_first_is_not_asked_again() {
    let world = World::start().await;
    let client = world.device().await;
    sync(&client).await.unwrap();
    client.close().await;
    drop(client);
    world.wire.asked().clear();
    let client = world.open("device").await;
    client.update_catalogue(UpdateCatalogue {}).await.unwrap();
    sync(&client).await.unwrap();
    client.sign_out(SignOut {}).await.unwrap();
    world.sign_in(&client, LI).await;
    let asked = world.wire.asked();
    assert!(!asked.is_empty());
    for asked in asked.iter() {
        // Another key would be believed with the answer.
        assert_ne!(asked.path, tongban_contract::discovery::WELL_KNOWN_PATH);
    }
}
