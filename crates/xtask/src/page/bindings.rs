//! From compiled WebAssembly to what a webview loads: bindings by wasm-bindgen, whose version
//! Cargo.lock holds equal to the page's own, then wasm-opt for size.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::Kind;
use crate::{project::Project, shell};

/// What rustc's code for the web uses by default, and wasm-opt must be told to accept.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Writes the script and the WebAssembly into `folder`; returns the size of the latter.
pub(crate) fn generate(project: &Project, wasm: &Path, folder: &Path, kind: Kind) -> Result<u64> {
    let quick = kind == Kind::Quick;
    Bindgen::new()
        .input_path(wasm)
        .out_name("tongban_ui")
        .web(true)?
        .typescript(false)
        .debug(quick)
        .keep_debug(quick)
        .remove_name_section(!quick)
        .remove_producers_section(!quick)
        .generate(folder)
        .context("wasm-bindgen failed")?;
    let module = folder.join("tongban_ui_bg.wasm");
    if !quick {
        let small = folder.join("small.wasm");
        shell::run(
            shell::program(project.npm_tool("wasm-opt"))
                .arg("-Oz")
                .args(FEATURES)
                .args(["--strip-debug", "--strip-producers", "--strip-target-features"])
                .arg(&module)
                .arg("--output")
                .arg(&small),
        )?;
        fs::rename(&small, &module)?;
    }
    Ok(fs::metadata(&module)?.len())
}
