//! The benchmarks: figures of the optimised programs, each beside its floor measured in
//! the same run. What they mean and what is left out is in BENCHMARKS.md.
//!
//! # Layout
//! - `figure`: a figure, its statistics, the table and the JSON.
//! - `start`: start-up and idle memory of the window. `size`: the page's WebAssembly.
//! - `catalogue`: a whole province of guides, and others over the same data.
//! - `save`: keeping an answer. `sync`: what a sync costs on the wire.
//! - `device`, `wire`, `processes`: what they measure with.
//!
//! It runs within Xvfb and a session bus of its own, which `cargo xtask bench` sets up.
#![allow(clippy::print_stdout, clippy::print_stderr)] // This is a command line.

mod catalogue;
mod device;
mod figure;
mod processes;
mod save;
mod size;
mod start;
mod sync;
mod wire;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use figure::Report;

/// Measures Tongban and says how.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// What to measure; everything, where nothing is named
    subjects: Vec<Subject>,
    /// Print JSON with stable fields instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// WebAssembly of the page
    Size,
    /// Keeping an answer of a draft
    Save,
    /// Round trips and bytes of a sync
    Sync,
    /// A whole province: search, first fetch, a day's changes, room on disk, typing; peers
    Catalogue,
    /// Start-up and idle memory of the window
    Start,
}

#[tokio::main]
async fn main() -> Result<()> {
    if let Ok(of) = std::env::var(catalogue::CHILD) {
        return catalogue::child(&of).await;
    }
    let arguments = Arguments::parse();
    let subjects = match arguments.subjects.as_slice() {
        [] => Subject::value_variants(),
        chosen => chosen,
    };
    let mut report = Report::begin();
    for subject in subjects {
        let figures = match subject {
            Subject::Size => size::measure()?,
            Subject::Save => save::measure().await?,
            Subject::Sync => sync::measure().await?,
            Subject::Catalogue => catalogue::measure().await?,
            Subject::Start => start::measure().await?,
        };
        report.figures.extend(figures);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}
