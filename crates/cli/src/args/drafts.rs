//! What can be asked about drafts: the commands, and how answers are written on a command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::Value;
use tongban_contract::{
    identifiers::{AttachmentId, CaseId},
    numbers::LicenceId,
};

use super::{Case, Item};

#[derive(Debug, Subcommand)]
pub(crate) enum DraftsCommand {
    #[command(about = "为一个事项新建草稿")]
    New(Item),
    #[command(
        about = "填写草稿，逐项保存",
        override_usage = "tongban drafts set [OPTIONS] <CASE> [POINTER=JSON]...",
        after_help = "命令行参数会被本机其他用户看到：证件号码等个人信息请用 --answers。\n\
                      前面几项保存后，后面某一项有误，前面的仍然有效。"
    )]
    Set(Set),
    #[command(
        about = "为一项材料添加文件或证照",
        override_usage = "tongban drafts attach [OPTIONS] <CASE> <MATERIAL> <FILE|--licence <ID>>"
    )]
    Attach(Attach),
    #[command(about = "去掉已添加的文件或证照")]
    Detach {
        #[arg(value_name = "CASE", help = "申请的编号")]
        case: CaseId,
        #[arg(value_name = "ATTACHMENT", help = "附件的编号，见 drafts show")]
        attachment: AttachmentId,
    },
    #[command(about = "检查草稿；有不妥之处时退出码为 3")]
    Check(Case),
    #[command(about = "提交：先存入本机待发送，再试着发送一次")]
    Submit(Case),
    #[command(about = "收回还没有开始发送的申请，变回草稿")]
    Recall(Case),
    #[command(about = "显示草稿的表单、材料和不妥之处")]
    Show(Case),
    #[command(about = "列出草稿")]
    List,
    #[command(about = "永久删除草稿")]
    Discard(Case),
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["assignments", "situation", "answers"]))]
pub(crate) struct Set {
    #[arg(value_name = "CASE", help = "申请的编号")]
    pub(crate) case: CaseId,
    #[arg(
        value_name = "POINTER=JSON",
        value_parser = assignment,
        help = "表单项和它的值，如 /shop/area=42.5 或 '/shop/name=\"老街面馆\"'；null 清除"
    )]
    pub(crate) assignments: Vec<Assignment>,
    #[arg(long, value_name = "ID=OPTION", value_parser = chosen, help = "回答一个情形问题，可重复")]
    pub(crate) situation: Vec<Chosen>,
    #[arg(
        long,
        value_name = "FILE",
        help = "从 JSON 文件读取多项：{\"/表单项\": 值, …}；写 - 从标准输入读取"
    )]
    pub(crate) answers: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).args(["file", "licence"]))]
pub(crate) struct Attach {
    #[arg(value_name = "CASE", help = "申请的编号")]
    pub(crate) case: CaseId,
    #[arg(value_name = "MATERIAL", help = "材料的代号，见 drafts show")]
    pub(crate) material: String,
    #[arg(value_name = "FILE", help = "JPG、PNG、WebP 图片或 PDF，不超过 50 MB")]
    pub(crate) file: Option<PathBuf>,
    #[arg(long, value_name = "ID", help = "改用一本证照")]
    pub(crate) licence: Option<LicenceId>,
}

/// One answer to keep.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    /// RFC 6901 pointer into the answers.
    pub(crate) pointer: String,
    /// The answer; null removes it.
    pub(crate) value: Value,
}

/// One question of situation with the option chosen.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) situation: String,
    pub(crate) option: String,
}

fn assignment(text: &str) -> Result<Assignment, String> {
    let (pointer, value) = text.split_once('=').ok_or("请写成 POINTER=JSON，如 /shop/area=42.5")?;
    if !pointer.starts_with('/') {
        return Err("表单项以 / 开头，见 drafts show".to_owned());
    }
    let value = serde_json::from_str(value)
        .map_err(|_| "等号后面要写 JSON；文字要带引号，如 '/shop/name=\"老街面馆\"'")?;
    Ok(Assignment { pointer: pointer.to_owned(), value })
}

fn chosen(text: &str) -> Result<Chosen, String> {
    let (situation, option) = text.split_once('=').ok_or("请写成 ID=OPTION，见 drafts show")?;
    Ok(Chosen { situation: situation.to_owned(), option: option.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_json_and_may_hold_equals_signs() {
        let read = assignment(r#"/a/b="x=y""#).unwrap();
        assert_eq!((read.pointer.as_str(), read.value), ("/a/b", Value::from("x=y")));
        assert!(assignment("/a=文字").is_err());
        assert!(assignment("a=1").is_err());
    }
}
