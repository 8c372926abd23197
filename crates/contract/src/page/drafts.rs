//! Views of a draft: its form, its materials, what is still missing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ItemState;
use crate::{
    case::Notice,
    form::{Fault, Node},
    guide::{Material, Situation},
    identifiers::{AttachmentId, CaseId},
    numbers::LicenceId,
};

/// A draft, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    /// The application.
    pub case: CaseId,
    /// Basic code of the item.
    pub item: String,
    /// Name of the item.
    pub item_name: String,
    /// Department it is filed with.
    pub office: String,
    /// State; only a draft (or a mending) can be changed.
    pub state: ItemState,
    /// When the last answer was kept on this device.
    pub saved_at: Timestamp,
    /// Questions of situation.
    pub situations: Vec<SituationView>,
    /// The form as it is now.
    pub form: Vec<Node>,
    /// The materials asked for now.
    pub materials: Vec<MaterialView>,
    /// Everything that stands in the way of filing, in reading order.
    pub faults: Vec<Fault>,
    /// The correction notice that this draft answers.
    pub notice: Option<Notice>,
    /// What the guide's newer version changed since this draft was made; empty where nothing.
    pub guide_changes: Vec<String>,
}

/// A question of situation with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SituationView {
    /// The question.
    pub situation: Situation,
    /// The option chosen.
    pub chosen: Option<String>,
}

/// A material with what was attached for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaterialView {
    /// The material.
    pub material: Material,
    /// What was attached.
    pub attached: Vec<AttachmentView>,
    /// Licences of the wallet that can stand for it.
    pub offers: Vec<LicenceOffer>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// One thing attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentView {
    /// Its name on this device.
    pub id: AttachmentId,
    /// Name the person knows it by.
    pub name: String,
    /// Media type; `licence` for an e-licence.
    pub media_type: String,
    /// Size in bytes; 0 for an e-licence.
    pub bytes: u64,
    /// The licence, where it is one.
    pub licence: Option<LicenceId>,
}

/// A licence of the wallet that can stand for a material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceOffer {
    /// The licence.
    pub licence: LicenceId,
    /// Its name.
    pub name: String,
    /// Its holder.
    pub holder: String,
}

/// The receipt of a filing, kept on the device from the moment it is queued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The application.
    pub case: CaseId,
    /// Name of the item.
    pub item_name: String,
    /// Department it is filed with.
    pub office: String,
    /// When the person filed it.
    pub filed_at: Timestamp,
    /// State now.
    pub state: ItemState,
    /// Acceptance number, once the platform has given one.
    pub number: Option<String>,
    /// When the platform took it.
    pub accepted_at: Option<Timestamp>,
    /// SHA-256 over the filing as it was made, so that it can be compared later.
    pub digest: String,
    /// Names of what was handed in.
    pub enclosures: Vec<String>,
}
