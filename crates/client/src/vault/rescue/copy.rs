//! Carrying everything that can be read from a damaged vault into a new one, table by table.
//! What is left out, and why, is said beside each table; what the loss means is decided in
//! `mend`.

use std::collections::BTreeSet;

use sqlx::SqlitePool;

use super::source::{Cell, Cells, Source, Way, bound};
use crate::vault::{MIGRATIONS, PIECE, VaultError};

/// A table whose rows have a number of their own.
struct Table {
    name: &'static str,
    /// The column whose index leads to every row as well; none where there is just one row.
    key: Option<&'static str>,
    columns: &'static [&'static str],
}

/// Not carried over, as a new vault begins with it and the platform tells it all again: how
/// far its feed was read (`feed`), and changes of later versions (`unknown_change`).
const TABLES: [Table; 12] = [
    Table { name: "person", key: None, columns: &["one", "person_json"] },
    Table { name: "home", key: None, columns: &["one", "division"] },
    Table { name: "rescue", key: None, columns: &["position", "rescue_json"] },
    Table { name: "courier", key: None, columns: &["one", "key", "account", "to_name"] },
    Table {
        name: "application",
        key: Some("case_id"),
        columns: &[
            "case_id",
            "stage",
            "guide_json",
            "form_json",
            "situation_json",
            "answers_json",
            "notice_json",
            "created_at",
            "saved_at",
        ],
    },
    Table {
        name: "attachment",
        key: Some("id"),
        columns: &["id", "case_id", "material", "name", "enclosure_json", "digest", "attached_at"],
    },
    Table {
        name: "operation",
        key: Some("id"),
        columns: &[
            "position",
            "id",
            "case_id",
            "operation_json",
            "phase",
            "tries",
            "next_try",
            "problem_json",
            "outcome_json",
            "tried_at",
        ],
    },
    Table {
        name: "receipt",
        key: Some("case_id"),
        columns: &["case_id", "filed_at", "digest", "enclosures_json", "number", "accepted_at"],
    },
    Table { name: "upload", key: Some("digest"), columns: &["digest", "location"] },
    Table {
        name: "case_news",
        key: Some("case_id"),
        columns: &["case_id", "revision", "case_json", "updated_at"],
    },
    Table {
        name: "followed",
        key: Some("item"),
        columns: &["item", "guide_json", "followed_at", "seen_at", "told"],
    },
    Table { name: "licence", key: Some("id"), columns: &["id", "licence_type", "licence_json"] },
];

/// What could not be carried over.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Applications that were being written, as far as that is known, and those that were
    /// filed.
    pub(super) drafts: u32,
    pub(super) filed: u32,
    /// Files that were attached.
    pub(super) files: u32,
    /// Whether rows may be gone that nothing else names.
    pub(super) unsure: bool,
}

/// Names of the tables; an error where nothing can be read without them.
pub(super) async fn tables(source: &mut Source) -> Result<BTreeSet<String>, VaultError> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let rows = source.read(tables, &[]).await?;
    Ok(rows.iter().flatten().map(|name| name.text().to_owned()).collect())
}

/// Whether a newer version of the app wrote this: it is left for that one to rescue.
pub(super) async fn is_newer(
    source: &mut Source,
    tables: &BTreeSet<String>,
    known: &BTreeSet<String>,
) -> bool {
    let version = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
    match source.read(version, &[]).await {
        Ok(rows) => {
            let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
            rows.iter().flatten().any(|cell| cell.number() > newest)
        }
        Err(_) => tables.iter().any(|table| !known.contains(table)),
    }
}

/// Carries everything over that can be read.
pub(super) async fn copy(source: &mut Source, target: &SqlitePool) -> Result<Lost, VaultError> {
    let mut lost = Lost::default();
    for table in &TABLES {
        copy_table(source, target, table, &mut lost).await?;
    }
    copy_pieces(source, target).await?;
    Ok(lost)
}

async fn copy_table(
    source: &mut Source,
    target: &SqlitePool,
    table: &Table,
    lost: &mut Lost,
) -> Result<(), VaultError> {
    let name = table.name;
    let Some(columns) = columns(source, table).await else {
        return Ok(());
    };
    let (numbers, sure) = numbers(source, table).await;
    lost.unsure |= !sure;
    let select = format!("SELECT {columns} FROM {name} NOT INDEXED WHERE rowid = ?");
    let marks = vec!["?"; columns.split(", ").count()].join(", ");
    let insert = format!("INSERT INTO {name} ({columns}) VALUES ({marks})");
    let mut transaction = target.begin().await?;
    for number in numbers {
        let number = [Cell::Number(number)];
        let kept = match source.read(&select, &number).await {
            Ok(rows) => {
                let mut kept = true;
                for row in &rows {
                    kept &= keep(&mut transaction, &insert, row).await?;
                }
                kept
            }
            Err(_) => false,
        };
        if !kept {
            tracing::warn!(table = name, "a row could not be rescued");
            lost.count(name, source, &number).await;
        }
    }
    transaction.commit().await?;
    Ok(())
}

