//! What a sync costs on the wire: how often the network is asked, and bytes each way.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tongban_client::Client;
use tongban_contract::{
    identifiers::CaseId,
    page::{ItemState, ListItems, Submit, SyncNow},
};

use crate::{
    device::{self, OpenKeyring},
    figure::{Figure, Sample},
    wire::{Exchange, Meter, Recorder},
};

/// Syncs of each kind.
const MEASURED: usize = 5;
/// Bytes of an attached file.
const FILE: usize = 1_000_000;
/// Compression of the floor; the highest that needs no other settings at both ends.
const ZSTD_LEVEL: i32 = 19;

/// A kind of sync, and the names of its figures.
struct Kind {
    figures: [&'static str; 3],
    what: &'static str,
    files: Option<usize>,
}

const KINDS: [Kind; 3] = [
    Kind {
        figures: ["sync.empty.round-trips", "sync.empty.up", "sync.empty.down"],
        what: "a sync with nothing to send and no news",
        files: None,
    },
    Kind {
        figures: ["sync.filing.round-trips", "sync.filing.up", "sync.filing.down"],
        what: "a sync with one filing of 灵活就业社会保险补贴申领 without files",
        files: Some(0),
    },
    Kind {
        figures: ["sync.files.round-trips", "sync.files.up", "sync.files.down"],
        what: "a sync with the same filing and two files of 1,000,000 bytes",
        files: Some(2),
    },
];

/// Measures each kind against a platform of its own process.
pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let folder = device::folder()?;
    // The platform is told the meter's address, the meter the platform's.
    let address =
        std::net::SocketAddr::from(([127, 0, 0, 1], tongban_tests::programs::free_port()?));
    let meter = Meter::to(address).await?;
    let _platform = device::platform_at(folder.path(), address, meter.address)?;
    let recorder = Arc::new(Recorder::new()?);
    let transport = Arc::clone(&recorder);
    let keyring = Arc::new(OpenKeyring::default());
    let client =
        device::open(&folder.path().join("device"), meter.address, transport, keyring).await?;
    device::settle(&client).await?;
    client.sync_now(SyncNow {}).await?;

    let mut figures = Vec::new();
    for kind in &KINDS {
        eprintln!("· {}", kind.what);
        let mut syncs = Vec::new();
        for _ in 0..MEASURED {
            syncs.push(one(&client, &meter, &recorder, kind.files).await?);
        }
        figures.extend(told(kind, &syncs));
    }
    client.close().await;
    Ok(figures)
}

/// What one sync cost, and what it could not have done without.
struct Cost {
    round_trips: usize,
    up: u64,
    down: u64,
    floor_up: usize,
    floor_down: usize,
}

async fn one(
    client: &Client,
    meter: &Meter,
    recorder: &Recorder,
    files: Option<usize>,
) -> Result<Cost> {
    let filed = match files {
        None => None,
        Some(files) => {
            let files = (0..files).map(|_| device::pdf(FILE)).collect::<Result<_>>()?;
            let case = device::subsidy_draft(client, files).await?;
            client.submit(Submit { case }).await?;
            Some(case)
        }
    };
    meter.take();
    recorder.take();
    client.sync_now(SyncNow {}).await?;
    let (up, down) = meter.take();
    let passed = recorder.take();
    if let Some(case) = filed {
        ensure!(has_arrived(client, case).await?, "the filing was not accepted");
    }
    Ok(Cost {
        round_trips: passed.len(),
        up,
        down,
        floor_up: operations(&passed)? + files.unwrap_or(0) * FILE,
        floor_down: answers(&passed)?,
    })
}

async fn has_arrived(client: &Client, case: CaseId) -> Result<bool> {
    let rows = client.list_items(ListItems {}).await?.rows;
    let row = rows.into_iter().find(|row| row.case == case).context("the filing is not shown")?;
    Ok(matches!(row.state, ItemState::Submitted { case: Some(_) }))
}

fn exchanges(passed: &[Exchange]) -> impl Iterator<Item = &Exchange> {
    passed.iter().filter(|exchange| exchange.path == "/v1/exchange")
}

/// Bytes of each operation told once, compressed together; none for none.
fn operations(passed: &[Exchange]) -> Result<usize> {
    let mut told: BTreeMap<String, Value> = BTreeMap::new();
    for exchange in exchanges(passed) {
        let mut asked: Value = serde_json::from_slice(&exchange.asked)?;
        let operations = asked.get_mut("operations").map(Value::take).unwrap_or_default();
        for operation in operations.as_array().into_iter().flatten() {
            let id = operation.get("id").and_then(Value::as_str).context("an operation's id")?;
            told.insert(id.to_owned(), operation.clone());
        }
    }
    let told: Vec<Value> = told.into_values().collect();
    if told.is_empty() { Ok(0) } else { compressed(&serde_json::to_vec(&told)?) }
}

/// Bytes of everything that the platform had to say, compressed together.
fn answers(passed: &[Exchange]) -> Result<usize> {
    let said: Vec<u8> =
        exchanges(passed).flat_map(|exchange| exchange.answered.iter().copied()).collect();
    compressed(&said)
}

fn compressed(bytes: &[u8]) -> Result<usize> {
    Ok(zstd::bulk::compress(bytes, ZSTD_LEVEL)?.len())
}

fn told(kind: &Kind, syncs: &[Cost]) -> [Figure; 3] {
    let sample = |of: fn(&Cost) -> f64| Sample::new(syncs.iter().map(of).collect());
    let [round_trips, up, down] = kind.figures;
    // One exchange, and every file in a request of its own.
    let least = Sample::once((1 + kind.files.unwrap_or(0)) as f64);
    [
        Figure::new(
            (round_trips, "requests"),
            &sample(|cost| cost.round_trips as f64),
            ("one exchange, and one request for each file", &least),
            format!(
                "Requests of {}, counted where the engine hands them to the network.",
                kind.what
            ),
        ),
        Figure::new(
            (up, "bytes"),
            &sample(|cost| cost.up as f64),
            (
                "the operation's JSON told once (zstd), and the files",
                &sample(|cost| cost.floor_up as f64),
            ),
            format!("Bytes over TCP to the platform during {}, without TLS.", kind.what),
        ),
        Figure::new(
            (down, "bytes"),
            &sample(|cost| cost.down as f64),
            ("the JSON of the exchange's replies (zstd)", &sample(|cost| cost.floor_down as f64)),
            format!("Bytes over TCP from the platform during {}, without TLS.", kind.what),
        ),
    ]
}
