//! `cargo xtask simulate`: engine and platform against each other, with everything failing
//! by chance; see tests/README.md.

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    page,
    project::Project,
    setup, shell,
    steps::{Outcome, Steps},
};

/// Sets up, builds, and plays runs; `arguments` are the simulation's own.
pub(crate) fn command(
    project: &Project,
    steps: &mut Steps,
    arguments: &[String],
) -> Result<String> {
    setup::all(project, steps)?;
    page::build(project, steps, page::Kind::Small)?;
    builds::programs(project, steps)?;
    let advice = "Each breach above is followed by the command that plays it again.";
    steps.step("Playing the simulation", advice, || {
        let mut simulate = shell::program(Profile::Dev.folder(project).join("simulate"));
        simulate.args(arguments).env("TONGBAN_ASSETS", project.file("assets"));
        shell::run_to_stdout(&mut simulate)?;
        Ok(Outcome::Done)
    })?;
    Ok("No run lost, doubled or hid anything.".to_owned())
}
