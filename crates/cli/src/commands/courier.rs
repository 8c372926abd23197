//! `courier export`, `courier relay`: what waits, sealed into a file that anybody may carry,
//! and bringing such a file to the platform.

use std::path::Path;

use serde_json::json;
use tongban_client::Client;

use crate::{
    exit::Failure,
    output::{Answer, Output, fields},
    progress, words,
};

pub(crate) async fn export(
    client: &Client,
    output: Output,
    file: &Path,
) -> Result<Answer, Failure> {
    let made =
        progress::bytes(output, "正在封装", |progress| client.export_courier(file, progress));
    let made = made.await?;
    let text = fields(&[
        ("密封件", file.display().to_string()),
        ("大小", words::size(made.bytes)),
        ("申请操作", format!("{} 项", made.operations)),
        ("随附文件", format!("{} 个", made.files)),
        (
            "没有装下",
            if made.left_out > 0 {
                format!("{} 项，请联网后提交", made.left_out)
            } else {
                String::new()
            },
        ),
    ]);
    let text = format!(
        "已导出密封件，只有平台能打开，可以交给任何人带到有网络的地方。\n{text}\
         内容仍在本机等待发送；联网后照常同步，不会重复办理。"
    );
    let value = json!({ "courier": {
        "bytes": made.bytes,
        "operations": made.operations,
        "files": made.files,
        "left_out": made.left_out,
    } });
    Ok(Answer::done(value, text))
}

pub(crate) async fn relay(client: &Client, output: Output, file: &Path) -> Result<Answer, Failure> {
    let taken =
        progress::bytes(output, "正在转交", |progress| client.relay_courier(file, progress));
    let taken = taken.await?;
    let counts = fields(&[
        ("这次收下", format!("{} 项", taken.taken)),
        ("以前已收", format!("{} 项", taken.known)),
        ("暂未收下", format!("{} 项", taken.not_taken)),
    ]);
    let first = match (taken.taken, taken.known, taken.not_taken) {
        (_, _, 0) => "已转交平台，全部收下。",
        (0, 0, _) => "已转交平台，但都暂时没有收下；请告诉封装的人，联网后由原设备提交。",
        _ => "已转交平台，有的暂时没有收下；请告诉封装的人，联网后由原设备提交。",
    };
    let text = format!("{first}\n{counts}办理结果由封装的人在原设备上同步后看到。");
    Ok(Answer::done(json!({ "courier": taken }), text))
}
