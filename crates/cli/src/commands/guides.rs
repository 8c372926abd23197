//! `guides search`, `guides browse`, `guides show`, `guides places`: read from the device, no network needed.

use std::fmt::Display;

use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    guide::{Guide, Item},
    page::{
        BrowseGuides, ChooseHome, GuideListView, GuideRow, GuideView, ListPlaces, OfficeView,
        Overview, PlaceGroupView, PlaceView, ReadGuide, SearchGuides, TextPiece,
    },
};

use crate::{
    args,
    exit::Failure,
    output::{Answer, fields, section, table},
};

/// A list of guides: what matches, or everything.
pub(crate) async fn search(
    client: &Client,
    query: String,
    listed: args::Listed,
) -> Result<Answer, Failure> {
    let (filter, sort, offset, limit) =
        (listed.filter(), listed.sort(), listed.offset, listed.limit);
    let asked = SearchGuides { query, filter, sort, offset, limit };
    let found = client.search_guides(asked).await?;
    let text = rows(&found, offset);
    Ok(Answer::done(json(&found), text))
}

/// What can be chosen with how many there are of each, then the guides themselves.
pub(crate) async fn browse(client: &Client, listed: args::Listed) -> Result<Answer, Failure> {
    let (filter, sort, offset, limit) =
        (listed.filter(), listed.sort(), listed.offset, listed.limit);
    let browse = client.browse_guides(BrowseGuides { filter: filter.clone() }).await?;
    let asked = SearchGuides { query: String::new(), filter, sort, offset, limit };
    let found = client.search_guides(asked).await?;
    let mut text = String::new();
    for (heading, facets) in [
        ("主题", &browse.themes),
        ("服务对象", &browse.audiences),
        ("事项类型", &browse.item_types),
        ("特色", &browse.badges),
        ("部门", &browse.departments),
    ] {
        let lines: Vec<[String; 3]> = facets
            .iter()
            .map(|facet| [facet.code.clone(), facet.name.clone(), facet.guides.to_string()])
            .collect();
        if !lines.is_empty() {
            text.push_str(&section(heading, &table(["代码", "名称", "事项数"], &lines)));
        }
    }
    text.push_str(&section("事项", &rows(&found, offset)));
    Ok(Answer::done(json!({ "browse": browse, "guides": json(&found) }), text))
}

fn rows(found: &GuideListView, offset: u32) -> String {
    let rows: Vec<[String; 6]> = found.rows.iter().map(row).collect();
    if rows.is_empty() {
        return "没有找到。请换个说法，或少选几个条件再查。".to_owned();
    }
    let mut text =
        table(["基本编码", "事项", "部门", "承诺时限", "可在此申请", "其他办理点"], &rows);
    let (first, last) = (u64::from(offset) + 1, u64::from(offset) + found.rows.len() as u64);
    if found.rows.len() as u64 != u64::from(found.total) {
        text.push_str(&format!("共 {} 项，列出第 {first} 到 {last} 项。\n", found.total));
    }
    text
}

fn row(row: &GuideRow) -> [String; 6] {
    let alias = whole(&row.alias);
    let name = whole(&row.name);
    let department = if row.department.is_empty() { &row.division_name } else { &row.department };
    [
        row.item.clone(),
        if alias.is_empty() { name } else { format!("{name}（{alias}）") },
        if row.serves { department.clone() } else { format!("{department}（外地）") },
        days(row.promised_days),
        if row.has_form { "是" } else { "否" }.to_owned(),
        row.also.to_string(),
    ]
}

/// A list as other programs read it.
fn json(found: &GuideListView) -> serde_json::Value {
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            let matched = |pieces: &[TextPiece]| -> Vec<String> {
                let matched = pieces.iter().filter(|piece| piece.matched);
                matched.map(|piece| piece.text.clone()).collect()
            };
            let highlights = [matched(&row.name), matched(&row.alias)].concat();
            json!({
                "code": row.item,
                "name": whole(&row.name),
                "alias": whole(&row.alias),
                "department": row.department,
                "division": row.division,
                "division_name": row.division_name,
                "serves": row.serves,
                "also": row.also,
                "promised_days": row.promised_days,
                "visits": row.visits,
                "badges": row.badges,
                "has_form": row.has_form,
                "score": row.score,
                "highlights": highlights,
            })
        })
        .collect();
    json!({ "total": found.total, "rows": rows })
}

