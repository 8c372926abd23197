//! How much of what answers a query is on the first page, over the sample's items: for ours as
//! the engine's own test works it out (`tests/engine/search.rs` there), and for others alike.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use tongban_client::HttpTransport;
use tongban_contract::page::{ChooseCounty, UpdateCatalogue};

use super::{
    COUNTY, asked, province, tantivy,
    texts::Texts,
    trigrams::{Columns, Trigrams, any_three, as_it_is},
};
use crate::{
    device::{self, OpenKeyring},
    figure::{Figure, Sample},
};

/// What people type, and the items that answer it; how it was judged stands there.
const QUERIES: &str = include_str!("../../../crates/client/tests/engine/queries.tsv");
/// Rows of a first page.
const FIRST_PAGE: usize = 10;

/// A query, and the codes of the items that answer it.
struct Judged {
    query: String,
    answers: Vec<&'static str>,
}

/// Asks everybody the same.
pub(super) async fn measure(folder: &Path) -> Result<Vec<Figure>> {
    let judged = judged()?;
    eprintln!("· {} judged queries", judged.len());
    let folder = folder.join("recall");
    let platform = device::platform(&folder)?;
    let ours = recall(&judged, &ours(&folder, platform.address, &judged).await?);

    let file = province::download(platform.address, |content| province::is_of(content, COUNTY));
    let items = province::items(&province::read(&file.await?)?);
    let texts: Vec<Texts> = items.iter().map(Texts::whole).collect();
    let flat = trigrams(&folder, Columns::Flat, as_it_is, &texts, &judged).await?;
    let whole = trigrams(&folder, Columns::Whole, any_three, &texts, &judged).await?;
    let queries: Vec<String> = judged.iter().map(|judged| judged.query.clone()).collect();
    let found = tantivy::measure(&folder, "tantivy", &texts, &queries, FIRST_PAGE)?.found;
    let found: Vec<Vec<String>> = found.into_iter().map(|found| found.codes).collect();
    let tantivy = recall(&judged, &found);

    let recall = Figure::new(
        ("catalogue.recall", "share"),
        &Sample::once(ours),
        ("FTS5 with trigrams, the text as it is in a name", &Sample::once(flat)),
        format!(
            "Of the answers to {} judged queries (queries.tsv), how many are among the first \
             {FIRST_PAGE} rows, on average; {} items of the sample. Tantivy has every text that \
             our index has; it knows no pinyin, no traditional characters, and none of the \
             catalogue's synonyms.",
            judged.len(),
            items.len()
        ),
    );
    Ok(vec![
        recall
            .beside("FTS5 with trigrams, any three characters in any text", &Sample::once(whole))
            .beside("tantivy with tantivy-jieba, any word in any text", &Sample::once(tantivy)),
    ])
}

fn judged() -> Result<Vec<Judged>> {
    let lines = QUERIES.lines().filter(|line| !line.starts_with('#'));
    let judged = |line: &'static str| {
        let (query, answers) = line.split_once('\t').context("a query without answers")?;
        Ok(Judged { query: query.to_owned(), answers: answers.split(',').collect() })
    };
    lines.map(judged).collect()
}

/// What a device of the county finds.
async fn ours(folder: &Path, platform: SocketAddr, judged: &[Judged]) -> Result<Vec<Vec<String>>> {
    let (transport, keyring) = (Arc::new(HttpTransport::new()?), OpenKeyring::default());
    let client =
        device::open(&folder.join("device"), platform, transport, Arc::new(keyring)).await?;
    client.choose_county(ChooseCounty { division: COUNTY.parse()? }).await?;
    client.update_catalogue(UpdateCatalogue {}).await?;
    let mut found = Vec::new();
    for Judged { query, .. } in judged {
        let rows = client.search_guides(asked(query, FIRST_PAGE.try_into()?)).await?.rows;
        found.push(rows.into_iter().map(|row| row.item).collect());
    }
    ensure!(found.iter().any(|rows: &Vec<String>| !rows.is_empty()), "nothing is found");
    client.close().await;
    Ok(found)
}

/// Recall of trigrams over these columns, asked with this expression.
async fn trigrams(
    folder: &Path,
    columns: Columns,
    expression: fn(&str) -> String,
    texts: &[Texts],
    judged: &[Judged],
) -> Result<f64> {
    let path = folder.join(format!("trigrams-{columns:?}.db"));
    let mut peer = Trigrams::build(&path, columns, texts).await?;
    let mut found = Vec::new();
    for Judged { query, .. } in judged {
        found.push(peer.search(&expression(query), FIRST_PAGE).await?.1);
    }
    peer.close().await?;
    Ok(recall(judged, &found))
}

/// Share of the answers on the first page, on average over the queries.
fn recall(judged: &[Judged], found: &[Vec<String>]) -> f64 {
    let share = |(Judged { answers, .. }, found): (&Judged, &Vec<String>)| {
        let there = answers.iter().filter(|answer| found.iter().any(|code| code == *answer));
        there.count() as f64 / answers.len().min(FIRST_PAGE) as f64
    };
    judged.iter().zip(found).map(share).sum::<f64>() / judged.len() as f64
}
