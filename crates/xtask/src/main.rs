//! `cargo xtask`: every command of the README. Knows how the project is set up, built, run
//! and tested; holds nothing of what the project does.
//!
//! Messages go to standard error, so that standard output belongs to the programs started
//! (`cargo xtask bench --json` prints JSON and nothing else).

mod bench;
mod builds;
mod bundle;
mod demo;
mod page;
mod project;
mod run;
mod screen;
mod setup;
mod shell;
mod simulate;
mod steps;
mod test;
mod tour;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use project::Project;
use steps::Steps;

/// Set up, build, run and test Tongban.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install and prepare all that is missing
    Setup,
    /// Build the page into ui/dist
    Page {
        /// Compile quickly instead of small
        #[arg(long)]
        dev: bool,
    },
    /// Open Tongban in a window, with the reference platform beside it
    Run,
    /// Drive the real app through the main job and leave screenshots in target/tour
    Tour,
    /// Check and test everything; with filters, only the tests that match
    Test {
        /// Parts of test names, or any argument of `cargo nextest run`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        filters: Vec<String>,
    },
    /// Measure start-up, memory, page size, saving and synchronising
    Bench {
        /// What to measure, and `--json`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Play the engine against the platform with everything failing by chance
    Simulate {
        /// `--seeds N`, `--seed S`, `--steps N`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Kill the real programs while they work
    Torture {
        /// `--kills N`, `--seed S`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Make a Debian package of the app
    Bundle,
}

fn main() -> ExitCode {
    let mut steps = Steps::begin();
    let sentence = Project::find().and_then(|project| match Arguments::parse().command {
        Command::Setup => {
            setup::all(&project, &mut steps).map(|()| "Everything is set up.".to_owned())
        }
        Command::Page { dev } => page::command(&project, &mut steps, dev),
        Command::Run => run::command(&project, &mut steps),
        Command::Tour => tour::command(&project, &mut steps),
        Command::Test { filters } => test::command(&project, &mut steps, &filters),
        Command::Bench { arguments } => bench::command(&project, &mut steps, &arguments),
        Command::Simulate { arguments } => {
            simulate::command(&project, &mut steps, "simulate", &arguments)
        }
        Command::Torture { arguments } => {
            simulate::command(&project, &mut steps, "torture", &arguments)
        }
        Command::Bundle => bundle::command(&project, &mut steps),
    });
    steps.close(sentence)
}
