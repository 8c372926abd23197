//! `followed list`, `add`, `remove`, `seen`: guides that the person follows, and what changed.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    difference::{GuideDifference, GuideField, Said},
    page::{
        FollowGuide, FollowedGuide, FollowedStanding, ListFollowed, SeeFollowed, UnfollowGuide,
    },
};

use crate::{
    args,
    exit::Failure,
    output::{Answer, section, table},
    words,
};

pub(crate) async fn list(client: &Client) -> Result<Answer, Failure> {
    let view = client.list_followed(ListFollowed {}).await?;
    let lines: Vec<[String; 5]> = view
        .guides
        .iter()
        .map(|guide| {
            [
                guide.item.clone(),
                guide.name.clone(),
                guide.division_name.clone(),
                standing(&guide.standing),
                words::time(guide.seen_at),
            ]
        })
        .collect();
    let mut text = if lines.is_empty() {
        "还没有关注办事指南。".to_owned()
    } else {
        table(["基本编码", "事项", "办理地区", "变化", "上次看过"], &lines)
    };
    for guide in &view.guides {
        if let FollowedStanding::Changed { differences, .. } = &guide.standing {
            text.push_str(&section(&guide.name, &changed(differences)));
        }
    }
    Ok(Answer::done(view, text))
}

fn standing(standing: &FollowedStanding) -> String {
    match standing {
        FollowedStanding::Same => "没有变化".to_owned(),
        FollowedStanding::Changed { differences, .. } => format!("{} 处变化", differences.len()),
        FollowedStanding::Gone => "已不再公布".to_owned(),
        FollowedStanding::NotKept => "本机没有这个地区的指南".to_owned(),
    }
}

fn changed(differences: &[GuideDifference]) -> String {
    let rows: Vec<[String; 3]> = differences
        .iter()
        .map(|one| {
            let field = one.field.term();
            let field =
                if one.of.is_empty() { field.to_owned() } else { format!("{}：{field}", one.of) };
            [field, said(one.field, one.before.as_ref()), said(one.field, one.after.as_ref())]
        })
        .collect();
    table(["内容", "原来", "现在"], &rows)
}

fn said(field: GuideField, said: Option<&Said>) -> String {
    match said {
        None => "无".to_owned(),
        Some(Said::Text(text)) => text.clone(),
        Some(Said::Texts(texts)) => texts.join("、"),
        Some(Said::Number(number)) => match field {
            GuideField::PromisedDays
            | GuideField::StatutoryDays
            | GuideField::StepDays
            | GuideField::SpecialProcedureDays => format!("{number} 个工作日"),
            GuideField::Visits => format!("{number} 次"),
            GuideField::MaterialOriginals | GuideField::MaterialCopies => format!("{number} 份"),
            _ => number.to_string(),
        },
        Some(Said::Flag(flag)) => if *flag { "是" } else { "否" }.to_owned(),
        Some(Said::Day(day)) => day.to_string(),
        Some(Said::Terms(terms)) => {
            let terms: Vec<&str> = terms.iter().map(|term| term.term.as_str()).collect();
            terms.join("、")
        }
        Some(Said::Condition(_)) => "视情形".to_owned(),
    }
}

pub(crate) async fn add(client: &Client, asked: args::Item) -> Result<Answer, Failure> {
    let args::Item { item, division } = asked;
    client.follow_guide(FollowGuide { item: item.clone(), division }).await?;
    let text = "已关注。指南有变化时，这里会列出变化的内容。";
    Ok(Answer::done(json!({ "item": item }), text))
}

pub(crate) async fn remove(client: &Client, item: String) -> Result<Answer, Failure> {
    client.unfollow_guide(UnfollowGuide { item: item.clone() }).await?;
    Ok(Answer::done(json!({ "item": item }), "已取消关注。"))
}

/// The changes that are there now have been seen.
pub(crate) async fn seen(client: &Client, item: String) -> Result<Answer, Failure> {
    let guides = client.list_followed(ListFollowed {}).await?.guides;
    let guide: Option<FollowedGuide> = guides.into_iter().find(|guide| guide.item == item);
    let text = match guide.map(|guide| guide.standing) {
        Some(FollowedStanding::Changed { now, .. }) => {
            client.see_followed(SeeFollowed { item: item.clone(), now }).await?;
            "已记下：以现在的内容为准，以后再有变化时告诉您。"
        }
        Some(_) => "没有要看的变化。",
        None => "没有关注这个事项。",
    };
    Ok(Answer::done(json!({ "item": item }), text))
}
