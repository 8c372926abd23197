//! An application's form: what is typed until the engine has kept it, and the controls,
//! drawn from the tree that the engine computes.
//!
//! - [`desk`]: what is typed and not yet kept, as pure state. [`pen`]: its effects.
//! - [`place`]: where on the page a fault is, and how to get there.
//! - [`written`]: between what is typed and an answer.
//! - [`draw`]: the tree; [`field`], [`text`], [`choice`], [`division`], [`list`]: controls.
//! - [`summary`]: the answers as they are read through before filing.

mod choice;
pub(crate) mod desk;
mod division;
pub(crate) mod draw;
mod field;
mod list;
pub(crate) mod pen;
pub(crate) mod place;
pub(crate) mod summary;
mod text;
mod written;
