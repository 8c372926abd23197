//! What items are about, field by field, each with the laws, conditions and papers of its own.
//! Nothing here is written for one item: `names` makes those.

use tongban_contract::vocabulary::Theme;

use super::{
    departments::Department,
    kinds::Kind,
    reach::Tier::{self, City, County, Province, Township},
};

mod building;
mod culture;
mod economy;
mod health;
mod land;
mod order;
mod rural;
mod safety;
mod trade;
mod welfare;
mod work;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// Somebody for themselves or their family.
    Person,
    /// An organisation.
    Organisation,
}

/// Kind, official name and everyday names of a subject: the first stands for the thing, each
/// further one, after a slash, for wanting it.
pub(super) type Subject = (Kind, &'static str, &'static str);

/// Subjects of one department that have the same laws, conditions and papers.
pub(super) struct Field {
    pub(super) department: &'static Department,
    pub(super) holder: Holder,
    /// Levels that carry its items out.
    pub(super) tiers: &'static [Tier],
    pub(super) themes: &'static [Theme],
    /// Titles of laws.
    pub(super) laws: &'static [&'static str],
    /// What must be so before it is asked for the first time.
    pub(super) conditions: &'static [&'static str],
    /// Papers that are about the subject itself.
    pub(super) papers: &'static [&'static str],
    pub(super) subjects: &'static [Subject],
}

const HIGH: &[Tier] = &[Province, City];
const ALL: &[Tier] = &[Province, City, County];
const LOCAL: &[Tier] = &[City, County];
const COUNTIES: &[Tier] = &[County];
const NEAR: &[Tier] = &[County, Township];
const EVERYWHERE: &[Tier] = &[City, County, Township];

/// All fields.
pub(super) fn fields() -> impl Iterator<Item = &'static Field> {
    [
        trade::FIELDS,
        economy::FIELDS,
        work::FIELDS,
        welfare::FIELDS,
        order::FIELDS,
        safety::FIELDS,
        building::FIELDS,
        land::FIELDS,
        rural::FIELDS,
        health::FIELDS,
        culture::FIELDS,
    ]
    .into_iter()
    .flatten()
}
