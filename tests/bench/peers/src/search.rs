//! Searching: what has any word of the query in any of its texts, best first. A query is no
//! expression of the engine's own language, which would take several words of jieba in a row
//! for a phrase and find nothing for most of what people type.

use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::Serialize;
use tantivy::{
    DocAddress, Index, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery},
    schema::{IndexRecordOption, Value as _},
};

use crate::index::{Fields, JIEBA};

/// What a query found.
#[derive(Serialize)]
pub(crate) struct Found {
    /// Milliseconds from the text to the numbers of the best documents.
    took: f64,
    /// What they are known by, best first.
    codes: Vec<String>,
}

/// Searches for one text after the other.
pub(crate) fn all(
    index: &Index,
    fields: &Fields,
    queries: &[String],
    limit: usize,
) -> Result<Vec<Found>> {
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher = reader.searcher();
    let mut jieba = index.tokenizers().get(JIEBA).context("no tokenizer")?;
    let mut one = |text: &str| -> Result<Vec<DocAddress>> {
        let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        jieba.token_stream(text).process(&mut |token| {
            // Blanks and signs are words to jieba.
            if !token.text.chars().any(char::is_alphanumeric) {
                return;
            }
            for (field, weight) in &fields.searched {
                let term = Term::from_field_text(*field, &token.text);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                any.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), *weight))));
            }
        });
        let best = TopDocs::with_limit(limit).order_by_score();
        let found = searcher.search(&BooleanQuery::new(any), &best)?;
        Ok(found.into_iter().map(|(_, address)| address).collect())
    };
    // As everywhere here, the first one only warms up.
    one("暖")?;
    let mut all = Vec::new();
    for query in queries {
        let begun = Instant::now();
        let addresses = one(query)?;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        all.push(Found { took, codes: known_by(&searcher, fields, addresses)? });
    }
    Ok(all)
}

fn known_by(
    searcher: &Searcher,
    fields: &Fields,
    addresses: Vec<DocAddress>,
) -> Result<Vec<String>> {
    let code = |address| {
        let document: TantivyDocument = searcher.doc(address)?;
        let code = document.get_first(fields.known_by).and_then(|value| value.as_str());
        Ok(code.context("a document without its code")?.to_owned())
    };
    addresses.into_iter().map(code).collect()
}
