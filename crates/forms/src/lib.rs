//! From a published form (JSON Schema 2020-12 and JSON Forms UI schema) to the tree a
//! page draws and the faults a person is told. The client draws and checks with this
//! crate, and the platform checks submissions with it, so that both always agree.
//!
//! # Layout
//! - `compile`: reads a form once, into elements and fields; refuses bad forms.
//! - `model`: what a compiled form is made of.
//! - `schema`: looks into a JSON Schema: references, composition, properties.
//! - `describe`: which kind of input a field is, its label and its choices.
//! - `formats`: the formats of this field, and how every validator here is built.
//! - `rules`: the conditions of a UI schema, and what they show and hide.
//! - `answers`: keeps, adds and removes answers.
//! - `required`: which answers are needed now.
//! - `faults`: what is wrong with answers, one fault per field.
//! - `sentences`: how a fault is put to the person.
//! - `tree`: what a page draws.
//! - `condition`, `filing`: rules of materials and of a filing as a whole.
//! - `pointer`: RFC 6901. `error`: why a form or an answer is refused.
//!
//! Nothing here does I/O: a reference to another document is refused, never fetched.

mod answers;
mod compile;
mod condition;
mod describe;
mod error;
mod faults;
mod filing;
mod formats;
mod model;
mod pointer;
mod required;
mod rules;
mod schema;
mod sentences;
mod tree;

pub use compile::CompiledForm;
pub use condition::Condition;
pub use error::FormError;
pub use filing::{filing_faults, materials_asked};
