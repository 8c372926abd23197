//! A whole province: how long a search takes and what it finds, what the first fetch and a
//! day's changes cost, how much room it needs, and how long a person waits for the list after
//! a key. Beside each stands a peer or floor over the same data.
//!
//! - `province`: the platform that publishes it. `line`: the network that it is fetched over.
//! - `first_fetch`, `delta`, `room`, `replicate`: getting and keeping it; PouchDB.
//! - `search`, `index`, `recall`, `typing`: finding something in it.
//! - `texts`, `trigrams`, `tantivy`: what is searched, and those who search it beside us.

mod delta;
mod first_fetch;
mod index;
mod line;
mod province;
mod recall;
mod replicate;
mod room;
mod search;
mod tantivy;
mod texts;
mod trigrams;
mod typing;

use std::{net::SocketAddr, sync::Arc};

use anyhow::Result;
use tongban_contract::page::{GuideFilter, GuideSort, SearchGuides};
use tongban_tests::programs::free_port;

pub(crate) use self::first_fetch::{CHILD, child};
use crate::{
    device::{self, OpenKeyring},
    figure::Figure,
    wire::{Meter, Recorder},
};

const PROVINCE: &str = "42";
const CITY: &str = "4205";
const COUNTY: &str = "420506";
/// Compression of the floors.
const ZSTD_LEVEL: i32 = 19;

/// Measures everything.
pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let folder = device::folder()?;
    let (folder, data) = (folder.path(), folder.path().join("platform"));
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    province::make(&data)?;
    let platform = province::serve(&data, address)?;
    let directory = folder.join("device");
    let mut figures = first_fetch::measure(&directory, address).await?;

    let meter = Meter::to(address).await?;
    let recorder = Arc::new(Recorder::new()?);
    let open = || {
        let keyring = Arc::new(OpenKeyring::default());
        device::open(&directory, meter.address, recorder.clone(), keyring)
    };
    let client = open().await?;
    let (found, peers) = search::measure(&client, folder, &data).await?;
    figures.extend(found);
    client.close().await;
    drop(client);
    figures.extend(index::measure(&directory, open, &peers).await?);
    figures.extend(recall::measure(folder).await?);
    figures.extend(typing::measure(folder, &directory, address).await?);
    figures.extend(replicate::measure(folder, address).await?);

    let client = open().await?;
    drop(platform);
    let changed = delta::change(&data, folder)?;
    let _platform = province::serve(&data, address)?;
    figures.extend(delta::measure(&client, &meter, &recorder, &changed).await?);
    figures.extend(room::measure(&client).await?);
    client.close().await;
    Ok(figures)
}

/// The first rows of what is found for a text.
fn asked(query: &str, rows: u32) -> SearchGuides {
    SearchGuides {
        query: query.to_owned(),
        filter: GuideFilter::default(),
        sort: GuideSort::default(),
        offset: 0,
        limit: rows,
    }
}

/// One of them, counted around.
fn pick<T>(all: &[T], at: usize) -> Option<&T> {
    all.get(at % all.len().max(1))
}
