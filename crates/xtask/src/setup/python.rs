//! Tools that come from PyPI, each pinned with the hashes of its files: the test runner, what
//! looks at licences and sources, what compares the platform with its description.

use std::fs;

use anyhow::{Context, Result};

use crate::{project::Project, shell, steps::Outcome};

pub(super) const ADVICE: &str =
    "Check that python3 and its venv module are installed and that PyPI can be reached.";

/// A virtual environment with what requirements.txt pins, unless it was made from this very
/// list.
pub(super) fn install(project: &Project) -> Result<Outcome> {
    let list = project.file("crates/xtask/python/requirements.txt");
    let pinned = fs::read(&list).with_context(|| format!("{} cannot be read", list.display()))?;
    let home = project.python_home();
    let stamp = home.join("installed-from");
    if fs::read(&stamp).is_ok_and(|made_from| made_from == pinned) {
        return Ok(Outcome::AlreadyThere);
    }
    // `--clear`: what an earlier list left there would stay.
    shell::run(shell::program("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    shell::run(
        shell::program(project.python_tool("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
            .arg(&list),
    )?;
    fs::write(&stamp, pinned).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(Outcome::Done)
}
