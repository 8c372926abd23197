//! `cargo xtask tour`: the main job in the real window, narrated, with screenshots.

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    project::Project,
    screen, setup, shell,
    steps::{Outcome, Steps},
};

/// Sets up, builds, and plays the tour on a virtual screen.
pub(crate) fn command(project: &Project, steps: &mut Steps) -> Result<String> {
    setup::all_and_programs(project, steps, |steps| builds::programs(project, steps))?;
    let pictures = project.file("target/tour");
    steps.step(
        "Playing the tour",
        "The last step named above is the one that failed; its screenshot is in target/tour.",
        || {
            let tour = Profile::Dev.folder(project).join("tour");
            shell::run_to_stdout(
                screen::within(project, Profile::Dev, tour).env("TONGBAN_TOUR_DIR", &pictures),
            )?;
            Ok(Outcome::Done)
        },
    )?;
    Ok(format!("The tour went through; its screenshots are in {}.", pictures.display()))
}
