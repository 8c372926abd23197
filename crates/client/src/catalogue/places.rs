//! The places that carry an item out: read for a guide.

use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    guide::{Guide, Item, Place},
    page::PlaceView,
};

use super::{build::guide_at, error::CatalogueError, names::Names, packed::Unpacker};

#[derive(FromRow)]
struct Row {
    code: String,
    division: String,
    office: Vec<u8>,
    patch: Option<Vec<u8>>,
}

/// The item as each of its places carries it out, in the order of their divisions. One whose
/// differences make no item is passed over.
pub(super) async fn of_item(
    database: &mut SqliteConnection,
    texts: &mut Unpacker,
    item: &Item,
) -> Result<Vec<Guide>, CatalogueError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT p.code, p.division, o.body office, c.body patch
         FROM place p JOIN office o ON o.id = p.office LEFT JOIN patch c ON c.id = p.patch
         WHERE p.item = ? ORDER BY p.division, p.code",
    )
    .bind(&item.code)
    .fetch_all(database)
    .await?;
    let mut guides = Vec::with_capacity(rows.len());
    for row in rows {
        let patch = row.patch.as_deref().map(|patch| texts.read(patch)).transpose()?;
        let place = Place {
            code: row.code,
            item: item.code.clone(),
            division: row.division.parse().map_err(|_| CatalogueError::Damaged)?,
            office: texts.read(&row.office)?,
            patch: patch.unwrap_or_default(),
        };
        guides.extend(guide_at(item, &place));
    }
    Ok(guides)
}

/// A place as a choice among those of a region.
pub(super) fn choice(guide: &Guide, names: &Names) -> PlaceView {
    PlaceView {
        division: guide.division.clone(),
        division_name: names.alone(&guide.division),
        department: guide.office.department.clone(),
    }
}
