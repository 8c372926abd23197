//! Tells apart what an answer, or the lack of one, means: no network, captive portal,
//! wrong clock, untrusted certificate, overload, a refusal. It sends nothing itself
//! but the requests it is handed.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use serde::de::DeserializeOwned;
use tongban_contract::problem::Problem;

use crate::{
    retry_after,
    transport::{Reply, Transport, TransportError},
};

/// Most bytes of a JSON answer that are read: far above any honest one.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// Why the platform could not be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// No usable answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Something between here and the platform answered instead: a web page where JSON
    /// was asked for, or a way elsewhere.
    #[error("something else than the platform answered")]
    CaptivePortal,
    /// The platform has too much to do (429, 503).
    #[error("the platform is overloaded")]
    Overloaded {
        /// Seconds after which it asked to be tried again.
        retry_after: Option<u64>,
    },
    /// The platform failed (5xx).
    #[error("the platform failed with status {0}")]
    Failed(u16),
    /// The platform does not take the sign-in (401).
    #[error("the sign-in is not valid any more")]
    Unauthorised,
    /// The platform refused, and said why.
    #[error("refused: {}", .0.code)]
    Refused(Box<Problem>),
    /// An answer that fits nothing that was agreed.
    #[error("an answer that cannot be read")]
    Unreadable,
}

impl NetworkError {
    /// Whether the platform itself answered, so that the network is there.
    pub fn platform_answered(&self) -> bool {
        match self {
            Self::Transport(_) | Self::CaptivePortal => false,
            Self::Overloaded { .. }
            | Self::Failed(_)
            | Self::Unauthorised
            | Self::Refused(_)
            | Self::Unreadable => true,
        }
    }

    /// Seconds after which the platform asked to be tried again.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Overloaded { retry_after } => *retry_after,
            Self::Transport(_)
            | Self::CaptivePortal
            | Self::Failed(_)
            | Self::Unauthorised
            | Self::Refused(_)
            | Self::Unreadable => None,
        }
    }

    /// The sentence for the person.
    pub fn problem(&self) -> Problem {
        let (code, sentence, next) = match self {
            Self::Transport(TransportError::Unreachable) => (
                "network.unreachable",
                "现在连不上政务服务平台，可能是没有网络。",
                "本机的内容都还在，可以照常查看和填写；网络恢复后会自动再试。",
            ),
            Self::Transport(TransportError::TimedOut) => (
                "network.slow",
                "网络太慢，平台没有在规定时间内应答。",
                "不用重复操作，稍后会自动再试。",
            ),
            Self::Transport(TransportError::CertificateTime) => (
                "network.certificate-time",
                "平台的安全证书与本机时间对不上，暂不连接。",
                "请检查本机的日期和时间是否正确；时间无误仍这样时，请拨打 12345 反映。",
            ),
            Self::Transport(TransportError::CertificateUntrusted) => (
                "network.certificate",
                "对方出示的安全证书不可信，为保护您的信息，没有连接。",
                "请换一个网络再试，不要使用来历不明的无线网络。",
            ),
            Self::Transport(TransportError::Broken) => {
                ("network.broken", "传输中途断开了。", "不用重复操作，稍后会从断开的地方接着传。")
            }
            Self::Transport(TransportError::TooLarge) | Self::Unreadable => (
                "network.unreadable",
                "平台的应答无法识别，本次没有采用。",
                "内容都在本机，稍后会自动再试；如长时间如此，请更新应用。",
            ),
            Self::CaptivePortal => (
                "network.captive-portal",
                "当前网络要求先登录（例如宾馆、车站的无线网络），还没有真正连上平台。",
                "请打开浏览器完成网络登录，或换用移动数据。",
            ),
            Self::Overloaded { .. } => {
                ("platform.overloaded", "平台正忙，请求在排队。", "不用重复操作，稍后会自动再试。")
            }
            Self::Failed(_) => {
                ("platform.failed", "平台暂时出了故障。", "内容都在本机，稍后会自动再试。")
            }
            Self::Unauthorised => (
                "sign-in.expired",
                "登录已过期。",
                "请重新登录；未发送的内容都还在，登录后接着发送。",
            ),
            Self::Refused(problem) => return problem.as_ref().clone(),
        };
        Problem::new(code, sentence, next)
    }
}

/// Sends a request and reads a JSON answer.
pub(crate) async fn ask<T: DeserializeOwned>(
    transport: &dyn Transport,
    request: Request<Bytes>,
) -> Result<T, NetworkError> {
    read(transport.send(request).await?).await
}

/// Reads a JSON answer.
pub(crate) async fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, NetworkError> {
    let reply = answered(reply).await?;
    if !is_json(&reply) {
        return Err(NetworkError::CaptivePortal);
    }
    let body = reply.bytes(LARGEST_ANSWER).await?;
    serde_json::from_slice(&body).map_err(|_| NetworkError::Unreadable)
}

/// Lets a successful answer pass and tells apart every other. For answers whose body is
/// no JSON; the caller checks the media type.
pub(crate) async fn answered(reply: Reply) -> Result<Reply, NetworkError> {
    let status = reply.status;
    if status.is_success() {
        return Ok(reply);
    }
    if status.is_redirection() {
        return Err(NetworkError::CaptivePortal);
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(NetworkError::Unauthorised);
    }
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return Err(NetworkError::Overloaded { retry_after: retry_after::seconds(&reply) });
    }
    if status.is_server_error() {
        return Err(NetworkError::Failed(status.as_u16()));
    }
    if !is_json(&reply) {
        return Err(NetworkError::CaptivePortal);
    }
    let body = reply.bytes(LARGEST_ANSWER).await?;
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(NetworkError::Refused(Box::new(problem))),
        Err(_) => Err(NetworkError::Unreadable),
    }
}

fn is_json(reply: &Reply) -> bool {
    let media_type = reply.header(header::CONTENT_TYPE.as_str());
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream};
    use http::{HeaderMap, HeaderValue};

    use super::*;

    /// An answer in JSON that never ends.
    fn endless(status: StatusCode) -> Reply {
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        let piece = Bytes::from(vec![b' '; 1024 * 1024]);
        // Ends all the same, far above any limit: a test without one shall fail, not hang.
        let body = stream::repeat_with(move || Ok(piece.clone())).take(64).boxed();
        Reply { status, headers, body }
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_given_up_whether_it_is_one_or_a_refusal() {
        for status in [StatusCode::OK, StatusCode::BAD_REQUEST] {
            let read = read::<serde_json::Value>(endless(status)).await;
            assert_eq!(read, Err(TransportError::TooLarge.into()), "{status}");
        }
    }

    #[test]
    fn every_failure_is_told_in_a_sentence_with_a_next_step() {
        let transport = [
            TransportError::Unreachable,
            TransportError::TimedOut,
            TransportError::CertificateTime,
            TransportError::CertificateUntrusted,
            TransportError::Broken,
            TransportError::TooLarge,
        ];
        let own = [
            NetworkError::CaptivePortal,
            NetworkError::Overloaded { retry_after: None },
            NetworkError::Failed(500),
            NetworkError::Unauthorised,
            NetworkError::Unreadable,
        ];
        let errors = transport.into_iter().map(NetworkError::from).chain(own);
        let mut codes = std::collections::BTreeSet::new();
        for error in errors {
            let problem = error.problem();
            assert!(problem.detail.ends_with('。'), "{problem:?}");
            assert!(problem.next.ends_with('。'), "{problem:?}");
            codes.insert(problem.code);
        }
        assert_eq!(codes.len(), 10, "all but one are told apart: {codes:?}");
    }
}
