//! Views of the catalogue: divisions, themes, guides.

use jiff::Timestamp;
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

/// Which guides a list shows. What is none, or empty, leaves none out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuideFilter {
    /// Code of a theme.
    pub theme: Option<String>,
    /// Code of an audience.
    pub audience: Option<String>,
    /// Code of a type of item (权力清单).
    pub item_type: Option<String>,
    /// Code of a handling promise.
    pub badge: Option<String>,
    /// Name of the department of the place that is shown.
    pub department: Option<String>,
    /// What is carried out for this division, down to a village, as its place does.
    pub region: Option<DivisionCode>,
}

/// In which order a list is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuideSort {
    /// The best match first; without words, what can be filed from here first.
    #[default]
    Relevance,
    /// The shortest promise first; what is not said comes last.
    Days,
    /// The fewest visits first; what is not said comes last.
    Visits,
    /// By name.
    Name,
}

/// What guides can be filtered by, with how many a list would show under each choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowseView {
    /// How many the filter shows.
    pub total: u32,
    /// Themes, in their usual order.
    pub themes: Vec<FacetView>,
    /// Audiences.
    pub audiences: Vec<FacetView>,
    /// Types of items (权力清单).
    pub item_types: Vec<FacetView>,
    /// Handling promises.
    pub badges: Vec<FacetView>,
    /// Departments, those with most guides first.
    pub departments: Vec<FacetView>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetView {
    /// Its code, as a filter has it; of a department its name.
    pub code: String,
    /// Its Chinese name.
    pub name: String,
    /// How many guides a list shows that is filtered by it and by the rest of the filter.
    pub guides: u32,
}

/// What a version of the catalogue changed of the guides on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueChangeView {
    /// The version.
    pub version: u64,
    /// When it was published.
    pub published_at: Timestamp,
    /// The guides.
    pub guides: Vec<GuideChange>,
}

/// A guide that a version changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideChange {
    /// Basic code of the item.
    pub item: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub kind: GuideChangeKind,
}

/// What became of a guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuideChangeKind {
    /// It is new.
    Added,
    /// It says something else, somewhere.
    Changed,
    /// It is there no more.
    Removed,
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
    /// Division of that place; none where several places of the county do.
    pub division: Option<DivisionCode>,
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
    /// Whether it is carried out where the person is; otherwise the place is the nearest
    /// elsewhere.
    pub serves: bool,
    /// How many other places carry it out.
    pub also: u32,
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
    /// How many other places on this device carry the item out.
    pub also: u32,
    /// Whether this is what the person reads who names no place: that of the place that serves
    /// them, or else of the nearest one.
    pub own: bool,
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

/// Places that carry an item out, in one city or in the person's own county.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceGroupView {
    /// The county, city or province.
    pub division: DivisionCode,
    /// Its name as people of the province say it, such as 宜昌市夷陵区.
    pub name: String,
    /// The places, in the order of their codes.
    pub places: Vec<OfficeView>,
}

/// A place that carries an item out, with how to reach its office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeView {
    /// Division that it serves; a guide can be read as it is there.
    pub division: DivisionCode,
    /// Name of the division in full, such as 湖北省宜昌市夷陵区.
    pub division_name: String,
    /// Department.
    pub department: String,
    /// Address of the window; empty where it is not said.
    pub address: String,
    /// Telephone for questions; empty where it is not said.
    pub phone: String,
}
