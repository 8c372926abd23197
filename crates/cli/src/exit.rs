//! How the program ends: the exit codes, and which problem leads to which.

use std::process::ExitCode;

use tongban_client::{Error, NetworkError};
use tongban_contract::problem::Problem;

/// Exit codes. Scripts rely on them: none is ever given another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Any failure that no other code names.
    Failed = 1,
    /// The command was wrong, or named something that is not there.
    Usage = 2,
    /// The person must act: faults to mend, a refusal to answer.
    Attention = 3,
    /// The platform could not be used now; what waits is kept.
    Offline = 4,
    /// Somebody must sign in first.
    SignIn = 5,
}

/// What `--help` says of them.
pub(crate) const HELP: &str = "\
退出码：
  0  已办好
  1  其他失败
  2  命令写法不对，或指定的事项、申请、证照不存在
  3  需要您处理（填写有误、平台不予接收、等待补正）
  4  现在连不上平台；已提交的内容都保存在本机，等待发送
  5  需要先登录（tongban sign-in），或解锁密码不对

环境变量：
  TONGBAN_PLATFORM  平台地址，等同 --platform
  TONGBAN_LOG       运行日志级别，写到标准错误，如 info";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command was not done, and how the program ends.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) problem: Box<Problem>,
    pub(crate) exit: Exit,
}

impl Failure {
    pub(crate) fn new(exit: Exit, problem: Problem) -> Self {
        Self { problem: Box::new(problem), exit }
    }

    /// The command was wrong.
    pub(crate) fn usage(sentence: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::Usage, Problem::new("cli.usage", sentence, next))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // What the platform refuses has a code of the platform's choosing.
        let refused = matches!(&error, Error::Network(NetworkError::Refused(_)));
        let problem = Problem::from(error);
        let exit = if refused { Exit::Attention } else { exit_of(&problem.code) };
        Self::new(exit, problem)
    }
}

/// How the program ends after a problem with this code. Codes are stable, and the type
/// of an error is not always there any more: an update tells its problem alone.
fn exit_of(code: &str) -> Exit {
    match code {
        "sign-in.needed" | "sign-in.expired" | "sign-in.cancelled" | "sign-in.timed-out"
        | "vault.locked" | "pin.needed" | "pin.wrong" | "pin.wait" => Exit::SignIn,
        "sign-in.refused" | "sign-in.assurance" => Exit::Attention,
        "platform.overloaded" | "platform.failed" => Exit::Offline,
        "attachment.material"
        | "account.unknown"
        | "attachment.unknown"
        | "catalogue.county-not-published"
        | "catalogue.no-place"
        | "catalogue.not-a-county"
        | "catalogue.unknown-division"
        | "catalogue.unknown-item"
        | "courier.exists"
        | "courier.not-a-courier"
        | "courier.nothing"
        | "courier.unreadable"
        | "draft.situation"
        | "item.not-here"
        | "item.unknown"
        | "licence.unknown" => Exit::Usage,
        _ => match code.split('.').next() {
            Some("network") => Exit::Offline,
            Some("answer") => Exit::Usage,
            Some(
                "account" | "attachment" | "case" | "courier" | "draft" | "filing" | "lock"
                | "mend" | "pin" | "recall" | "receipt" | "withdraw",
            ) => Exit::Attention,
            _ => Exit::Failed,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_leads_to_its_own_exit_code() {
        for (code, exit) in [
            ("filing.faults", Exit::Attention),
            ("attachment.type", Exit::Attention),
            ("attachment.material", Exit::Usage),
            ("answer.unknown-field", Exit::Usage),
            ("network.captive-portal", Exit::Offline),
            ("platform.overloaded", Exit::Offline),
            ("platform.key", Exit::Failed),
            ("courier.exists", Exit::Usage),
            ("courier.not-registered", Exit::Attention),
            ("sign-in.expired", Exit::SignIn),
            ("sign-in.refused", Exit::Attention),
            ("device.in-use", Exit::Failed),
            ("keyring.passphrase", Exit::Failed),
        ] {
            assert_eq!(exit_of(code), exit, "{code}");
        }
    }

    #[test]
    fn what_the_platform_refuses_needs_the_person_whatever_its_code() {
        let problem = Problem::new("surprise", "不行。", "请到窗口办理。");
        let failure = Failure::from(Error::Network(NetworkError::Refused(Box::new(problem))));
        assert_eq!(failure.exit, Exit::Attention);
        assert_eq!(failure.problem.code, "surprise");
    }
}
