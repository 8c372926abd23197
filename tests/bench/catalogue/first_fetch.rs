//! The first fetch of a province over a slow line: bytes, time, memory.

use std::{net::SocketAddr, path::Path, process::Stdio, sync::Arc, time::Instant};

use anyhow::{Context as _, Result, ensure};
use tongban_client::HttpTransport;
use tongban_contract::{catalogue::FileContent, page::KeepRegion};

use super::{
    PROVINCE, ZSTD_LEVEL, asked,
    line::SlowLine,
    province::{download, is_of},
};
use crate::{
    device::{self, OpenKeyring},
    figure::{Figure, Sample},
};

/// Tells the program that it is the device whose memory is measured.
pub(crate) const CHILD: &str = "TONGBAN_BENCH_DEVICE";

/// What the device did whose memory is measured.
#[derive(serde::Serialize, serde::Deserialize)]
struct Fetched {
    seconds: f64,
    /// Peak of its resident memory, in bytes.
    peak: u64,
}

/// Fetches the province into `directory` from `platform`, in a process that does nothing else.
pub(crate) async fn child(of: &str) -> Result<()> {
    let (platform, directory) = of.split_once(' ').context("no directory")?;
    let keyring = Arc::new(OpenKeyring::default());
    let transport = Arc::new(HttpTransport::new()?);
    let client = device::open(Path::new(directory), platform.parse()?, transport, keyring).await?;
    let begun = Instant::now();
    client.keep_region(KeepRegion { division: PROVINCE.parse()? }).await?;
    let found = client.search_guides(asked("营业执照", 20)).await?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(found.total > 0, "nothing is found");
    client.close().await;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak")?;
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", serde_json::to_string(&Fetched { seconds, peak: peak * 1024 })?);
    Ok(())
}

/// Fetches it into `directory`.
pub(super) async fn measure(directory: &Path, platform: SocketAddr) -> Result<Vec<Figure>> {
    eprintln!("· fetching it over 1 Mbit/s and 300 ms");
    let line = SlowLine::to(platform).await?;
    let output = tokio::process::Command::new(std::env::current_exe()?)
        .env(CHILD, format!("{} {}", line.meter.address, directory.display()))
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(output.status.success(), "the device that fetches: {}", output.status);
    let fetched: Fetched = serde_json::from_slice(&output.stdout)?;
    let (_, down) = line.meter.take();

    let begun = Instant::now();
    let text = download(line.meter.address, |content| {
        matches!(content, FileContent::Common) || is_of(content, PROVINCE)
    })
    .await?;
    let download = begun.elapsed().as_secs_f64();
    eprintln!("· compressing its {} MB once more", text.len() / 1_000_000);
    let floor = zstd::bulk::compress(&text, ZSTD_LEVEL)?.len();
    Ok(vec![
        Figure::new(
            ("catalogue.first.bytes", "bytes"),
            &Sample::once(down as f64),
            ("the same records in one piece, zstd -19", &Sample::once(floor as f64)),
            "Every byte that came to a device that fetches the province for the first time, \
             with HTTP headers.",
        ),
        Figure::new(
            ("catalogue.first.time", "seconds"),
            &Sample::once(fetched.seconds),
            ("downloading the same files and unpacking them", &Sample::once(download)),
            "From the choice of the province until a first search was answered, over 1 Mbit/s \
             and 300 ms.",
        ),
        Figure::new(
            ("catalogue.first.memory", "bytes"),
            &Sample::once(fetched.peak as f64),
            ("the packed files", &Sample::once(floor as f64)),
            "Peak of the resident memory of a process that does nothing else (VmHWM).",
        ),
    ])
}
