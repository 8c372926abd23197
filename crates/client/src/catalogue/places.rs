//! The places that carry an item out: read for a guide, or listed for who asks where else.

use std::collections::BTreeMap;

use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    guide::{Guide, Item, Place},
    numbers::{DivisionCode, DivisionLevel},
    page::{OfficeView, PlaceGroupView, PlaceView},
};

use super::{
    build::guide_at, error::CatalogueError, names::Names, nearness::Here, packed::Unpacker,
};

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
pub(super) fn choice(guide: &Guide, called: impl Fn(&DivisionCode) -> String) -> PlaceView {
    PlaceView {
        division: guide.division.clone(),
        division_name: called(&guide.division),
        department: guide.office.department.clone(),
    }
}

/// Every one of these places, the nearest first: those of the person's own county, of the rest
/// of its city, then of each other city.
pub(super) async fn grouped(
    database: &mut SqliteConnection,
    guides: Vec<Guide>,
    here: &Here,
) -> Result<Vec<PlaceGroupView>, CatalogueError> {
    let divisions = guides.iter().map(|guide| guide.division.clone());
    let names = Names::leading_to(database, divisions).await?;
    let mut groups: BTreeMap<(Distance, DivisionCode), Vec<OfficeView>> = BTreeMap::new();
    for Guide { division, office, .. } in guides {
        let place = OfficeView {
            division_name: names.in_full(&division).unwrap_or_else(|| division.to_string()),
            department: office.department,
            address: office.address,
            phone: office.phone,
            division,
        };
        groups.entry(group_of(&place.division, &names, here)).or_default().push(place);
    }
    let group = |((_, division), places): (_, Vec<OfficeView>)| PlaceGroupView {
        name: names.in_province(&division),
        division,
        places,
    };
    Ok(groups.into_iter().map(group).collect())
}

/// How far a group is from a person, the nearest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    OwnCounty,
    OwnCity,
    Elsewhere,
}

/// The group that a place is listed in: the person's county, or else a city, or a county that
/// belongs to none, or the province.
fn group_of(division: &DivisionCode, names: &Names, here: &Here) -> (Distance, DivisionCode) {
    if let Some(own) = here.region.county().filter(|county| county.contains(division)) {
        return (Distance::OwnCounty, own);
    }
    let above = std::iter::successors(Some(division.clone()), DivisionCode::parent);
    let group = above
        .filter(|at| matches!(at.level(), DivisionLevel::City | DivisionLevel::County))
        .filter(|at| names.is_said(at))
        .last()
        .unwrap_or_else(|| division.clone());
    match group.level() == DivisionLevel::City && group.contains(&here.region) {
        true => (Distance::OwnCity, group),
        false => (Distance::Elsewhere, group),
    }
}
