//! `tongban-platform`: the reference provincial platform.
#![allow(clippy::print_stdout)] // This is a command line.

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tongban_platform::{
    Config, Platform, backup,
    catalogue::{Catalogue, import, lint, synthesise},
    clock,
    config::ZSTD_LEVEL,
    database,
    keys::Keys,
};
use url::Url;

/// Seconds that the automatic office takes for a step where nothing else is said.
const PACE: &str = "3";

#[derive(Parser)]
#[command(version, about = "The reference provincial platform of Tongban")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves clients, browsers and departments until it is told to stop.
    Serve(Serve),
    /// Works on the catalogue. A running platform takes changes up when it is started again.
    Catalogue {
        #[command(subcommand)]
        command: CatalogueCommand,
    },
    /// Copies the data of a node to a new folder, also while it runs.
    Backup {
        /// Folder of the node's data.
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
        /// Folder to make.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Makes the data folder of a node from a backup. Devices notice, and tell again what the
    /// backup does not know.
    Restore {
        /// Folder of the backup.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Folder to make.
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
    },
}

#[derive(Subcommand)]
enum CatalogueCommand {
    /// Publishes what changed, and reports what is odd about the guides.
    Publish(Folders),
    /// Takes departments' own lists of items in (JSON, JSON Lines or CSV, a row for each place
    /// that carries an item out), and publishes what changed. Only name, department, code,
    /// division and type must be there.
    Import {
        /// The list, or a folder of lists.
        #[arg(value_name = "FILE|DIR")]
        from: PathBuf,
        #[command(flatten)]
        folders: Folders,
    },
    /// Makes a province of plausible guides for benchmarks and tests, and publishes it. None of
    /// it is true. Everything that was imported before is replaced.
    Synthesise {
        /// How many places carry an item out (实施事项), together.
        #[arg(long, value_name = "N", default_value_t = 169_000)]
        items: usize,
        /// The same seed makes the same guides.
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        #[command(flatten)]
        folders: Folders,
    },
}

#[derive(Args)]
struct Folders {
    /// Folder of the database, the object store and the published catalogue.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Folder of the catalogue's sources.
    #[arg(long, value_name = "DIR", default_value = "assets")]
    assets: PathBuf,
    /// How hard new catalogue files are compressed, 1 to 22: what they cost once here is
    /// saved by everyone who downloads them.
    #[arg(long, value_name = "LEVEL", default_value_t = ZSTD_LEVEL,
          value_parser = clap::value_parser!(i32).range(1..=22))]
    zstd_level: i32,
}

#[derive(Args)]
struct Serve {
    /// Address to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8471")]
    listen: SocketAddr,
    #[command(flatten)]
    folders: Folders,
    /// Seeds the people of a demonstration and names them on the sign-in page.
    #[arg(long)]
    demo: bool,
    /// Plays the departments, so many seconds a step.
    #[arg(
        long,
        value_name = "SECONDS-PER-STEP",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = PACE,
        value_parser = seconds
    )]
    auto_office: Option<Duration>,
    /// Address under which clients reach the platform, where it is another one.
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())
}

#[tokio::main]
async fn main() -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "tongban_platform=info,warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match Cli::parse().command {
        Command::Serve(asked) => serve(asked).await,
        Command::Catalogue { command: CatalogueCommand::Publish(folders) } => {
            let (data_dir, assets) = (folders.data_dir.clone(), folders.assets.clone());
            publish(folders).await?;
            let looking = tokio::task::spawn_blocking(move || lint::report(&assets, &data_dir));
            print!("{}", looking.await??);
            Ok(())
        }
        Command::Catalogue { command: CatalogueCommand::Import { from, folders } } => {
            let (data_dir, assets) = (folders.data_dir.clone(), folders.assets.clone());
            let importing =
                tokio::task::spawn_blocking(move || import::import(&data_dir, &assets, &from));
            print!("{}", importing.await?.context("the list was not taken in")?);
            publish(folders).await
        }
        Command::Catalogue { command: CatalogueCommand::Synthesise { items, seed, folders } } => {
            let (data_dir, assets) = (folders.data_dir.clone(), folders.assets.clone());
            let making = tokio::task::spawn_blocking(move || {
                synthesise::synthesise(&data_dir, &assets, items, seed)
            });
            print!("{}", making.await?.context("no guides were made")?);
            publish(folders).await
        }
        Command::Backup { data_dir, to } => {
            backup::back_up(&data_dir, &to).await.context("the backup was not made")?;
            println!("已备份到 {}。", to.display());
            Ok(())
        }
        Command::Restore { from, data_dir } => {
            backup::restore(&from, &data_dir).await.context("the backup was not restored")?;
            println!(
                "已从 {} 恢复到 {}；各设备下次同步时会补报备份之后的申请。",
                from.display(),
                data_dir.display()
            );
            Ok(())
        }
    }
}

async fn serve(asked: Serve) -> Result<()> {
    let listener = TcpListener::bind(asked.listen)
        .await
        .with_context(|| format!("{} cannot be listened on", asked.listen))?;
    let address = listener.local_addr()?;
    let here = Url::parse(&format!("http://{address}"))?;
    let config = Config {
        demo: asked.demo,
        auto_office: asked.auto_office,
        zstd_level: asked.folders.zstd_level,
        ..Config::new(
            asked.folders.data_dir,
            asked.folders.assets,
            asked.public_url.unwrap_or_else(|| here.clone()),
        )
    };
    // Asked for before the line below, so that whoever reads it may already tell us to stop.
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let platform = Platform::open(config, clock::system()).await?;
    let manifest = &platform.catalogue.manifest;
    tracing::info!(
        version = manifest.version,
        files = manifest.files.len(),
        changed = platform.catalogue.changed,
        "catalogue published"
    );
    println!("listening on {}", here.as_str().trim_end_matches('/'));
    tongban_platform::serve(listener, platform, async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await?;
    Ok(())
}

async fn publish(folders: Folders) -> Result<()> {
    let begun = std::time::Instant::now();
    // Publishing needs no address.
    let nowhere = Url::parse("http://localhost")?;
    let config = Config {
        zstd_level: folders.zstd_level,
        ..Config::new(folders.data_dir, folders.assets, nowhere)
    };
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("{} cannot be made", config.data_dir.display()))?;
    let now = clock::system()();
    let pool = database::open(&config.data_dir).await?;
    let keys = Keys::open(&pool, now, None).await?;
    let catalogue = Catalogue::open(&config, &keys, now).await?;
    pool.close().await;

    let manifest = &catalogue.manifest;
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    println!(
        "{}：第 {} 版，{} 个文件，{:.1} MB，用时 {:.1} 秒。",
        if catalogue.changed { "已发布" } else { "没有变化" },
        manifest.version,
        manifest.files.len(),
        bytes as f64 / 1e6,
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}
