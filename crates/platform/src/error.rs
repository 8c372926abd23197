//! Everything that can go wrong, and the one place where it becomes a problem that
//! crosses the boundary: internals are logged under a stable code and never told.
//! Nothing personal belongs in a variant: what is logged stays.

use std::path::PathBuf;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use tongban_contract::problem::Problem;

/// A result of the platform.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the person is told.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// Something the person is told that may be asked for again after a while.
    #[error("{problem}")]
    Busy {
        /// What they are told.
        problem: Box<Problem>,
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The database.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Bringing the database up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A file or folder.
    #[error("{path}: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Stored or published JSON. Only its place is told, as its text may be personal.
    #[error("JSON of {what} at line {line}, column {column}: {kind:?}")]
    Json {
        /// What was read or written.
        what: &'static str,
        /// Line of the fault.
        line: usize,
        /// Column of the fault.
        column: usize,
        /// Kind of fault.
        kind: serde_json::error::Category,
    },
    /// A source of the catalogue that cannot be published.
    #[error("catalogue source {path}: {reason}")]
    Source {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A key or a signature.
    #[error("key or signature: {0}")]
    Key(String),
    /// Hashing a password.
    #[error("password hash: {0}")]
    Password(String),
    /// A page that could not be drawn.
    #[error("page: {0}")]
    Page(#[from] askama::Error),
    /// A task that did not end as it should.
    #[error("task: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// Stored data that contradicts what the program keeps.
    #[error("stored data: {0}")]
    Stored(&'static str),
}

impl Error {
    /// Stable code of the kind of error.
    pub fn code(&self) -> &str {
        match self {
            Self::Problem(problem) | Self::Busy { problem, .. } => &problem.code,
            Self::Database(_) => "platform.database",
            Self::Migration(_) => "platform.migration",
            Self::File { .. } => "platform.file",
            Self::Json { .. } => "platform.json",
            Self::Source { .. } => "platform.catalogue-source",
            Self::Key(_) => "platform.key",
            Self::Password(_) => "platform.password",
            Self::Page(_) => "platform.page",
            Self::Task(_) => "platform.task",
            Self::Stored(_) => "platform.stored",
        }
    }

    /// A problem that is answered with 429 and the seconds to wait.
    pub(crate) fn busy(problem: Problem, retry_after: u64) -> Self {
        Self::Busy { problem: Box::new(problem.with_status(429)), retry_after }
    }

    /// An error of the file system at `path`; for `map_err`.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// An error of the JSON of `what`; for `map_err`.
    pub(crate) fn json(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |error| Self::Json {
            what,
            line: error.line(),
            column: error.column(),
            kind: error.classify(),
        }
    }

    /// What the person is told. Logs what they are not.
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) | Self::Busy { problem, .. } => *problem,
            internal => {
                tracing::error!(code = internal.code(), error = %internal, "internal error");
                Problem::new(
                    "platform.internal",
                    "平台暂时出了故障，您的内容没有丢失。",
                    "请过几分钟再试；一直这样，请拨打 12345 反映。",
                )
                .with_status(500)
            }
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let wait = match &self {
            Self::Busy { retry_after, .. } => Some(HeaderValue::from(*retry_after)),
            _ => None,
        };
        let mut response = respond(&self.into_problem());
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        response
    }
}

/// `problem` as an answer. Without a status of its own it is answered with 400.
pub fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status)
        .ok()
        .filter(|status| status.as_u16() >= 400)
        .unwrap_or(StatusCode::BAD_REQUEST);
    let shown = Problem { status: status.as_u16(), ..problem.clone() };
    let body = serde_json::to_vec(&shown).unwrap_or_default();
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, "application/problem+json; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body,
    )
        .into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        );
    }
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        // The rest of the body is not read: whoever sends the next request on this connection
        // would lose it.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
