//! `catalogue …`, `divisions`.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    numbers::DivisionCode,
    page::{
        ChooseCounty, DropRegion, GuideChangeKind, KeepRegion, KeptView, ListCatalogueChanges,
        ListDivisions, ListRegions, Overview, UpdateCatalogue,
    },
};

use crate::{
    exit::Failure,
    output::{Answer, Output, table},
    progress, words,
};

pub(crate) async fn sync(
    client: &Client,
    output: Output,
    county: Option<DivisionCode>,
) -> Result<Answer, Failure> {
    let update = async {
        match county {
            Some(division) => client.choose_county(ChooseCounty { division }).await,
            None => client.update_catalogue(UpdateCatalogue {}).await,
        }
    };
    progress::download(output, client, "正在取办事指南", update).await?;
    let catalogue = client.overview(Overview {}).await?.catalogue;
    let text = match &catalogue.county {
        Some(_) => format!(
            "办事指南已是最新：{}，{} 项，第 {} 版，发布于 {}。{}",
            catalogue.county_name,
            catalogue.guides,
            catalogue.version,
            words::time_or(catalogue.published_at, "未知时间"),
            if catalogue.sample {
                "\n这是样例目录，不能作为办事依据。"
            } else {
                ""
            }
        ),
        None => "已取得行政区划。请用 tongban divisions 查到县（市、区）的代码，\
                 再运行 tongban catalogue sync --county 代码。"
            .to_owned(),
    };
    Ok(Answer::done(json!({ "catalogue": catalogue }), text))
}

/// Keeps the guides of another region.
pub(crate) async fn keep(
    client: &Client,
    output: Output,
    division: DivisionCode,
) -> Result<Answer, Failure> {
    let keeping = client.keep_region(KeepRegion { division });
    progress::download(output, client, "正在取办事指南", keeping).await?;
    kept(client).await
}

/// Removes those of a region again.
pub(crate) async fn drop(client: &Client, division: DivisionCode) -> Result<Answer, Failure> {
    client.drop_region(DropRegion { division }).await?;
    kept(client).await
}

async fn kept(client: &Client) -> Result<Answer, Failure> {
    let catalogue = client.overview(Overview {}).await?.catalogue;
    let row = |region: &KeptView, state: &str| {
        [region.division.to_string(), region.name.clone(), state.to_owned()]
    };
    let kept = catalogue.kept.iter().map(|region| row(region, "已存"));
    let awaited = catalogue.awaited.iter().map(|region| row(region, "等待下载"));
    let rows: Vec<[String; 3]> = kept.chain(awaited).collect();
    let mut text = table(["代码", "地区", "本机"], &rows);
    text.push_str(&format!(
        "共 {} 项，占用 {}。\n",
        catalogue.guides,
        words::size(catalogue.bytes)
    ));
    Ok(Answer::done(json!({ "catalogue": catalogue }), text))
}

/// What is published, with its sizes.
pub(crate) async fn regions(
    client: &Client,
    parent: Option<DivisionCode>,
) -> Result<Answer, Failure> {
    let regions = client.list_regions(ListRegions { parent }).await?;
    let rows: Vec<[String; 6]> = regions
        .iter()
        .map(|region| {
            [
                region.division.to_string(),
                region.name.clone(),
                region.guides.to_string(),
                words::size(region.bytes),
                words::size(region.room),
                if region.kept { "已存" } else { "" }.to_owned(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "下面没有单独发布指南的地区。".to_owned()
    } else {
        table(["代码", "地区", "事项数", "要下载", "约占", "本机"], &rows)
    };
    Ok(Answer::done(json!({ "regions": regions }), text))
}

/// What the last versions changed.
pub(crate) async fn changes(client: &Client) -> Result<Answer, Failure> {
    let versions = client.list_catalogue_changes(ListCatalogueChanges {}).await?;
    let rows: Vec<[String; 5]> = versions
        .iter()
        .flat_map(|version| {
            version.guides.iter().map(|guide| {
                let kind = match guide.kind {
                    GuideChangeKind::Added => "新增",
                    GuideChangeKind::Changed => "有改动",
                    GuideChangeKind::Removed => "已取消",
                };
                let published = words::time(version.published_at);
                let version = format!("第 {} 版", version.version);
                [version, published, kind.to_owned(), guide.item.clone(), guide.name.clone()]
            })
        })
        .collect();
    let text = if rows.is_empty() {
        "最近没有改动。".to_owned()
    } else {
        table(["版本", "发布时间", "改动", "基本编码", "事项"], &rows)
    };
    Ok(Answer::done(json!({ "versions": versions }), text))
}

pub(crate) async fn divisions(
    client: &Client,
    parent: Option<DivisionCode>,
) -> Result<Answer, Failure> {
    let divisions = client.list_divisions(ListDivisions { parent }).await?;
    let rows: Vec<[String; 2]> = divisions
        .iter()
        .map(|division| [division.code.to_string(), division.name.clone()])
        .collect();
    let text = if rows.is_empty() {
        "下面没有区划了。".to_owned()
    } else {
        table(["代码", "名称"], &rows)
    };
    Ok(Answer::done(json!({ "divisions": divisions }), text))
}
