//! Reads a form once: its schema into a validator, its UI schema into elements and
//! fields. Refuses what is no form; never panics and never fetches anything.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use tongban_contract::form::{Form, Input};

use crate::{
    FormError, describe, formats,
    model::{Element, ElementKind, Entries, Field, FieldKind, Shape, Step},
    pointer, required,
    rules::{Rule, scope_names},
    schema::Schema,
};

/// Most fields of a form. A schema that contains itself would otherwise be laid out
/// without an end.
const MOST_FIELDS: usize = 2_000;

/// A form that has been read: draws its tree, finds its faults, keeps its answers.
/// Immutable; share it behind an `Arc`.
#[derive(Debug)]
pub struct CompiledForm {
    pub(crate) schema: Value,
    pub(crate) validator: Validator,
    /// Validators of the `if` of the schema, by their pointer.
    pub(crate) conditions: BTreeMap<String, Validator>,
    pub(crate) root: Element,
    pub(crate) fields: Vec<Field>,
    pub(crate) shape: Shape,
}

impl CompiledForm {
    /// Reads a published form.
    ///
    /// # Errors
    /// Where the schema is no JSON Schema 2020-12, where the UI schema has an element,
    /// a scope or a rule that cannot be read, or where either is too large.
    pub fn compile(form: &Form) -> Result<Self, FormError> {
        if let Some(reason) = formats::refuse(&form.schema) {
            return Err(FormError::Schema { reason });
        }
        let validator = formats::options()
            .build(&form.schema)
            .map_err(|error| FormError::Schema { reason: error.to_string() })?;
        if let Some(reason) = formats::too_large(&form.ui_schema) {
            return Err(FormError::UiSchema { at: String::new(), reason });
        }
        let mut compiler = Compiler {
            schema: Schema::new(&form.schema),
            fields: Vec::new(),
            shape: Shape::default(),
        };
        let whole = Context { schema: &form.schema, prefix: Vec::new(), steps: Vec::new() };
        let root = if form.ui_schema.is_null() {
            compiler.generated(&whole, "")?
        } else {
            compiler.element(&form.ui_schema, "", &whole)?
        };
        if compiler.schema.is_exhausted() {
            return Err(FormError::TooLarge { reason: "its references multiply without measure" });
        }
        Ok(Self {
            validator,
            conditions: required::conditions(&form.schema)?,
            root,
            fields: compiler.fields,
            shape: compiler.shape,
            schema: form.schema.clone(),
        })
    }

    /// The default answers of the schema, as a start.
    pub fn defaults(&self) -> Value {
        match Schema::new(&self.schema).defaults(&self.schema, 0) {
            Value::Null => Value::Object(Map::new()),
            start => start,
        }
    }
}

/// What scopes are relative to.
struct Context<'a> {
    schema: &'a Value,
    /// Names since the entry of the innermost list.
    prefix: Vec<String>,
    /// Steps since the whole of the answers.
    steps: Vec<Step>,
}

impl<'a> Context<'a> {
    fn below(&self, schema: &'a Value, names: &[String]) -> Self {
        let mut prefix = self.prefix.clone();
        prefix.extend_from_slice(names);
        let mut steps = self.steps.clone();
        steps.extend(names.iter().cloned().map(Step::Name));
        Self { schema, prefix, steps }
    }

    fn entry(&self, schema: &'a Value) -> Self {
        let mut steps = self.steps.clone();
        steps.push(Step::Entry);
        Self { schema, prefix: Vec::new(), steps }
    }
}

struct Compiler<'a> {
    schema: Schema<'a>,
    fields: Vec<Field>,
    shape: Shape,
}

impl<'a> Compiler<'a> {
    fn element(
        &mut self,
        ui: &Value,
        at: &str,
        context: &Context<'a>,
    ) -> Result<Element, FormError> {
        let refuse =
            |reason: &str| FormError::UiSchema { at: at.to_owned(), reason: reason.to_owned() };
        let rule = match ui.get("rule") {
            None | Some(Value::Null) => None,
            Some(rule) => Some(Rule::compile(rule, &pointer::join(at, "rule"), &context.prefix)?),
        };
        let label = || ui.get("label").and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = match ui.get("type").and_then(Value::as_str) {
            Some("VerticalLayout" | "Categorization") => {
                ElementKind::Vertical(self.children(ui, at, context)?)
            }
            Some("HorizontalLayout") => ElementKind::Horizontal(self.children(ui, at, context)?),
            Some("Group" | "Category") => {
                ElementKind::Group { label: label(), children: self.children(ui, at, context)? }
            }
            Some("Label") => {
                let text = ui.get("text").and_then(Value::as_str);
                ElementKind::Label {
                    text: text.ok_or_else(|| refuse("it has no `text`"))?.to_owned(),
                }
            }
            Some("Control" | "ListWithDetail") => self.control(ui, at, context)?,
            Some(other) => {
                return Err(refuse(&format!("`{other}` is no element this version knows")));
            }
            None => return Err(refuse("it has no `type`")),
        };
        Ok(Element { rule, kind })
    }

    fn children(
        &mut self,
        ui: &Value,
        at: &str,
        context: &Context<'a>,
    ) -> Result<Vec<Element>, FormError> {
        let below = pointer::join(at, "elements");
        let elements = ui.get("elements").and_then(Value::as_array).ok_or_else(|| {
            FormError::UiSchema { at: at.to_owned(), reason: "it has no list of `elements`".into() }
        })?;
        let child =
            |(n, ui)| self.element(ui, &pointer::join(&below, &usize::to_string(&n)), context);
        elements.iter().enumerate().map(child).collect()
    }

