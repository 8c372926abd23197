//! FTS5 with SQLite's own tokeniser of three characters: the least that anybody would do.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use super::texts::Texts;

/// What of a guide is indexed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Columns {
    /// Names and department.
    Flat,
    /// All that our own index has, weighed as ours weighs it.
    Whole,
}

impl Columns {
    fn names(self) -> &'static str {
        match self {
            Self::Flat => "name, alias, department",
            Self::Whole => "name, alias, result, material, body, code",
        }
    }

    fn of(self, texts: &Texts) -> Value {
        let Texts { code, name, alias, department, result, material, body } = texts;
        match self {
            Self::Flat => json!([name, alias, department]),
            Self::Whole => json!([name, alias, result, material, body, code]),
        }
    }

    fn values(self) -> &'static str {
        match self {
            Self::Flat => "value ->> 0, value ->> 1, value ->> 2",
            Self::Whole => {
                "value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5"
            }
        }
    }

    fn weights(self) -> &'static str {
        match self {
            Self::Flat => "",
            Self::Whole => {
                "INSERT INTO guides (guides, rank) \
                 VALUES ('rank', 'bm25(10.0, 8.0, 5.0, 2.0, 1.0, 10.0)');"
            }
        }
    }
}

/// An index in a file of its own.
pub(super) struct Trigrams {
    database: SqliteConnection,
    /// What each row is known by.
    codes: Vec<String>,
    /// Size of the file.
    pub(super) bytes: u64,
    /// Seconds that it took.
    pub(super) built: f64,
}

impl Trigrams {
    /// Builds it of these rows.
    pub(super) async fn build(path: &Path, columns: Columns, texts: &[Texts]) -> Result<Self> {
        let mut database = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .pragma("journal_mode", "OFF")
            .pragma("synchronous", "OFF")
            .connect()
            .await?;
        let begun = Instant::now();
        let (names, values) = (columns.names(), columns.values());
        let begin = format!(
            "BEGIN; CREATE VIRTUAL TABLE guides USING fts5 ({names}, tokenize = 'trigram'); {}",
            columns.weights()
        );
        sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut database).await?;
        let insert =
            format!("INSERT INTO guides ({names}) SELECT {values} FROM json_each(?) ORDER BY key");
        for some in texts.chunks(1000) {
            let rows = Value::Array(some.iter().map(|texts| columns.of(texts)).collect());
            sqlx::query(AssertSqlSafe(insert.as_str()))
                .bind(rows.to_string())
                .execute(&mut database)
                .await?;
        }
        sqlx::raw_sql("COMMIT").execute(&mut database).await?;
        let built = begun.elapsed().as_secs_f64();
        let codes = texts.iter().map(|texts| texts.code.clone()).collect();
        Ok(Self { database, codes, bytes: std::fs::metadata(path)?.len(), built })
    }

    /// What an expression of FTS5 finds, best first, and the milliseconds until its numbers
    /// were there.
    pub(super) async fn search(
        &mut self,
        expression: &str,
        limit: usize,
    ) -> Result<(f64, Vec<String>)> {
        let begun = Instant::now();
        let found: Vec<(i64,)> =
            sqlx::query_as("SELECT rowid FROM guides WHERE guides MATCH ? ORDER BY rank LIMIT ?")
                .bind(expression)
                .bind(i64::try_from(limit)?)
                .fetch_all(&mut self.database)
                .await?;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        let code = |(row,)| {
            let number = usize::try_from(row)?.checked_sub(1).context("a row without a number")?;
            Ok(self.codes.get(number).context("a row that nobody wrote")?.clone())
        };
        Ok((took, found.into_iter().map(code).collect::<Result<_>>()?))
    }

    /// Closes its file.
    pub(super) async fn close(self) -> Result<()> {
        Ok(self.database.close().await?)
    }
}

/// The text as it is, somewhere in a name.
pub(super) fn as_it_is(query: &str) -> String {
    format!("\"{}\"", query.replace('"', "\"\""))
}

/// Any three characters of the text that stand next to each other; where there are no three,
/// nothing is found either way.
pub(super) fn any_three(query: &str) -> String {
    let words = query.split_whitespace().map(|word| word.chars().collect::<Vec<_>>());
    let threes = words.flat_map(|word| {
        word.windows(3).map(|three| as_it_is(&three.iter().collect::<String>())).collect::<Vec<_>>()
    });
    let any = threes.collect::<Vec<_>>().join(" OR ");
    if any.is_empty() { as_it_is(query) } else { any }
}
