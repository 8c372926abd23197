//! The test runner.

use anyhow::{Context as _, Result};

use crate::{
    shell,
    steps::{Outcome, say},
};

/// Compiles and installs cargo-nextest where it is missing.
///
/// Unoptimised, with nothing to debug it by, without probes and its own updater: it mostly
/// waits, and this is two minutes of compiling instead of six.
pub(super) fn install() -> Result<Outcome> {
    if shell::succeeds(shell::cargo().args(["nextest", "--version"])) {
        return Ok(Outcome::AlreadyThere);
    }
    say("  compiling cargo-nextest meanwhile");
    let small = ["--debug", "--no-default-features"];
    let mut install = shell::cargo();
    install
        .args(["install", "cargo-nextest", "--locked", "--quiet"])
        .args(small)
        .envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")]);
    shell::run(&mut install)
        .context("call `cargo install cargo-nextest --locked` and read what it says")?;
    Ok(Outcome::Done)
}
