//! A province that is made up, the platform that publishes it, and what it publishes.

use std::{
    io::BufRead as _,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use tongban_contract::{
    catalogue::{FileContent, MANIFEST_PATH, Manifest, Record},
    guide::Item,
};
use tongban_tests::programs::{Running, assets, built};

/// Places of the province, as one really published.
pub(super) const PLACES: usize = 169_000;
const SEED: &str = "1";

/// Makes it and publishes it in `data`.
pub(super) fn make(data: &Path) -> Result<()> {
    eprintln!("· making a province of {PLACES} places");
    let made = Instant::now();
    let asked = ["--items", &PLACES.to_string(), "--seed", SEED];
    run_platform(&[&["catalogue", "synthesise"], asked.as_slice()].concat(), data)?;
    eprintln!("  made and published in {:.0} s", made.elapsed().as_secs_f64());
    Ok(())
}

/// Runs the platform's command line on its data.
pub(super) fn run_platform(arguments: &[&str], data: &Path) -> Result<()> {
    let status = Command::new(built("tongban-platform")?)
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .arg("--assets")
        .arg(assets())
        .stdout(Stdio::null())
        .status()?;
    ensure!(status.success(), "{arguments:?}: {status}");
    Ok(())
}

/// A platform that publishes as a real one does: what is sent to many is compressed hard.
pub(super) fn serve(data: &Path, address: SocketAddr) -> Result<Running> {
    let mut process = Running::start(
        Command::new(built("tongban-platform")?)
            .args(["serve", "--demo", "--auto-office=1000000"])
            .args(["--listen", &address.to_string()])
            .args(["--public-url", &format!("http://{address}")])
            .arg("--data-dir")
            .arg(data)
            .arg("--assets")
            .arg(assets())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    )?;
    listening(&mut process)?;
    Ok(process)
}

/// Waits until a process says that it listens.
pub(super) fn listening(process: &mut Running) -> Result<()> {
    let stdout = process.0.stdout.take().context("no standard output")?;
    let mut lines = std::io::BufReader::new(stdout).lines();
    let ready = lines.find(|line| line.as_ref().is_ok_and(|l| l.starts_with("listening")));
    ready.context("it ended before it listened")??;
    std::thread::spawn(move || lines.for_each(drop));
    Ok(())
}

/// What the platform keeps of what was made: items, and places as they are published.
pub(super) fn records(data: &Path) -> Result<Vec<Record>> {
    read(&std::fs::read(data.join("catalogue/imported.jsonl"))?)
}

/// The records of JSON lines.
pub(super) fn read(lines: &[u8]) -> Result<Vec<Record>> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Ok(serde_json::from_slice(line)?)).collect()
}

/// The basic items among records.
pub(super) fn items(records: &[Record]) -> Vec<Item> {
    let item = |record: &Record| match record {
        Record::Item(item) => Some((**item).clone()),
        _ => None,
    };
    records.iter().filter_map(item).collect()
}

/// Downloads the files of a published catalogue that are wanted, and unpacks them.
pub(super) async fn download(
    platform: SocketAddr,
    wanted: impl Fn(&FileContent) -> bool,
) -> Result<Vec<u8>> {
    // Whoever makes the first client chooses who does the arithmetic of TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let base = format!("http://{platform}");
    let get = async |path: &str| -> Result<bytes::Bytes> {
        Ok(http.get(format!("{base}{path}")).send().await?.error_for_status()?.bytes().await?)
    };
    let manifest: Manifest = serde_json::from_slice(&get(MANIFEST_PATH).await?)?;
    let mut text = Vec::new();
    for file in manifest.files.iter().filter(|file| wanted(&file.content)) {
        let packed = get(&format!("/catalogue/{}", file.path)).await?;
        text.extend(zstd::decode_all(&*packed)?);
    }
    Ok(text)
}

/// Whether a file holds the guides of this region.
pub(super) fn is_of(content: &FileContent, region: &str) -> bool {
    matches!(content, FileContent::Region { division, .. } if division.as_str() == region)
}