impl Lost {
    /// Counts a row that cannot be read whole, as what the person misses with it.
    async fn count(&mut self, table: &str, source: &mut Source, number: &[Cell]) {
        match table {
            "application" => self.count_application(source, number).await,
            "attachment" => self.files += 1,
            // A filing leaves its application, which `mend` makes a draft again; of a withdrawal
            // or a correction nothing else is left. A rescue that was told, and not read, may be
            // the only one to name what was lost then.
            "operation" | "rescue" => self.unsure = true,
            // Made again from what is here, or told again by the platform.
            _ => {}
        }
    }

    /// Its stage stands before what is long.
    async fn count_application(&mut self, source: &mut Source, number: &[Cell]) {
        let stage = "SELECT stage FROM application NOT INDEXED WHERE rowid = ?";
        let stage = source.read(stage, number).await.unwrap_or_default();
        match stage.first().and_then(|row| row.first()).map(Cell::text) {
            Some("filed") => self.filed += 1,
            Some("draft") => self.drafts += 1,
            _ => self.unsure = true,
        }
    }
}

/// Columns of a table that an older version of it has too; none where it has no such table.
async fn columns(source: &mut Source, table: &Table) -> Option<String> {
    let sql = "SELECT name FROM pragma_table_info(?)";
    let rows = source.read(sql, &[Cell::Text(table.name.to_owned())]).await.ok()?;
    let there: BTreeSet<&str> = rows.iter().flatten().map(Cell::text).collect();
    let columns: Vec<&str> =
        table.columns.iter().copied().filter(|column| there.contains(column)).collect();
    (!columns.is_empty()).then(|| columns.join(", "))
}

/// The numbers of a table's rows: along its own tree from both ends, and, where a damaged
/// page is in the way, along the index of its key. Whether those are surely all.
async fn numbers(source: &mut Source, table: &Table) -> (BTreeSet<i64>, bool) {
    let own = Way {
        select: "rowid".to_owned(),
        from: format!("{} NOT INDEXED", table.name),
        order: &["rowid"],
    };
    let (rows, whole) = source.along(&own).await;
    let mut numbers: BTreeSet<i64> =
        rows.iter().filter_map(|row| row.first()).map(Cell::number).collect();
    let (false, Some(key)) = (whole, table.key) else {
        return (numbers, whole);
    };
    let index = Way {
        select: format!("{key}, rowid"),
        from: format!("{0} INDEXED BY sqlite_autoindex_{0}_1", table.name),
        order: match key {
            "case_id" => &["case_id"],
            "digest" => &["digest"],
            "item" => &["item"],
            _ => &["id"],
        },
    };
    let (rows, sure) = source.along(&index).await;
    numbers.extend(rows.iter().filter_map(|row| row.get(1)).map(Cell::number));
    (numbers, sure)
}

/// The pieces of files: along their tree, and those that attachments and operations name.
async fn copy_pieces(source: &mut Source, target: &SqlitePool) -> Result<(), VaultError> {
    let way = Way {
        select: "digest, piece".to_owned(),
        from: "chunk".to_owned(),
        order: &["digest", "piece"],
    };
    let (rows, whole) = source.along(&way).await;
    let mut keys: BTreeSet<Cells> = rows.into_iter().collect();
    if !whole {
        let named: Vec<(String, i64)> = sqlx::query_as(
            "SELECT value ->> '$.digest', value ->> '$.bytes'
             FROM operation, json_tree(operation_json, '$.filing.materials')
             WHERE type = 'object' AND value ->> '$.digest' IS NOT NULL
             UNION
             SELECT digest, enclosure_json ->> '$.bytes' FROM attachment
             WHERE digest IS NOT NULL",
        )
        .fetch_all(target)
        .await?;
        for (digest, bytes) in named {
            let pieces = u64::try_from(bytes).unwrap_or(0).div_ceil(PIECE as u64);
            let pieces = i64::try_from(pieces).unwrap_or(0);
            keys.extend(
                (0..pieces).map(|piece| vec![Cell::Text(digest.clone()), Cell::Number(piece)]),
            );
        }
    }
    let insert = "INSERT INTO chunk (digest, piece, bytes) VALUES (?, ?, ?)";
    let mut transaction = target.begin().await?;
    for key in keys {
        let select = "SELECT digest, piece, bytes FROM chunk WHERE digest = ? AND piece = ?";
        match source.read(select, &key).await {
            Ok(rows) => {
                for row in &rows {
                    keep(&mut transaction, insert, row).await?;
                }
            }
            Err(_) => tracing::warn!("a piece of a file could not be rescued"),
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Keeps a row; answers whether it fits in: what a damaged tree leads to need not.
async fn keep(
    connection: &mut sqlx::SqliteConnection,
    insert: &str,
    row: &[Cell],
) -> Result<bool, VaultError> {
    /// Primary result codes of SQLite: a value of the wrong type, and a broken rule.
    const MISFITS: [&str; 2] = ["20", "19"];
    match bound(insert, row).execute(&mut *connection).await {
        Ok(_) => Ok(true),
        Err(error) => {
            let code = error.as_database_error().and_then(|error| error.code());
            let primary = code.and_then(|code| code.parse::<i64>().ok()).map(|code| code & 0xff);
            if primary.is_some_and(|code| MISFITS.contains(&code.to_string().as_str())) {
                Ok(false)
            } else {
                Err(error.into())
            }
        }
    }
}
