//! Views of the frame around every page: account, network, sync, catalogue, settings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ItemRow, RescueView};
use crate::{numbers::DivisionCode, problem::Problem};

/// What the frame of every page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewView {
    /// Who is signed in.
    pub account: AccountView,
    /// Whether the vault that is open has a PIN.
    pub pinned: bool,
    /// What the person must know of this device and this vault: settings that were lost,
    /// records and news that cannot be read. Each is told as long as it is so.
    pub problems: Vec<Problem>,
    /// What became of this vault where it was found damaged, until the person has put it away.
    pub rescues: Vec<RescueView>,
    /// Vaults of whoever is signed in that were given up (`forget_pin`), until they take them
    /// back or delete them, oldest first.
    pub given_up: Vec<GivenUpView>,
    /// Network and last sync.
    pub sync: SyncView,
    /// The catalogue on this device.
    pub catalogue: CatalogueView,
    /// Applications that need the person, most urgent first.
    pub attention: Vec<ItemRow>,
    /// How many there are of each.
    pub counts: Counts,
    /// What the person has set.
    pub settings: Settings,
    /// Version of the app.
    pub app_version: String,
    /// Address of the platform, for the page 'about'.
    pub platform: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccountView {
    /// Nobody, on this device.
    SignedOut,
    /// The browser is open and the person's sign-in is awaited.
    SigningIn,
    /// Somebody.
    SignedIn(Person),
    /// Somebody, whose session at the platform has ended. Everything but sending works;
    /// signing in again goes on where it stopped.
    SessionEnded(Person),
    /// Somebody whose vault is locked, until they give their PIN.
    Locked(LockedView),
    /// Somebody whose vault cannot be opened now; what is nobody's goes on.
    Unavailable(UnavailableView),
    /// Somebody who has to set a PIN first, as others use this device too.
    PinNeeded(Person),
}

/// A locked vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedView {
    /// Whose it is: the name, masked but for its first character.
    pub label: String,
    /// When the next PIN can be tried, after too many wrong ones.
    pub wait_until: Option<Timestamp>,
    /// Whether something that waits to be sent was sealed beside it, and can be carried to
    /// the platform without the PIN (`take_sealed_copy`).
    pub sealed_copy: bool,
}

/// An account whose vault cannot be opened now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnavailableView {
    /// As [`AccountRow::account`] names it; opening it again is switching to it.
    pub account: String,
    /// Whose it is: the name, masked but for its first character; empty where the keyring
    /// does not say.
    pub label: String,
    /// Why it cannot be opened, and what the person does next.
    pub problem: Box<Problem>,
    /// Whether it is the key that is not there, so that all that is left without it is to
    /// begin anew (`begin_anew`).
    #[serde(default)]
    pub key_gone: bool,
}

/// A vault that was given up as its PIN was forgotten, or as somebody at the device said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUpView {
    /// When that was, and how it is named in `take_back` and `delete_given_up`.
    pub at: Timestamp,
    /// Until when it is kept.
    pub until: Timestamp,
}

/// Everyone who has a vault on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountsView {
    /// In no particular order, which stays the same.
    pub accounts: Vec<AccountRow>,
}

/// One account on this device, as others who use it may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its name on this device: a digest that tells nothing of the person.
    pub account: String,
    /// The person's name, masked but for its first character.
    pub label: String,
    /// Whether a PIN is needed.
    pub pinned: bool,
    /// Whether it is the one in use, locked or not.
    pub current: bool,
}

/// A person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Citizen ID, masked.
    pub masked_id: String,
    /// Assurance level: 1, 2 or 3.
    pub assurance: u8,
}

/// Network and sync.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncView {
    /// The network as the engine last found it.
    pub network: NetworkView,
    /// Whether a sync runs now.
    pub running: bool,
    /// When the last sync succeeded.
    pub last_success: Option<Timestamp>,
    /// When the next try is due, where one is planned.
    pub next_try: Option<Timestamp>,
    /// Operations that wait to be sent.
    pub waiting: u32,
}

/// The network as the engine last found it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NetworkView {
    /// Not tried yet.
    Unknown,
    /// The platform answered.
    Online,
    /// The platform could not be reached or used; why, and what to do.
    Offline {
        /// Told apart: no network, captive portal, certificate, clock, overload …
        problem: Box<Problem>,
    },
}

/// The catalogue on this device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogueView {
    /// The county whose guides are kept.
    pub county: Option<DivisionCode>,
    /// Its name with the names above it, such as 湖北省宜昌市夷陵区; empty as long as its guides
    /// are not on this device.
    pub county_name: String,
    /// The regions whose guides are on this device.
    pub kept: Vec<KeptView>,
    /// Those that were chosen besides one's own county and have yet to come.
    pub awaited: Vec<KeptView>,
    /// Bytes that they take.
    pub bytes: u64,
    /// Number of guides.
    pub guides: u64,
    /// Published version.
    pub version: u64,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When this device last made sure that it is the newest.
    pub checked_at: Option<Timestamp>,
    /// Whether it is a sample that must not be taken for a real catalogue.
    pub sample: bool,
    /// Progress of an update that runs.
    pub progress: Option<ProgressView>,
    /// Why the last update failed; the catalogue before it is still in use.
    pub problem: Option<Box<Problem>>,
}

impl CatalogueView {
    /// Whether a county was chosen whose guides are not on this device (yet).
    pub fn county_is_missing(&self) -> bool {
        let is_here =
            |county: &DivisionCode| self.kept.iter().any(|kept| kept.division.contains(county));
        self.county.as_ref().is_some_and(|county| !is_here(county))
    }
}

/// A region whose guides are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// The region.
    pub division: DivisionCode,
    /// Its name with the names above it.
    pub name: String,
}

/// A region whose guides can be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionView {
    /// The region.
    pub division: DivisionCode,
    /// Its name.
    pub name: String,
    /// How many guides it has.
    pub guides: u64,
    /// Bytes to fetch.
    pub bytes: u64,
    /// Bytes that they take here, about.
    pub room: u64,
    /// Whether its guides are on this device, by themselves or with those of a region that it
    /// lies in.
    pub kept: bool,
}

/// Progress of long work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressView {
    /// Done so far, in bytes.
    pub done: u64,
    /// To do in all, in bytes.
    pub total: u64,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Drafts.
    pub drafts: u32,
    /// Queued or being sent.
    pub outbox: u32,
    /// Filed and not ended.
    pub open_cases: u32,
    /// Needing the person.
    pub attention: u32,
    /// Licences in the wallet.
    pub licences: u32,
}

/// What the person has set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Language of the page: `zh-CN`, `zh-TW` or `en`.
    pub language: String,
    /// Care mode (关怀模式): larger type and targets.
    pub care_mode: bool,
    /// Whether several people use this device: everyone needs a PIN, and notifications name
    /// nothing.
    #[serde(default)]
    pub shared_device: bool,
    /// Minutes without anybody doing anything after which a vault with a PIN is locked: one
    /// of [`LOCK_AFTER_MINUTES`].
    #[serde(default = "default_lock_after")]
    pub lock_after_minutes: u32,
}

/// What [`Settings::lock_after_minutes`] can be.
pub const LOCK_AFTER_MINUTES: [u32; 4] = [1, 5, 15, 30];

fn default_lock_after() -> u32 {
    5
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "zh-CN".to_owned(),
            care_mode: false,
            shared_device: false,
            lock_after_minutes: default_lock_after(),
        }
    }
}
