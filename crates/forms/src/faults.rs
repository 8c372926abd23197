//! What is wrong with answers: the errors of the validator, traced back to the fields a
//! person sees, one fault per field. Hidden fields have none.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::{Map, Value};
use tongban_contract::form::{Fault, Input};

use crate::{
    CompiledForm,
    formats::{DIGITS, MOST_DEPTH},
    model::{Field, FieldKind},
    pointer,
    rules::Visibility,
    schema::Schema,
    sentences::{self, Place},
};

/// Most errors that are looked at; nobody mends more at once.
const MOST_ERRORS: usize = 2_000;
/// Most rounds in which missing parents are filled in.
const MOST_ROUNDS: usize = MOST_DEPTH;

/// Everything that is known of some answers.
pub(crate) struct Examination {
    /// What would be filed.
    pub(crate) effective: Value,
    /// Pointers of all that is needed now.
    pub(crate) needed: BTreeSet<String>,
    /// Every fault, in reading order. Pointers begin with `/answers`.
    pub(crate) faults: Vec<Fault>,
}

/// One error, before the most important of a field is chosen.
struct Finding<'a> {
    /// Where the person sees it.
    pointer: String,
    /// Whether the error is of the field itself, not of something in it.
    is_own: bool,
    keyword: &'a str,
    kind: &'a Kind,
}

/// Whether answers are nested deeper than those of any form.
pub(crate) fn is_too_deep(answers: &Value) -> bool {
    !pointer::is_within_depth(answers, MOST_DEPTH)
}

impl CompiledForm {
    /// Every fault of the answers, in reading order, at most one per field. Pointers
    /// begin with `/answers`.
    pub fn faults(&self, answers: &Value) -> Vec<Fault> {
        self.examine(answers).faults
    }

    pub(crate) fn examine(&self, answers: &Value) -> Examination {
        if is_too_deep(answers) {
            let faults = vec![Fault {
                pointer: "/answers".into(),
                code: "too-deep".into(),
                sentence: "填写的内容层次过深，无法检查，请重新填写。".into(),
            }];
            let effective = Value::Object(Map::new());
            return Examination { effective, needed: BTreeSet::new(), faults };
        }
        let (effective, visibility) = self.effective_with(answers);
        let whole = self.with_parents(&effective, &visibility);
        let needed = self.needed(&whole);
        let faults = self.choose(&whole, &visibility, &needed);
        Examination { effective, needed, faults }
    }

    /// The answers with empty objects where a needed object is missing, so that a person
    /// is told of the fields in it.
    fn with_parents(&self, effective: &Value, visibility: &Visibility) -> Value {
        let mut whole = effective.clone();
        for _ in 0..MOST_ROUNDS {
            let mut missing = Vec::new();
            for error in self.validator.iter_errors(&whole).take(MOST_ERRORS) {
                let Kind::Required { property: Value::String(name) } = error.kind() else {
                    continue;
                };
                let parent = error.instance_path().as_str();
                let segments = pointer::split(&pointer::join(parent, name)).unwrap_or_default();
                let is_object = self
                    .shape
                    .find(&segments)
                    .is_some_and(|shape| shape.fields.is_empty() && !shape.names.is_empty());
                if is_object && visibility.shows_within(&pointer::join(parent, name)) {
                    missing.push((parent.to_owned(), name.clone()));
                }
            }
            let mut changed = false;
            for (parent, name) in missing {
                if let Some(Value::Object(members)) = whole.pointer_mut(&parent) {
                    changed |= members.insert(name, Value::Object(Map::new())).is_none();
                }
            }
            if !changed {
                break;
            }
        }
        whole
    }

    /// The most important error of each field, in reading order.
    fn choose(
        &self,
        whole: &Value,
        visibility: &Visibility,
        needed: &BTreeSet<String>,
    ) -> Vec<Fault> {
        let errors: Vec<_> = self.validator.iter_errors(whole).take(MOST_ERRORS).collect();
        let mut chosen: BTreeMap<String, Finding<'_>> = BTreeMap::new();
        for finding in errors.iter().filter_map(|error| self.find(error, visibility)) {
            let field = self.shown_field(visibility, &finding.pointer);
            let better = chosen
                .get(&finding.pointer)
                .is_none_or(|known| rank(&finding, field) < rank(known, field));
            if better {
                chosen.insert(finding.pointer.clone(), finding);
            }
        }

        let mut faults: BTreeMap<(usize, String), Fault> = BTreeMap::new();
        for (pointer, finding) in chosen {
            let order = visibility.shown.get(&pointer).map_or(usize::MAX, |(order, _)| *order);
            let fault = self.fault(whole, visibility, &finding);
            faults.insert((order, pointer), fault);
        }
        // A needed answer of nothing but blanks satisfies many a schema, but no official.
        for (pointer, (order, field)) in &visibility.shown {
            let Some(field) = self.fields.get(*field) else {
                continue;
            };
            if self.is_needed(needed, pointer) && is_blank(whole.pointer(pointer)) {
                let place = Place::of(field);
                let fault = Fault {
                    pointer: format!("/answers{pointer}"),
                    code: "required".into(),
                    sentence: sentences::required(&place, &field.sentences),
                };
                faults.insert((*order, pointer.clone()), fault);
            }
        }
        faults.into_values().collect()
    }

