//! A day's changes of the province: what they cost a device that has the day before's.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tongban_client::Client;
use tongban_contract::{
    catalogue::Record,
    guide::{Guide, Item},
    page::{Overview, UpdateCatalogue},
};

use super::{
    ZSTD_LEVEL, pick,
    province::{items, records, run_platform},
};
use crate::{
    figure::{Figure, Sample},
    wire::{Meter, Recorder},
};

/// Items that change in a day.
const CHANGED: usize = 500;

/// Has departments send in new lists: so many places with other hours or a shorter promise.
/// Answers the lines that are published of them.
pub(super) fn change(data: &Path, folder: &Path) -> Result<Vec<u8>> {
    eprintln!("· a day's changes: {CHANGED} places");
    let before = records(data)?;
    let items: HashMap<String, Item> =
        items(&before).into_iter().map(|item| (item.code.clone(), item)).collect();
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
    let old: HashSet<String> =
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

/// Fetches and applies them.
pub(super) async fn measure(
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
