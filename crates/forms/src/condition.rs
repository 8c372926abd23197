//! Conditions over what a person states: one rule language for materials and steps.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::{FormError, formats};

/// A JSON Schema 2020-12 over `{"situation": {…}, "answers": {…}}`.
#[derive(Debug)]
pub struct Condition {
    validator: Validator,
}

impl Condition {
    /// Reads a condition once, for any number of filings.
    ///
    /// # Errors
    /// [`FormError::Condition`] where it is no JSON Schema 2020-12.
    pub fn compile(schema: &Value) -> Result<Self, FormError> {
        if let Some(reason) = formats::refuse(schema) {
            return Err(FormError::Condition { reason });
        }
        let validator = formats::options()
            .build(schema)
            .map_err(|error| FormError::Condition { reason: error.to_string() })?;
        Ok(Self { validator })
    }

    /// Whether it holds for these answers to the situation's questions and the form.
    pub fn holds(&self, situation: &BTreeMap<String, String>, answers: &Value) -> bool {
        self.holds_for(&stated(situation, answers))
    }

    /// Whether it holds for what [`stated`] made.
    pub(crate) fn holds_for(&self, stated: &Value) -> bool {
        self.validator.is_valid(stated)
    }
}

/// What conditions are asked about.
pub(crate) fn stated(situation: &BTreeMap<String, String>, answers: &Value) -> Value {
    let answer = |(id, value): (&String, &String)| (id.clone(), Value::from(value.as_str()));
    let situation: Map<String, Value> = situation.iter().map(answer).collect();
    let mut stated = Map::new();
    stated.insert("situation".into(), Value::Object(situation));
    stated.insert("answers".into(), answers.clone());
    Value::Object(stated)
}
