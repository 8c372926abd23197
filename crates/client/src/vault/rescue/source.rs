//! Reading a damaged database without writing to it: rows one by one, each believed only if
//! no damaged page was met on the way. What the rows mean is none of its business.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{
    ConnectOptions as _, Row as _, SqlitePool, TypeInfo as _, ValueRef as _,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow},
};
use zeroize::Zeroize as _;

use crate::{sqlite, vault::VaultError};

/// Rows that are asked for at once, and fewer after each failure, so that the last good row
/// before a damaged page is found.
const STEPS: [i64; 3] = [256, 16, 1];
/// Numbers that are tried within a gap.
const MOST_TRIES: i64 = 256;

/// A value of any column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Nothing,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    pub(super) fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            _ => 0,
        }
    }
}

/// Values of one row, in the order in which they were asked for.
pub(super) type Cells = Vec<Cell>;

/// A way along the rows of a table: in the order of its own tree, or of an index.
pub(super) struct Way {
    /// What is read of each row; the first ones are `order`.
    pub(super) select: String,
    pub(super) from: String,
    /// Columns that order the rows.
    pub(super) order: &'static [&'static str],
}

/// A damaged database.
pub(super) struct Source {
    options: SqliteConnectOptions,
    open: Option<SqlitePool>,
}

impl Source {
    pub(super) fn new(path: &Path, key: &SecretString) -> Self {
        let mut pragma = format!("\"x'{}'\"", key.expose_secret());
        let options = sqlite::options(path)
            .read_only(true)
            // Neither locks nor a log: nothing is written, whatever is found.
            .immutable(true)
            .pragma("key", pragma.clone())
            // A file that is shorter than it was is read as far as it goes.
            .pragma("writable_schema", "ON")
            .pragma("temp_store", "memory")
            // SQLCipher would write three lines to the terminal for each try.
            .pragma("cipher_log_level", "NONE")
            .disable_statement_logging();
        pragma.zeroize();
        Self { options, open: None }
    }

    /// Rows that a query answers; an error where a damaged page was met.
    pub(super) async fn read(
        &mut self,
        sql: &str,
        given: &[Cell],
    ) -> Result<Vec<Cells>, VaultError> {
        let read = self.try_read(sql, given).await;
        if read.is_err() {
            // SQLCipher does nothing more on a connection that has met a damaged page.
            self.close().await;
        }
        Ok(read?)
    }

    async fn try_read(&mut self, sql: &str, given: &[Cell]) -> Result<Vec<Cells>, sqlx::Error> {
        let mut transaction = self.pool().await?.begin().await?;
        let rows = bound(sql, given).fetch_all(&mut *transaction).await?;
        // SQLCipher fills a damaged page with zeros and fails from the next page on, so that a
        // value which ends on one might come without an error: one page more is asked for.
        sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *transaction).await?;
        transaction.rollback().await?;
        rows.iter().map(cells).collect()
    }

    async fn pool(&mut self) -> Result<SqlitePool, sqlx::Error> {
        if let Some(pool) = &self.open {
            return Ok(pool.clone());
        }
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(self.options.clone())
            .await?;
        self.open = Some(pool.clone());
        Ok(pool)
    }

    pub(super) async fn close(&mut self) {
        if let Some(pool) = self.open.take() {
            pool.close().await;
        }
    }

    /// What can be read along a way from both ends, and whether that is all there is.
    pub(super) async fn along(&mut self, way: &Way) -> (Vec<Cells>, bool) {
        let (mut rows, whole) = self.onwards(way, None, false).await;
        if whole {
            return (rows, true);
        }
        let last = rows.last().cloned();
        let (mut back, _) = self.onwards(way, None, true).await;
        back.retain(|row| last.as_ref().is_none_or(|last| row > last));
        let first = back.last().cloned();
        if let Some(Cell::Number(last)) = last.as_ref().and_then(|last| last.first()) {
            let first = first.as_ref().and_then(|row| row.first()).map(Cell::number);
            rows.extend(self.within(way, *last, first).await);
        }
        back.reverse();
        rows.extend(back);
        (rows, false)
    }

    /// Rows between two damaged pages, sought by the numbers that they may have.
    async fn within(&mut self, way: &Way, last: i64, first: Option<i64>) -> Vec<Cells> {
        let end = first.unwrap_or(i64::MAX);
        let (mut found, mut at) = (Vec::new(), last);
        for _ in 0..MOST_TRIES {
            at = at.saturating_add(1);
            if at >= end {
                break;
            }
            let (rows, _) = self.onwards(way, Some(vec![Cell::Number(at)]), false).await;
            let rows = rows.into_iter().filter(|row| row.first().is_some_and(|n| n.number() < end));
            found.extend(rows);
            at =
                found.last().and_then(|row: &Cells| row.first()).map_or(at, |n| n.number().max(at));
        }
        found
    }

    /// Rows from one place on, as far as they can be read, and whether the end was reached.
    async fn onwards(
        &mut self,
        way: &Way,
        start: Option<Cells>,
        descending: bool,
    ) -> (Vec<Cells>, bool) {
        let (mut rows, mut at) = (Vec::new(), start);
        for step in STEPS {
            while let Ok(more) = self
                .read(&way.sql(at.is_some(), descending, step), at.as_deref().unwrap_or_default())
                .await
            {
                let is_end = i64::try_from(more.len()).is_ok_and(|read| read < step);
                at = more
                    .last()
                    .and_then(|row| row.get(..way.order.len()))
                    .map(<[Cell]>::to_vec)
                    .or(at);
                rows.extend(more);
                if is_end {
                    return (rows, true);
                }
            }
        }
        (rows, false)
    }
}

impl Way {
    fn sql(&self, from_a_place: bool, descending: bool, step: i64) -> String {
        let (sign, word) = if descending { ("<", " DESC") } else { (">", "") };
        let columns = self.order.join(", ");
        let marks = vec!["?"; self.order.len()].join(", ");
        let place = if from_a_place {
            format!("WHERE ({columns}) {sign} ({marks})")
        } else {
            String::new()
        };
        let order: Vec<String> =
            self.order.iter().map(|column| format!("{column}{word}")).collect();
        let (select, from) = (&self.select, &self.from);
        format!("SELECT {select} FROM {from} {place} ORDER BY {} LIMIT {step}", order.join(", "))
    }
}

type Query = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// A statement with its values. Its text is made of names that stand in this program.
pub(super) fn bound(sql: &str, given: &[Cell]) -> Query {
    given.iter().cloned().fold(sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())), |query, cell| {
        match cell {
            Cell::Nothing => query.bind(None::<i64>),
            Cell::Number(number) => query.bind(number),
            Cell::Text(text) => query.bind(text),
            Cell::Bytes(bytes) => query.bind(bytes),
        }
    })
}

fn cells(row: &SqliteRow) -> Result<Cells, sqlx::Error> {
    (0..row.len())
        .map(|at| {
            let raw = row.try_get_raw(at)?;
            let kind = raw.type_info().name().to_owned();
            Ok(match (raw.is_null(), kind.as_str()) {
                (true, _) => Cell::Nothing,
                (_, "INTEGER" | "BOOLEAN") => Cell::Number(row.try_get(at)?),
                (_, "BLOB") => Cell::Bytes(row.try_get(at)?),
                _ => Cell::Text(row.try_get(at)?),
            })
        })
        .collect()
}
