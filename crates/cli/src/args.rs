//! What can be asked on the command line. Reads it, and nothing else.

use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tongban_contract::{
    identifiers::CaseId,
    numbers::{DivisionCode, LicenceId},
};
use url::Url;

use crate::exit;

mod drafts;
mod listed;

pub(crate) use drafts::{Attach, Chosen, DraftsCommand, Set};
pub(crate) use listed::Listed;

/// Address of the reference platform beside the app in demo mode.
const DEMO: &str = "http://127.0.0.1:7380";

/// `--help` of every command, with Chinese headings.
const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

#[derive(Debug, Parser)]
#[command(
    name = "tongban",
    version,
    about = "通办命令行：和“通办”应用同一个内核，没有窗口，供运维、脚本和技术支持使用。\n内容先存本机再发送，断网时也能填写和提交。",
    after_help = exit::HELP,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[arg(short = 'V', long, action = ArgAction::Version, help = "显示版本")]
    version: Option<bool>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

// What every command takes.
#[derive(Args, Debug)]
pub(crate) struct Global {
    #[arg(long, global = true, help = "以 JSON 输出，字段名固定不变")]
    pub(crate) json: bool,
    #[arg(long, global = true, value_name = "DIR", help = "存放数据的文件夹（默认按系统惯例）")]
    pub(crate) data_dir: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TONGBAN_PLATFORM",
        hide_env = true,
        hide_default_value = true,
        default_value = DEMO,
        help = "平台地址（默认是本机的演示平台）"
    )]
    pub(crate) platform: Url,
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        hide_default_value = true,
        default_value = "default",
        value_parser = profile,
        help = "使用数据文件夹下的哪个子文件夹（默认 default）"
    )]
    pub(crate) profile: String,
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "用口令保管钥匙，不用系统钥匙串；口令从这个文件读取"
    )]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "解锁密码从这个文件读取；不写就在终端里问"
    )]
    pub(crate) pin_file: Option<PathBuf>,
    #[arg(short, long, global = true, action = ArgAction::Help, help = "显示用法")]
    help: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(about = "登录：给出网址，请在本机浏览器里打开，并等到登录完成")]
    SignIn {
        #[arg(
            long,
            value_name = "LEVEL",
            value_parser = clap::value_parser!(u8).range(2..=3),
            help = "要求的实名等级：2 初级实名，3 高级实名"
        )]
        assurance: Option<u8>,
    },
    #[command(about = "退出登录；草稿和未发送的内容都留在本机")]
    SignOut {
        #[arg(long, help = "也在浏览器里退出（多人共用的电脑）：给出网址，请在本机浏览器里打开")]
        browser: bool,
    },
    #[command(about = "本机的办事指南目录")]
    Catalogue {
        #[command(subcommand)]
        command: CatalogueCommand,
    },
    #[command(about = "查办事指南（不用联网）")]
    Guides {
        #[command(subcommand)]
        command: GuidesCommand,
    },
    #[command(about = "列出行政区划；不写上级代码就从省开始")]
    Divisions {
        #[arg(value_name = "PARENT", help = "上级区划代码，如 4205")]
        parent: Option<DivisionCode>,
    },
    #[command(about = "草稿：新建、填写、添加材料、检查、提交")]
    Drafts {
        #[command(subcommand)]
        command: DraftsCommand,
    },
    #[command(about = "列出等待发送的申请")]
    Outbox,
    #[command(about = "发送等待中的申请，并取回新消息")]
    Sync,
    #[command(about = "密封件：没有网络时，把等待发送的申请带到有网络的地方")]
    Courier {
        #[command(subcommand)]
        command: CourierCommand,
    },
    #[command(about = "已提交的申请")]
    Cases {
        #[command(subcommand)]
        command: CasesCommand,
    },
    #[command(about = "关注的办事指南：有变化时逐项列出")]
    Followed {
        #[command(subcommand)]
        command: FollowedCommand,
    },
    #[command(about = "证照")]
    Licences {
        #[command(subcommand)]
        command: LicencesCommand,
    },
    #[command(about = "本机的账号：列出、换用（不用联网）")]
    Accounts {
        #[command(subcommand)]
        command: AccountsCommand,
    },
    #[command(about = "解锁密码：设置、更换、取消")]
    Pin {
        #[command(subcommand)]
        command: PinCommand,
    },
    #[command(about = "总览：登录、网络、目录、待办")]
    Status,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    #[command(about = "列出本机的账号")]
    List,
    #[command(about = "换用另一个账号")]
    Switch {
        #[arg(value_name = "ACCOUNT", help = "账号，见 accounts list")]
        account: String,
    },
    #[command(about = "找不回打开数据的钥匙时，重新开始使用一个账号；打不开的数据原样留着")]
    BeginAnew {
        #[arg(value_name = "ACCOUNT", help = "账号，见 accounts list")]
        account: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PinCommand {
    #[command(about = "设置或更换解锁密码")]
    Set {
        #[arg(long, value_name = "FILE", help = "新的解锁密码从这个文件读取；不写就在终端里问")]
        new_pin_file: Option<PathBuf>,
    },
    #[command(about = "取消解锁密码")]
    Remove,
    #[command(about = "忘了解锁密码：封存这个账号在本机的内容，重新开始")]
    Forget {
        #[arg(
            long,
            value_name = "FILE",
            help = "先把还没有发出的申请导出成这个密封件，交给人带到有网络的地方转交"
        )]
        sealed_copy: Option<PathBuf>,
        #[arg(long, help = "确定封存本机的内容，重新开始")]
        start_over: bool,
    },
    #[command(about = "用以前的解锁密码取回封存的内容，代替现在的")]
    TakeBack,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    #[command(about = "从平台取得最新的办事指南")]
    Sync {
        #[arg(long, value_name = "CODE", help = "选定所在县（市、区），以后不用再写")]
        county: Option<DivisionCode>,
    },
    #[command(about = "把另一个地区（区县、市或全省）的办事指南也存在本机")]
    Keep {
        #[arg(value_name = "CODE", help = "区划代码，如 4205")]
        division: DivisionCode,
    },
    #[command(about = "从本机删去另存的一个地区（不用联网）")]
    Drop {
        #[arg(value_name = "CODE", help = "区划代码")]
        division: DivisionCode,
    },
    #[command(about = "列出平台发布了哪些地区的办事指南，各有多大")]
    Regions {
        #[arg(value_name = "PARENT", help = "上级区划代码；不写就看全省")]
        parent: Option<DivisionCode>,
    },
    #[command(about = "列出最近几版指南改了什么")]
    Changes,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GuidesCommand {
    #[command(about = "用日常说法查找事项；不写查找词就列出全部")]
    Search {
        #[arg(
            value_name = "QUERY",
            default_value = "",
            hide_default_value = true,
            help = "查找词，如“开饭馆”"
        )]
        query: String,
        #[command(flatten)]
        listed: Listed,
    },
    #[command(about = "分类浏览：每一类各有多少事项，再列出事项")]
    Browse(Listed),
    #[command(about = "显示一份办事指南")]
    Show(Item),
    #[command(about = "列出本机指南里办理一个事项的所有地方，近的在前")]
    Places {
        #[arg(value_name = "ITEM", help = "事项的基本编码")]
        item: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum FollowedCommand {
    #[command(about = "列出关注的指南，和您看过之后的变化")]
    List,
    #[command(about = "关注一份指南")]
    Add(Item),
    #[command(about = "不再关注一份指南")]
    Remove {
        #[arg(value_name = "ITEM", help = "事项的基本编码")]
        item: String,
    },
    #[command(about = "看过变化了：以后只列出新的变化")]
    Seen {
        #[arg(value_name = "ITEM", help = "事项的基本编码")]
        item: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CourierCommand {
    #[command(
        about = "把等待发送的申请连同材料封装成一个文件；不用联网",
        after_help = "只有平台能打开密封件，谁带都可以，丢了也不会泄露。\n\
                      导出后申请仍在本机等待发送，但不能再收回。"
    )]
    Export {
        #[arg(value_name = "FILE", help = "密封件的文件名；已有同名文件时不覆盖")]
        file: PathBuf,
    },
    #[command(
        about = "把别人或自己的密封件转交平台；要登录，看不到里面的内容",
        after_help = "重复转交不会重复办理。办理结果由封装的人在原设备上同步后看到。"
    )]
    Relay {
        #[arg(value_name = "FILE", help = "密封件")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CasesCommand {
    #[command(about = "列出已提交的申请")]
    List,
    #[command(about = "显示一件申请的办理经过")]
    Show(Case),
    #[command(about = "收到补正通知或未被接收后，打开修改")]
    Mend(Case),
    #[command(about = "撤件")]
    Withdraw {
        #[command(flatten)]
        case: Case,
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "",
            hide_default_value = true,
            help = "撤件原因"
        )]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LicencesCommand {
    #[command(about = "列出证照")]
    List,
    #[command(about = "显示一本证照，并核验平台签名")]
    Show {
        #[arg(value_name = "ID", help = "电子证照标识，可带或不带根代码")]
        id: LicenceId,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Item {
    #[arg(value_name = "ITEM", help = "事项的基本编码")]
    pub(crate) item: String,
    #[arg(
        long,
        value_name = "CODE",
        help = "您所在乡镇、街道的区划代码；由各乡镇、街道办理的事项要写一次，以后会记住"
    )]
    pub(crate) division: Option<DivisionCode>,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Case {
    #[arg(value_name = "CASE", help = "申请的编号")]
    pub(crate) case: CaseId,
}

impl Cli {
    /// Reads the command line of this process.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let matches = in_chinese(Self::command()).try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

fn in_chinese(command: clap::Command) -> clap::Command {
    command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "参数" } else { "选项" };
            arg.help_heading(heading)
        })
        .mut_subcommands(in_chinese)
}

fn profile(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.starts_with('.') || !text.chars().all(plain) {
        return Err("名称只能用文字、数字和 - _ .，不能以点开头".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        in_chinese(Cli::command()).debug_assert();
    }

    #[test]
    fn a_profile_never_leaves_the_data_folder() {
        for name in ["", ".", "..", "../x", "a/b", "a\\b", ".hidden"] {
            assert!(profile(name).is_err(), "{name}");
        }
        assert_eq!(profile("cn.tongban.app").unwrap(), "cn.tongban.app");
    }
}
