//! The published catalogue: static, immutable, compressed, signed files that any
//! web server can hold. How they are fetched and installed is the client's matter.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    form::Form,
    guide::{Item, Place},
    identifiers::Digest,
    numbers::DivisionCode,
};

/// Path of the manifest below the platform's address.
pub const MANIFEST_PATH: &str = "/catalogue/manifest.json";
/// Path of the manifest's detached minisign signature.
pub const MANIFEST_SIGNATURE_PATH: &str = "/catalogue/manifest.json.minisig";

/// What is published now. Signed as a whole (minisign, detached).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Manifest {
    /// Grows with every publication; a client refuses an older one.
    pub version: u64,
    /// When it was published.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub published_at: Timestamp,
    /// Name of the province.
    pub province: String,
    /// Whether this is a sample that must not be taken for a real catalogue.
    #[serde(default)]
    pub sample: bool,
    /// The files.
    pub files: Vec<CatalogueFile>,
}

/// One file of the catalogue: zstd-compressed JSON Lines of [`Record`].
/// It is one or more zstd frames, one after the other, so that regions share frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogueFile {
    /// Path below the manifest's folder; holds the digest, so that it never changes.
    pub path: String,
    /// What is in it.
    pub content: FileContent,
    /// SHA-256 of the compressed bytes.
    pub digest: Digest,
    /// Compressed size in bytes.
    pub bytes: u64,
    /// Uncompressed size in bytes; unpacking stops there.
    pub unpacked_bytes: u64,
    /// Number of guides in it.
    pub guides: u64,
}

/// What a catalogue file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FileContent {
    /// Divisions of the whole province, the holiday calendar, and synonyms.
    Common,
    /// Every guide of a county, of a city or of the province: the items that are carried out
    /// there, their forms, and the places in the region and above it that do.
    Region {
        /// The region.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        division: DivisionCode,
        /// Its name.
        name: String,
    },
    /// A kind of a later version, left alone.
    #[serde(other)]
    Unknown,
}

/// One line of a catalogue file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// A division.
    Division(Division),
    /// Days that differ from the weekly pattern.
    Holidays(Holidays),
    /// A basic item.
    Item(Box<Item>),
    /// A place that carries one out.
    Place(Box<Place>),
    /// The form of an item.
    Form {
        /// Basic code of the item.
        item: String,
        /// The form.
        form: Form,
    },
    /// What is said for something that guides call by another name.
    Synonym(Synonym),
    /// What is there no more. Only in updates, before everything else.
    Removed(Removed),
    /// A record of a later version, left alone.
    #[serde(other)]
    Unknown,
}

/// A division of the province (GB/T 2260 and its extensions).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Division {
    /// Code of 2, 4, 6, 9 or 12 digits.
    pub code: DivisionCode,
    /// Name, such as 夷陵区.
    pub name: String,
}

/// Everyday words for something that guides call by another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonym {
    /// What is said, such as 面馆.
    pub say: String,
    /// What may be meant by it, such as 餐饮: each is searched for as well.
    pub means: Vec<String>,
}

/// A record that was taken out of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Removed {
    /// A division.
    Division {
        /// Its code.
        code: DivisionCode,
    },
    /// The days of a year.
    Holidays {
        /// The year.
        year: i16,
    },
    /// A basic item.
    Item {
        /// Its basic code.
        code: String,
    },
    /// A place.
    Place {
        /// Its implementation code.
        code: String,
        /// Where it was carried out. One that is carried out elsewhere by now stays there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        division: Option<DivisionCode>,
    },
    /// A form.
    Form {
        /// Basic code of its item.
        item: String,
    },
    /// A synonym.
    Synonym {
        /// What was said.
        say: String,
    },
    /// Of a later version, left alone.
    #[serde(other)]
    Unknown,
}

/// One year's days that differ from the weekly pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holidays {
    /// The year the list is complete for.
    pub year: i16,
    /// Days off that would be Monday to Friday, or are weekend days of a holiday.
    pub off: Vec<Date>,
    /// Saturdays and Sundays that are worked (调休).
    pub worked: Vec<Date>,
}
