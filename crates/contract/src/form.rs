//! Forms: what is published (JSON Schema and UI schema), and what a page is given
//! to draw (a tree of controls). The rules that turn one into the other are in the
//! crate `tongban-forms`; nothing here evaluates anything.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A published form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Form {
    /// Version of the form; a draft pins the one it was made with.
    pub version: String,
    /// JSON Schema 2020-12 of the answers. `title` is the label of a field,
    /// `description` its hint, `x-fault` (keyword → sentence) its own fault texts.
    /// Formats `citizen-id`, `organisation-code`, `division-code` and `mobile-phone`
    /// are asserted beside the standard ones.
    pub schema: Value,
    /// JSON Forms UI schema: layouts, controls, labels, and `rule {effect, condition}`.
    pub ui_schema: Value,
}

/// One fault of a form or a filing, for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fault {
    /// RFC 6901 pointer into the filing: `/answers/…`, `/materials/<id>` or `/situation/<id>`.
    pub pointer: String,
    /// Stable code: the JSON Schema keyword (`required`, `pattern`, `format.citizen-id` …)
    /// or a rule of the filing (`material.missing`).
    pub code: String,
    /// One sentence for the person, in Simplified Chinese.
    pub sentence: String,
}

/// A node of the tree that a page draws, in reading order. What is hidden by a
/// rule is not in the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "node", rename_all = "snake_case")]
pub enum Node {
    /// Children below each other.
    Vertical {
        /// What is laid out.
        children: Vec<Node>,
    },
    /// Children beside each other where there is room.
    Horizontal {
        /// What is laid out.
        children: Vec<Node>,
    },
    /// Children under a heading.
    Group {
        /// The heading.
        label: String,
        /// What is laid out.
        children: Vec<Node>,
    },
    /// A sentence between controls.
    Label {
        /// The sentence.
        text: String,
    },
    /// One field.
    Control(Box<Control>),
    /// A repeated group of fields.
    List(Box<ListControl>),
}

/// One field as a page draws it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// RFC 6901 pointer into the answers, such as `/applicant/id_number`.
    pub pointer: String,
    /// Label of the field.
    pub label: String,
    /// Hint below the field; may be empty.
    pub hint: String,
    /// Whether an answer is needed now.
    pub required: bool,
    /// Whether a rule has switched the field off (it is still shown).
    pub enabled: bool,
    /// What kind of input it is.
    pub input: Input,
    /// The answer so far; null where there is none.
    pub value: Value,
    /// What is wrong with the answer; empty where nothing is.
    pub faults: Vec<Fault>,
}

/// Kinds of input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// One line of text, or several.
    Text {
        /// Whether several lines are expected.
        multiline: bool,
        /// Longest answer in characters, where there is a limit.
        max_length: Option<u32>,
        /// Which keyboard suits: `text`, `tel`, `email`, `citizen-id`, `organisation-code`.
        keyboard: String,
    },
    /// A number.
    Number {
        /// Whether only whole numbers are allowed.
        integer: bool,
        /// Unit shown behind the field; may be empty.
        unit: String,
    },
    /// Yes or no.
    Boolean,
    /// A statement that must be agreed to; the label is the statement.
    Commitment,
    /// One of several.
    Choice {
        /// What can be chosen.
        options: Vec<ChoiceOption>,
    },
    /// Any of several.
    MultipleChoice {
        /// What can be chosen.
        options: Vec<ChoiceOption>,
    },
    /// A calendar day, `YYYY-MM-DD`.
    Date,
    /// A division, chosen level by level.
    Division {
        /// Number of digits of the level that must be reached: 6, 9 or 12.
        digits: u8,
    },
}

/// One thing that can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The answer it stands for.
    pub value: Value,
    /// What the person reads.
    pub label: String,
}

/// A repeated group of fields as a page draws it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListControl {
    /// RFC 6901 pointer of the array in the answers.
    pub pointer: String,
    /// Label of the list.
    pub label: String,
    /// Hint below the label; may be empty.
    pub hint: String,
    /// One node per entry.
    pub entries: Vec<Node>,
    /// Whether another entry may be added.
    pub can_add: bool,
    /// Whether an entry may be removed.
    pub can_remove: bool,
    /// Faults of the list as a whole.
    pub faults: Vec<Fault>,
}
