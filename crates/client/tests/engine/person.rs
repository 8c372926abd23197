//! What a person at the device does, step by step, and what the app then tells them.

use std::fmt::Debug;

use bytes::Bytes;
use serde_json::{Value, json};
use tongban_client::{Client, Error};
use tongban_contract::{identifiers::CaseId, page::*, problem::Problem};

use crate::world::{FOOD, LI_ID, SIGN};

/// A picture of one colour; another one for each number.
pub fn picture(number: u8) -> Bytes {
    let colour = image::Rgb([number, 90, 200 - number / 2]);
    png(image::RgbImage::from_pixel(24, 24, colour))
}

pub fn png(image: image::RgbImage) -> Bytes {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}

/// A new draft, filed with the nearest place.
pub async fn start(client: &Client, item: &str) -> CaseId {
    let request = StartDraft { item: item.to_owned(), division: None };
    client.start_draft(request).await.unwrap()
}

pub async fn fill_in(client: &Client, case: CaseId, answers: &[(&str, Value)]) {
    for (pointer, value) in answers {
        let answer = Answer { case, pointer: (*pointer).to_owned(), value: value.clone() };
        client.answer(answer).await.unwrap();
    }
}

pub async fn choose(client: &Client, case: CaseId, situation: &str, option: &str) -> DraftView {
    let (situation, option) = (situation.to_owned(), option.to_owned());
    client.answer_situation(AnswerSituation { case, situation, option }).await.unwrap()
}

pub async fn attach(
    client: &Client,
    case: CaseId,
    material: &str,
    bytes: Bytes,
) -> Result<DraftView, Error> {
    let name = format!("{material}.png");
    client.attach(Attach { case, material: material.to_owned(), name }, bytes).await
}

/// Replaces what is attached for a material.
pub async fn replace(client: &Client, case: CaseId, material: &str) {
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    let view = draft.materials.into_iter().find(|view| view.material.id == material).unwrap();
    for attached in view.attached {
        client.detach(Detach { case, attachment: attached.id }).await.unwrap();
    }
    attach(client, case, material, picture(99)).await.unwrap();
}

/// A complete draft of [`SIGN`], with three pictures.
pub async fn sign_draft(client: &Client) -> CaseId {
    let case = sign_form(client).await;
    choose(client, case, "trade", "other").await;
    for (number, material) in ["business_licence", "design", "site_photo"].into_iter().enumerate() {
        attach(client, case, material, picture(u8::try_from(number).unwrap())).await.unwrap();
    }
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(draft.faults, []);
    case
}

/// A draft of [`SIGN`] whose form is filled in, for a wall of one's own.
pub async fn sign_form(client: &Client) -> CaseId {
    let case = start(client, SIGN).await;
    choose(client, case, "premises", "own").await;
    let answers = [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!(LI_ID)),
        ("/applicant/mobile", json!("13812345678")),
        ("/shop/name", json!("秀兰面馆")),
        ("/shop/address/division", json!("420506100")),
        ("/shop/address/detail", json!("发展大道 12 号")),
        ("/sign/text", json!("秀兰面馆")),
        ("/sign/position", json!("lintel")),
        ("/sign/area", json!(6)),
        ("/sign/height", json!(3)),
        ("/sign/lit", json!(false)),
        ("/sign/install_date", json!("2027-03-01")),
        ("/sign/installer", json!("夷陵广告店")),
        ("/commitment", json!(true)),
    ];
    fill_in(client, case, &answers).await;
    case
}

