//! What must be on the machine and in the checkout before anything is built. Each part
//! looks first and only then acts, so that all of it together costs a second when
//! everything is there.

mod apt;
mod divisions;
mod node;
mod python;
mod toolchain;
pub(crate) mod wasm_target;

use anyhow::Result;

use crate::{project::Project, steps::Steps};

/// Everything, in order.
pub(crate) fn all(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("System packages", apt::ADVICE, apt::install)?;
    steps.step("Rust's formatter and linter", toolchain::ADVICE, toolchain::components)?;
    steps.step("Rust for WebAssembly", wasm_target::ADVICE, || wasm_target::prepare(project))?;
    steps.step("Packages from npm", node::ADVICE, || node::install(project))?;
    steps.step("Tools from PyPI", python::ADVICE, || python::install(project))?;
    steps.step("Divisions of the demo province", divisions::ADVICE, || divisions::generate(project))
}
