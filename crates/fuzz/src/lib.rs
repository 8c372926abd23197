//! What must hold of whatever bytes come from outside: one function for each thing that is
//! read. Each calls the very functions that the engine and the platform read with, and says
//! by a panic what does not hold: not only that nothing panics, but that what was read is
//! written and read again as the same, that what nobody signed is not believed, and that
//! nothing is taken beyond its size.
//!
//! # Layout
//! - [`TARGETS`]: the list. `targets`: the functions, by what they read.
//! - `rules`: what holds of anything that is read.
//! - [`keys`]: keys of nobody, with which targets and seeds sign.
//! - [`corpus`]: the inputs that are kept. [`mutate`]: what is made of them.
//! - `tests/corpus.rs` runs them all; `tests/seeds.rs` makes the seeds; `libfuzzer` is a
//!   package of its own that gives the same functions to cargo-fuzz.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target says by a panic what does not hold"
)]

pub mod corpus;
pub mod keys;
pub mod mutate;
mod rules;
mod targets;

/// One thing that is read from outside.
#[derive(Clone, Copy)]
pub struct Target {
    /// Name of the target, and of its folder of the corpus.
    pub name: &'static str,
    /// Reads the bytes, and panics where something does not hold.
    pub run: fn(&[u8]),
    /// How many inputs the test makes out of the corpus: all targets together are to stay
    /// below a few seconds.
    pub rounds: u64,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "callback", run: targets::small::callback, rounds: 3000 },
    Target { name: "courier_contents", run: targets::courier::contents, rounds: 400 },
    Target { name: "courier_file", run: targets::courier::file, rounds: 300 },
    Target { name: "courier_signed", run: targets::courier::signed, rounds: 120 },
    Target { name: "events", run: targets::small::events, rounds: 1000 },
    Target { name: "exchange_reply", run: targets::exchange::reply, rounds: 1500 },
    Target { name: "exchange_request", run: targets::exchange::request, rounds: 1000 },
    Target { name: "licence", run: targets::licence::licence, rounds: 600 },
    Target { name: "licence_signature", run: targets::licence::signature, rounds: 800 },
    Target { name: "manifest", run: targets::manifest::manifest, rounds: 100 },
    Target { name: "manifest_signature", run: targets::manifest::signature, rounds: 400 },
    Target { name: "numbers", run: targets::small::numbers, rounds: 5000 },
    Target { name: "receipt", run: targets::exchange::receipt, rounds: 2500 },
    Target { name: "snapshot", run: targets::snapshot::file, rounds: 200 },
    Target { name: "snapshot_lines", run: targets::snapshot::lines, rounds: 250 },
    Target { name: "tus_headers", run: targets::tus::headers, rounds: 1500 },
    Target { name: "update", run: targets::update::update, rounds: 150 },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs one input of the target of this name, which must be one.
pub fn run(name: &str, bytes: &[u8]) {
    (target(name).expect("a target").run)(bytes);
}
