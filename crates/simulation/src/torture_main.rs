//! `torture`: kills the real programs while they work, and tells whether anything was lost
//! or doubled.
#![allow(clippy::print_stdout, reason = "this is a command line")]

use std::{path::PathBuf, time::Instant};

use anyhow::Result;
use clap::Parser;
use tongban_simulation::torture::{every_write, torture};

/// Kills the real programs while they work.
#[derive(Parser)]
#[command(name = "cargo xtask torture", bin_name = "cargo xtask torture")]
struct Arguments {
    /// How many kills
    #[arg(long, default_value_t = 100)]
    kills: usize,
    /// Seed of what is done and when it is killed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Kill every command once at each of its writes, and nothing by chance (needs `strace`)
    #[arg(long, conflicts_with_all = ["kills", "seed"])]
    every_write: bool,
    /// Of these, only commands that begin like this, such as `drafts submit`
    #[arg(long, requires = "every_write", default_value = "")]
    only: String,
    /// Folder of `tongban` and `tongban-platform`
    #[arg(long, env = "TONGBAN_BIN_DIR", default_value = "target/debug")]
    programs: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let report = if arguments.every_write {
        every_write(arguments.programs, &arguments.only, |done| println!("{done}")).await?
    } else {
        let report = torture(arguments.programs, arguments.kills, arguments.seed).await?;
        for (name, kills) in &report.kills {
            println!("{kills:5} kills in: {name}");
        }
        report
    };
    println!(
        "{} kills of a device, {} of the platform, {} full disks, {} commands survived, {} filings arrived once, 0 breaches, {:.0} s",
        report.device_kills,
        report.platform_kills,
        report.full,
        report.survived,
        report.filed,
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}
