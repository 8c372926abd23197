//! The basic items: every subject with everything that can be done with it, and their codes.

use super::{
    kinds::{Action, Kind, actions},
    subjects::{Field, fields},
};

/// A basic item, before anything is said about it.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) field: &'static Field,
    pub(super) kind: Kind,
    /// Official name of what it is about.
    pub(super) subject: &'static str,
    /// Everyday names of that, after a slash each.
    plain: &'static str,
    pub(super) action: &'static Action,
    /// Number of the subject within its department, and of the action within the subject.
    number: usize,
    part: usize,
}

impl Entry {
    pub(super) fn name(&self) -> String {
        format!("{}{}", self.subject, self.action.ending)
    }

    /// The basic code (基本编码): four digits of the type, two of the department, three of the
    /// subject, three of what is done with it; the last are 000 in an item of the assets.
    pub(super) fn code(&self) -> String {
        let item_type = self.action.item_type.code();
        let department = self.field.department.number;
        format!("00{item_type}{department}{:03}{:03}", self.number, self.part)
    }

    /// Whether what the field says holds for the subject: it says what its first one needs.
    pub(super) fn is_of_field(&self) -> bool {
        let first = self.field.subjects.first();
        first.is_some_and(|(kind, ..)| kind.group() == self.kind.group())
    }

    /// Number of the subject within its department.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// The everyday name of the subject.
    pub(super) fn plain(&self) -> &'static str {
        self.plain.split('/').next().unwrap_or(self.subject)
    }

    /// How people say that they want it.
    pub(super) fn wishes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.plain.split('/').skip(1)
    }
}

/// Every basic item there can be, department by department.
pub(super) fn entries() -> Vec<Entry> {
    let mut numbers = std::collections::BTreeMap::<&str, usize>::new();
    let mut entries = Vec::new();
    for field in fields() {
        for &(kind, subject, plain) in field.subjects {
            let number = numbers.entry(field.department.number).or_default();
            *number += 1;
            let number = *number;
            let parts = actions(kind).iter().zip(1..);
            entries.extend(parts.map(|(action, part)| Entry {
                field,
                kind,
                subject,
                plain,
                action,
                number,
                part,
            }));
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_items_have_one_name_or_one_code() {
        let entries = entries();
        let names: BTreeSet<String> = entries.iter().map(Entry::name).collect();
        let codes: BTreeSet<String> = entries.iter().map(Entry::code).collect();
        assert_eq!((names.len(), codes.len()), (entries.len(), entries.len()));
        assert!(codes.iter().all(|code| code.len() == 12));
        assert!(entries.len() > 5_000, "{}", entries.len());
    }
}
