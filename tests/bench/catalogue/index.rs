//! The search index: how much room it takes, and how long until it is there.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use tongban_client::Client;

use super::search::Built;
use crate::figure::{Figure, Sample};

/// Ours, in the device's directory and built again when it is opened, beside what others built.
pub(super) async fn measure<F: Future<Output = Result<Client>>>(
    directory: &Path,
    open: impl Fn() -> F,
    peers: &[Built],
) -> Result<Vec<Figure>> {
    eprintln!("· the search index: its room, and building everything again from what is kept");
    let pointer: Value = serde_json::from_slice(&std::fs::read(directory.join("catalogue.json"))?)?;
    let name = pointer.pointer("/database/file").and_then(Value::as_str);
    let database = directory.join(name.context("no database")?);
    let mut read =
        SqliteConnectOptions::new().filename(&database).read_only(true).connect().await?;
    let bytes: i64 =
        sqlx::query_scalar("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'guide_index%'")
            .fetch_one(&mut read)
            .await?;
    read.close().await?;

    std::fs::remove_file(&database)?;
    let begun = Instant::now();
    let client = open().await?;
    let seconds = begun.elapsed().as_secs_f64();
    client.close().await;

    let (floor, others) = peers.split_first().context("no peers")?;
    let room = Figure::new(
        ("catalogue.index.bytes", "bytes"),
        &Sample::once(bytes as f64),
        (floor.name, &Sample::once(floor.bytes as f64)),
        "The pages of the search index in the device's database; of the others the whole file \
         or folder, with the little text that they keep.",
    );
    let time = Figure::new(
        ("catalogue.index.build", "seconds"),
        &Sample::once(seconds),
        (floor.name, &Sample::once(floor.seconds)),
        "Ours is everything: unpacking the kept files, writing every record, and indexing them. \
         The others have their rows in memory and index them; tantivy with as many threads as \
         it chooses, and until all is one segment.",
    );
    let beside = |figure: Figure, value: fn(&Built) -> f64| {
        others
            .iter()
            .fold(figure, |figure, peer| figure.beside(peer.name, &Sample::once(value(peer))))
    };
    Ok(vec![beside(room, |peer| peer.bytes as f64), beside(time, |peer| peer.seconds)])
}