/// A complete draft of [`FOOD`], with four pictures.
pub async fn food_draft(client: &Client) -> CaseId {
    let case = start(client, FOOD).await;
    choose(client, case, "operator", "person").await;
    choose(client, case, "premises", "rented").await;
    client.add_entry(AddEntry { case, pointer: "/staff".to_owned() }).await.unwrap();
    let answers = [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!(LI_ID)),
        ("/applicant/mobile", json!("13812345678")),
        ("/shop/name", json!("秀兰面馆")),
        ("/shop/address/division", json!("420506100")),
        ("/shop/address/detail", json!("发展大道")),
        ("/shop/area", json!(40)),
        ("/shop/seats", json!(20)),
        ("/shop/categories", json!(["hot"])),
        ("/shop/uses_gas", json!(false)),
        ("/shop/has_cold_dishes", json!(false)),
        ("/shop/delivery", json!(false)),
        ("/shop/waste_collector", json!("待签")),
        ("/staff/0/name", json!("李秀兰")),
        ("/staff/0/id_number", json!(LI_ID)),
        ("/staff/0/health_certificate_no", json!("夷健 2026-0101")),
        ("/commitment", json!(true)),
    ];
    fill_in(client, case, &answers).await;
    let materials = ["id_card", "premises_photo", "lease", "health_certificate"];
    for (number, material) in materials.into_iter().enumerate() {
        attach(client, case, material, picture(u8::try_from(number).unwrap())).await.unwrap();
    }
    let draft = client.read_draft(ReadDraft { case }).await.unwrap();
    assert_eq!(draft.faults, []);
    case
}

pub async fn submit(client: &Client, case: CaseId) -> ReceiptView {
    client.submit(Submit { case }).await.unwrap()
}

pub async fn sync(client: &Client) -> Result<(), Error> {
    client.sync_now(SyncNow {}).await
}

/// A filing that the platform has accepted.
pub async fn accepted(client: &Client) -> CaseId {
    let case = sign_draft(client).await;
    submit(client, case).await;
    sync(client).await.unwrap();
    assert_eq!(kind(&state(client, case).await), "submitted");
    case
}

pub async fn overview(client: &Client) -> OverviewView {
    client.overview(Overview {}).await.unwrap()
}

pub async fn item(client: &Client, case: CaseId) -> ItemView {
    client.read_item(ReadItem { case }).await.unwrap()
}

pub async fn receipt(client: &Client, case: CaseId) -> ReceiptView {
    client.read_receipt(ReadReceipt { case }).await.unwrap()
}

/// The one state in which a case is shown, the same wherever it is shown.
pub async fn state(client: &Client, case: CaseId) -> ItemState {
    let rows = client.list_items(ListItems {}).await.unwrap().rows;
    let mut own = rows.into_iter().filter(|row| row.case == case);
    let row = own.next().expect("the case is shown");
    assert!(own.next().is_none(), "the case is shown once");
    row.state
}

pub fn kind(state: &ItemState) -> &'static str {
    match state {
        ItemState::Draft => "draft",
        ItemState::Queued { .. } => "queued",
        ItemState::Sending { .. } => "sending",
        ItemState::Submitted { .. } => "submitted",
        ItemState::NeedsAttention { .. } => "attention",
    }
}

/// Why a queued case waits; empty where no try has failed.
#[track_caller]
pub fn waits(state: &ItemState) -> String {
    match state {
        ItemState::Queued { waits, .. } => waits.as_ref().map_or_else(String::new, |problem| {
            assert_is_told_well(problem);
            problem.code.clone()
        }),
        other => panic!("not queued: {other:?}"),
    }
}

/// Why a case waits, where it is queued and a try has failed. For engines that try by
/// themselves: between two tries it is being sent.
pub async fn waits_for(client: &Client, case: CaseId) -> Option<String> {
    match state(client, case).await {
        queued @ ItemState::Queued { waits: Some(_), .. } => Some(waits(&queued)),
        _ => None,
    }
}

/// The problem that a command told: always a Chinese sentence and a next step.
#[track_caller]
pub fn told<T: Debug>(outcome: Result<T, Error>) -> Problem {
    let problem = Problem::from(outcome.expect_err("a problem"));
    assert_is_told_well(&problem);
    problem
}

/// The code of the problem that a command told.
#[track_caller]
pub fn code<T: Debug>(outcome: Result<T, Error>) -> String {
    told(outcome).code
}

#[track_caller]
pub fn assert_is_told_well(problem: &Problem) {
    for text in [&problem.detail, &problem.next] {
        let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(chinese && text.ends_with('。'), "{problem:?}");
    }
    assert!(problem.code.contains('.'), "{problem:?}");
}
