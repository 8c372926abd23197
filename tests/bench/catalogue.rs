//! A whole province: how long a search takes, what the first fetch and a day's changes cost,
//! and how much room it needs. Beside each stands a peer or floor over the same data.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tongban_client::{Client, HttpTransport};
use tongban_contract::{
    catalogue::{FileContent, MANIFEST_PATH, Manifest, Record},
    guide::{Guide, Item},
    page::{
        DropRegion, GuideFilter, GuideSort, KeepRegion, Overview, SearchGuides, UpdateCatalogue,
    },
};
use tongban_tests::{
    link::{Line, Link},
    programs::{Running, assets, built, free_port},
};

use crate::{
    device::{self, OpenKeyring},
    figure::{Figure, Sample},
    wire::{Meter, Recorder},
};

/// Places of the province, as one really published.
const PLACES: usize = 169_000;
const SEED: &str = "1";
const PROVINCE: &str = "42";
const CITY: &str = "4205";
const COUNTY: &str = "420506";
/// Queries of each kind.
const QUERIES: usize = 200;
/// Rows of a page.
const ROWS: u32 = 20;
/// Items that change in a day.
const CHANGED: usize = 500;
/// 1 Mbit/s, each way.
const BYTES_PER_SECOND: u32 = 125_000;
/// Half of a round trip.
const LATE: std::time::Duration = std::time::Duration::from_millis(150);
/// Compression of the floors.
const ZSTD_LEVEL: i32 = 19;
/// Tells the program that it is the device whose memory is measured.
pub(crate) const CHILD: &str = "TONGBAN_BENCH_DEVICE";

/// Measures everything.
pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let folder = device::folder()?;
    let data = folder.path().join("platform");
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    eprintln!("· making a province of {PLACES} places");
    let made = Instant::now();
    let asked = ["--items", &PLACES.to_string(), "--seed", SEED];
    run_platform(&[&["catalogue", "synthesise"], asked.as_slice()].concat(), &data)?;
    eprintln!("  made and published in {:.0} s", made.elapsed().as_secs_f64());
    let platform = serve(&data, address)?;
    let mut figures = first_fetch(folder.path(), address).await?;

    let meter = Meter::to(address).await?;
    let recorder = Arc::new(Recorder::new()?);
    let keyring = Arc::new(OpenKeyring::default());
    let directory = folder.path().join("device");
    let client = device::open(&directory, meter.address, recorder.clone(), keyring).await?;
    figures.extend(search(&client, folder.path(), &data).await?);

    drop(platform);
    let changed = change(&data, folder.path())?;
    let _platform = serve(&data, address)?;
    figures.extend(delta(&client, &meter, &recorder, &changed).await?);
    figures.extend(room(&client).await?);
    client.close().await;
    Ok(figures)
}

/// Runs the platform's command line on its data.
fn run_platform(arguments: &[&str], data: &Path) -> Result<()> {
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
fn serve(data: &Path, address: SocketAddr) -> Result<Running> {
    use std::io::BufRead as _;
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
    let stdout = process.0.stdout.take().context("no standard output")?;
    let mut lines = std::io::BufReader::new(stdout).lines();
    let ready = lines.find(|line| line.as_ref().is_ok_and(|l| l.starts_with("listening on")));
    ready.context("the platform ended before it listened")??;
    std::thread::spawn(move || lines.for_each(drop));
    Ok(process)
}

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
    let found = client.search_guides(asked("营业执照")).await?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(found.total > 0, "nothing is found");
    client.close().await;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak")?;
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", serde_json::to_string(&Fetched { seconds, peak: peak * 1024 })?);
    Ok(())
}

