//! `cargo xtask bench`: the measurements of BENCHMARKS.md, on optimised programs.

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    page,
    project::Project,
    screen, setup, shell,
    steps::{Outcome, Steps},
};

/// Sets up, builds optimised, and measures; `arguments` are the measuring program's own.
pub(crate) fn command(
    project: &Project,
    steps: &mut Steps,
    arguments: &[String],
) -> Result<String> {
    setup::all(project, steps)?;
    page::build(project, steps, page::Kind::Small)?;
    builds::programs(project, steps, Profile::Release)?;
    steps.step("Measuring", "Read what the measuring program says above.", || {
        let program = Profile::Release.folder(project).join("bench");
        shell::run_to_stdout(screen::within(project, Profile::Release, program).args(arguments))?;
        Ok(Outcome::Done)
    })?;
    Ok("Everything is measured.".to_owned())
}
