//! Views of the catalogue: divisions, themes, guides.

use serde::{Deserialize, Serialize};

use crate::{
    guide::Guide,
    numbers::DivisionCode,
    vocabulary::{Badge, Theme},
};

/// A division to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DivisionView {
    /// Code.
    pub code: DivisionCode,
    /// Name.
    pub name: String,
    /// Whether there are divisions below it.
    pub has_children: bool,
}

/// A theme with its guides counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeView {
    /// The theme.
    pub theme: Theme,
    /// Its Chinese name.
    pub name: String,
    /// Guides under it.
    pub guides: u32,
}

/// A page of guides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuideListView {
    /// How many there are in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<GuideRow>,
}

/// One row of a list of guides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuideRow {
    /// Basic code of the item.
    pub item: String,
    /// Name, in pieces: those that match the query are marked.
    pub name: Vec<TextPiece>,
    /// An everyday name that matched, in pieces; empty where the name itself did.
    pub alias: Vec<TextPiece>,
    /// Department of the nearest place.
    pub department: String,
    /// Name of the division of the nearest place.
    pub division_name: String,
    /// Promised limit in working days.
    pub promised_days: u32,
    /// Visits to a window.
    pub visits: u32,
    /// Handling promises.
    pub badges: Vec<Badge>,
    /// Whether it can be filed from here.
    pub has_form: bool,
    /// Score of the match; smaller is better.
    pub score: f64,
}

/// A piece of text that matched, or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPiece {
    /// The text.
    pub text: String,
    /// Whether the query matched it.
    pub matched: bool,
}

/// One guide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuideView {
    /// The guide.
    pub guide: Guide,
    /// Name of the division of the place.
    pub division_name: String,
    /// Handling promises.
    pub badges: Vec<Badge>,
}
