//! `cargo xtask run`: the app in a window, the platform beside it.

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    demo::Platform,
    project::Project,
    screen, setup, shell,
    steps::{Outcome, Steps, say},
    tour,
};

/// Sets up, builds, and opens the window; without a display plays the tour.
pub(crate) fn command(project: &Project, steps: &mut Steps) -> Result<String> {
    if !screen::person_has_one() {
        say(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): the tour plays in the real app on a virtual screen instead.",
        );
        return tour::command(project, steps);
    }
    setup::all_and_programs(project, steps, |steps| builds::programs(project, steps))?;

    let mut platform = None;
    steps.step("Starting the platform in demo mode", "Read target/demo/platform.log.", || {
        let started = Platform::start(project)?;
        let note = format!("at {}", started.url());
        platform = Some(started);
        Ok(Outcome::Noted(note))
    })?;
    let Some(platform) = platform else { anyhow::bail!("the platform was not started") };

    let told = "Tongban is open: close its window to end the demo";
    steps.step(told, "Read what the app says above; its data is untouched.", || {
        shell::run(
            shell::program(Profile::Dev.folder(project).join("tongban-app"))
                .current_dir(&project.root)
                .env("TONGBAN_PLATFORM", platform.url())
                .env("TONGBAN_DATA_DIR", platform.app_data(project)),
        )?;
        Ok(Outcome::Done)
    })?;
    drop(platform);
    Ok("The window is closed and the platform stopped.".to_owned())
}
