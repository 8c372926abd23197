//! Rust's standard library for the page (wasm32-unknown-unknown): from rustup, or where that
//! cannot fetch it, compiled from Debian's sources of Rust with Debian's compiler.
//!
//! With the second way the page alone is compiled by Debian's `rustc-web`, whose library it
//! is; everything else stays with the person's Rust.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    project::Project,
    setup::apt,
    shell,
    steps::{Outcome, say},
};

pub(super) const ADVICE: &str =
    "Call `rustup target add wasm32-unknown-unknown` and read what it says.";

/// The target of the page.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Finds or makes the library.
pub(super) fn prepare(project: &Project) -> Result<Outcome> {
    if from_rustup()? || from_debian(project).is_some() {
        return Ok(Outcome::AlreadyThere);
    }
    if shell::find("rustup").is_some()
        && shell::run(shell::program("rustup").args(["target", "add", TARGET])).is_ok()
        && from_rustup()?
    {
        return Ok(Outcome::Done);
    }
    say("  rustup cannot fetch it: compiling it from Debian's sources of Rust");
    apt::install_these(&["rustc-web", "rust-web-src"])?;
    compile(project)?;
    Ok(Outcome::Noted("from Debian's sources".to_owned()))
}

/// Makes `cargo`, which builds the page, use Debian's compiler where the library is Debian's.
pub(crate) fn choose_compiler(project: &Project, cargo: &mut Command) -> Result<()> {
    if from_rustup()? {
        return Ok(());
    }
    let Some(sysroot) = from_debian(project) else {
        bail!("Rust's library for {TARGET} is missing; `cargo xtask setup` fetches it");
    };
    cargo
        .env("RUSTC", DEBIAN_RUSTC)
        // Only the page's own code needs this library; its macros run here, with the ordinary one.
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            format!("--sysroot={}", sysroot.display()),
        )
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    Ok(())
}

fn from_rustup() -> Result<bool> {
    let folder = shell::answer(shell::program("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    Ok(holds_core(Path::new(&folder)))
}

/// The sysroot made by [`compile`], where it was made by the compiler that is installed now.
fn from_debian(project: &Project) -> Option<PathBuf> {
    let sysroot = sysroot(project);
    let made_by = fs::read_to_string(sysroot.join("made-by")).ok()?;
    let now = shell::answer(shell::program(DEBIAN_RUSTC).arg("--version")).ok()?;
    (made_by == now && holds_core(&library(&sysroot))).then_some(sysroot)
}

fn sysroot(project: &Project) -> PathBuf {
    project.target.join("wasm-sysroot")
}

fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

fn holds_core(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

/// Compiles the library into a sysroot of its own.
fn compile(project: &Project) -> Result<()> {
    let version = shell::answer(shell::program(DEBIAN_RUSTC).arg("--version"))?;
    let Some(number) = version.split_whitespace().nth(1) else {
        bail!("{DEBIAN_RUSTC} says no version: {version}")
    };
    let manifest = PathBuf::from(format!("/usr/src/rustc-{number}/library/sysroot/Cargo.toml"));
    ensure!(
        manifest.is_file(),
        "{} is missing: rust-web-src is of another version than rustc-web",
        manifest.display()
    );

    let build = project.target.join("wasm-std");
    // What an earlier version left there would be taken for a second library.
    if build.exists() {
        fs::remove_dir_all(&build)?;
    }
    shell::run(
        shell::cargo()
            .current_dir(&project.target)
            .args(["build", "--release", "--locked", "--target", TARGET, "--manifest-path"])
            .arg(&manifest)
            .arg("--target-dir")
            .arg(&build)
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    )?;

    let sysroot = sysroot(project);
    let library = library(&sysroot);
    if sysroot.exists() {
        fs::remove_dir_all(&sysroot)?;
    }
    fs::create_dir_all(&library)?;
    let made = build.join(TARGET).join("release/deps");
    for entry in fs::read_dir(&made).with_context(|| format!("{} is missing", made.display()))? {
        let path = entry?.path();
        if let (Some(name), true) =
            (path.file_name(), path.extension().is_some_and(|e| e == "rlib"))
        {
            fs::copy(&path, library.join(name))?;
        }
    }
    ensure!(holds_core(&library), "the library was compiled and is not where it should be");
    fs::write(sysroot.join("made-by"), version)?;
    fs::remove_dir_all(&build)?;
    Ok(())
}

/// The linker that comes with rustup's Rust.
fn linker() -> Result<PathBuf> {
    let sysroot =
        PathBuf::from(shell::answer(shell::program("rustc").args(["--print", "sysroot"]))?);
    let host = shell::answer(shell::program("rustc").args(["--print", "host-tuple"]))?;
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    if linker.is_file() {
        return Ok(linker);
    }
    shell::find("wasm-ld")
        .with_context(|| format!("{} is missing, and so is wasm-ld", linker.display()))
}
