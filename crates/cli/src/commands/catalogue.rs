//! `catalogue sync`, `divisions`.

use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    numbers::DivisionCode,
    page::{ChooseCounty, ListDivisions, Overview, UpdateCatalogue},
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
