//! `licences list`, `licences show`.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    numbers::LicenceId,
    page::{ListLicences, ReadLicence},
};

use crate::{
    exit::Failure,
    output::{Answer, fields, section, table},
    words,
};

pub(crate) async fn list(client: &Client) -> Result<Answer, Failure> {
    let licences = client.list_licences(ListLicences {}).await?.licences;
    let lines: Vec<[String; 5]> = licences
        .iter()
        .map(|licence| {
            [
                licence.id.to_string(),
                licence.name.clone(),
                licence.holder.clone(),
                licence.state.to_string(),
                until(words::day(licence.valid_until)),
            ]
        })
        .collect();
    let text = if lines.is_empty() {
        "证照夹里还没有证照。".to_owned()
    } else {
        table(["标识", "证照", "持证人", "状态", "有效期至"], &lines)
    };
    Ok(Answer::done(json!({ "licences": licences }), text))
}

pub(crate) async fn show(client: &Client, licence: LicenceId) -> Result<Answer, Failure> {
    let view = client.read_licence(ReadLicence { licence }).await?;
    let licence = &view.licence;
    let mut text = fields(&[
        ("证照", licence.name.clone()),
        ("标识", licence.id.to_string()),
        ("状态", licence.state.to_string()),
        ("持证人", licence.holder.clone()),
        ("颁发部门", licence.issuer.clone()),
        ("颁发时间", words::time(licence.issued_at)),
        ("有效期自", licence.valid_from.to_string()),
        ("有效期至", until(words::day(licence.valid_until))),
        (
            "平台签名",
            if view.signature_is_right { "核验通过" } else { "核验不通过，请勿采信" }.to_owned(),
        ),
    ]);
    let printed: Vec<(&str, String)> =
        licence.fields.iter().map(|field| (field.label.as_str(), field.value.clone())).collect();
    text.push_str(&section("证面内容", &fields(&printed)));
    Ok(Answer::done(view, text))
}

fn until(day: String) -> String {
    if day.is_empty() { "长期".to_owned() } else { day }
}
