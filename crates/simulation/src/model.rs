//! What the person did, and so what must be true: the least that can be said of each
//! application, without knowing how anything works.

use std::collections::BTreeMap;

use tongban_contract::identifiers::CaseId;

/// What the person knows of one application.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    /// The device it was written on.
    pub(crate) device: usize,
    /// What was answered last, and acknowledged.
    pub(crate) note: Option<String>,
    /// Whether it is filed: the person has a receipt and may not change it.
    pub(crate) filed: bool,
    /// Every statement that was ever filed.
    pub(crate) statements: Vec<String>,
    /// Whether every filing was taken back before it left the device.
    pub(crate) recalled: bool,
    /// Whether the person asked to have it withdrawn from the platform.
    pub(crate) withdrawn: bool,
}

/// All applications of the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) applications: BTreeMap<CaseId, Application>,
    /// Whether the platform ever was set back. It may then know a filing and not the notice
    /// that asked for its correction: the person is told that this was not taken.
    pub(crate) set_back: bool,
}

impl Model {
    /// The applications of one device that are in this state, in a fixed order.
    pub(crate) fn of(&self, device: usize, filed: bool) -> Vec<CaseId> {
        let own = |one: &&CaseId| {
            self.applications.get(one).is_some_and(|a| a.device == device && a.filed == filed)
        };
        self.applications.keys().filter(own).copied().collect()
    }
}
