//! The index: a field for each text, weighed as our own search weighs its columns, and its
//! tokens as jieba cuts them.

use std::{path::Path, time::Instant};

use anyhow::Result;
use tantivy::{
    Index, TantivyDocument,
    schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{LowerCaser, TextAnalyzer},
};

use crate::Document;

/// Name of the tokenizer.
pub(crate) const JIEBA: &str = "jieba";
/// Memory that the writer may use before it writes a segment.
const MEMORY: usize = 256 << 20;

type Text = fn(&Document) -> &str;

/// Texts and their weights; what our own index has no column for weighs as its last one.
const TEXTS: [(&str, f32, Text); 7] = [
    ("code", 10.0, |document| &document.code),
    ("name", 10.0, |document| &document.name),
    ("alias", 8.0, |document| &document.alias),
    ("result", 5.0, |document| &document.result),
    ("material", 2.0, |document| &document.material),
    ("body", 1.0, |document| &document.body),
    ("department", 1.0, |document| &document.department),
];

/// The fields of an index.
pub(crate) struct Fields {
    /// What a document is known by.
    pub(crate) known_by: Field,
    /// Where to search, with weights.
    pub(crate) searched: Vec<(Field, f32)>,
}

/// What building took, in seconds.
pub(crate) struct Times {
    pub(crate) built: f64,
    pub(crate) merged: f64,
}

/// Builds the index in a folder that does not exist yet.
pub(crate) fn build(folder: &Path, documents: &[Document]) -> Result<(Index, Fields, Times)> {
    // Ordered by bm25, never by phrases: positions would only cost.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(JIEBA)
        .set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let known_by = schema.add_text_field("known_by", STORED);
    let mut searched = Vec::new();
    for (name, weight, text) in TEXTS {
        // A text that no document has is no field.
        if documents.iter().any(|document| !text(document).is_empty()) {
            searched.push((schema.add_text_field(name, options.clone()), weight, text));
        }
    }
    std::fs::create_dir_all(folder)?;
    let index = Index::create_in_dir(folder, schema.build())?;
    let mut jieba =
        TextAnalyzer::builder(tantivy_jieba::JiebaTokenizer::new()).filter(LowerCaser).build();
    // It reads its dictionary with the first text.
    jieba.token_stream("字典").process(&mut |_| ());
    index.tokenizers().register(JIEBA, jieba);

    let begun = Instant::now();
    let mut writer = index.writer::<TantivyDocument>(MEMORY)?;
    for document in documents {
        let mut row = TantivyDocument::default();
        row.add_text(known_by, &document.code);
        for (field, _, text) in &searched {
            row.add_text(*field, text(document));
        }
        writer.add_document(row)?;
    }
    writer.commit()?;
    let built = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    let merged = begun.elapsed().as_secs_f64();
    let searched = searched.into_iter().map(|(field, weight, _)| (field, weight)).collect();
    Ok((index, Fields { known_by, searched }, Times { built, merged }))
}
