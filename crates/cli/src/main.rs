//! `tongban`: the engine of the app without a window, for IT staff, scripts and support.
//! It reads what is asked, has the engine do it, and prints the answer; it holds no rule
//! of its own.
//!
//! # Layout
//! - `args`, `usage`: what can be asked, and what is said of a wrong question.
//! - `open`, `keyring`, `pins`, `secret_file`: opening the engine, where its keys and tokens
//!   are kept, and where a PIN or a passphrase comes from.
//! - `run`, `commands`: one module per group of commands; each answers, none prints.
//! - `output`, `words`, `progress`: the only modules that write, and the words they use.
//! - `exit`: how the program ends.

mod args;
mod commands;
mod exit;
mod keyring;
mod open;
mod output;
mod pins;
mod progress;
mod run;
mod secret_file;
mod usage;
mod words;

use std::{io::IsTerminal as _, process::ExitCode};

use tracing_subscriber::EnvFilter;

use crate::{args::Cli, exit::Exit, output::Output};

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("TONGBAN_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    if let Err(error) = tongban_client::without_core_dumps() {
        tracing::warn!(%error, "a crash may leave memory on the disk");
    }
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error).into(),
    };
    let output = Output::new(cli.global.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return Exit::Failed.into();
        }
    };
    let ended = match runtime.block_on(run::run(cli, output)) {
        Ok(answer) => output.answer(&answer),
        Err(failure) => output.failure(&failure),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            tracing::error!(%error, "the answer could not be written");
            Exit::Failed.into()
        }
    }
}
