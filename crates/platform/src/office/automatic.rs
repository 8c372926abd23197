//! The automatic office of a demonstration: it plays the departments by the same plans
//! and in the same transactions as people do, one action of a case at a time. What it
//! does next follows from the case alone, so that it goes on after a restart and two
//! runs do the same.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;
use tongban_contract::{
    case::{CaseState, StepState},
    form::Fault,
    identifiers::{CaseId, NoticeId},
};
use uuid::Uuid;

use super::view;
use crate::{
    Platform, Result,
    cases::{
        engine,
        plan::{Action, Event},
        record::CaseRecord,
        store,
    },
};

/// How often it looks for cases to act on.
const LOOKS_EVERY: Duration = Duration::from_millis(200);

/// Plays the departments for ever; a case is left alone for `pace` after each of its steps.
pub(super) async fn play(platform: &Platform, pace: Duration) {
    // When each case got the revision it has; a new revision waits its pace again.
    let mut since: BTreeMap<CaseId, (u64, Instant)> = BTreeMap::new();
    loop {
        if let Err(error) = round(platform, pace, &mut since).await {
            tracing::error!(code = error.code(), %error, "the automatic office could not act");
            tokio::time::sleep(pace).await;
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}

async fn round(
    platform: &Platform,
    pace: Duration,
    since: &mut BTreeMap<CaseId, (u64, Instant)>,
) -> Result<()> {
    let open = store::open(&platform.pool).await?;
    since.retain(|id, _| open.iter().any(|stored| stored.record.id == *id));
    for stored in open {
        let record = stored.record;
        let (revision, at) =
            since.entry(record.id).or_insert_with(|| (record.revision, Instant::now()));
        if *revision != record.revision {
            (*revision, *at) = (record.revision, Instant::now());
        }
        if at.elapsed() < pace {
            continue;
        }
        let Some((department, action, remark)) = next(platform, &record).await? else {
            continue;
        };
        tracing::debug!(%department, "the automatic office acts");
        let event = Event::Office { department, action, remark };
        if let Err(error) = engine::act(platform, record.id, event).await {
            // A person may have been quicker; one case must not keep the others waiting.
            tracing::warn!(code = error.code(), "an automatic action was refused");
            *at = Instant::now();
        }
    }
    Ok(())
}

/// What is done next to a case; none while it waits for its applicant.
async fn next(
    platform: &Platform,
    record: &CaseRecord,
) -> Result<Option<(String, Action, String)>> {
    let first = record.flow.first_department().to_owned();
    let active = || record.steps.iter().filter(|step| step.state == StepState::Active);
    Ok(match record.state {
        CaseState::Received => Some((first, Action::Accept, "材料齐全，予以受理。".to_owned())),
        CaseState::SpecialProcedure => record
            .special
            .as_ref()
            .map(|run| (run.department.clone(), Action::SpecialEnd, String::new())),
        CaseState::Accepted | CaseState::UnderReview => {
            if asks_for_correction(record) {
                let faults = faults(platform, record).await?;
                if !faults.is_empty() {
                    let notice = NoticeId(Uuid::now_v7());
                    let remark = "请按下面列出的内容一次改好。".to_owned();
                    return Ok(Some((first, Action::Notify { notice, faults }, remark)));
                }
            }
            // Those beside the first come first, so that both can be seen at work.
            let step = active().next_back();
            step.map(|step| (step.department.clone(), Action::Pass { step: None }, String::new()))
        }
        _ => None,
    })
}

/// In items that several departments look at from the start, the first asks for a
/// correction, once, before anybody has passed.
fn asks_for_correction(record: &CaseRecord) -> bool {
    let first_stage = || record.steps.iter().filter(|step| step.stage == 0);
    record.corrected_by.is_empty()
        && first_stage().filter(|step| step.state == StepState::Active).count() >= 2
        && first_stage().all(|step| step.state != StepState::Passed)
}

/// Two faults that can be found in this very filing: a material with a file, best a
/// photograph, and an answer in words.
async fn faults(platform: &Platform, record: &CaseRecord) -> Result<Vec<Fault>> {
    let (answers, materials) = view::filing(platform, record).await?;
    let with_file = || materials.iter().filter(|material| !material.files.is_empty());
    let is_image = |material: &&view::MaterialView| {
        material.files.iter().any(|file| file.media_type.starts_with("image/"))
    };
    let is_premises = |material: &&view::MaterialView| {
        material.name.contains("场所") || material.name.contains("门头")
    };
    let material = with_file()
        .find(|material| is_image(material) && is_premises(material))
        .or_else(|| with_file().find(is_image))
        .or_else(|| with_file().next());
    let fault = |pointer: String, sentence: String| Fault {
        pointer,
        code: "office.correction".to_owned(),
        sentence,
    };
    let mut faults = Vec::new();
    if let Some(material) = material {
        let sentence = if is_premises(&material) && is_image(&material) {
            "照片看不清门头，请重新拍摄。".to_owned()
        } else {
            format!("“{}”看不清，请重新拍摄或扫描后再交。", material.name)
        };
        faults.push(fault(format!("/materials/{}", material.id), sentence));
    }
    // A sentence of the person's own rather than a number or a choice, where there is one.
    const WORDY: [&str; 4] = ["详细地址", "名称", "具体", "说明"];
    let answered = || {
        answers.iter().filter(|line| line.pointer.starts_with("/answers/") && !line.text.is_empty())
    };
    let wordy = WORDY.iter().find_map(|word| answered().find(|line| line.label.contains(word)));
    if let Some(line) = wordy.or_else(|| answered().next()) {
        let sentence = if line.label.contains("地址") {
            "地址写得不完整，请补上门牌号和房号。".to_owned()
        } else {
            format!("“{}”与所交材料不一致，请核对后改正。", line.label)
        };
        faults.push(fault(line.pointer.clone(), sentence));
    }
    Ok(faults)
}
