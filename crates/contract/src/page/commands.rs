//! What a page can ask of the engine: one struct per command, each with its reply.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    AccountsView, BrowseView, CatalogueChangeView, DivisionView, DraftView, FollowedView,
    GuideFilter, GuideListView, GuideSort, GuideView, ItemView, ItemsView, LicenceView,
    OverviewView, Pin, PlaceGroupView, ReceiptView, RegionView, SealedCopyView, SealedView,
    Settings, ThemeView, WalletView,
};
use crate::{
    courier::CourierReply,
    identifiers::{AttachmentId, CaseId, Digest},
    numbers::{DivisionCode, LicenceId},
};

/// A command of the page.
pub trait Command: Serialize + DeserializeOwned {
    /// Name by which it is called.
    const NAME: &'static str;
    /// What it answers.
    type Reply: Serialize + DeserializeOwned;
}

macro_rules! declare {
    ($($(#[$doc:meta])* $method:ident : $name:ident { $($(#[$fdoc:meta])* $field:ident : $type:ty,)* } => $reply:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

            impl Command for $name {
                const NAME: &'static str = stringify!($method);
                type Reply = $reply;
            }
        )*

        /// Names of all commands.
        pub const NAMES: &[&str] = &[$(stringify!($method),)*];

        /// Calls the macro `$each` with every command as `method Name,`: the one list from
        /// which the engine finds a command by its name, and the window makes its manifest.
        #[macro_export]
        macro_rules! commands {
            ($each:ident) => { $each! { $($method $name,)* } };
        }
    };
}

declare! {
    /// What the frame of every page shows: account, network, sync, catalogue, attention.
    overview: Overview {} => OverviewView;

    /// Opens the system browser for signing in. Answers once the person has signed in,
    /// given up (`cancel_sign_in`) or the browser has come back with an error.
    sign_in: SignIn {
        /// Assurance level that is needed, where one is: 2 or 3. The platform is asked for
        /// it, and a sign-in that does not reach it is not taken.
        #[serde(default)]
        assurance: Option<u8>,
    } => ();
    /// Gives up a sign-in that waits for the browser.
    cancel_sign_in: CancelSignIn {} => ();
    /// Signs out. What is unsent stays in the vault of the account.
    sign_out: SignOut {} => ();
    /// Opens the platform's page that ends whatever sign-in the system's browser keeps
    /// (OpenID Connect RP-Initiated Logout), for devices that several people share.
    sign_out_of_browser: SignOutOfBrowser {} => ();
    /// Everyone who has a vault on this device.
    list_accounts: ListAccounts {} => AccountsView;
    /// Puts the vault that is open away and opens another one; needs no network. One with a
    /// PIN is locked then.
    switch_account: SwitchAccount {
        /// As [`AccountRow::account`](super::AccountRow::account) names it.
        account: String,
    } => ();
    /// Begins anew for an account whose vault's key is gone
    /// ([`UnavailableView::key_gone`](super::UnavailableView::key_gone)).
    /// The vault is moved aside as it is, and comes back should its key; what the platform has
    /// comes back after signing in.
    begin_anew: BeginAnew {
        /// As [`AccountRow::account`](super::AccountRow::account) names it.
        account: String,
    } => ();
    /// Sets the PIN, or another one in its place.
    set_pin: SetPin {
        /// The one that is set now, where one is.
        current: Option<Pin>,
        /// The new one.
        pin: Pin,
    } => ();
    /// Removes the PIN; not on a shared device.
    remove_pin: RemovePin {
        /// The one that is set now.
        pin: Pin,
    } => ();
    /// Locks the vault now.
    lock: Lock {} => ();
    /// Opens a locked vault.
    unlock: Unlock {
        /// Its PIN.
        pin: Pin,
    } => ();
    /// Gives a locked vault up whose PIN is forgotten: it is put aside, for its owner to take
    /// back or delete ([`OverviewView::given_up`]). What waits in it is brought to the
    /// platform; what the platform has comes back after signing in.
    forget_pin: ForgetPin {} => ();
    /// Takes a vault back that was given up, in place of the one that is open, in which
    /// nothing may be unsent.
    take_back: TakeBack {
        /// As [`GivenUpView::at`](super::GivenUpView::at) names it.
        at: Timestamp,
        /// Its PIN.
        pin: Pin,
    } => ();
    /// Deletes a vault for good that was given up.
    delete_given_up: DeleteGivenUp {
        /// As [`GivenUpView::at`](super::GivenUpView::at) names it.
        at: Timestamp,
    } => ();
    /// Puts what waits in a locked vault, as it was sealed beside it, into a file that anybody
    /// may carry to the platform: before the vault is given up, say.
    take_sealed_copy: TakeSealedCopy {} => SealedCopyView;
    /// Somebody is there: the vault is not locked by itself for a while.
    still_here: StillHere {} => ();
    /// Takes off what is told of damaged vaults ([`OverviewView::rescues`]).
    dismiss_rescues: DismissRescues {} => ();
    /// Changes what the person has set.
    change_settings: ChangeSettings {
        /// All settings, as they shall be.
        settings: Settings,
    } => ();

    /// Chooses the county whose guides are kept, and begins to fetch them.
    choose_county: ChooseCounty {
        /// The county.
        division: DivisionCode,
    } => ();
    /// Keeps the guides of another region, a county, a city or the province, as well, and
    /// begins to fetch them.
    keep_region: KeepRegion {
        /// The region.
        division: DivisionCode,
    } => ();
    /// Removes the guides of a region that is kept besides one's own county, or calls them off
    /// where they have yet to come.
    drop_region: DropRegion {
        /// The region.
        division: DivisionCode,
    } => ();
    /// The regions whose guides could be kept below one, with their sizes. Asks the platform.
    list_regions: ListRegions {
        /// The region above; none for the province.
        parent: Option<DivisionCode>,
    } => Vec<RegionView>;
    /// Fetches the newest catalogue now. Answers when that is done.
    update_catalogue: UpdateCatalogue {} => ();
    /// Stops the update that runs. What has arrived is kept for the next one; a region that
    /// was being fetched for the first time is not wanted any more.
    stop_update: StopUpdate {} => ();
    /// Sends what waits and fetches what is new, now. Answers when that is done.
    sync_now: SyncNow {} => ();

    /// Divisions below one, or the provinces.
    list_divisions: ListDivisions {
        /// The division above; none for the provinces.
        parent: Option<DivisionCode>,
    } => Vec<DivisionView>;
    /// The themes with the number of guides under each.
    list_themes: ListThemes {} => Vec<ThemeView>;
    /// Searches guides in everyday words, or lists those of a theme.
    search_guides: SearchGuides {
        /// Words; empty lists everything.
        query: String,
        /// Which guides are shown at all.
        #[serde(default)]
        filter: GuideFilter,
        /// In which order.
        #[serde(default)]
        sort: GuideSort,
        /// Rows to skip.
        offset: u32,
        /// Most rows to answer.
        limit: u32,
    } => GuideListView;
    /// What guides can be filtered by, with how many there are of each.
    browse_guides: BrowseGuides {
        /// What is chosen already.
        filter: GuideFilter,
    } => BrowseView;
    /// What each version of the catalogue changed, newest first.
    list_catalogue_changes: ListCatalogueChanges {} => Vec<CatalogueChangeView>;
    /// One guide, as the place that serves the person carries it out.
    read_guide: ReadGuide {
        /// Basic code of the item.
        item: String,
        /// Where it is looked at instead: a township or another county, say.
        #[serde(default)]
        division: Option<DivisionCode>,
    } => GuideView;
    /// Chooses where in their county the person is, for what its townships handle each for
    /// itself, so that they are asked once.
    choose_home: ChooseHome {
        /// The township, or a village in it.
        division: DivisionCode,
    } => ();
    /// Every place on this device that carries an item out, those that a list or a guide names
    /// among them: of the person's own county first, then of its city, then of each other one.
    list_places: ListPlaces {
        /// Basic code of the item.
        item: String,
    } => Vec<PlaceGroupView>;

    /// Starts an application. Answers its id.
    start_draft: StartDraft {
        /// Basic code of the item.
        item: String,
        /// The place that shall handle it, where it is not the person's own; the first one of
        /// their county is remembered as with `choose_home`.
        #[serde(default)]
        division: Option<DivisionCode>,
    } => CaseId;
    /// A draft with its form, materials and faults.
    read_draft: ReadDraft {
        /// The application.
        case: CaseId,
    } => DraftView;
    /// Keeps one answer. Answers the draft with everything that depends on it.
    answer: Answer {
        /// The application.
        case: CaseId,
        /// RFC 6901 pointer into the answers.
        pointer: String,
        /// The answer; null removes it.
        value: Value,
    } => DraftView;
    /// Adds an entry to a list of the form.
    add_entry: AddEntry {
        /// The application.
        case: CaseId,
        /// RFC 6901 pointer of the list.
        pointer: String,
    } => DraftView;
    /// Removes an entry from a list of the form.
    remove_entry: RemoveEntry {
        /// The application.
        case: CaseId,
        /// RFC 6901 pointer of the entry.
        pointer: String,
    } => DraftView;
    /// Answers a question of situation.
    answer_situation: AnswerSituation {
        /// The application.
        case: CaseId,
        /// The question.
        situation: String,
        /// The option chosen.
        option: String,
    } => DraftView;
    /// Removes an attached file or licence.
    detach: Detach {
        /// The application.
        case: CaseId,
        /// What to remove.
        attachment: AttachmentId,
    } => DraftView;
    /// Hands in a licence of the wallet as a material.
    use_licence: UseLicence {
        /// The application.
        case: CaseId,
        /// The material.
        material: String,
        /// The licence.
        licence: LicenceId,
    } => DraftView;
    /// Checks a draft and files it: it is queued and sent as soon as there is a network.
    submit: Submit {
        /// The application.
        case: CaseId,
    } => ReceiptView;
    /// Takes a queued filing back, as long as it has not been sent. It is a draft again.
    recall: Recall {
        /// The application.
        case: CaseId,
    } => ();
    /// Deletes a draft for good.
    discard_draft: DiscardDraft {
        /// The application.
        case: CaseId,
    } => ();

    /// Follows a guide: the person is told when it changes.
    follow_guide: FollowGuide {
        /// Basic code of the item.
        item: String,
        /// Where, as in `read_guide`.
        #[serde(default)]
        division: Option<DivisionCode>,
    } => ();
    /// Follows a guide no more.
    unfollow_guide: UnfollowGuide {
        /// Basic code of the item.
        item: String,
    } => ();
    /// Every guide that is followed, with what it says differently from what the person saw.
    list_followed: ListFollowed {} => FollowedView;
    /// The person has seen what changed of a guide that they follow. Where it has changed
    /// again meanwhile, that stays to be seen.
    see_followed: SeeFollowed {
        /// Basic code of the item.
        item: String,
        /// As [`FollowedStanding::Changed`](super::FollowedStanding::Changed) names it.
        now: Digest,
    } => ();

    /// Every application of the account, in exactly one state each.
    list_items: ListItems {} => ItemsView;
    /// One application that was filed.
    read_item: ReadItem {
        /// The application.
        case: CaseId,
    } => ItemView;
    /// The receipt of a filing.
    read_receipt: ReadReceipt {
        /// The application.
        case: CaseId,
    } => ReceiptView;
    /// Opens a filed application for mending, after a correction notice or a refusal.
    mend: Mend {
        /// The application.
        case: CaseId,
    } => DraftView;
    /// Takes a filed application back (撤件).
    withdraw: Withdraw {
        /// The application.
        case: CaseId,
        /// Why; may be empty.
        reason: String,
    } => ();

    /// Seals everything that waits to be sent into one file that anybody may carry to the
    /// platform and only the platform can read. Needs no network.
    seal_courier: SealCourier {} => SealedView;
    /// Brings the sealed courier of the last [`CourierPiece`](super::CourierPiece)s to the
    /// platform, whoever made it.
    hand_on_courier: HandOnCourier {} => CourierReply;

    /// The wallet.
    list_licences: ListLicences {} => WalletView;
    /// One licence.
    read_licence: ReadLicence {
        /// The licence.
        licence: LicenceId,
    } => LicenceView;
}

/// Attaches a file. The bytes travel beside it, as the raw body of the call; this is
/// its head (as JSON, percent-encoded, in the header [`ATTACH_HEADER`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attach {
    /// The application.
    pub case: CaseId,
    /// The material.
    pub material: String,
    /// Name of the file.
    pub name: String,
}

impl Command for Attach {
    const NAME: &'static str = "attach";
    type Reply = DraftView;
}

/// Header that carries [`Attach`].
pub const ATTACH_HEADER: &str = "tongban-attach";

/// Reads an attached file. Answers its raw bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadAttachment {
    /// The application.
    pub case: CaseId,
    /// The file.
    pub attachment: AttachmentId,
}

/// Largest file that can be attached, in bytes (50 MB).
pub const LARGEST_ATTACHMENT: u64 = 50 * 1000 * 1000;
