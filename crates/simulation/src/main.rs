//! `simulate`: plays runs of the simulation, and tells how to play a breach again.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line")]

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use tongban_simulation::{Breach, Template, play, samples};

/// A thread that has found so many has found enough to mend.
const MOST_BREACHES: usize = 10;

/// Plays runs of the simulation.
#[derive(Parser)]
#[command(name = "cargo xtask simulate", bin_name = "cargo xtask simulate")]
struct Arguments {
    /// How many runs
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// Seed of the first run; with it alone, one run is played and told
    #[arg(long)]
    seed: Option<u64>,
    /// Steps of each run before it comes to peace
    #[arg(long, default_value_t = 40)]
    steps: usize,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let alone = arguments.seed.is_some() && std::env::args().all(|a| !a.starts_with("--seeds"));
    let first = arguments.seed.unwrap_or(1);
    let last = if alone { first } else { first.saturating_add(arguments.seeds).saturating_sub(1) };
    let begun = Instant::now();
    let next = Arc::new(AtomicU64::new(first));
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let breaches = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..workers).map(|_| scope.spawn(|| work(&next, last, arguments.steps))).collect();
        let mut breaches = 0;
        for worker in workers {
            breaches += worker.join().map_err(|_| anyhow!("a run panicked"))??;
        }
        anyhow::Ok(breaches)
    })?;
    let seeds = last - first + 1;
    println!(
        "{seeds} runs of {} steps, {breaches} breaches, {:.0} s",
        arguments.steps,
        begun.elapsed().as_secs_f64()
    );
    Ok(if breaches == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays one run after another, on one thread, as chance must not depend on who is faster.
/// Answers how many had a breach.
fn work(next: &AtomicU64, last: u64, steps: usize) -> Result<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let template = Template::make(&samples()).await.context("the template")?;
        let mut breaches = 0;
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed > last || breaches >= MOST_BREACHES {
                return Ok(breaches);
            }
            if seed.is_multiple_of(500) {
                eprintln!("seed {seed}");
            }
            if let Err(breach) = play(&template, seed, steps).await {
                breaches += 1;
                tell(&breach, steps);
            }
        }
    })
}

fn tell(breach: &Breach, steps: usize) {
    println!("seed {}: {}", breach.seed, breach.found);
    for line in &breach.story {
        println!("  {line}");
    }
    println!("  again: cargo xtask simulate --seed {} --steps {steps}\n", breach.seed);
}
