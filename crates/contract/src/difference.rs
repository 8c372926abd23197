//! What a guide says differently from how it said it before, field by field, as a person is
//! told. What is of no use to a person (codes within the guide, words for search) is not told.

mod field;
mod sayings;

use std::collections::{HashMap, VecDeque};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::guide::Guide;

pub use field::GuideField;
use sayings::{Saying, sayings};

/// One thing that a guide says differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuideDifference {
    /// Which field says it.
    pub field: GuideField,
    /// Of which of several it is said, such as the name of a material; empty where the field
    /// is one of the guide itself.
    pub of: String,
    /// What was said before; none where nothing was.
    pub before: Option<Said>,
    /// What is said now; none where nothing is any more.
    pub after: Option<Said>,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Said {
    /// Words of the platform.
    Text(String),
    /// Several of them.
    Texts(Vec<String>),
    /// A number: working days, visits or copies, as the field has it; halves of days occur.
    Number(f64),
    /// Whether it is so.
    Flag(bool),
    /// A day.
    Day(Date),
    /// Coded terms.
    Terms(Vec<SaidTerm>),
    /// A condition: that there is one, in no words.
    Condition(serde_json::Value),
}

/// A coded term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidTerm {
    /// Its code.
    pub code: String,
    /// What the standard calls it.
    pub term: String,
}

/// Everything that `after` says differently from `before`, in the order in which a guide says
/// it. What is told of something that was added or removed as a whole is only that.
pub fn differences(before: &Guide, after: &Guide) -> Vec<GuideDifference> {
    let (before, after) = (sayings(before), sayings(after));
    let (then, now) = (by_place(&before), by_place(&after));
    let mut differences = Vec::new();
    for saying in &after {
        if is_part_of_what_is_missing(saying, &then) {
            continue;
        }
        let said = then.get(&saying.place()).and_then(|then| then.said.clone());
        if said != saying.said {
            differences.push(saying.differs(said, saying.said.clone()));
        }
    }
    let gone = before.iter().filter(|saying| !now.contains_key(&saying.place()));
    for saying in gone {
        if saying.said.is_some() && !is_part_of_what_is_missing(saying, &now) {
            differences.push(saying.differs(saying.said.clone(), None));
        }
    }
    differences.sort_by_key(|difference| difference.field.group());
    with_sentences_in_pairs(differences)
}

/// Conditions have no names: one that is gone and one that is new are told as one that was put
/// otherwise, in their order.
fn with_sentences_in_pairs(all: Vec<GuideDifference>) -> Vec<GuideDifference> {
    let is_sentence = |one: &GuideDifference| one.field == GuideField::Condition;
    let mut gone: VecDeque<Said> =
        all.iter().filter(|one| is_sentence(one)).filter_map(|one| one.before.clone()).collect();
    let mut told = Vec::new();
    for mut one in all {
        if is_sentence(&one) {
            // New ones come first: what is left when they have theirs stands alone.
            one.before = gone.pop_front();
            if one.before.is_none() && one.after.is_none() {
                continue;
            }
        }
        told.push(one);
    }
    told
}

type ByPlace<'a> = HashMap<(GuideField, &'a str), &'a Saying>;

fn by_place(sayings: &[Saying]) -> ByPlace<'_> {
    sayings.iter().map(|saying| (saying.place(), saying)).collect()
}

/// Whether it is said of one of several that the others do not have.
fn is_part_of_what_is_missing(saying: &Saying, others: &ByPlace<'_>) -> bool {
    let group = saying.field.group();
    group != saying.field && !saying.key.is_empty() && !others.contains_key(&(group, &*saying.key))
}

impl Saying {
    fn place(&self) -> (GuideField, &str) {
        (self.field, &self.key)
    }

    fn differs(&self, before: Option<Said>, after: Option<Said>) -> GuideDifference {
        GuideDifference { field: self.field, of: self.of.clone(), before, after }
    }
}

#[cfg(test)]
mod tests;
