//! The reference platform as a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};

use crate::programs::{Running, built};

/// A running platform in demo mode.
#[derive(Debug)]
pub struct Platform {
    process: Running,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Platform {
    /// Starts it on `address`, known to the world as `public`, with its data in
    /// `directory` and the catalogue of `assets`, its departments played at `seconds` per
    /// step.
    ///
    /// # Errors
    /// Where it does not come up; its last words are in `platform.log`.
    pub fn start(
        directory: &Path,
        address: SocketAddr,
        public: SocketAddr,
        assets: &Path,
        seconds: u32,
    ) -> Result<Self> {
        std::fs::create_dir_all(directory)?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(directory.join("platform.log"))?;
        let mut process = Running::start(
            Command::new(built("tongban-platform")?)
                .args(["serve", "--demo", &format!("--auto-office={seconds}")])
                // Nobody pays for the bytes here, and each test publishes anew.
                .args(["--zstd-level", "1"])
                .args(["--listen", &address.to_string()])
                .args(["--public-url", &format!("http://{public}")])
                .arg("--data-dir")
                .arg(directory)
                .arg("--assets")
                .arg(assets)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(log),
        )?;
        let stdout = process.0.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let ready = lines.find(|line| line.as_ref().is_ok_and(|l| l.starts_with("listening on")));
        ready.context("the platform ended before it listened; see platform.log")??;
        // Whoever closes a pipe that is still written to ends the writer.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, address })
    }

    /// Ends it as a crash would.
    ///
    /// # Errors
    /// Where it was gone already.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }
}
