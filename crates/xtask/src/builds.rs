//! Building the project's programs.
//!
//! Every call selects the whole workspace: cargo unites features over what is selected, so
//! that a narrower selection would compile a hundred dependencies a second time with other
//! features. (With this rule the units of `run` are a subset of those of `test`.)

use std::path::PathBuf;

use anyhow::Result;

use crate::{
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

/// Builds the app, the command line, the platform, and the programs of the tests.
pub(crate) fn programs(project: &Project, steps: &mut Steps, profile: Profile) -> Result<()> {
    let what = match profile {
        Profile::Dev => "Compiling the programs",
        Profile::Release => "Compiling the programs, optimised",
    };
    steps.step(what, ADVICE, || {
        let mut cargo = shell::cargo();
        cargo.current_dir(&project.root).args(["build", "--workspace", "--bins"]);
        if matches!(profile, Profile::Release) {
            cargo.arg("--release");
        }
        shell::run(&mut cargo)?;
        Ok(Outcome::Done)
    })
}

/// Builds the programs and the tests in one go.
pub(crate) fn programs_and_tests(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("Compiling the programs and the tests", ADVICE, || {
        shell::run(shell::cargo().current_dir(&project.root).args([
            "build",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
        ]))?;
        Ok(Outcome::Done)
    })
}
