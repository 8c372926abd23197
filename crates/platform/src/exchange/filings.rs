//! Checking what a person states and hands in: the form and the materials by the same
//! rules as on the device, then what only the platform knows: which files have arrived
//! and which licences are held.

use jiff::civil::Date;
use serde_json::Value;
use sqlx::SqliteConnection;
use tongban_contract::{
    form::Fault,
    operation::{Enclosure, Filing, Outcome},
    problem::Problem,
};
use tongban_forms::{CompiledForm, filing_faults};

use super::kept_forms::Published;
use crate::{Error, Result, extract::Bearer, files, licences};

/// Most things handed in with one filing.
const MOST_ENCLOSURES: usize = 200;
/// Longest name of a file in characters, and longest media type (RFC 6838, 4.2).
const LONGEST_NAME: usize = 255;
const LONGEST_MEDIA_TYPE: usize = 127;

/// A filing without fault.
pub(super) struct Checked {
    /// The answers in effect: without those that a rule hides.
    pub(super) answers: Value,
}

/// Checks a filing. The inner error is the outcome to answer with.
pub(super) async fn check(
    connection: &mut SqliteConnection,
    who: &Bearer,
    published: &Published,
    filing: &Filing,
    today: Date,
) -> Result<Result<Checked, Outcome>> {
    let unusable = |_| Error::Stored("a published form cannot be used");
    let form = CompiledForm::compile(&published.form).map_err(unusable)?;
    let mut faults = filing_faults(&published.item, &form, filing).map_err(unusable)?;
    if filing.materials.values().map(Vec::len).sum::<usize>() > MOST_ENCLOSURES {
        faults.push(Fault {
            pointer: "/materials".to_owned(),
            code: "material.too-many".to_owned(),
            sentence: format!("一份申请最多交 {MOST_ENCLOSURES} 个文件，请合并后再交。"),
        });
        return Ok(Err(refused(faults)));
    }
    let mut lacking = Vec::new();
    for (material, enclosures) in &filing.materials {
        let wanted = published
            .item
            .materials
            .iter()
            .find(|known| known.id == *material)
            .and_then(|known| known.licence_type.as_deref());
        for enclosure in enclosures {
            match enclosure {
                Enclosure::File { digest, name, media_type, .. } => {
                    if name.chars().count() > LONGEST_NAME || media_type.len() > LONGEST_MEDIA_TYPE
                    {
                        faults.push(Fault {
                            pointer: format!("/materials/{}", escape(material)),
                            code: "material.name-too-long".to_owned(),
                            sentence: format!("文件名最多 {LONGEST_NAME} 个字，请改短后再交。"),
                        });
                        continue;
                    }
                    let known = lacking.contains(digest);
                    if !known && !files::has(&mut *connection, who.account, digest).await? {
                        lacking.push(digest.clone());
                    }
                }
                Enclosure::Licence { licence } => {
                    let obstacle =
                        licences::obstacle(&mut *connection, who.account, licence, wanted, today);
                    if let Some(sentence) = obstacle.await? {
                        faults.push(Fault {
                            pointer: format!("/materials/{}", escape(material)),
                            code: "material.licence".to_owned(),
                            sentence: sentence.to_owned(),
                        });
                    }
                }
            }
        }
    }
    if !faults.is_empty() {
        return Ok(Err(refused(faults)));
    }
    if !lacking.is_empty() {
        return Ok(Err(Outcome::Lacking { digests: lacking }));
    }
    Ok(Ok(Checked { answers: form.effective(&filing.answers) }))
}

fn refused(faults: Vec<Fault>) -> Outcome {
    let problem = Problem::new(
        "filing.faults",
        format!("申请有 {} 处需要修改，平台没有接收。", faults.len()),
        "请按提示逐处改好，再重新提交。",
    )
    .with_faults(faults);
    super::operations::refused(problem)
}

/// A name as a part of an RFC 6901 pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
