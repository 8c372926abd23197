//! The test runner.

use anyhow::Result;

use crate::{shell, steps::Outcome};

pub(super) const ADVICE: &str =
    "Call `cargo install cargo-nextest --locked` and read what it says.";

/// Compiles and installs cargo-nextest where it is missing.
///
/// Unoptimised and without its own updater: the runner mostly waits, and this is two minutes
/// of compiling instead of six.
pub(super) fn install() -> Result<Outcome> {
    if shell::succeeds(shell::cargo().args(["nextest", "--version"])) {
        return Ok(Outcome::AlreadyThere);
    }
    let small = ["--debug", "--no-default-features", "--features", "default-no-update"];
    shell::run(shell::cargo().args(["install", "cargo-nextest", "--locked"]).args(small))?;
    Ok(Outcome::Done)
}
