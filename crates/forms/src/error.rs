//! Why a form, a condition or an answer is refused. Nothing here carries an answer.

/// Why a form cannot be used, or an answer cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The schema of the answers is no JSON Schema 2020-12.
    #[error("the schema is no JSON Schema 2020-12: {reason}")]
    Schema {
        /// What is wrong with it.
        reason: String,
    },
    /// The form is larger or deeper than any real form.
    #[error("the form is too large: {reason}")]
    TooLarge {
        /// Which limit was met.
        reason: &'static str,
    },
    /// A part of the UI schema cannot be read.
    #[error("the UI schema at `{at}`: {reason}")]
    UiSchema {
        /// RFC 6901 pointer into the UI schema.
        at: String,
        /// What is wrong there.
        reason: String,
    },
    /// A scope that names no property of the schema.
    #[error("the UI schema at `{at}`: the schema has no property `{scope}`")]
    Scope {
        /// RFC 6901 pointer into the UI schema.
        at: String,
        /// The scope.
        scope: String,
    },
    /// A rule that cannot be read.
    #[error("the rule at `{at}`: {reason}")]
    Rule {
        /// RFC 6901 pointer into the UI schema.
        at: String,
        /// What is wrong there.
        reason: String,
    },
    /// A condition that is no JSON Schema 2020-12.
    #[error("the condition is no JSON Schema 2020-12: {reason}")]
    Condition {
        /// What is wrong with it.
        reason: String,
    },
    /// A pointer that is none of the form's fields.
    #[error("the form has no field `{pointer}`")]
    UnknownField {
        /// The pointer.
        pointer: String,
    },
    /// A way that leads through something that holds no other answers.
    #[error("the answers hold a plain value on the way to `{pointer}`")]
    ThroughScalar {
        /// The pointer.
        pointer: String,
    },
    /// An entry that the list does not have.
    #[error("there is no entry `{pointer}`")]
    NoSuchEntry {
        /// The pointer.
        pointer: String,
    },
    /// A list that may have no more entries.
    #[error("the list `{pointer}` is full")]
    ListFull {
        /// The pointer of the list.
        pointer: String,
    },
}

impl FormError {
    /// Stable code. Never reworded.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Schema { .. } => "form.schema",
            Self::TooLarge { .. } => "form.too-large",
            Self::UiSchema { .. } => "form.ui-schema",
            Self::Scope { .. } => "form.scope",
            Self::Rule { .. } => "form.rule",
            Self::Condition { .. } => "form.condition",
            Self::UnknownField { .. } => "answer.unknown-field",
            Self::ThroughScalar { .. } => "answer.through-scalar",
            Self::NoSuchEntry { .. } => "answer.no-such-entry",
            Self::ListFull { .. } => "answer.list-full",
        }
    }

    /// What happened, in one sentence for the person.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Schema { .. }
            | Self::TooLarge { .. }
            | Self::UiSchema { .. }
            | Self::Scope { .. }
            | Self::Rule { .. }
            | Self::Condition { .. } => "这份表单本身有错误，暂时不能填写。",
            Self::UnknownField { .. } => "这份表单里没有这一项。",
            Self::ThroughScalar { .. } => "这一项的位置上已有别的内容，没有保存。",
            Self::NoSuchEntry { .. } => "这一条已经不在了。",
            Self::ListFull { .. } => "已经到了可以填写的最多条数，不能再添加。",
        }
    }

    /// What the person can do next, in one sentence.
    pub fn next(&self) -> &'static str {
        match self {
            Self::Schema { .. }
            | Self::TooLarge { .. }
            | Self::UiSchema { .. }
            | Self::Scope { .. }
            | Self::Rule { .. }
            | Self::Condition { .. } => "请更新办事指南后再试，或者拨打指南上的咨询电话。",
            Self::UnknownField { .. } | Self::ThroughScalar { .. } | Self::NoSuchEntry { .. } => {
                "请重新打开这份申请再填。"
            }
            Self::ListFull { .. } => "如果确实填不下，请拨打指南上的咨询电话。",
        }
    }
}
