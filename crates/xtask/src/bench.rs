//! `cargo xtask bench`: the measurements of BENCHMARKS.md, on optimised programs, and what they
//! are compared with: the empty window and page, and others that do the same.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    builds::Profile,
    page::{self, bindings},
    project::Project,
    screen,
    setup::{self, wasm_target},
    shell,
    steps::{Outcome, Steps},
};

const ADVICE: &str = "Mend what is named above, then repeat the command.";

/// Sets up, builds optimised, and measures; `arguments` are the measuring program's own.
pub(crate) fn command(
    project: &Project,
    steps: &mut Steps,
    arguments: &[String],
) -> Result<String> {
    setup::all_and_page(project, steps, page::Kind::Small)?;
    steps.step("Compiling the programs, optimised", ADVICE, || programs(project))?;
    let floor = project.target.join("floor-page");
    if names_any(arguments, &["size", "start"]) {
        steps.step("Building the empty page", ADVICE, || floor_page(project, &floor))?;
        steps.step("Compiling the empty window", ADVICE, || floor_window(project, &floor))?;
    }
    let peers = project.target.join("peers");
    let pouchdb = project.file("tests/bench/peers/pouchdb");
    if names_any(arguments, &["catalogue"]) {
        steps.step("Compiling tantivy, optimised", ADVICE, || tantivy(project, &peers))?;
        setup::npm_packages(steps, "PouchDB from npm", &pouchdb)?;
    }
    steps.step("Measuring", "Read what the measuring program says above.", || {
        let program = Profile::Release.folder(project).join("bench");
        let mut bench = screen::within(project, Profile::Release, program);
        bench.env("TONGBAN_FLOOR_PAGE", &floor).env("TONGBAN_POUCHDB", &pouchdb);
        bench.env("TONGBAN_TANTIVY", peers.join("release/peers"));
        shell::run_to_stdout(bench.args(arguments))?;
        Ok(Outcome::Done)
    })?;
    Ok("Everything is measured.".to_owned())
}

/// Only what is measured, and what measures: optimised linking takes minutes for each.
fn programs(project: &Project) -> Result<Outcome> {
    shell::run(shell::cargo().current_dir(&project.root).args([
        // As everywhere: features are united over the whole workspace.
        "build",
        "--workspace",
        "--release",
        "--bin",
        "tongban-app",
        "--bin",
        "tongban-platform",
        "--bin",
        "bench",
    ]))?;
    Ok(Outcome::Done)
}

/// Whether any of these is measured: everything is where nothing is named.
fn names_any(arguments: &[String], subjects: &[&str]) -> bool {
    let mut named = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|name| subjects.contains(&name.as_str()))
}

/// A package of its own, which nothing else compiles. In a folder of its own too: its lock has
/// other versions of what both are made of, and each would have the other compiled again.
fn tantivy(project: &Project, folder: &Path) -> Result<Outcome> {
    shell::run(
        shell::cargo()
            .current_dir(&project.root)
            .args(["build", "--release", "--locked"])
            .args(["--manifest-path", "tests/bench/peers/Cargo.toml", "--target-dir"])
            .arg(folder),
    )?;
    Ok(Outcome::Done)
}

/// Made as the app's own page is: the same profile, bindings and script.
fn floor_page(project: &Project, folder: &Path) -> Result<Outcome> {
    let mut cargo = shell::cargo();
    cargo.current_dir(&project.root).args([
        "build",
        // Selected too, so that both pages share their dependencies.
        "--package",
        "tongban-ui",
        "--package",
        "tongban-floor-page",
        "--bin",
        "tongban-floor-page",
        "--target",
        wasm_target::TARGET,
        "--profile",
        "page",
    ]);
    wasm_target::choose_compiler(project, &mut cargo)?;
    shell::run(&mut cargo)?;

    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let wasm = project.target.join(wasm_target::TARGET).join("page/tongban-floor-page.wasm");
    let size = bindings::generate(project, &wasm, folder, page::Kind::Small)?;
    for (from, to) in [
        ("tests/bench/floor/page/index.html", "index.html"),
        ("crates/xtask/src/page/boot.js", "boot.js"),
    ] {
        fs::copy(project.file(from), folder.join(to))?;
    }
    Ok(Outcome::Noted(format!("{} KB of WebAssembly", size.div_ceil(1000))))
}

/// The app's configuration with another page, and nothing behind it.
fn floor_window(project: &Project, page: &Path) -> Result<Outcome> {
    let other = serde_json::json!({ "build": { "frontendDist": page } });
    shell::run(
        shell::cargo()
            .current_dir(&project.root)
            .args(["build", "--workspace", "--bin", "tongban-floor", "--release"])
            .args(["--features", "tongban-floor/window"])
            .env("TAURI_CONFIG", other.to_string())
            .env("TONGBAN_FLOOR_PAGE", page),
    )?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_and_peers_are_built_only_for_what_they_stand_beside() {
        let names = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            names_any(&arguments, &["catalogue"])
        };
        assert!(names(&[]));
        assert!(names(&["--json"]));
        assert!(names(&["save", "catalogue"]));
        assert!(!names(&["save", "--json"]));
    }
}
