//! A county's guides, fetched by our device and replicated by PouchDB, over the same slow line
//! in the same run.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use tongban_client::HttpTransport;
use tongban_contract::page::{KeepRegion, UpdateCatalogue};
use tongban_tests::programs::{Running, free_port};

use super::{COUNTY, line::SlowLine, province};
use crate::{
    device::{self, OpenKeyring},
    figure::{Figure, Sample},
};

/// Documents that PouchDB fetches at once where nobody says anything else.
const USUAL: usize = 100;
/// What suits a late line better.
const LARGE: usize = 1000;
/// Where npm put PouchDB.
const POUCHDB: &str = "TONGBAN_POUCHDB";

/// What it cost to have them on a device.
struct Cost {
    seconds: f64,
    up: u64,
    down: u64,
}

/// Fetches them from the platform, and from a PouchDB that has the same.
pub(super) async fn measure(folder: &Path, platform: SocketAddr) -> Result<Vec<Figure>> {
    let folder = folder.join("county");
    eprintln!("· fetching a county over 1 Mbit/s and 300 ms");
    let ours = ours(&folder, platform).await?;
    let records = province::download(platform, |content| province::is_of(content, COUNTY)).await?;
    let (documents, count) = documents(&folder, &records)?;
    let (_server, server) = serve(&folder, &documents)?;
    let usual = replicate(&folder, server, USUAL, count).await?;
    let large = replicate(&folder, server, LARGE, count).await?;
    Ok(told(&ours, &usual, &large, count))
}

fn told(ours: &Cost, usual: &Cost, large: &Cost, count: usize) -> Vec<Figure> {
    const POUCHDB: &str = "PouchDB 9 with express-pouchdb 4.2, batches of 100";
    const IN_LARGE: &str = "PouchDB 9 with express-pouchdb 4.2, batches of 1000";
    let per = |value: f64| value / count as f64;
    let figure = |name, unit, how, of: fn(&Cost) -> f64| {
        Figure::new((name, unit), &Sample::once(of(ours)), (POUCHDB, &Sample::once(of(usual))), how)
            .beside(IN_LARGE, &Sample::once(of(large)))
    };
    let bytes = format!(
        "Bytes that came down for the {count} records of a county (items, forms, places), with \
         HTTP headers: {:.0} each for ours, {:.0} and {:.0} for PouchDB. Up went {}, {} and {}.",
        per(ours.down as f64),
        per(usual.down as f64),
        per(large.down as f64),
        ours.up,
        usual.up,
        large.up
    );
    let time = format!(
        "Until they are in the device's database, ours with its search index, PouchDB's with \
         none, over 1 Mbit/s and 300 ms: {:.2} ms each for ours, {:.2} and {:.2} for PouchDB.",
        per(ours.seconds * 1000.0),
        per(usual.seconds * 1000.0),
        per(large.seconds * 1000.0)
    );
    vec![
        figure("catalogue.replicate.bytes", "bytes", bytes, |cost| cost.down as f64),
        figure("catalogue.replicate.time", "seconds", time, |cost| cost.seconds),
    ]
}

/// Our device, which has divisions and holidays already: PouchDB is not asked for them.
async fn ours(folder: &Path, platform: SocketAddr) -> Result<Cost> {
    let line = SlowLine::to(platform).await?;
    let (transport, keyring) = (Arc::new(HttpTransport::new()?), OpenKeyring::default());
    let directory = folder.join("device");
    let client = device::open(&directory, line.meter.address, transport, Arc::new(keyring)).await?;
    client.update_catalogue(UpdateCatalogue {}).await?;
    line.meter.take();
    let begun = Instant::now();
    client.keep_region(KeepRegion { division: COUNTY.parse()? }).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let (up, down) = line.meter.take();
    client.close().await;
    Ok(Cost { seconds, up, down })
}

/// The same records as documents: each with an id. Answers their file and number.
fn documents(folder: &Path, records: &[u8]) -> Result<(PathBuf, usize)> {
    let mut lines = String::new();
    let mut count = 0;
    for line in records.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut document: Value = serde_json::from_slice(line)?;
        let text = |name| document.get(name).and_then(Value::as_str);
        let code = text("code").or(text("item")).context("a record without a code")?;
        let id = format!("{}-{code}", text("record").context("a record of no kind")?);
        let members = document.as_object_mut().context("a record that is no object")?;
        members.insert("_id".to_owned(), id.into());
        lines += &document.to_string();
        lines.push('\n');
        count += 1;
    }
    let path = folder.join("documents.jsonl");
    std::fs::write(&path, lines)?;
    Ok((path, count))
}

fn script(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os(POUCHDB).context("start this with `cargo xtask bench`")?;
    Ok(PathBuf::from(folder).join(name))
}

fn serve(folder: &Path, documents: &Path) -> Result<(Running, SocketAddr)> {
    let port = free_port()?;
    let mut server = Running::start(
        Command::new("node")
            .arg(script("server.js")?)
            .arg(port.to_string())
            .arg(folder.join("pouchdb-server"))
            .arg(documents)
            .stdin(Stdio::null())
            .stdout(Stdio::piped()),
    )?;
    province::listening(&mut server)?;
    Ok((server, SocketAddr::from(([127, 0, 0, 1], port))))
}

async fn replicate(folder: &Path, server: SocketAddr, batch: usize, count: usize) -> Result<Cost> {
    #[derive(Deserialize)]
    struct Replicated {
        seconds: f64,
        documents: usize,
    }
    eprintln!("· replicating its {count} documents, {batch} at once");
    let line = SlowLine::to(server).await?;
    let output = tokio::process::Command::new("node")
        .arg(script("client.js")?)
        .arg(format!("http://{}/guides", line.meter.address))
        .arg(folder.join(format!("pouchdb-{batch}")))
        .arg(batch.to_string())
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(output.status.success(), "PouchDB: {}", output.status);
    let Replicated { seconds, documents } = serde_json::from_slice(&output.stdout)?;
    ensure!(documents == count, "{documents} of {count} documents came");
    let (up, down) = line.meter.take();
    Ok(Cost { seconds, up, down })
}
