//! Tests of forms, by what a person or a publisher of forms would notice.

// Helpers of tests may fail a test where they stand; clippy knows only test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod answers;
mod bad_forms;
mod faults;
mod filing;
mod food_licence;
mod properties;
mod rules;
mod samples;
mod support;
