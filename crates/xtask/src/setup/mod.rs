//! What must be on the machine and in the checkout before anything is built. Each part
//! looks first and only then acts, so that all of it together costs a second when
//! everything is there.

mod apt;
mod divisions;
mod nextest;
mod node;
mod toolchain;
pub(crate) mod wasm_target;

use std::{panic, thread};

use anyhow::Result;

use crate::{
    project::Project,
    steps::{Outcome, Steps},
};

/// Everything, in order.
pub(crate) fn all(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("System packages and the test runner", apt::ADVICE, packages_and_runner)?;
    steps.step("Rust's formatter and linter", toolchain::ADVICE, toolchain::components)?;
    steps.step("Rust for WebAssembly", wasm_target::ADVICE, || wasm_target::prepare(project))?;
    steps.step("Packages from npm", node::ADVICE, || node::install(project))?;
    steps.step("Divisions of the demo province", divisions::ADVICE, || divisions::generate(project))
}

/// Side by side: unpacking waits for the disk, and compiling for the processor.
fn packages_and_runner() -> Result<Outcome> {
    thread::scope(|scope| {
        let runner = scope.spawn(nextest::install);
        let packages = apt::install();
        let runner = runner.join().unwrap_or_else(|payload| panic::resume_unwind(payload))?;
        Ok(match (packages?, runner) {
            (Outcome::AlreadyThere, Outcome::AlreadyThere) => Outcome::AlreadyThere,
            (Outcome::Noted(note), _) => Outcome::Noted(note),
            (Outcome::Done | Outcome::AlreadyThere, _) => Outcome::Done,
        })
    })
}
