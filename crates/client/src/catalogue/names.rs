//! Names of divisions: each by itself, and with those above it, as in an address. Levels that
//! only exist in the code tables (市辖区) are not part of the names below them.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use sqlx::SqliteConnection;
use tongban_contract::numbers::{DivisionCode, DivisionLevel};

use super::error::CatalogueError;

/// Names of some divisions and of all that are above them.
pub(super) struct Names(HashMap<DivisionCode, String>);

impl Names {
    /// Those of counties and of what is above them.
    pub(super) async fn of_regions(
        database: &mut SqliteConnection,
    ) -> Result<Self, CatalogueError> {
        let rows = sqlx::query_as("SELECT code, name FROM division WHERE length(code) <= 6")
            .fetch_all(database)
            .await?;
        Self::new(rows)
    }

    /// Those of these divisions and of what is above them.
    pub(super) async fn leading_to(
        database: &mut SqliteConnection,
        divisions: impl IntoIterator<Item = DivisionCode>,
    ) -> Result<Self, CatalogueError> {
        let mut wanted = BTreeSet::new();
        for division in divisions {
            let mut next = Some(division);
            // What is above one that was met before was met with it.
            while let Some(division) = next.filter(|division| !wanted.contains(division)) {
                next = division.parent();
                wanted.insert(division);
            }
        }
        let rows = sqlx::query_as(
            "SELECT code, name FROM json_each(?) wanted JOIN division ON code = wanted.value",
        )
        .bind(json!(wanted).to_string())
        .fetch_all(database)
        .await?;
        Self::new(rows)
    }

    fn new(rows: Vec<(String, String)>) -> Result<Self, CatalogueError> {
        let named = |(code, name): (String, String)| {
            Ok((code.parse().map_err(|_| CatalogueError::Damaged)?, name))
        };
        Ok(Self(rows.into_iter().map(named).collect::<Result<_, CatalogueError>>()?))
    }

    /// The name by itself: 夷陵区. One that the divisions leave out has its code.
    pub(super) fn alone(&self, division: &DivisionCode) -> String {
        self.0.get(division).cloned().unwrap_or_else(|| division.to_string())
    }

    /// The name with all above it: 湖北省宜昌市夷陵区. None of one that the divisions leave out.
    pub(super) fn in_full(&self, division: &DivisionCode) -> Option<String> {
        self.0.contains_key(division).then(|| self.joined(division, DivisionLevel::Province))
    }

    /// The name as people of the province say it who are elsewhere: 宜昌市夷陵区. One that the
    /// divisions leave out has its code.
    pub(super) fn in_province(&self, division: &DivisionCode) -> String {
        match self.0.contains_key(division) {
            true => self.joined(division, DivisionLevel::City),
            false => division.to_string(),
        }
    }

    /// Whether the division is more than a level of the code tables.
    pub(super) fn is_said(&self, division: &DivisionCode) -> bool {
        self.0.get(division).is_none_or(|name| !is_filler(name))
    }

    /// The names from a level down to the division, which itself is always one of them.
    fn joined(&self, division: &DivisionCode, from: DivisionLevel) -> String {
        let mut names = Vec::new();
        let mut next = Some(division.clone());
        while let Some(at) = next {
            if at == *division || (at.level() >= from && self.is_said(&at)) {
                names.extend(self.0.get(&at).map(String::as_str));
            }
            next = at.parent();
        }
        names.reverse();
        names.concat()
    }
}

/// Whether a division only exists in the code tables.
fn is_filler(name: &str) -> bool {
    matches!(name, "市辖区" | "县") || name.ends_with("直辖县级行政区划")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_has_its_name_alone_within_the_province_and_in_full() {
        let rows = [
            ("42", "湖北省"),
            ("4205", "宜昌市"),
            ("420501", "市辖区"),
            ("420501001", "某街道"),
            ("420506", "夷陵区"),
            ("4290", "省直辖县级行政区划"),
            ("429004", "仙桃市"),
        ];
        let rows = rows.map(|(code, name)| (code.to_owned(), name.to_owned()));
        let names = Names::new(rows.into()).unwrap();
        for (code, alone, in_province, in_full) in [
            ("42", "湖北省", "湖北省", Some("湖北省")),
            ("4205", "宜昌市", "宜昌市", Some("湖北省宜昌市")),
            ("420506", "夷陵区", "宜昌市夷陵区", Some("湖北省宜昌市夷陵区")),
            ("420501", "市辖区", "宜昌市市辖区", Some("湖北省宜昌市市辖区")),
            ("420501001", "某街道", "宜昌市某街道", Some("湖北省宜昌市某街道")),
            ("429004", "仙桃市", "仙桃市", Some("湖北省仙桃市")),
            ("420599", "420599", "420599", None),
        ] {
            let code = code.parse().unwrap();
            assert_eq!(names.alone(&code), alone);
            assert_eq!(names.in_province(&code), in_province);
            assert_eq!(names.in_full(&code).as_deref(), in_full);
        }
    }
}
