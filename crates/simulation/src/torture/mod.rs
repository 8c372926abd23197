//! Real processes that are killed (SIGKILL) while they work, on real files and sockets:
//! `tongban` and `tongban-platform`, one kill after another. After each kill what the
//! person is shown, what the platform holds and what the person was told are compared.
//!
//! - `programs`: the two programs, and when they are killed.
//! - `acts`: what the person does meanwhile.
//! - `checks`: what must hold.
//! - `writes`: kills at every write of a command, instead of at some moment.

mod acts;
mod checks;
mod programs;
mod writes;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::Child,
    time::Duration,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;
pub use writes::every_write;

use crate::{chance::Chance, item, samples};

/// Longest that any of the programs may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a loop of kills came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Kills of `tongban` in the middle of a command.
    pub device_kills: usize,
    /// Kills of the platform while a device was sending.
    pub platform_kills: usize,
    /// Commands that ended before they were killed.
    pub survived: usize,
    /// Kills by what was being done.
    pub kills: BTreeMap<&'static str, usize>,
    /// Commands whose disk was full.
    pub full: usize,
    /// Applications that were filed, and have all arrived once.
    pub filed: usize,
}

/// What is known of an application. What a killed command was about to do is not known.
#[derive(Clone, Debug, Default)]
struct Known {
    /// What may have been answered last: one, or two after a kill.
    notes: BTreeSet<String>,
    /// Names of the files that are attached.
    papers: BTreeSet<String>,
    /// Names of files whose attaching was killed.
    maybe_papers: BTreeSet<String>,
    /// Whether the person was told that it is filed.
    filed: bool,
    /// Whether a filing was killed, so that it may be filed or not.
    maybe_filed: bool,
}

/// Kills until there were so many kills, and then checks that all is well.
///
/// # Errors
/// The first breach, or what kept the loop from going on.
pub async fn torture(programs: PathBuf, kills: usize, seed: u64) -> Result<Report> {
    let mut torture = Torture::prepare(programs, seed).await?;
    while torture.report.device_kills + torture.report.platform_kills < kills {
        torture.turn().await.with_context(|| format!("seed {seed}: {:?}", torture.report))?;
    }
    torture.come_to_peace().await.with_context(|| format!("seed {seed}: {:?}", torture.report))?;
    Ok(std::mem::take(&mut torture.report))
}

struct Torture {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    platform: Option<Child>,
    chance: Chance,
    known: BTreeMap<String, Known>,
    count: u64,
    /// How long each command usually takes, in milliseconds.
    usual: BTreeMap<&'static str, u64>,
    /// Whether a PIN is set; none where a kill left that open.
    pin: Option<bool>,
    report: Report,
}

impl Drop for Torture {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.kill_platform();
    }
}

impl Torture {
    async fn prepare(programs: PathBuf, seed: u64) -> Result<Self> {
        let folder = TempDir::new()?;
        item::write_assets(&samples(), &folder.path().join("assets"))?;
        std::fs::write(folder.path().join("passphrase"), "only for tests\n")?;
        std::fs::write(folder.path().join("pin"), "271828\n")?;
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut torture = Self {
            folder,
            programs,
            port,
            platform: None,
            chance: Chance::from_seed(seed),
            known: BTreeMap::new(),
            count: 0,
            usual: BTreeMap::new(),
            pin: Some(false),
            report: Report::default(),
        };
        torture.start_platform()?;
        torture.sign_in().await?;
        torture.run(&["catalogue", "sync", "--county", item::COUNTY])?;
        Ok(torture)
    }

    async fn turn(&mut self) -> Result<()> {
        self.start_platform()?;
        match self.chance.below(20) {
            0..=2 => self.begin()?,
            3..=4 => self.answer()?,
            5..=6 => self.attach()?,
            7..=10 => self.file()?,
            11 => self.change_pin()?,
            12 => self.swap_catalogue()?,
            13 => self.seal_and_bring()?,
            _ => {
                self.run_and_kill("sync", &["sync"])?;
            }
        }
        self.check().await
    }
}
