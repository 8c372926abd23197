//! Views of what the person has under way, and of the wallet.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    case::{Case, CaseState},
    identifiers::CaseId,
    licence::Licence,
    numbers::LicenceId,
    problem::Problem,
    vocabulary::LicenceState,
};

/// The one state in which an application is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ItemState {
    /// Being written on this device.
    Draft,
    /// Filed by the person and safe on this device; sent as soon as possible.
    Queued {
        /// What is to be sent.
        what: Asked,
        /// Why it waits, where a try has failed.
        waits: Option<Box<Problem>>,
    },
    /// Being sent now.
    Sending {
        /// What is being sent.
        what: Asked,
    },
    /// With the platform.
    Submitted {
        /// Its state there; none until the first news of it.
        case: Option<CaseState>,
    },
    /// Cannot go on without the person.
    NeedsAttention {
        /// Why, and what to do next.
        problem: Box<Problem>,
    },
}

/// What an application asks of the platform while it waits or is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// To take in what the person wrote, for the first time or corrected.
    Filing,
    /// To stop handling the application.
    Withdrawal,
}

/// Every application of the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemsView {
    /// Latest first.
    pub rows: Vec<ItemRow>,
}

/// One row of the list of applications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The application.
    pub case: CaseId,
    /// Name of the item.
    pub item_name: String,
    /// Department.
    pub office: String,
    /// Its one state.
    pub state: ItemState,
    /// When something last happened to it.
    pub updated_at: Timestamp,
    /// Acceptance number, once there is one.
    pub number: Option<String>,
    /// Day on which the promised limit ends.
    pub due: Option<Date>,
}

/// One application that was filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemView {
    /// What the list shows of it.
    pub row: ItemRow,
    /// What the platform last told of it; none before the first news.
    pub details: Option<Case>,
    /// Whether what is queued can be taken back, as it has certainly not left: a filing is
    /// then a draft again, a withdrawal is called off.
    pub can_recall: bool,
    /// Whether it can be withdrawn from the platform.
    pub can_withdraw: bool,
    /// Whether it can be opened for mending.
    pub can_mend: bool,
}

/// The wallet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalletView {
    /// Valid ones first, latest first.
    pub licences: Vec<LicenceRow>,
}

/// One licence in the wallet's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceRow {
    /// Identifier.
    pub id: LicenceId,
    /// Name.
    pub name: String,
    /// Holder.
    pub holder: String,
    /// Issuer.
    pub issuer: String,
    /// State.
    pub state: LicenceState,
    /// Last day of validity.
    pub valid_until: Option<Date>,
}

/// One licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceView {
    /// The licence.
    pub licence: Licence,
    /// Whether the platform's signature over it is right, checked on this device.
    pub signature_is_right: bool,
}
