//! The papers of 李秀兰: applications as a person would fill them in, made through the same
//! engine that the page stands on.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tongban_client::Client;
use tongban_contract::{
    case::CaseState,
    identifiers::CaseId,
    page::{
        AddEntry, Answer, AnswerSituation, Attach, DraftView, ItemState, Mend, ReadDraft, ReadItem,
        StartDraft, Submit,
    },
};
use tongban_tests::{page::eventually, samples};

/// 食品经营许可: two departments beside each other, a correction, a licence at the end.
pub(crate) const RESTAURANT: &str = "000131023000";
/// 户外招牌设置备案.
pub(crate) const SIGN: &str = "001017042000";

/// 高龄津贴申领: handled by each township.
pub(crate) const ALLOWANCE: &str = "000511012000";

/// Begins an application.
pub(crate) async fn start(client: &Client, item: &str) -> Result<CaseId> {
    Ok(client.start_draft(StartDraft { item: item.to_owned(), division: None }).await?)
}

/// Answers one question.
pub(crate) async fn answer(
    client: &Client,
    case: CaseId,
    pointer: &str,
    value: Value,
) -> Result<()> {
    client.answer(Answer { case, pointer: pointer.to_owned(), value }).await?;
    Ok(())
}

/// A complete application for a restaurant, whose shop and file bear these names.
pub(crate) async fn restaurant(client: &Client, shop: &str, file: &str) -> Result<CaseId> {
    let case = start(client, RESTAURANT).await?;
    for (situation, option) in [("operator", "person"), ("premises", "rented")] {
        let (situation, option) = (situation.to_owned(), option.to_owned());
        client.answer_situation(AnswerSituation { case, situation, option }).await?;
    }
    client.add_entry(AddEntry { case, pointer: "/staff".to_owned() }).await?;
    for (pointer, value) in [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!("34052419800101001X")),
        ("/applicant/mobile", json!("13800138000")),
        ("/shop/name", json!(shop)),
        ("/shop/address/division", json!("420506001")),
        ("/shop/address/detail", json!("平云一路 8 号")),
        ("/shop/area", json!(46)),
        ("/shop/seats", json!(20)),
        ("/shop/categories", json!(["hot"])),
        ("/shop/uses_gas", json!(false)),
        ("/shop/has_cold_dishes", json!(false)),
        ("/shop/delivery", json!(false)),
        ("/shop/waste_collector", json!("夷陵环卫中心")),
        ("/staff/0/name", json!("李秀兰")),
        ("/staff/0/id_number", json!("34052419800101001X")),
        ("/staff/0/health_certificate_no", json!("鄂健 2026-0815")),
        ("/commitment", json!(true)),
    ] {
        answer(client, case, pointer, value).await?;
    }
    for material in ["id_card", "premises_photo", "lease", "health_certificate"] {
        attach(client, case, material, file).await?;
    }
    Ok(case)
}

/// Attaches a photo under this name; a PDF, where the name says so.
pub(crate) async fn attach(
    client: &Client,
    case: CaseId,
    material: &str,
    name: &str,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let make = if name.ends_with(".pdf") { samples::pdf } else { samples::photo };
    let bytes = std::fs::read(make(folder.path(), name)?)?;
    let head = Attach { case, material: material.to_owned(), name: name.to_owned() };
    client.attach(head, bytes.into()).await?;
    Ok(())
}

/// Files an application.
pub(crate) async fn file(client: &Client, case: CaseId) -> Result<()> {
    client.submit(Submit { case }).await?;
    Ok(())
}

/// Mends what a department asked for, and files again.
pub(crate) async fn mend(client: &Client, case: CaseId) -> Result<()> {
    let draft = client.mend(Mend { case }).await?;
    for fault in draft.notice.context("no notice")?.faults {
        if let Some(material) = fault.pointer.strip_prefix("/materials/") {
            attach(client, case, material, "重拍.jpg").await?;
        }
    }
    answer(client, case, "/shop/name", json!("秀兰小厨餐饮店")).await?;
    file(client, case).await
}

/// Waits until an application is in this state at the platform.
pub(crate) async fn becomes(client: &Client, case: CaseId, state: CaseState) -> Result<()> {
    eventually(&format!("{state:?}"), Duration::from_secs(30), async || {
        let item = client.read_item(ReadItem { case }).await?;
        Ok((item.row.state == ItemState::Submitted { case: Some(state.clone()) }
            || item.details.is_some_and(|details| details.state == state))
        .then_some(()))
    })
    .await
}

/// A draft as the engine has it.
pub(crate) async fn draft(client: &Client, case: CaseId) -> Result<DraftView> {
    Ok(client.read_draft(ReadDraft { case }).await?)
}