    /// Whether an answer is needed there. An entry that is one field is always needed:
    /// who has no more to say removes it.
    pub(crate) fn is_needed(&self, needed: &BTreeSet<String>, pointer: &str) -> bool {
        needed.contains(pointer) || self.is_entry(pointer)
    }

    fn is_entry(&self, pointer: &str) -> bool {
        let segments = pointer::split(pointer).unwrap_or_default();
        segments.split_last().is_some_and(|(last, list)| {
            self.shape.find(list).is_some_and(|shape| !shape.names.contains_key(last))
        })
    }

    /// The field that is shown at a pointer.
    fn shown_field(&self, visibility: &Visibility, pointer: &str) -> Option<&Field> {
        visibility.shown.get(pointer).and_then(|(_, field)| self.fields.get(*field))
    }

    /// Where the person sees an error; `None` where it is of nothing but hidden fields.
    fn find<'e>(
        &self,
        error: &'e ValidationError<'_>,
        visibility: &Visibility,
    ) -> Option<Finding<'e>> {
        let parent = error.instance_path().as_str();
        let kind = error.kind();
        let keyword = match kind.keyword() {
            DIGITS => "format",
            "falseSchema" => "additionalProperties",
            keyword => keyword,
        };
        let pointer = match kind {
            Kind::Required { property: Value::String(name) } => pointer::join(parent, name),
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => unexpected
                .first()
                .map_or_else(|| parent.to_owned(), |name| pointer::join(parent, name)),
            _ => parent.to_owned(),
        };
        let segments = pointer::split(&pointer)?;
        if let Some((_, depth)) = self.shape.nearest_field(&segments) {
            let field = pointer::join_all("", segments.get(..depth)?);
            let is_own = depth == segments.len();
            let is_shown = visibility.shown.contains_key(&field);
            return is_shown.then_some(Finding { pointer: field, is_own, keyword, kind });
        }
        let is_above_fields = self.shape.find(&segments).is_some();
        if is_above_fields && !visibility.shows_within(&pointer) {
            return None;
        }
        Some(Finding { pointer, is_own: true, keyword, kind })
    }

    fn fault(&self, whole: &Value, visibility: &Visibility, finding: &Finding<'_>) -> Fault {
        let answer = whole.pointer(&finding.pointer);
        let format = match finding.kind {
            Kind::Format { format } => Some(format.as_str()),
            Kind::Custom { keyword, .. } if keyword == DIGITS => Some("division-code"),
            _ => None,
        };
        let code = match format {
            Some(format) => format!("format.{format}"),
            None => finding.keyword.to_owned(),
        };
        let sentence = match self.shown_field(visibility, &finding.pointer) {
            Some(field) if finding.is_own => sentences::sentence(
                &Place::of(field),
                &field.sentences,
                &code,
                finding.kind,
                answer,
            ),
            Some(field) => sentences::within(&Place::of(field)),
            None => {
                let segments = pointer::split(&finding.pointer).unwrap_or_default();
                let schema = Schema::new(&self.schema);
                let flat = schema.at(&segments).map(|s| schema.flatten(s)).unwrap_or_default();
                let title = crate::describe::text(&flat, "title");
                let name = if title.is_empty() { segments.last().cloned() } else { Some(title) };
                let place = Place { name: name.unwrap_or_default(), input: None };
                let own = crate::describe::sentences(&flat);
                sentences::sentence(&place, &own, &code, finding.kind, answer)
            }
        };
        Fault { pointer: format!("/answers{}", finding.pointer), code, sentence }
    }
}

/// Whether an answer is there but says nothing.
fn is_blank(answer: Option<&Value>) -> bool {
    match answer {
        Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        _ => false,
    }
}

/// The lower, the more important: what is missing, then what cannot be chosen, then the
/// kind of value, then its form, then its size; and the field itself before its parts.
fn rank(finding: &Finding<'_>, field: Option<&Field>) -> (Reverse<bool>, u8) {
    let is_choice = field.is_some_and(|field| {
        matches!(
            field.kind,
            FieldKind::Commitment
                | FieldKind::Input(Input::Choice { .. } | Input::MultipleChoice { .. })
        )
    });
    let importance = match finding.keyword {
        "required" => 0,
        "enum" | "const" | "oneOf" | "anyOf" if is_choice => 1,
        "type" => 2,
        "minLength" | "minItems" | "maxItems" | "maxLength" => 3,
        "format" => 4,
        "pattern" => 5,
        "not" | "oneOf" | "anyOf" | "contains" => 7,
        _ => 6,
    };
    (Reverse(finding.is_own), importance)
}
