//! The parts of Rust that rustup's smallest profile leaves out.

use anyhow::{Result, bail};

use crate::{shell, steps::Outcome};

pub(super) const ADVICE: &str = "Call `rustup component add rustfmt clippy`, or install your distribution's rustfmt and clippy.";

/// Adds the formatter and the linter where they are missing.
pub(super) fn components() -> Result<Outcome> {
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(subcommand, _)| !shell::succeeds(shell::cargo().args([subcommand, "--version"])))
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(Outcome::AlreadyThere);
    }
    if shell::find("rustup").is_none() {
        bail!("{} is missing, and so is rustup to add it", missing.join(" and "));
    }
    shell::run(shell::program("rustup").args(["component", "add"]).args(missing))?;
    Ok(Outcome::Done)
}
