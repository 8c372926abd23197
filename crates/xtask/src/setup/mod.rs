//! What must be on the machine and in the checkout before anything is built. Each part
//! looks first and only then acts, so that all of it together costs a second when
//! everything is there.

mod apt;
mod divisions;
mod node;
mod python;
mod toolchain;
pub(crate) mod wasm_target;

use std::{path::Path, sync::mpsc};

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

/// Everything, the page, and what `build` compiles for this machine.
///
/// A page that is not there yet is made beside both: its last part, one crate optimised as a
/// whole, uses one core alone. The app's build script waits for it (`src-tauri/build.rs`). A page that is
/// there may have to be renewed, and cargo looks for what is new when it begins: it comes first.
pub(crate) fn all_and_programs(
    project: &Project,
    steps: &mut Steps,
    build: impl FnOnce(&mut Steps) -> Result<()> + Send,
) -> Result<()> {
    let kind = page::Kind::Small;
    if page::is_there(project) {
        all_and_page(project, steps, kind)?;
        return build(steps);
    }
    rust(project, steps)?;
    let making = page::Making::begin(project)?;
    let (installed, packages_are_there) = mpsc::channel();
    steps.beside(
        move |steps| {
            packages(project, steps)?;
            // Fails where the page could not be compiled, which is told there.
            let _ = installed.send(());
            build(steps)
        },
        move |steps| {
            page::compile(project, steps, kind)?;
            match packages_are_there.recv() {
                Ok(()) => page::put_together(project, steps, kind)?,
                // Told on the other side.
                Err(mpsc::RecvError) => return Ok(()),
            }
            making.end(project)
        },
    )
}

/// What counts the calls of a program and kills it at one of them.
pub(crate) fn tracer(steps: &mut Steps) -> Result<()> {
    steps.step("System package strace", apt::ADVICE, || apt::install_these(&["strace"]))
}

/// What a folder of its own takes from npm, with its own lock file.
pub(crate) fn npm_packages(steps: &mut Steps, what: &str, folder: &Path) -> Result<()> {
    steps.step(what, node::ADVICE, || node::install_in(folder))
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
