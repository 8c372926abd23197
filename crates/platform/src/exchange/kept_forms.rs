//! Forms that were published, each version with the item it belonged to. A draft may be
//! filed with the form it was begun with, and a case is corrected with the form it was
//! filed with, however often the catalogue has changed since.

use sqlx::{Row as _, SqliteConnection, SqliteExecutor, SqlitePool};
use tongban_contract::{form::Form, guide::Item, problem::Problem, vocabulary::ItemState};

use crate::{Error, Platform, Result, catalogue::Catalogue};

/// An item with a form of it.
#[derive(Debug)]
pub struct Published {
    /// The item.
    pub item: Item,
    /// The form.
    pub form: Form,
}

/// Keeps every form of the catalogue. A version that is kept already stays as it was
/// published: changing a form means giving it a new version.
pub async fn keep(pool: &SqlitePool, catalogue: &Catalogue, now: jiff::Timestamp) -> Result<()> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    for source in catalogue.items.values() {
        let Some(form) = &source.form else { continue };
        sqlx::query(
            "INSERT INTO kept_forms (item, form_version, item_body, form_body, kept_at)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (item, form_version) DO NOTHING",
        )
        .bind(&source.item.code)
        .bind(&form.version)
        .bind(serde_json::to_string(&source.item).map_err(Error::json("item"))?)
        .bind(serde_json::to_string(form).map_err(Error::json("form"))?)
        .bind(now.as_millisecond())
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// A form of an item that can be filed. The inner error says why it cannot.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    platform: &Platform,
    item: &str,
    form_version: &str,
) -> Result<Result<Published, Problem>> {
    let Some(source) = platform.catalogue.items.get(item) else {
        return Ok(Err(Problem::new(
            "submit.unknown-item",
            "平台没有这个事项，可能已经取消或更名。",
            "请更新办事指南，再从新的指南重新办理。",
        )
        .at("/item")));
    };
    if source.item.state != ItemState::InUse {
        return Ok(Err(Problem::new(
            "submit.item-not-in-use",
            format!("“{}”现在{}办理。", source.item.name, source.item.state.term()),
            "请查看办事指南，或拨打指南上的咨询电话。",
        )
        .at("/item")));
    }
    // What is published now needs no look into what was.
    if let Some(form) = source.form.as_ref().filter(|form| form.version == form_version) {
        return Ok(Ok(Published { item: source.item.clone(), form: form.clone() }));
    }
    Ok(kept(connection, item, form_version).await?.ok_or_else(|| {
        Problem::new(
            "submit.form-outdated",
            "这份申请用的表单版本，平台已经不再受理。",
            "请更新办事指南后打开申请，核对改动再提交，已填的内容会保留。",
        )
        .at("/form_version")
    }))
}

/// A form of an item for reading a case, whatever has become of the item; none where it
/// was never kept.
pub async fn of_case(
    platform: &Platform,
    item: &str,
    form_version: &str,
) -> Result<Option<Published>> {
    kept(&platform.pool, item, form_version).await
}

async fn kept(
    executor: impl SqliteExecutor<'_>,
    item: &str,
    form_version: &str,
) -> Result<Option<Published>> {
    let row = sqlx::query(
        "SELECT item_body, form_body FROM kept_forms WHERE item = ?1 AND form_version = ?2",
    )
    .bind(item)
    .bind(form_version)
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let read = |column| row.try_get::<&str, _>(column);
    Ok(Some(Published {
        item: serde_json::from_str(read("item_body")?).map_err(Error::json("kept item"))?,
        form: serde_json::from_str(read("form_body")?).map_err(Error::json("kept form"))?,
    }))
}
