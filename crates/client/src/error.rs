//! What can go wrong in the engine, and the one place where it becomes a sentence for
//! the person. Inner causes are logged there and nowhere else; they carry no personal data.

use tongban_contract::problem::Problem;

use crate::{
    catalogue::CatalogueError, identity::IdentityError, keyring::KeyringError,
    network::NetworkError, vault::VaultError,
};

/// Result of the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong in the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The network or the platform.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The catalogue on this device, or its update.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// Signing in, or a session that ended.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The system's keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The person's vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A published form that cannot be used.
    #[error(transparent)]
    Form(#[from] tongban_forms::FormError),
    /// A file of the engine's own that cannot be read or written.
    #[error("{0}")]
    Device(#[from] std::io::Error),
    /// What the person asked for cannot be done, and why.
    #[error("{}", .0.code)]
    Refused(Box<Problem>),
}

impl Error {
    /// What the person asked for cannot be done: code, sentence, next step.
    pub(crate) fn refused(
        code: &str,
        sentence: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self::Refused(Box::new(Problem::new(code, sentence, next)))
    }

    /// What was wrong with the network or the platform, where it was that.
    pub(crate) fn network(&self) -> Option<&NetworkError> {
        match self {
            Self::Network(error)
            | Self::Catalogue(CatalogueError::Network(error))
            | Self::Identity(IdentityError::Network(error)) => Some(error),
            _ => None,
        }
    }

    /// Seconds for which the platform asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.network().and_then(NetworkError::retry_after)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let problem = match &error {
            Error::Network(inner) => inner.problem(),
            Error::Catalogue(inner) => inner.problem(),
            Error::Identity(inner) => inner.problem(),
            Error::Keyring(inner) => inner.problem(),
            Error::Vault(inner) => inner.problem(),
            Error::Form(inner) => Problem::new(inner.code(), inner.sentence(), inner.next()),
            Error::Device(inner) => device_problem(inner),
            Error::Refused(problem) => problem.as_ref().clone(),
        };
        tracing::info!(code = problem.code, cause = %error, "told the person of a problem");
        problem
    }
}

fn device_problem(error: &std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Problem::new(
            "device.full",
            "设备存储空间已满，刚才的内容没能保存。",
            "请先清理一些空间再继续；已保存的内容都还在。",
        ),
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Problem::new(
                "device.read-only",
                "本机不允许在存放数据的文件夹里写入。",
                "请检查文件夹权限，或请设备管理员处理后再打开。",
            )
        }
        _ => Problem::new(
            "device.file",
            "读写本机文件时出错。",
            "请重新打开应用再试；如仍不行，请检查磁盘。",
        ),
    }
}
