//! The rules of a UI schema: reading a condition, whether it holds, and what is shown
//! and hidden for some answers.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use crate::{
    FormError, formats,
    model::{Element, ElementKind},
    pointer,
};

/// When an element is shown or switched on.
#[derive(Debug)]
pub(crate) struct Rule {
    effect: Effect,
    test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Show,
    Hide,
    Enable,
    Disable,
}

/// A condition as JSON Forms writes it, read once.
#[derive(Debug)]
enum Test {
    /// What the pointer leads to is valid under a schema.
    Schema { at: String, validator: Box<Validator>, fail_when_undefined: bool },
    /// What the pointer leads to is exactly this.
    Equals { at: String, expected: Value },
    /// All hold.
    All(Vec<Test>),
    /// At least one holds.
    Any(Vec<Test>),
}

impl Rule {
    /// Reads the rule at `at` in the UI schema. `prefix` leads from the entry (or the
    /// whole of the answers) to what its scopes are relative to.
    pub(crate) fn compile(rule: &Value, at: &str, prefix: &[String]) -> Result<Self, FormError> {
        let refuse =
            |reason: &str| FormError::Rule { at: at.to_owned(), reason: reason.to_owned() };
        let effect = match rule.get("effect").and_then(Value::as_str) {
            Some("SHOW") => Effect::Show,
            Some("HIDE") => Effect::Hide,
            Some("ENABLE") => Effect::Enable,
            Some("DISABLE") => Effect::Disable,
            _ => return Err(refuse("`effect` must be SHOW, HIDE, ENABLE or DISABLE")),
        };
        let condition = rule.get("condition").ok_or_else(|| refuse("it has no `condition`"))?;
        let test = Test::compile(condition, &pointer::join(at, "condition"), prefix)?;
        Ok(Self { effect, test })
    }

    /// Whether the element is shown, `base` being the entry it lies in.
    fn shows(&self, answers: &Value, base: &str) -> bool {
        match self.effect {
            Effect::Show => self.test.holds(answers, base),
            Effect::Hide => !self.test.holds(answers, base),
            Effect::Enable | Effect::Disable => true,
        }
    }

    /// Whether the element is switched on, `base` being the entry it lies in.
    fn enables(&self, answers: &Value, base: &str) -> bool {
        match self.effect {
            Effect::Enable => self.test.holds(answers, base),
            Effect::Disable => !self.test.holds(answers, base),
            Effect::Show | Effect::Hide => true,
        }
    }
}

impl Test {
    fn compile(condition: &Value, at: &str, prefix: &[String]) -> Result<Self, FormError> {
        let refuse = |reason: String| FormError::Rule { at: at.to_owned(), reason };
        let kind = condition.get("type").and_then(Value::as_str);
        if let Some(kind @ ("AND" | "OR")) = kind {
            let parts = condition.get("conditions").and_then(Value::as_array);
            let parts = parts.ok_or_else(|| refuse("`conditions` must be a list".into()))?;
            let below = pointer::join(at, "conditions");
            let tests: Result<Vec<Self>, FormError> = parts
                .iter()
                .enumerate()
                .map(|(n, part)| {
                    Self::compile(part, &pointer::join(&below, &n.to_string()), prefix)
                })
                .collect();
            return Ok(if kind == "AND" { Self::All(tests?) } else { Self::Any(tests?) });
        }
        let scope = condition.get("scope").and_then(Value::as_str);
        let scope = scope.ok_or_else(|| refuse("it has no `scope`".into()))?;
        let names = scope_names(scope).ok_or_else(|| refuse(format!("`{scope}` is no scope")))?;
        let place = pointer::join_all(&pointer::join_all("", prefix), &names);
        if let (Some("LEAF"), Some(expected)) = (kind, condition.get("expectedValue")) {
            return Ok(Self::Equals { at: place, expected: expected.clone() });
        }
        let schema = condition.get("schema").ok_or_else(|| refuse("it has no `schema`".into()))?;
        if let Some(reason) = formats::refuse(schema) {
            return Err(refuse(reason));
        }
        let validator = formats::options().build(schema);
        let validator = validator.map_err(|error| refuse(error.to_string()))?;
        let undefined = condition.get("failWhenUndefined").and_then(Value::as_bool);
        Ok(Self::Schema {
            at: place,
            validator: Box::new(validator),
            fail_when_undefined: undefined.unwrap_or(false),
        })
    }