async fn first_fetch(folder: &Path, platform: SocketAddr) -> Result<Vec<Figure>> {
    eprintln!("· fetching it over 1 Mbit/s and 300 ms");
    let mut slow = Link::to(platform)?;
    slow.becomes(Line::Slow(BYTES_PER_SECOND)).await?;
    let mut late = Link::to(slow.address())?;
    late.becomes(Line::Late(LATE)).await?;
    let meter = Meter::to(late.address()).await?;
    let directory = folder.join("device");
    let output = tokio::process::Command::new(std::env::current_exe()?)
        .env(CHILD, format!("{} {}", meter.address, directory.display()))
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(output.status.success(), "the device that fetches: {}", output.status);
    let fetched: Fetched = serde_json::from_slice(&output.stdout)?;
    let (_, down) = meter.take();

    let begun = Instant::now();
    // Whoever makes the first client chooses who does the arithmetic of TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let base = format!("http://{}", meter.address);
    let get = async |path: &str| -> Result<bytes::Bytes> {
        Ok(http.get(format!("{base}{path}")).send().await?.error_for_status()?.bytes().await?)
    };
    let manifest: Manifest = serde_json::from_slice(&get(MANIFEST_PATH).await?)?;
    let mut text = Vec::new();
    for file in &manifest.files {
        let wanted = match &file.content {
            FileContent::Common => true,
            FileContent::Region { division, .. } => division.as_str() == PROVINCE,
            FileContent::Unknown => false,
        };
        if wanted {
            let packed = get(&format!("/catalogue/{}", file.path)).await?;
            text.extend(zstd::decode_all(&*packed)?);
        }
    }
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

fn asked(query: &str) -> SearchGuides {
    SearchGuides {
        query: query.to_owned(),
        filter: GuideFilter::default(),
        sort: GuideSort::default(),
        offset: 0,
        limit: ROWS,
    }
}

/// What the platform keeps of what was made: items, and places as they are published.
fn records(data: &Path) -> Result<Vec<Record>> {
    let text = std::fs::read_to_string(data.join("catalogue/imported.jsonl"))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Queries as people type them, made of the names: one to eight characters, two words, pinyin
/// and its initials, traditional characters, half words, codes.
fn queries(items: &[Item]) -> Vec<String> {
    let mut queries = Vec::new();
    let name = |at: usize| -> Vec<char> {
        let name = pick(items, at * 7919).map_or("", |item| &item.name);
        name.chars().filter(|c| c.is_alphabetic()).collect()
    };
    let part = |name: &[char], from: usize, length: usize| -> String {
        let from = from % name.len().saturating_sub(length).max(1);
        name.iter().skip(from).take(length).collect()
    };
    for number in 0..QUERIES {
        let name = name(number);
        queries.push(part(&name, number, 1 + number % 8));
        queries.push(format!("{} {}", part(&name, number, 2), part(&name, number + 3, 2)));
        let item = pick(items, number * 104_729);
        queries.push(item.and_then(|item| item.aliases.first()).cloned().unwrap_or_default());
        let typed = match number % 4 {
            0 => ["zhizhao", "yyzz", "xuke", "shebao", "sfz", "z", "zh", "butie"],
            1 => ["營業執照", "許可", "登記", "補貼", "證", "養老保險", "變更", "註銷"],
            2 => ["办", "证", "许可", "登记", "怎么办理", "申请", "变更登记", "补贴申领"],
            _ => ["0001", "0020", "11420506", "etc", "a", "1", "备案", "年审"],
        };
        queries.push(pick(&typed, number / 4).map_or("", |typed| typed).to_owned());
        queries.push(part(&name, 0, 4 + number % 5));
    }
    queries
}

/// One of them, counted around.
fn pick<T>(all: &[T], at: usize) -> Option<&T> {
    all.get(at % all.len().max(1))
}

async fn search(client: &Client, folder: &Path, data: &Path) -> Result<Vec<Figure>> {
    let records = records(data)?;
    let items: Vec<Item> = records
        .iter()
        .filter_map(|record| match record {
            Record::Item(item) => Some((**item).clone()),
            _ => None,
        })
        .collect();
    let queries = queries(&items);
    eprintln!("· searching for {} texts", queries.len());
    client.search_guides(asked("暖")).await?;
    let mut ours = Vec::new();
    let mut nothing = 0;
    for query in &queries {
        let begun = Instant::now();
        let found = client.search_guides(asked(query)).await?;
        ours.push(begun.elapsed().as_secs_f64() * 1000.0);
        nothing += usize::from(found.rows.is_empty());
    }
    let mut slowest: Vec<(f64, &String)> = ours.iter().copied().zip(&queries).collect();
    slowest.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    for (took, query) in slowest.iter().take(5) {
        eprintln!("  {took:.1} ms: {query}");
    }

    eprintln!("· FTS5 with trigrams over {PLACES} rows");
    let (mut peer, bytes, seconds) = trigrams(&records, &items, folder).await?;
    let mut theirs = Vec::new();
    let mut nothing_there = 0;
    for query in &queries {
        let text = format!("\"{}\"", query.replace('"', "\"\""));
        let begun = Instant::now();
        let found: Vec<(i64,)> =
            sqlx::query_as("SELECT rowid FROM guides WHERE guides MATCH ? ORDER BY rank LIMIT 20")
                .bind(text)
                .fetch_all(&mut peer)
                .await?;
        theirs.push(begun.elapsed().as_secs_f64() * 1000.0);
        nothing_there += usize::from(found.is_empty());
    }
    Ok(vec![Figure::new(
        ("catalogue.search", "ms"),
        &Sample::new(ours),
        ("FTS5 with the trigram tokeniser over flat rows", &Sample::new(theirs)),
        format!(
            "{} texts of eight kinds in the engine, 20 rows each with names marked. Ours \
                 found nothing for {nothing} of them, the peer for {nothing_there}; it was built \
                 in {seconds:.1} s and takes {bytes} bytes.",
            queries.len()
        ),
    )])
}

/// The peer: a row for each place, in a file of its own. Answers it with its size and the
/// seconds that it took.
async fn trigrams(
    records: &[Record],
    items: &[Item],
    folder: &Path,
) -> Result<(SqliteConnection, u64, f64)> {
    let path = folder.join("trigrams.db");
    let mut peer = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .pragma("journal_mode", "OFF")
        .pragma("synchronous", "OFF")
        .connect()
        .await?;
    let begun = Instant::now();
    sqlx::raw_sql(
        "BEGIN; CREATE VIRTUAL TABLE guides USING fts5 (name, alias, department, tokenize = 'trigram')",
    )
    .execute(&mut peer)
    .await?;
    let by_code: std::collections::HashMap<&str, &Item> =
        items.iter().map(|item| (item.code.as_str(), item)).collect();
    let mut rows = Vec::new();
    for record in records {
        let Record::Place(place) = record else { continue };
        let item = by_code.get(place.item.as_str()).context("a place of no item")?;
        rows.push(json!([item.name, item.aliases.join("\n"), place.office.department]));
        if rows.len() == 1000 {
            insert(&mut peer, std::mem::take(&mut rows)).await?;
        }
    }
    insert(&mut peer, rows).await?;
    sqlx::raw_sql("COMMIT").execute(&mut peer).await?;
    Ok((peer, std::fs::metadata(path)?.len(), begun.elapsed().as_secs_f64()))
}

async fn insert(peer: &mut SqliteConnection, rows: Vec<Value>) -> Result<()> {
    sqlx::query(
        "INSERT INTO guides (name, alias, department)
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
    )
    .bind(Value::Array(rows).to_string())
    .execute(peer)
    .await?;
    Ok(())
}

/// Has departments send in new lists: so many places with other hours or a shorter promise.
/// Answers the lines that are published of them.
fn change(data: &Path, folder: &Path) -> Result<Vec<u8>> {
    eprintln!("· a day's changes: {CHANGED} places");
    let before = records(data)?;
    let items: std::collections::HashMap<String, Item> = before
        .iter()
        .filter_map(|record| match record {
            Record::Item(item) => Some((item.code.clone(), (**item).clone())),
            _ => None,
        })
        .collect();
    let places: Vec<_> = before
        .iter()
        .filter_map(|record| match record {
            Record::Place(place) => Some(place),
            _ => None,
        })
        .collect();
    let mut list = Vec::new();
    for number in 0..CHANGED {
        let place = pick(&places, number * 104_729).context("no places")?;
        let item = items.get(&place.item).context("a place of no item")?;
        let guide = Guide::at(item, place)?;
        let mut row = serde_json::to_value(&guide.item)?;
        let members = row.as_object_mut().context("an item that is no object")?;
        let office = serde_json::to_value(&place.office)?;
        members.extend(office.as_object().cloned().unwrap_or_default());
        members.insert("basic_code".to_owned(), json!(place.item));
        members.insert("code".to_owned(), json!(place.code));
        members.insert("division".to_owned(), json!(place.division));
        members.insert("hours".to_owned(), json!(format!("周一至周五 8:{:02}—17:30", number % 60)));
        list.push(row);
    }
    let path = folder.join("changed.json");
    std::fs::write(&path, serde_json::to_vec(&list)?)?;
    run_platform(&["catalogue", "import", &path.to_string_lossy()], data)?;
    let old: std::collections::HashSet<String> =
        before.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let mut lines = Vec::new();
    for record in records(data)? {
        let line = serde_json::to_string(&record)?;
        if !old.contains(&line) {
            lines.extend(line.into_bytes());
            lines.push(b'\n');
        }
    }
    Ok(lines)
}

async fn delta(
    client: &Client,
    meter: &Meter,
    recorder: &Recorder,
    changed: &[u8],
) -> Result<Vec<Figure>> {
    let before = client.overview(Overview {}).await?.catalogue.version;
    meter.take();
    recorder.take();
    let begun = Instant::now();
    client.update_catalogue(UpdateCatalogue {}).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let (_, down) = meter.take();
    let passed = recorder.take();
    let version = client.overview(Overview {}).await?.catalogue.version;
    ensure!(version == before + 1, "version {version} after {before}");
    let rows = changed.iter().filter(|byte| **byte == b'\n').count();
    let floor = zstd::bulk::compress(changed, ZSTD_LEVEL)?.len();
    Ok(vec![
        Figure::new(
            ("catalogue.delta.round-trips", "requests"),
            &Sample::once(passed.len() as f64),
            ("one", &Sample::once(1.0)),
            "A day's changes of the province, asked for and applied.",
        ),
        Figure::new(
            ("catalogue.delta.bytes", "bytes"),
            &Sample::once(down as f64),
            ("the changed records in one piece, zstd -19", &Sample::once(floor as f64)),
            format!("{rows} records changed; with HTTP headers. Applied in {seconds:.1} s."),
        ),
    ])
}

/// Room that a province, a city and a county take: of the province is let go, and less kept.
async fn room(client: &Client) -> Result<Vec<Figure>> {
    eprintln!("· room on disk");
    let mut figures = Vec::new();
    let names = ["catalogue.room.province", "catalogue.room.city", "catalogue.room.county"];
    for (name, region) in names.into_iter().zip([PROVINCE, CITY, COUNTY]) {
        client.keep_region(KeepRegion { division: region.parse()? }).await?;
        for other in [PROVINCE, CITY, COUNTY].into_iter().filter(|other| *other != region) {
            client.drop_region(DropRegion { division: other.parse()? }).await?;
        }
        client.update_catalogue(UpdateCatalogue {}).await?;
        let view = client.overview(Overview {}).await?.catalogue;
        ensure!(view.kept.len() == 1, "{:?}", view.kept);
        let regions = client
            .list_regions(tongban_contract::page::ListRegions { parent: parent(region)? })
            .await?;
        let here = regions.iter().find(|one| one.division.as_str() == region);
        let packed = here.context("not published")?.bytes;
        figures.push(Figure::new(
            (name, "bytes"),
            &Sample::once(view.bytes as f64),
            ("its packed files", &Sample::once(packed as f64)),
            format!(
                "Database with its index, and the files it is made of; {} guides.",
                view.guides
            ),
        ));
    }
    Ok(figures)
}

fn parent(region: &str) -> Result<Option<tongban_contract::numbers::DivisionCode>> {
    let code: tongban_contract::numbers::DivisionCode = region.parse()?;
    Ok(code.parent())
}
