//! Errors that cross a boundary: RFC 9457 problem details with a stable code, a
//! Chinese sentence for the person and the next step. Which code belongs to which
//! inner error is decided where that error is turned into a problem, not here.

use serde::{Deserialize, Serialize};

/// A problem as the platform answers it (`application/problem+json`) and as the
/// engine hands it to a page or a command line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{code}: {detail}")]
pub struct Problem {
    /// URI reference that names the kind of problem: `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status where the problem travelled by HTTP; 0 where it never did.
    #[serde(default)]
    pub status: u16,
    /// Stable machine-readable code, such as `sign-in.expired`. Never reworded.
    pub code: String,
    /// One sentence for the person, in Simplified Chinese: what happened.
    pub detail: String,
    /// What the person can do next, in Simplified Chinese.
    pub next: String,
    /// JSON Pointer of the part of the input that is at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Assurance level that a new sign-in must reach, where that would help (as RFC 9470
    /// names it with its challenge): 2 or 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<u8>,
    /// Every single fault, where a form or a filing has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<crate::form::Fault>,
}

impl Problem {
    /// A problem with this code, sentence and next step.
    pub fn new(code: &str, detail: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            status: 0,
            code: code.to_owned(),
            detail: detail.into(),
            next: next.into(),
            pointer: None,
            assurance: None,
            faults: Vec::new(),
        }
    }

    /// The same problem with the HTTP status it is answered with.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same problem, pointing at the part of the input that is at fault.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same problem, which signing in at this assurance level would solve.
    #[must_use]
    pub fn with_assurance(mut self, level: u8) -> Self {
        self.assurance = Some(level);
        self
    }

    /// The same problem with every single fault listed.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<crate::form::Fault>) -> Self {
        self.faults = faults;
        self
    }
}
