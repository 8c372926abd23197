//! The page: from the `ui` crate to `ui/dist`, which the shell embeds.

pub(crate) mod bindings;
mod files;
mod fingerprint;

use std::{
    fs::{self, File},
    path::PathBuf,
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{
    project::Project,
    setup::{self, wasm_target},
    shell,
    steps::{Outcome, Steps},
};

use fingerprint::Fingerprint;

/// Where the page lies, in the checkout.
const DIST: &str = "ui/dist";
/// To be raised when this module makes something else of the same sources.
const RECIPE: u64 = 1;

const ADVICE: &str = "Mend what is named above, then repeat the command.";

/// What the page is compiled for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Few bytes: what is tested and shipped.
    Small,
    /// Little waiting while working on it.
    Quick,
}

impl Kind {
    const fn cargo_profile(self) -> &'static str {
        match self {
            Self::Small => "page",
            Self::Quick => "dev",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Small => "page",
            Self::Quick => "debug",
        }
    }
}

/// `cargo xtask page`.
pub(crate) fn command(project: &Project, steps: &mut Steps, dev: bool) -> Result<String> {
    setup::all_and_page(project, steps, if dev { Kind::Quick } else { Kind::Small })?;
    Ok("The page is in ui/dist.".to_owned())
}

/// Compiles the page; it needs nothing of [`setup`] but Rust.
pub(crate) fn compile(project: &Project, steps: &mut Steps, kind: Kind) -> Result<()> {
    steps.step("Compiling the page", ADVICE, || {
        let mut cargo = shell::cargo();
        cargo.current_dir(&project.root).args([
            "build",
            "--package",
            "tongban-ui",
            "--target",
            wasm_target::TARGET,
            "--profile",
            kind.cargo_profile(),
        ]);
        wasm_target::choose_compiler(project, &mut cargo)?;
        shell::run(&mut cargo)?;
        Ok(Outcome::Done)
    })
}

/// Puts the page together from what [`compile`] made, where something changed.
pub(crate) fn put_together(project: &Project, steps: &mut Steps, kind: Kind) -> Result<()> {
    let wasm = project.target.join(wasm_target::TARGET).join(kind.folder()).join("tongban-ui.wasm");
    steps.step("Putting the page together", ADVICE, || {
        let sources = files::sources(project)?;
        let inputs = inputs(project, kind, &wasm, &sources)?;
        let dist = project.file(DIST);
        // Beside the other build products; it also holds what was made, so that it is true
        // even where the two folders come from different builds.
        let record = project.target.join("page-in-dist");
        if let Some(made) = Fingerprint::of_folder(&dist)?
            && fs::read_to_string(&record).is_ok_and(|known| known == format!("{inputs} {made}"))
        {
            return Ok(Outcome::AlreadyThere);
        }

        let staging = project.target.join("page-staging");
        if staging.exists() {
            fs::remove_dir_all(&staging)?;
        }
        fs::create_dir_all(&staging)
            .with_context(|| format!("{} cannot be made", staging.display()))?;
        let size = bindings::generate(project, &wasm, &staging, kind)?;
        files::copy(&sources, &staging)?;
        files::check_references(&staging)?;
        files::replace(&staging, &dist)?;
        if let Some(made) = Fingerprint::of_folder(&dist)? {
            fs::write(&record, format!("{inputs} {made}"))?;
        }
        Ok(Outcome::Noted(format!("{} KB of WebAssembly", size.div_ceil(1000))))
    })
}

/// Whether there is a page.
pub(crate) fn is_there(project: &Project) -> bool {
    project.file(DIST).exists()
}

/// Where whoever needs the page waits while it is being made: a lock on this file.
pub(crate) fn lock(project: &Project) -> PathBuf {
    project.target.join("page.lock")
}

/// A first page that is being made while programs are compiled.
pub(crate) struct Making {
    /// Held until the page is there, or cannot be made.
    _lock: File,
    begun: SystemTime,
}

impl Making {
    /// From now on whoever needs the page waits for it.
    pub(crate) fn begin(project: &Project) -> Result<Self> {
        fs::create_dir_all(&project.target)?;
        let lock = File::create(lock(project))?;
        lock.lock()?;
        Ok(Self { _lock: lock, begun: SystemTime::now() })
    }

    /// The page is there. It gets the time of the beginning: cargo takes what is newer than a
    /// build script's start for something that the script has not seen.
    pub(crate) fn end(self, project: &Project) -> Result<()> {
        files::give_time(&project.file(DIST), self.begun)
    }
}

fn inputs(
    project: &Project,
    kind: Kind,
    wasm: &std::path::Path,
    sources: &[files::Source],
) -> Result<Fingerprint> {
    let mut inputs = Fingerprint::new();
    inputs.add(&RECIPE.to_le_bytes());
    inputs.add(kind.folder().as_bytes());
    inputs.add_file(wasm)?;
    inputs.add_file(&project.file("package-lock.json"))?;
    inputs.add_file(&project.file("Cargo.lock"))?;
    for source in sources {
        inputs.add(source.to.as_bytes());
        inputs.add_file(&source.from)?;
    }
    Ok(inputs)
}
