//! Tantivy with tantivy-jieba, in a program of its own (`tests/bench/peers`): who builds
//! Tongban need not compile it.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use super::texts::Texts;

/// Where the program is.
const PROGRAM: &str = "TONGBAN_TANTIVY";

/// What the program measured.
#[derive(Deserialize)]
pub(super) struct Measured {
    /// Seconds from the first document until all of them can be searched.
    pub(super) built: f64,
    /// Seconds that it took after that to make one segment of all.
    pub(super) merged: f64,
    /// Bytes of the index on disk.
    pub(super) bytes: u64,
    /// What was found, query by query.
    pub(super) found: Vec<Found>,
}

/// What a query found.
#[derive(Deserialize)]
pub(super) struct Found {
    /// Milliseconds from the text to the numbers of the best documents.
    pub(super) took: f64,
    /// Their codes, best first.
    pub(super) codes: Vec<String>,
}

/// Builds an index called `name` of these texts and searches it.
pub(super) fn measure(
    folder: &Path,
    name: &str,
    texts: &[Texts],
    queries: &[String],
    limit: usize,
) -> Result<Measured> {
    let documents = folder.join(format!("{name}.jsonl"));
    let asked = folder.join(format!("{name}-queries.jsonl"));
    write(&documents, texts)?;
    write(&asked, queries)?;
    let program = std::env::var_os(PROGRAM).context("start this with `cargo xtask bench`")?;
    let output = Command::new(program)
        .arg(folder.join(name))
        .args([&documents, &asked])
        .arg(limit.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "tantivy: {}", output.status);
    let measured: Measured = serde_json::from_slice(&output.stdout)?;
    ensure!(measured.found.len() == queries.len(), "not every query was answered");
    Ok(measured)
}

fn write(path: &Path, lines: &[impl Serialize]) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}