    /// A control of an object lays out its properties; one of a list of objects (or of
    /// anything that is not chosen) repeats its detail; any other is one field.
    fn control(
        &mut self,
        ui: &Value,
        at: &str,
        context: &Context<'a>,
    ) -> Result<ElementKind, FormError> {
        let scope = ui.get("scope").and_then(Value::as_str).ok_or_else(|| FormError::UiSchema {
            at: at.to_owned(),
            reason: "it has no `scope`".into(),
        })?;
        let unknown = || FormError::Scope { at: at.to_owned(), scope: scope.to_owned() };
        let names = scope_names(scope).ok_or_else(unknown)?;
        let step = |schema, name: &String| self.schema.property(schema, name);
        let schema = names.iter().try_fold(context.schema, step).ok_or_else(unknown)?;
        let here = context.below(schema, &names);
        let flat = self.schema.flatten(schema);
        let kind = kind_of(&flat, &here);
        if here.steps.is_empty() && kind != "object" {
            return Err(unknown());
        }

        let name = names.last().cloned().unwrap_or_default();
        let mut field = field(ui, &flat, name);
        let detail = ui.pointer("/options/detail").filter(|detail| detail.is_object());
        let detail_at = pointer::join(&pointer::join(at, "options"), "detail");
        let place = pointer::join_all("", &here.prefix);
        match kind {
            "object" => {
                let inner = match detail {
                    Some(detail) => self.element(detail, &detail_at, &here)?,
                    None => self.generated(&here, at)?,
                };
                Ok(ElementKind::Group { label: field.label, children: vec![inner] })
            }
            "array" => {
                let entry = self.schema.entries(schema).unwrap_or(&Value::Bool(true));
                let entry_flat = self.schema.flatten(entry);
                let chosen = describe::choices(&entry_flat).filter(|_| detail.is_none());
                if let Some(options) = chosen {
                    field.kind = FieldKind::Input(Input::MultipleChoice { options });
                    let field = self.keep(field, &here)?;
                    return Ok(ElementKind::Field { field, at: place });
                }
                field.kind = FieldKind::List(self.list_entries(&flat, entry, &entry_flat));
                let field = self.keep(field, &here)?;
                let inner = here.entry(entry);
                let detail = match detail {
                    Some(detail) => self.element(detail, &detail_at, &inner)?,
                    None => self.generated(&inner, at)?,
                };
                Ok(ElementKind::List { field, at: place, detail: Box::new(detail) })
            }
            _ => Ok(ElementKind::Field { field: self.keep(field, &here)?, at: place }),
        }
    }

    /// The layout of what has none of its own: its properties, one below the other.
    fn generated(&mut self, context: &Context<'a>, at: &str) -> Result<Element, FormError> {
        let flat = self.schema.flatten(context.schema);
        let control = |scope: &str| json!({"type": "Control", "scope": scope});
        let ui = if kind_of(&flat, context) == "object" {
            let properties = flat.get("properties").and_then(Value::as_object);
            let names = properties.into_iter().flat_map(Map::keys);
            let scopes = names.map(|name| pointer::join("#/properties", &name.replace('%', "%25")));
            let controls: Vec<Value> = scopes.map(|scope| control(&scope)).collect();
            json!({"type": "VerticalLayout", "elements": controls})
        } else {
            control("#")
        };
        if context.steps.len() > formats::MOST_DEPTH {
            return Err(FormError::TooLarge { reason: "its fields contain themselves" });
        }
        self.element(&ui, at, context)
    }

    fn list_entries(
        &self,
        flat: &Map<String, Value>,
        entry: &Value,
        entry_flat: &Map<String, Value>,
    ) -> Entries {
        let number = |keyword| flat.get(keyword).and_then(Value::as_u64);
        let fresh = match self.schema.defaults(entry, 0) {
            Value::Null if describe::type_of(entry_flat) == "object" => Value::Object(Map::new()),
            Value::Null if describe::type_of(entry_flat) == "array" => Value::Array(Vec::new()),
            start => start,
        };
        Entries { least: number("minItems").unwrap_or(0), most: number("maxItems"), fresh }
    }

    fn keep(&mut self, field: Field, here: &Context<'a>) -> Result<usize, FormError> {
        if self.fields.len() >= MOST_FIELDS || self.schema.is_exhausted() {
            return Err(FormError::TooLarge { reason: "it has too many fields" });
        }
        let number = self.fields.len();
        self.shape.insert(&here.steps, number);
        self.fields.push(field);
        Ok(number)
    }
}

/// The type something is drawn by; the whole of the answers is an object, said or not.
fn kind_of<'f>(flat: &'f Map<String, Value>, context: &Context<'_>) -> &'f str {
    if context.steps.is_empty() && !flat.contains_key("type") {
        "object"
    } else {
        describe::type_of(flat)
    }
}

fn field(ui: &Value, flat: &Map<String, Value>, name: String) -> Field {
    let title = describe::text(flat, "title");
    let title = if title.is_empty() { name } else { title };
    let label = match ui.get("label") {
        Some(Value::String(label)) => label.clone(),
        Some(Value::Bool(false)) => String::new(),
        Some(Value::Object(label)) if label.get("show") == Some(&Value::Bool(false)) => {
            String::new()
        }
        Some(Value::Object(label)) => {
            label.get("text").and_then(Value::as_str).unwrap_or(&title).to_owned()
        }
        _ => title.clone(),
    };
    let is = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let kind = if describe::is_commitment(flat) {
        FieldKind::Commitment
    } else {
        FieldKind::Input(describe::input(flat, is(ui.pointer("/options/multi"))))
    };
    Field {
        name: if label.is_empty() { title } else { label.clone() },
        label,
        hint: describe::text(flat, "description"),
        sentences: describe::sentences(flat),
        read_only: is(flat.get("readOnly")) || is(ui.pointer("/options/readonly")),
        kind,
    }
}
