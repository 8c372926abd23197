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

use crate::{page, project::Project, steps::Steps};

/// Everything, in order.
pub(crate) fn all(project: &Project, steps: &mut Steps) -> Result<()> {
    rust(project, steps)?;
    packages(project, steps)
}

/// Everything, and the page, which is compiled while the packages come: it needs Rust alone.
pub(crate) fn all_and_page(project: &Project, steps: &mut Steps, kind: page::Kind) -> Result<()> {
    rust(project, steps)?;
    steps.beside(|steps| packages(project, steps), |steps| page::compile(project, steps, kind))?;
    page::put_together(project, steps, kind)
}

fn rust(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("Rust's formatter and linter", toolchain::ADVICE, toolchain::components)?;
    steps.step("Rust for WebAssembly", wasm_target::ADVICE, || wasm_target::prepare(project))
}

fn packages(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("System packages", apt::ADVICE, apt::install)?;
    steps.step("Packages from npm", node::ADVICE, || node::install(project))?;
    steps.step("Tools from PyPI", python::ADVICE, || python::install(project))?;
    steps.step("Divisions of the demo province", divisions::ADVICE, || divisions::generate(project))
}
