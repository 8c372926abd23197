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
    /// Department of the place that serves the person. Empty where several places of the
    /// county carry the item out and the person has not said which is theirs.
    pub department: String,
    /// Name of the division of that place; where there is none, words for them all, such
    /// as 夷陵区各乡镇、街道.
    pub division_name: String,
    /// Promised limit in working days, where it is said.
    pub promised_days: Option<u32>,
    /// Visits to a window, where it is said.
    pub visits: Option<u32>,
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
    /// The guide at the place that serves the person. Where they have yet to choose one
    /// of `places`, at none of them: the division is the county and the office is empty.
    pub guide: Guide,
    /// Name of the division of the place; where one is yet to be chosen, words for them
    /// all, such as 夷陵区各乡镇、街道.
    pub division_name: String,
    /// Handling promises.
    pub badges: Vec<Badge>,
    /// The places to choose from, where several of the county carry the item out; empty
    /// where the county has one office for it.
    pub places: Vec<PlaceView>,
}

impl GuideView {
    /// Whether it is settled which place handles the item. Nothing can be filed before.
    pub fn place_is_chosen(&self) -> bool {
        let shown = |place: &PlaceView| place.division == self.guide.division;
        self.places.is_empty() || self.places.iter().any(shown)
    }
}

/// A place to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceView {
    /// Division that it serves.
    pub division: DivisionCode,
    /// Name of the division.
    pub division_name: String,
    /// Department.
    pub department: String,
}