    fn holds(&self, answers: &Value, base: &str) -> bool {
        let answer = |at: &str| answers.pointer(&format!("{base}{at}"));
        match self {
            // As in JSON Forms, a missing answer is valid where the schema does not
            // speak of it: `const` fails, `contains` holds.
            Self::Schema { at, validator, fail_when_undefined } => match answer(at) {
                None => !fail_when_undefined && validator.is_valid(&Value::Null),
                Some(answer) => validator.is_valid(answer),
            },
            Self::Equals { at, expected } => answer(at) == Some(expected),
            Self::All(tests) => tests.iter().all(|test| test.holds(answers, base)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(answers, base)),
        }
    }
}

/// The names on the way a scope describes, such as `#/properties/a/properties/b`.
pub(crate) fn scope_names(scope: &str) -> Option<Vec<String>> {
    let decoded = crate::schema::decode(scope.strip_prefix('#')?)?;
    let segments = pointer::split(&decoded)?;
    let pairs = segments.chunks(2).map(|pair| match pair {
        [keyword, name] if keyword == "properties" => Some(name.clone()),
        _ => None,
    });
    pairs.collect()
}

impl Element {
    /// Whether it is shown for these answers, its parents being shown.
    pub(crate) fn is_shown(&self, answers: &Value, base: &str) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule.shows(answers, base))
    }

    /// Whether it is switched on for these answers, its parents being so.
    pub(crate) fn is_enabled(&self, answers: &Value, base: &str) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule.enables(answers, base))
    }
}

/// What is shown and hidden for some answers.
#[derive(Debug, Default)]
pub(crate) struct Visibility {
    /// Place in reading order and field of every pointer that is shown.
    pub(crate) shown: BTreeMap<String, (usize, usize)>,
    /// Pointers of fields that are hidden wherever they are drawn.
    pub(crate) hidden: BTreeSet<String>,
}

impl Visibility {
    /// What `root` shows and hides for `answers`.
    pub(crate) fn of(root: &Element, answers: &Value) -> Self {
        let mut visibility = Self::default();
        visibility.walk(root, answers, "", true);
        let Self { shown, hidden } = &mut visibility;
        hidden.retain(|pointer| !shown.contains_key(pointer));
        visibility
    }

    /// Whether anything is shown at the pointer or below it.
    pub(crate) fn shows_within(&self, pointer: &str) -> bool {
        let below = format!("{pointer}/");
        self.shown.contains_key(pointer)
            || self.shown.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below))
    }

    fn walk(&mut self, element: &Element, answers: &Value, base: &str, parent_shown: bool) {
        let shown = parent_shown && element.is_shown(answers, base);
        match &element.kind {
            ElementKind::Vertical(children)
            | ElementKind::Horizontal(children)
            | ElementKind::Group { children, .. } => {
                for child in children {
                    self.walk(child, answers, base, shown);
                }
            }
            ElementKind::Label { .. } => {}
            ElementKind::Field { field, at } => self.note(format!("{base}{at}"), *field, shown),
            ElementKind::List { field, at, detail } => {
                let list = format!("{base}{at}");
                let entries = answers.pointer(&list).and_then(Value::as_array).map_or(0, Vec::len);
                self.note(list.clone(), *field, shown);
                // A hidden list is left out as a whole.
                for entry in 0..if shown { entries } else { 0 } {
                    self.walk(detail, answers, &format!("{list}/{entry}"), true);
                }
            }
        }
    }

    fn note(&mut self, pointer: String, field: usize, shown: bool) {
        if shown {
            let place = (self.shown.len(), field);
            self.shown.entry(pointer).or_insert(place);
        } else {
            self.hidden.insert(pointer);
        }
    }
}
