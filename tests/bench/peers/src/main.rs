//! Tantivy with tantivy-jieba: reads documents and queries, JSON line by JSON line, builds an
//! index in a folder, searches it, and prints what that took and what was found as one JSON
//! object. What is measured, and beside what, is the benchmark's business (`catalogue/peers.rs`).

mod index;
mod search;

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What is indexed of a guide. A text that is left out is in no field.
#[derive(Deserialize)]
#[serde(default)]
struct Document {
    /// What it is known by, and found by where it is typed as a whole.
    code: String,
    name: String,
    alias: String,
    department: String,
    result: String,
    material: String,
    body: String,
}

impl Default for Document {
    fn default() -> Self {
        let [code, name, alias, department, result, material, body] = Default::default();
        Self { code, name, alias, department, result, material, body }
    }
}

/// What was measured.
#[derive(Serialize)]
struct Measured {
    /// Seconds from the first document until all of them can be searched.
    built: f64,
    /// Seconds that it took after that to make one segment of all.
    merged: f64,
    /// Bytes of the index on disk.
    bytes: u64,
    /// What was found, query by query.
    found: Vec<search::Found>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next = || arguments.next().context("peers <folder> <documents> <queries> <limit>");
    let (folder, documents, queries, limit) = (next()?, next()?, next()?, next()?);
    let limit = limit.to_str().context("a limit")?.parse()?;
    let documents: Vec<Document> = lines(&documents)?;
    let queries: Vec<String> = lines(&queries)?;

    let (index, fields, times) = index::build(&folder, &documents)?;
    let found = search::all(&index, &fields, &queries, limit)?;
    let bytes = bytes(&folder)?;
    let measured = Measured { built: times.built, merged: times.merged, bytes, found };
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let file = File::open(path).with_context(|| format!("{}", path.display()))?;
    BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}
