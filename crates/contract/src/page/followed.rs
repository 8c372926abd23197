//! Views of the guides that a person follows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{difference::GuideDifference, identifiers::Digest, numbers::DivisionCode};

/// Everything that the person follows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FollowedView {
    /// Those that changed first, then the latest first.
    pub guides: Vec<FollowedGuide>,
}

/// A guide that the person follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowedGuide {
    /// Basic code of the item.
    pub item: String,
    /// Its name as the person saw it last.
    pub name: String,
    /// Division of the place whose guide it is; the county, where none of its places was
    /// chosen.
    pub division: DivisionCode,
    /// Its name with the names above it; its code where it is not known here.
    pub division_name: String,
    /// Where the guide is read now: at that place, or at what came in its stead.
    pub at: DivisionCode,
    /// Since when it is followed.
    pub followed_at: Timestamp,
    /// When the person last said that they had seen it as it was.
    pub seen_at: Timestamp,
    /// What became of it since then.
    pub standing: FollowedStanding,
}

/// What became of a guide since the person saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FollowedStanding {
    /// It says the same.
    Same,
    /// It says something else.
    Changed {
        /// What.
        differences: Vec<GuideDifference>,
        /// The guide as it is now, named by its digest: what the person has seen once they
        /// say so (`see_followed`).
        now: Digest,
    },
    /// It is not published any more where the person follows it.
    Gone,
    /// The guides of its place are not kept on this device: nothing is known of it.
    NotKept,
}
