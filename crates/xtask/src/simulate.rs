//! `cargo xtask simulate` and `cargo xtask torture`: engine and platform against each other,
//! with everything failing by chance, and real programs that are killed; see tests/README.md.

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    project::Project,
    setup, shell,
    steps::{Outcome, Steps},
};

/// Kills by counting, which takes a tool of its own.
const EVERY_WRITE: &str = "--every-write";

/// Sets up, builds, and runs `program`, which is `simulate` or `torture`, with its own
/// `arguments`.
pub(crate) fn command(
    project: &Project,
    steps: &mut Steps,
    program: &str,
    arguments: &[String],
) -> Result<String> {
    setup::all_and_programs(project, steps, |steps| builds::programs(project, steps))?;
    if arguments.iter().any(|argument| argument == EVERY_WRITE) {
        setup::tracer(steps)?;
    }
    let advice = "What is told above is followed by the command that does it again.";
    steps.step(&format!("Running `{program}`"), advice, || {
        let programs = Profile::Dev.folder(project);
        let mut command = shell::program(programs.join(program));
        command
            .args(arguments)
            .env("TONGBAN_ASSETS", project.file("assets"))
            .env("TONGBAN_BIN_DIR", &programs);
        shell::run_to_stdout(&mut command)?;
        Ok(Outcome::Done)
    })?;
    Ok("Nothing was lost, doubled or hidden.".to_owned())
}
