//! `cargo xtask test`: formatting, lints, every test, the documentation.

use std::process::Command;

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    page,
    project::Project,
    screen, setup, shell,
    steps::{Outcome, Steps},
};

/// Checks and tests everything; with filters only runs the tests that match.
pub(crate) fn command(project: &Project, steps: &mut Steps, filters: &[String]) -> Result<String> {
    setup::all(project, steps)?;
    let whole = filters.is_empty();
    if whole {
        check(
            project,
            steps,
            "Checking the formatting",
            "Call `cargo fmt --all`.",
            &["fmt", "--all", "--check"],
        )?;
    }
    // Before the lints: the shell does not compile without its page.
    page::build(project, steps, page::Kind::Small)?;
    if whole {
        let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        check(project, steps, "Linting", "Mend what clippy names above.", &lints)?;
    }
    builds::programs_and_tests(project, steps)?;

    let advice =
        "Read the failing tests above; `cargo xtask test <part of a name>` repeats them alone.";
    steps.step("Running the tests", advice, || {
        let mut nextest = screen::within(project, Profile::Dev, shell::cargo().get_program());
        nextest.args(["nextest", "run", "--workspace", "--profile", "ci"]).args(filters);
        shell::run(&mut nextest)?;
        Ok(Outcome::Done)
    })?;
    if !whole {
        return Ok("The chosen tests pass.".to_owned());
    }

    check(
        project,
        steps,
        "Running the documentation's examples",
        "Mend the example named above.",
        &["test", "--workspace", "--doc", "--quiet"],
    )?;
    steps.step("Building the documentation", "Mend what rustdoc names above.", || {
        shell::run(
            in_root(project)
                .args(["doc", "--workspace", "--no-deps", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )?;
        Ok(Outcome::Done)
    })?;
    Ok("Everything is checked and every test passes.".to_owned())
}

fn check(
    project: &Project,
    steps: &mut Steps,
    what: &str,
    advice: &str,
    arguments: &[&str],
) -> Result<()> {
    steps.step(what, advice, || {
        shell::run(in_root(project).args(arguments))?;
        Ok(Outcome::Done)
    })
}

fn in_root(project: &Project) -> Command {
    let mut cargo = shell::cargo();
    cargo.current_dir(&project.root);
    cargo
}
