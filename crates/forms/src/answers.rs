//! Keeps, adds and removes answers; and which of them would be filed.

use serde_json::{Map, Value};

use crate::{
    CompiledForm, FormError,
    faults::is_too_deep,
    model::{FieldKind, Shape},
    pointer,
    rules::Visibility,
};

impl CompiledForm {
    /// Keeps one answer, making what it lies in. Null and the empty string remove it,
    /// and what is empty without it; within a list they take the entry's place. The
    /// value is kept as it is; whether it is right is the matter of [`Self::faults`].
    ///
    /// # Errors
    /// Where the pointer is none of the form's fields, names an entry that is not
    /// there, or leads through a plain value. The answers are unchanged then.
    pub fn set(&self, answers: &mut Value, pointer: &str, value: Value) -> Result<(), FormError> {
        let segments = self.field_at(pointer)?;
        way(Some(answers), &self.shape, &segments, pointer)?;
        let is_entry = match segments.split_last() {
            Some((last, list)) => {
                self.shape.find(list).is_some_and(|shape| !shape.names.contains_key(last))
            }
            None => false,
        };
        let is_blank = value.is_null() || value == Value::String(String::new());
        if is_blank && !is_entry {
            pointer::remove(answers, &segments);
        } else if let Some(place) = make_way(answers, &self.shape, &segments) {
            *place = value;
        }
        Ok(())
    }

    /// Adds an entry to the list at `pointer`, with the default answers of an entry.
    ///
    /// # Errors
    /// Where the pointer is no list of the form, leads through a plain value, or the
    /// list may have no more entries. The answers are unchanged then.
    pub fn add_entry(&self, answers: &mut Value, pointer: &str) -> Result<(), FormError> {
        let segments = self.field_at(pointer)?;
        let unknown = || FormError::UnknownField { pointer: pointer.to_owned() };
        let fields = self.shape.find(&segments).map(|shape| shape.fields.as_slice());
        let lists = fields.unwrap_or_default().iter().filter_map(|field| self.fields.get(*field));
        let mut lists = lists.filter_map(|field| match &field.kind {
            FieldKind::List(entries) => Some(entries),
            _ => None,
        });
        let list = lists.next().ok_or_else(unknown)?;
        match way(Some(answers), &self.shape, &segments, pointer)? {
            None | Some(Value::Null) => {}
            Some(Value::Array(entries)) => {
                if list.most.is_some_and(|most| entries.len() as u64 >= most) {
                    return Err(FormError::ListFull { pointer: pointer.to_owned() });
                }
            }
            Some(_) => {
                return Err(FormError::ThroughScalar { pointer: pointer.to_owned() });
            }
        }
        if let Some(place) = make_way(answers, &self.shape, &segments) {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            if let Value::Array(entries) = place {
                entries.push(list.fresh.clone());
            }
        }
        Ok(())
    }

    /// Removes the entry at `pointer`, such as `/staff/2`; a list that is empty then goes
    /// as well.
    ///
    /// # Errors
    /// Where the pointer is no entry of a list of the form, or there is no such entry.
    pub fn remove_entry(&self, answers: &mut Value, pointer: &str) -> Result<(), FormError> {
        let unknown = || FormError::UnknownField { pointer: pointer.to_owned() };
        let segments = pointer::split(pointer).ok_or_else(unknown)?;
        let (last, list) = segments.split_last().ok_or_else(unknown)?;
        let shape = self.shape.find(list).filter(|shape| shape.entry.is_some());
        let position = shape.and_then(|_| pointer::index(last)).ok_or_else(unknown)?;
        let absent = || FormError::NoSuchEntry { pointer: pointer.to_owned() };
        let list_pointer = pointer::join_all("", list);
        let entries = answers.pointer_mut(&list_pointer).and_then(Value::as_array_mut);
        let entries = entries.filter(|entries| position < entries.len()).ok_or_else(absent)?;
        entries.remove(position);
        if entries.is_empty() {
            pointer::remove(answers, list);
        }
        Ok(())
    }

    /// The answers without those of fields that are hidden now: what is filed. As taking
    /// one answer away may hide another field, this goes on until nothing changes.
    pub fn effective(&self, answers: &Value) -> Value {
        self.effective_with(answers).0
    }

    /// The same, with what is shown and hidden for it.
    pub(crate) fn effective_with(&self, answers: &Value) -> (Value, Visibility) {
        let mut effective = match answers {
            Value::Null => Value::Object(Map::new()),
            // Refused as a whole, so nothing needs to be taken out.
            deep if is_too_deep(deep) => return (deep.clone(), Visibility::default()),
            answers => answers.clone(),
        };
        loop {
            let visibility = Visibility::of(&self.root, &effective);
            let mut changed = false;
            for hidden in &visibility.hidden {
                let segments = pointer::split(hidden).unwrap_or_default();
                changed |= pointer::remove(&mut effective, &segments);
            }
            // Each round removes an answer, so the rounds come to an end.
            if !changed {
                return (effective, visibility);
            }
        }
    }

    /// The segments of a pointer that is one of the form's fields.
    fn field_at(&self, pointer: &str) -> Result<Vec<String>, FormError> {
        let segments = pointer::split(pointer);
        let is_field = |segments: &Vec<String>| {
            self.shape.find(segments).is_some_and(|shape| !shape.fields.is_empty())
        };
        segments
            .filter(is_field)
            .ok_or_else(|| FormError::UnknownField { pointer: pointer.to_owned() })
    }
}

/// What is at the segments, or why no way can be made there.
fn way<'a>(
    value: Option<&'a Value>,
    shape: &Shape,
    segments: &[String],
    pointer: &str,
) -> Result<Option<&'a Value>, FormError> {
    let Some((name, rest)) = segments.split_first() else {
        return Ok(value);
    };
    let absent = || FormError::NoSuchEntry { pointer: pointer.to_owned() };
    let below = shape.child(name).ok_or_else(absent)?;
    let is_entry = !shape.names.contains_key(name);
    let child = match value {
        Some(Value::Object(members)) if !is_entry => members.get(name),
        Some(Value::Array(entries)) if is_entry => {
            let position = pointer::index(name).ok_or_else(absent)?;
            Some(entries.get(position).ok_or_else(absent)?)
        }
        None | Some(Value::Null) if is_entry => return Err(absent()),
        None | Some(Value::Null) => None,
        Some(_) => {
            return Err(FormError::ThroughScalar { pointer: pointer.to_owned() });
        }
    };
    way(child, below, rest, pointer)
}

/// The place at the segments, made where it is missing. [`way`] has been found before.
fn make_way<'a>(value: &'a mut Value, shape: &Shape, segments: &[String]) -> Option<&'a mut Value> {
    let Some((name, rest)) = segments.split_first() else {
        return Some(value);
    };
    let below = shape.child(name)?;
    if !shape.names.contains_key(name) {
        return make_way(value.as_array_mut()?.get_mut(pointer::index(name)?)?, below, rest);
    }
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    make_way(value.as_object_mut()?.entry(name.clone()).or_insert(Value::Null), below, rest)
}
