//! What a compiled form is made of: elements in reading order, the fields they draw,
//! and the shape of the answers, by which a pointer is traced back to its field.

use std::collections::BTreeMap;

use serde_json::Value;
use tongban_contract::form::Input;

use crate::{pointer, rules::Rule};

/// One element of the UI schema. Pointers in it are relative to the entry of a list it
/// lies in, or to the whole of the answers.
#[derive(Debug)]
pub(crate) struct Element {
    /// When it is shown or switched on.
    pub(crate) rule: Option<Rule>,
    /// What it is.
    pub(crate) kind: ElementKind,
}

/// Kinds of element.
#[derive(Debug)]
pub(crate) enum ElementKind {
    /// Children below each other.
    Vertical(Vec<Element>),
    /// Children beside each other.
    Horizontal(Vec<Element>),
    /// Children under a heading.
    Group { label: String, children: Vec<Element> },
    /// A sentence.
    Label { text: String },
    /// One field.
    Field { field: usize, at: String },
    /// A repeated group.
    List { field: usize, at: String, detail: Box<Element> },
}

/// One field of the form, wherever it is drawn.
#[derive(Debug)]
pub(crate) struct Field {
    /// Label as it is drawn; may be empty.
    pub(crate) label: String,
    /// Name for sentences; never empty where the form names the field at all.
    pub(crate) name: String,
    /// Hint.
    pub(crate) hint: String,
    /// The form's own sentences (`x-fault`), by keyword or by full code.
    pub(crate) sentences: BTreeMap<String, String>,
    /// Whether the form says it is never to be changed.
    pub(crate) read_only: bool,
    /// What it holds.
    pub(crate) kind: FieldKind,
}

/// What a field holds.
#[derive(Debug)]
pub(crate) enum FieldKind {
    /// One answer.
    Input(Input),
    /// A statement that must be agreed to: `const: true`.
    Commitment,
    /// Entries.
    List(Entries),
}

/// What the entries of a list are like.
#[derive(Debug)]
pub(crate) struct Entries {
    /// Fewest entries.
    pub(crate) least: u64,
    /// Most entries.
    pub(crate) most: Option<u64>,
    /// What an entry is when it is added.
    pub(crate) fresh: Value,
}

/// One step from the whole of the answers towards a field.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A member of an object.
    Name(String),
    /// Any entry of a list.
    Entry,
}

/// The shape of the answers, as far as the form has fields in them.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// Fields that draw what is here.
    pub(crate) fields: Vec<usize>,
    /// Members of the object that is here.
    pub(crate) names: BTreeMap<String, Shape>,
    /// Entries of the list that is here.
    pub(crate) entry: Option<Box<Shape>>,
}

impl Shape {
    /// Notes that `field` draws what `steps` lead to.
    pub(crate) fn insert(&mut self, steps: &[Step], field: usize) {
        let mut at = self;
        for step in steps {
            at = match step {
                Step::Name(name) => at.names.entry(name.clone()).or_default(),
                Step::Entry => at.entry.get_or_insert_default(),
            };
        }
        at.fields.push(field);
    }

    /// What lies one segment below.
    pub(crate) fn child(&self, segment: &str) -> Option<&Self> {
        self.names.get(segment).or_else(|| {
            pointer::index(segment)?;
            self.entry.as_deref()
        })
    }

    /// What the segments lead to.
    pub(crate) fn find(&self, segments: &[String]) -> Option<&Self> {
        segments.iter().try_fold(self, |shape, segment| shape.child(segment))
    }

    /// The deepest field on the way: its number and how many segments lead to it.
    pub(crate) fn nearest_field(&self, segments: &[String]) -> Option<(usize, usize)> {
        let mut at = Some(self);
        let mut nearest = None;
        for depth in 0..=segments.len() {
            let Some(shape) = at else { break };
            if let Some(field) = shape.fields.first() {
                nearest = Some((*field, depth));
            }
            at = segments.get(depth).and_then(|segment| shape.child(segment));
        }
        nearest
    }
}
