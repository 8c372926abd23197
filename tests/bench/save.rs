//! What keeping an answer costs, beside the one commit that no safe way of keeping it can
//! do without.

use std::{path::Path, sync::Arc, time::Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous},
};
use tongban_client::HttpTransport;
use tongban_contract::page::Answer;

use crate::{
    device::{self, OpenKeyring},
    figure::{Figure, Sample},
};

/// Measurements taken, after some that only warm up.
const MEASURED: usize = 300;
const WARM_UP: usize = 20;

/// Measures `Client::answer`, one commit of the floor after each.
pub(crate) async fn measure() -> Result<Vec<Figure>> {
    eprintln!("· keeping an answer");
    let folder = device::folder()?;
    let platform = device::platform(folder.path())?;
    let (keyring, transport) = (OpenKeyring::default(), Arc::new(HttpTransport::new()?));
    let directory = folder.path().join("device");
    let open = || {
        let (transport, keyring) = (Arc::clone(&transport), Arc::new(keyring.clone()));
        device::open(&directory, platform.address, transport, keyring)
    };
    let client = open().await?;
    device::settle(&client).await?;
    let case = device::food_draft(&client).await?;
    client.close().await;
    drop(client);
    let row = row_size(&directory, &keyring, &case.to_string()).await?;

    let client = open().await?;
    let mut floor = Floor::beside(&directory, row).await?;
    let (mut kept, mut committed) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + MEASURED {
        let answer = Answer {
            case,
            pointer: "/shop/name".to_owned(),
            value: json!(format!("秀兰小厨第{round:04}店")),
        };
        let begun = Instant::now();
        let draft = client.answer(answer).await?;
        let took = begun.elapsed();
        anyhow::ensure!(draft.faults.is_empty(), "the answer was not taken");
        let floor = floor.commit(round).await?;
        if round >= WARM_UP {
            kept.push(took.as_secs_f64() * 1000.0);
            committed.push(floor);
        }
    }
    client.close().await;
    let how = format!(
        "Client::answer on a complete draft of 食品经营许可 with four materials, in the \
         encrypted vault, until its reply with every control, fault and material is there; \
         its row has {row} bytes."
    );
    Ok(vec![Figure::new(
        ("draft.save", "ms"),
        &Sample::new(kept),
        (
            "one UPDATE of a row of that size in plain SQLite (WAL, synchronous=FULL, one \
             connection), in the same folder, between the same measurements",
            &Sample::new(committed),
        ),
        how,
    )])
}

/// Bytes of a draft's row, read from the vault on the disk.
async fn row_size(directory: &Path, keyring: &OpenKeyring, case: &str) -> Result<usize> {
    let (account, key) = keyring.vault_key()?;
    let options = SqliteConnectOptions::new()
        .filename(directory.join(format!("vault-{account}.db")))
        .pragma("key", format!("\"x'{key}'\""))
        .locking_mode(SqliteLockingMode::Exclusive);
    let mut vault = SqliteConnection::connect_with(&options).await?;
    let bytes: i64 = sqlx::query_scalar(
        "SELECT octet_length(guide_json) + octet_length(form_json)
              + octet_length(situation_json) + octet_length(answers_json)
         FROM application WHERE case_id = ?",
    )
    .bind(case)
    .fetch_one(&mut vault)
    .await
    .context("the draft's row")?;
    vault.close().await?;
    Ok(usize::try_from(bytes)?)
}

/// A plain database with one row, set as the vault is.
struct Floor {
    database: SqliteConnection,
    size: usize,
}

impl Floor {
    async fn beside(directory: &Path, size: usize) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(directory.join("floor.db"))
            .create_if_missing(true)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut database = SqliteConnection::connect_with(&options).await?;
        sqlx::query(
            "CREATE TABLE kept (id INTEGER NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT",
        )
        .execute(&mut database)
        .await?;
        sqlx::query("INSERT INTO kept (id, body) VALUES (1, ?)")
            .bind("x".repeat(size))
            .execute(&mut database)
            .await?;
        Ok(Self { database, size })
    }

    /// Milliseconds of one commit.
    async fn commit(&mut self, round: usize) -> Result<f64> {
        let body: String = format!("{round:08}").chars().cycle().take(self.size).collect();
        let begun = Instant::now();
        sqlx::query("UPDATE kept SET body = ? WHERE id = 1")
            .bind(body)
            .execute(&mut self.database)
            .await?;
        Ok(begun.elapsed().as_secs_f64() * 1000.0)
    }
}
