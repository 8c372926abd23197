//! What can go wrong with a sign-in, and the sentence for the person. Nothing in an error
//! comes from a token or a code.

use tongban_contract::problem::Problem;

use super::provider::HttpError;
use crate::{keyring::KeyringError, network::NetworkError};

/// What can go wrong with a sign-in or its tokens.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Nobody of this account has signed in on this device.
    #[error("nobody is signed in")]
    Needed,
    /// The session has ended; the person has to sign in again.
    #[error("the session has ended")]
    Expired,
    /// The person did not want to, or closed the platform's page by its own button.
    #[error("the person cancelled")]
    Cancelled,
    /// The browser did not come back in time.
    #[error("the browser did not come back in time")]
    TimedOut,
    /// The platform does not let this account in.
    #[error("the account is disabled")]
    Refused,
    /// The person has not reached the assurance level that was asked for.
    #[error("the assurance level is too low")]
    Assurance,
    /// What is to be done needs a higher assurance level than the person signed in with.
    #[error("assurance level {needed} is needed, and the sign-in has {reached}")]
    StepUp {
        /// What is needed.
        needed: u8,
        /// What the sign-in has.
        reached: u8,
    },
    /// An answer that does not belong to this sign-in.
    #[error("an answer of another sign-in")]
    State,
    /// The answer is not from the provider that was asked (RFC 9207).
    #[error("an answer of another provider")]
    Issuer,
    /// The id token is not to be trusted; says what is wrong with it.
    #[error("the id token: {0}")]
    IdToken(&'static str),
    /// This device's clock is too far off to tell whether a sign-in is valid.
    #[error("the device's clock is {0} s ahead of the provider's")]
    Clock(i64),
    /// The provider is not set up as agreed, or failed; its error code, or ours.
    #[error("the provider: {0}")]
    Provider(String),
    /// An address that is neither https nor on this machine.
    #[error("an address without protection")]
    Insecure,
    /// No port of this machine could be listened on.
    #[error("listening on this machine: {0}")]
    Listener(std::io::Error),
    /// The network or the platform.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

impl IdentityError {
    /// The provider's own error code, cut down to what a code may consist of.
    pub(super) fn provider(code: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        Self::Provider(code.chars().filter(plain).take(40).collect())
    }

    /// The sentence for the person.
    pub fn problem(&self) -> Problem {
        let (code, sentence, next) = match self {
            Self::Needed => (
                "sign-in.needed",
                "您还没有登录。",
                "请先登录再填写申请；没有登录时也可以查办事指南。",
            ),
            Self::Expired => (
                "sign-in.expired",
                "登录已过期。",
                "请重新登录；未发送的内容都还在，登录后接着发送。",
            ),
            Self::Cancelled => {
                ("sign-in.cancelled", "您取消了这次登录。", "需要时再点一次“登录”就可以。")
            }
            Self::TimedOut => (
                "sign-in.timed-out",
                "等了很久没有等到登录结果，这次登录已作废。",
                "请再点一次“登录”，并在打开的网页上完成登录。",
            ),
            Self::Refused => (
                "sign-in.refused",
                "这个账号已被平台停用，您填写的内容都还在本机。",
                "请携带身份证到政务服务大厅核实，或拨打 12345。",
            ),
            Self::Assurance => (
                "sign-in.assurance",
                "这个账号的实名等级还不够办理此事。",
                "请先在平台上完成更高等级的实名认证，再重新登录。",
            ),
            Self::State => (
                "sign-in.state",
                "收到的登录结果不是这一次登录的，为安全起见没有采用。",
                "请关闭浏览器里的登录页，再点一次“登录”。",
            ),
            Self::Issuer => (
                "sign-in.issuer",
                "收到的登录结果不是所选平台发出的，为安全起见没有采用。",
                "请再点一次“登录”；如仍这样，请不要输入密码，并拨打 12345 反映。",
            ),
            Self::IdToken(_) => (
                "sign-in.id-token",
                "平台给出的身份凭证没有通过核对，这次登录没有采用。",
                "请再点一次“登录”；如仍这样，请拨打 12345 反映。",
            ),
            Self::StepUp { needed, reached } => return step_up(*needed, *reached),
            Self::Clock(ahead) => return clock(*ahead),
            Self::Provider(_) => (
                "sign-in.provider",
                "平台的登录服务没能完成这次登录。",
                "请稍后再试；如仍不行，请拨打 12345 反映。",
            ),
            Self::Insecure => (
                "sign-in.insecure",
                "平台的登录地址没有加密保护，为保护您的信息，没有登录。",
                "请核对平台地址，应当以 https 开头；如有疑问请联系设备管理员。",
            ),
            Self::Listener(_) => (
                "sign-in.listener",
                "本机不允许接收登录结果。",
                "请检查防火墙或安全软件是否拦住了“通办”，再点一次“登录”。",
            ),
            Self::Network(error) => return error.problem(),
            Self::Keyring(error) => return error.problem(),
        };
        Problem::new(code, sentence, next)
    }
}

fn step_up(needed: u8, reached: u8) -> Problem {
    let name = |level: u8| match level {
        0 | 1 => "未实名",
        2 => "初级实名",
        _ => "高级实名",
    };
    let sentence = format!("办理此事需要以{}登录，您这次登录是{}。", name(needed), name(reached));
    let next = "请重新登录，按平台的提示达到更高的实名等级；填好的内容都还在，登录后再提交。";
    Problem::new("sign-in.assurance", sentence, next).with_assurance(needed)
}

fn clock(ahead: i64) -> Problem {
    let direction = if ahead > 0 { "快" } else { "慢" };
    let seconds = ahead.unsigned_abs();
    let amount = match seconds {
        0..7_200 => format!("{} 分钟", seconds / 60),
        7_200..172_800 => format!("{} 小时", seconds / 3_600),
        _ => format!("{} 天", seconds / 86_400),
    };
    Problem::new(
        "sign-in.clock",
        format!("本机时间比平台{direction}了约 {amount}，无法确认登录是否有效。"),
        "请在系统设置里校准日期和时间（建议打开自动设置），再重新登录。",
    )
}

impl From<HttpError> for IdentityError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Insecure => Self::Insecure,
            HttpError::Network(error) => Self::Network(error),
        }
    }
}