fn whole(pieces: &[TextPiece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// What a guide says of something that its list does not name.
const NOT_SAID: &str = "没有公布";

fn days(days: Option<u32>) -> String {
    match days {
        None => NOT_SAID.to_owned(),
        Some(0) => "当场".to_owned(),
        Some(days) => format!("{days} 个工作日"),
    }
}

pub(crate) async fn show(client: &Client, asked: args::Item) -> Result<Answer, Failure> {
    let args::Item { item, division } = asked;
    let view = client.read_guide(ReadGuide { item, division: division.clone() }).await?;
    // Who names one of the places to choose from says where they are.
    if let Some(division) = division
        && view.places.iter().any(|place| place.division.contains(&division))
        && client
            .overview(Overview {})
            .await?
            .catalogue
            .county
            .is_some_and(|county| county.contains(&division))
    {
        client.choose_home(ChooseHome { division }).await?;
    }
    let text = described(&view);
    Ok(Answer::done(view, text))
}

fn described(view: &GuideView) -> String {
    let Guide { item, code, office, .. } = &view.guide;
    let mut text = format!("{}\n\n", item.name);
    text.push_str(&fields(&[
        ("基本编码", item.code.clone()),
        ("实施编码", code.clone()),
        ("办理地区", view.division_name.clone()),
        ("实施部门", office.department.clone()),
        ("联办部门", item.joint_departments.join("、")),
        ("事项类型", item.item_type.to_string()),
        ("办件类型", item.project_type.to_string()),
        ("服务对象", list(&item.audiences)),
        ("办理形式", list(&item.channels)),
        ("特色", list(&view.badges)),
        ("法定时限", days(item.statutory_days)),
        ("承诺时限", days(item.promised_days)),
        ("到现场", visits(item)),
        ("收费", fees(item)),
        ("地址", office.address.clone()),
        ("时间", office.hours.clone()),
        ("咨询", office.phone.clone()),
        ("投诉", office.complaint_phone.clone()),
        ("可在此申请", if item.has_form { "是" } else { "否，请到窗口办理" }.to_owned()),
    ]));
    if !view.place_is_chosen() {
        text.push_str(&section("请用 --division 写明您所在的乡镇、街道", &choices(&view.places)));
    }
    text.push_str(&section("受理条件", &numbered(item.conditions.iter())));
    text.push_str(&section("情形", &situations(item)));
    text.push_str(&section("申请材料", &materials(item)));
    let steps = item
        .steps
        .iter()
        .map(|step| format!("{}（{} 个工作日，{}）", step.name, step.days, step.unit));
    text.push_str(&section("办理流程", &numbered(steps)));
    let special = item
        .special_procedures
        .iter()
        .map(|procedure| format!("{}（{} 个工作日，不计入时限）", procedure.name, procedure.days));
    text.push_str(&section("特别程序", &numbered(special)));
    let results = item.results.iter().map(|result| &result.name);
    text.push_str(&section("办理结果", &numbered(results)));
    let basis = item.legal_basis.iter().map(|law| format!("《{}》{}", law.title, law.article));
    text.push_str(&section("设定依据", &numbered(basis)));
    let faq = item.faq.iter().map(|faq| format!("{}\n   {}", faq.question, faq.answer));
    text.push_str(&section("常见问题", &numbered(faq)));
    text
}

/// Everywhere an item is carried out, the nearest first.
pub(crate) async fn places(client: &Client, item: String) -> Result<Answer, Failure> {
    let groups = client.list_places(ListPlaces { item }).await?;
    let rows = |group: &PlaceGroupView| -> Vec<[String; 5]> {
        let row = |place: &OfficeView| {
            let OfficeView { division, division_name, department, address, phone } = place.clone();
            [division.to_string(), division_name, department, address, phone]
        };
        group.places.iter().map(row).collect()
    };
    let heading = ["区划代码", "地区", "部门", "地址", "咨询"];
    let listed = groups.iter().map(|group| section(&group.name, &table(heading, &rows(group))));
    let text: String = listed.collect();
    Ok(Answer::done(groups, text.trim_start()))
}

fn choices(places: &[PlaceView]) -> String {
    let row = |place: &PlaceView| {
        [place.division.to_string(), place.division_name.clone(), place.department.clone()]
    };
    let rows: Vec<[String; 3]> = places.iter().map(row).collect();
    table(["区划代码", "乡镇、街道", "部门"], &rows)
}

fn visits(item: &Item) -> String {
    match (item.visits, item.visit_reason.as_str()) {
        (None, _) => NOT_SAID.to_owned(),
        (Some(visits), "") => format!("{visits} 次"),
        (Some(visits), reason) => format!("{visits} 次（{reason}）"),
    }
}

fn fees(item: &Item) -> String {
    let Some(fees) = &item.fees else { return NOT_SAID.to_owned() };
    if fees.is_empty() {
        return "不收费".to_owned();
    }
    let fees: Vec<String> =
        fees.iter().map(|fee| format!("{}：{}", fee.name, fee.standard)).collect();
    fees.join("；")
}

fn situations(item: &Item) -> String {
    let lines = item.situations.iter().map(|situation| {
        let options: Vec<String> = situation
            .options
            .iter()
            .map(|option| format!("{}={}", option.value, option.label))
            .collect();
        format!("{}：{}（{}）", situation.id, situation.question, options.join("，"))
    });
    numbered(lines)
}

fn materials(item: &Item) -> String {
    if item.materials.is_empty() {
        // Who made a form has thought of materials; elsewhere a list may just not say.
        return if item.has_form {
            "不用交材料\n".to_owned()
        } else {
            format!("{NOT_SAID}\n")
        };
    }
    let rows: Vec<[String; 5]> = item
        .materials
        .iter()
        .map(|material| {
            [
                material.id.clone(),
                material.name.clone(),
                if material.exempt {
                    "免提交".to_owned()
                } else {
                    material.necessity.to_string()
                },
                material.source.to_string(),
                if material.when.is_some() { "视情形" } else { "" }.to_owned(),
            ]
        })
        .collect();
    table(["代号", "名称", "必要性", "来源", "条件"], &rows)
}

fn list<T: Display>(terms: &[T]) -> String {
    let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
    terms.join("、")
}

fn numbered<T: Display>(lines: impl Iterator<Item = T>) -> String {
    lines.enumerate().map(|(index, line)| format!("{}. {line}\n", index + 1)).collect()
}
