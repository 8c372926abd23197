//! E-licences (GB/T 36901–36906) as the platform issues them to their holder.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{identifiers::CaseId, numbers::LicenceId, vocabulary::LicenceState};

/// An e-licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Licence {
    /// Identifier.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: LicenceId,
    /// Code of its type; a material names the type that stands for it.
    pub licence_type: String,
    /// Name, such as 食品经营许可证.
    pub name: String,
    /// State.
    pub state: LicenceState,
    /// Name of the holder.
    pub holder: String,
    /// Issuing department.
    pub issuer: String,
    /// When it was issued.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub issued_at: Timestamp,
    /// First day of validity.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub valid_from: Date,
    /// Last day of validity; absent means without end.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_until: Option<Date>,
    /// What is printed on it, in order.
    pub fields: Vec<LicenceField>,
    /// Application it came from, where it came from one.
    #[serde(default)]
    pub case: Option<CaseId>,
    /// minisign signature of the platform over [`Licence::signed_bytes`].
    #[serde(default)]
    pub signature: String,
}

impl Licence {
    /// The bytes that the platform signs: the licence as JSON with an empty signature
    /// and its valid state, as later changes of state are told by the feed.
    ///
    /// # Errors
    /// Never for a licence that was read from JSON; kept as a `Result` because the
    /// serialiser's interface has one.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let unsigned =
            Self { signature: String::new(), state: LicenceState::Valid, ..self.clone() };
        serde_json::to_vec(&unsigned)
    }
}

/// One line printed on a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LicenceField {
    /// Label, such as 经营者.
    pub label: String,
    /// Value.
    pub value: String,
}
