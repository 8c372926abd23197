//! Building the project's programs, and what the compiler and the linter say of them.
//!
//! Every call selects the whole workspace: cargo unites features over what is selected, so
//! that a narrower selection would compile a hundred dependencies a second time with other
//! features. (With this rule the units of `run` are a subset of those of `test`.)

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::{
    page,
    project::Project,
    shell,
    steps::{Outcome, Steps},
};

const ADVICE: &str = "Mend what the compiler names above, then repeat the command.";

/// How programs are compiled.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Quickly, to work with.
    Dev,
    /// Optimised, to measure and to ship.
    Release,
}

impl Profile {
    /// Where cargo puts the programs.
    pub(crate) fn folder(self, project: &Project) -> PathBuf {
        project.target.join(match self {
            Self::Dev => "debug",
            Self::Release => "release",
        })
    }
}

/// Cargo for everything that is compiled to be tested and tried: with clippy in the
/// compiler's place for our own crates.
///
/// `cargo clippy` would check seven hundred dependencies once more, which is the longest part
/// of a first run on two cores; so the linter watches while the tests are compiled. What it
/// compiles is the compiler's, with fewer optimisations, and is never measured or shipped.
pub(crate) fn cargo(project: &Project) -> Command {
    let mut cargo = shell::cargo();
    cargo.current_dir(&project.root).env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    cargo.env("TONGBAN_PAGE_LOCK", page::lock(project));
    // What nobody goes on editing need not be kept in a form that can be continued.
    if env::var_os("CI").is_some() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// Builds the app, the command line, the platform, and the programs of the tests.
pub(crate) fn programs(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("Compiling the programs", ADVICE, || {
        // There are no examples; selecting them makes cargo unite the features of what only
        // tests need as well, so that everything compiled here serves `test` too.
        shell::run(cargo(project).args(["build", "--workspace", "--bins", "--examples"]))?;
        Ok(Outcome::Done)
    })
}

/// Builds the programs and the tests in one go; a warning of compiler or linter is an error.
pub(crate) fn programs_and_tests(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("Compiling and linting the programs and the tests", ADVICE, || {
        let mut cargo = cargo(project);
        cargo.args(["build", "--workspace", "--lib", "--bins", "--tests"]);
        let warnings = build_counting_warnings(&mut cargo)?;
        ensure!(warnings == 0, "{warnings} warnings, where none may be");
        Ok(Outcome::Done)
    })
}

/// The part of cargo's messages that is looked at.
#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

/// Runs `cargo build` and passes on what it says. Cargo repeats the warnings of what it did
/// not have to compile again, so that the number is the same each time.
fn build_counting_warnings(cargo: &mut Command) -> Result<usize> {
    let mut child = cargo
        .args(["--message-format", "json-diagnostic-rendered-ansi"])
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo could not be started")?;
    let mut warnings = 0;
    for line in BufReader::new(child.stdout.take().context("cargo's output")?).lines() {
        let Ok(CargoMessage { reason, message: Some(message) }) = serde_json::from_str(&line?)
        else {
            continue;
        };
        if reason == "compiler-message" {
            warnings += usize::from(message.level == "warning");
            // Nobody is left to tell when standard error is closed.
            let _ = std::io::stderr().write_all(message.rendered.unwrap_or_default().as_bytes());
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("cargo ended with {status}");
    }
    Ok(warnings)
}
