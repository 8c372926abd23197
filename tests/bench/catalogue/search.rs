//! How long a search of the province takes, for ours and for others over the same data.

use std::{path::Path, time::Instant};

use anyhow::Result;
use tongban_client::Client;
use tongban_contract::guide::Item;

use super::{
    asked, pick,
    province::{PLACES, items, records},
    tantivy,
    texts::{Texts, flat_rows},
    trigrams::{Columns, Trigrams, as_it_is},
};
use crate::figure::{Figure, Sample};

/// Queries of each kind.
const QUERIES: usize = 200;
/// Rows of a page.
const ROWS: u32 = 20;

/// Queries as people type them, made of the names: one to eight characters, two words, pinyin
/// and its initials, traditional characters, half words, codes.
pub(super) fn queries(items: &[Item]) -> Vec<String> {
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

/// What indexes of others took, whose size and time `index` tells beside ours.
pub(super) struct Built {
    pub(super) name: &'static str,
    pub(super) bytes: u64,
    pub(super) seconds: f64,
}

/// Searches in the engine, and in the same data as others index it.
pub(super) async fn measure(
    client: &Client,
    folder: &Path,
    data: &Path,
) -> Result<(Vec<Figure>, Vec<Built>)> {
    let records = records(data)?;
    let items = items(&records);
    let queries = queries(&items);
    let (ours, nothing) = ours(client, &queries).await?;

    eprintln!("· FTS5 with trigrams over {PLACES} rows");
    let rows = flat_rows(&records, &items)?;
    drop(records);
    let mut peer = Trigrams::build(&folder.join("trigrams.db"), Columns::Flat, &rows).await?;
    let mut theirs = Vec::new();
    let mut nothing_there = 0;
    for query in &queries {
        let (took, found) = peer.search(&as_it_is(query), limit()).await?;
        theirs.push(took);
        nothing_there += usize::from(found.is_empty());
    }
    let mut built = vec![Built {
        name: "FTS5 with the trigram tokeniser, flat rows",
        bytes: peer.bytes,
        seconds: peer.built,
    }];
    peer.close().await?;

    eprintln!("· tantivy with tantivy-jieba over the same rows, and over the items");
    let whole: Vec<Texts> = items.iter().map(Texts::whole).collect();
    let mut how = format!(
        "{} texts of eight kinds in the engine, {ROWS} rows each with names marked; of the \
         others only the numbers of the rows. Nothing was found for: ours {nothing}, trigrams \
         {nothing_there}",
        queries.len()
    );
    let mut figure = Vec::new();
    for (name, id, texts) in [
        ("tantivy with tantivy-jieba, flat rows", "tantivy-flat", &rows),
        ("tantivy with tantivy-jieba, basic items", "tantivy-items", &whole),
    ] {
        let measured = tantivy::measure(folder, id, texts, &queries, limit())?;
        let nothing = measured.found.iter().filter(|found| found.codes.is_empty()).count();
        how += &format!(", {name} {nothing}");
        eprintln!("  {id}: {:.1} s, and {:.1} s to merge", measured.built, measured.merged);
        built.push(Built {
            name,
            bytes: measured.bytes,
            seconds: measured.built + measured.merged,
        });
        let took = measured.found.iter().map(|found| found.took).collect();
        figure.push((name, Sample::new(took)));
    }
    let search = Figure::new(
        ("catalogue.search", "ms"),
        &Sample::new(ours),
        ("FTS5 with the trigram tokeniser over flat rows", &Sample::new(theirs)),
        how + ".",
    );
    let search = figure.iter().fold(search, |search, (name, took)| search.beside(name, took));
    Ok((vec![search], built))
}

fn limit() -> usize {
    usize::try_from(ROWS).unwrap_or(usize::MAX)
}

/// Milliseconds of each search in the engine, and how many found nothing.
async fn ours(client: &Client, queries: &[String]) -> Result<(Vec<f64>, usize)> {
    eprintln!("· searching for {} texts", queries.len());
    client.search_guides(asked("暖", ROWS)).await?;
    let mut ours = Vec::new();
    let mut nothing = 0;
    for query in queries {
        let begun = Instant::now();
        let found = client.search_guides(asked(query, ROWS)).await?;
        ours.push(begun.elapsed().as_secs_f64() * 1000.0);
        nothing += usize::from(found.rows.is_empty());
    }
    let mut slowest: Vec<(f64, &String)> = ours.iter().copied().zip(queries).collect();
    slowest.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    for (took, query) in slowest.iter().take(5) {
        eprintln!("  {took:.1} ms: {query}");
    }
    Ok((ours, nothing))
}
