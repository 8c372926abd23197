//! Every address of the page, and how they hang together: tab, title, way back.

use tongban_contract::{identifiers::CaseId, numbers::LicenceId};
use yew_router::{navigator::Navigator, prelude::*, query::Raw};

/// An address of the page.
#[derive(Clone, Debug, PartialEq, Routable)]
pub(crate) enum Route {
    /// Search, themes, what needs attention.
    #[at("/")]
    Home,
    /// Choosing the county whose guides are kept.
    #[at("/county")]
    County,
    /// Signing in: the browser is open.
    #[at("/sign-in")]
    SignIn,
    /// Signing in again at a higher assurance level.
    #[at("/sign-in/:assurance")]
    StepUp { assurance: u8 },
    /// List of guides.
    #[at("/guides")]
    Guides,
    /// One guide.
    #[at("/guides/:item")]
    Guide { item: String },
    /// An application being written.
    #[at("/drafts/:case")]
    Draft { case: CaseId },
    /// Every application of the account.
    #[at("/items")]
    Items,
    /// One application that was filed.
    #[at("/items/:case")]
    Item { case: CaseId },
    /// The receipt of a filing.
    #[at("/items/:case/receipt")]
    Receipt { case: CaseId },
    /// The wallet.
    #[at("/wallet")]
    Wallet,
    /// One licence.
    #[at("/wallet/:licence")]
    Licence { licence: LicenceId },
    /// Account and settings.
    #[at("/me")]
    Me,
    /// Who is signed in.
    #[at("/me/account")]
    Account,
    /// Network, last sync, what waits.
    #[at("/me/sync")]
    Sync,
    /// The guides kept on this device.
    #[at("/me/catalogue")]
    Catalogue,
    /// Choosing other regions whose guides are kept as well.
    #[at("/regions")]
    Regions,
    /// What versions of the guides changed.
    #[at("/changes")]
    Changes,
    /// Guides that the person follows.
    #[at("/me/followed")]
    Followed,
    /// PIN, locking, whether others use this device.
    #[at("/me/safety")]
    Safety,
    /// Sealed couriers: making one, and handing one on.
    #[at("/me/courier")]
    Courier,
    /// Language and care mode.
    #[at("/me/display")]
    Display,
    /// Version, platform, licences.
    #[at("/me/about")]
    About,
    /// Any other address.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// A tab of the bar below (or the rail beside) every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Home,
    Guides,
    Items,
    Wallet,
    Me,
}

impl Tab {
    /// In the order in which they are shown.
    pub(crate) const ALL: [Self; 5] =
        [Self::Home, Self::Guides, Self::Items, Self::Wallet, Self::Me];

    /// Where it leads.
    pub(crate) fn route(self) -> Route {
        match self {
            Self::Home => Route::Home,
            Self::Guides => Route::Guides,
            Self::Items => Route::Items,
            Self::Wallet => Route::Wallet,
            Self::Me => Route::Me,
        }
    }

    /// Message with its name.
    pub(crate) fn title_key(self) -> &'static str {
        match self {
            Self::Home => "tab-home",
            Self::Guides => "tab-guides",
            Self::Items => "tab-items",
            Self::Wallet => "tab-wallet",
            Self::Me => "tab-me",
        }
    }
}

impl Route {
    /// Shows it, with what its address says behind the question mark, as another page or in the
    /// place of this one.
    pub(crate) fn show(&self, navigator: &Navigator, query: &str, replace: bool) {
        // A text is a query as it is.
        match (query, replace) {
            ("", false) => navigator.push(self),
            ("", true) => navigator.replace(self),
            (query, false) => drop(navigator.push_with_query(self, Raw(query))),
            (query, true) => drop(navigator.replace_with_query(self, Raw(query))),
        }
    }

    /// The address, with what it says behind the question mark.
    pub(crate) fn address(&self, query: &str) -> String {
        match query {
            "" => self.to_path(),
            query => format!("{}?{query}", self.to_path()),
        }
    }

    /// The tab it belongs to; none where a page stands by itself.
    pub(crate) fn tab(&self) -> Option<Tab> {
        match self {
            Self::Home => Some(Tab::Home),
            Self::Guides | Self::Guide { .. } => Some(Tab::Guides),
            Self::Draft { .. } | Self::Items | Self::Item { .. } | Self::Receipt { .. } => {
                Some(Tab::Items)
            }
            Self::Wallet | Self::Licence { .. } => Some(Tab::Wallet),
            Self::Me
            | Self::Account
            | Self::Sync
            | Self::Catalogue
            | Self::Regions
            | Self::Changes
            | Self::Followed
            | Self::Safety
            | Self::Courier
            | Self::Display
            | Self::About
            | Self::County => Some(Tab::Me),
            Self::SignIn | Self::StepUp { .. } | Self::NotFound => None,
        }
    }

    /// The page above; none for the tabs themselves.
    pub(crate) fn parent(&self) -> Option<Self> {
        match self {
            Self::Home | Self::Guides | Self::Items | Self::Wallet | Self::Me => None,
            Self::Guide { .. } => Some(Self::Guides),
            Self::Draft { .. } | Self::Item { .. } => Some(Self::Items),
            Self::Receipt { case } => Some(Self::Item { case: *case }),
            Self::Licence { .. } => Some(Self::Wallet),
            Self::Account
            | Self::Sync
            | Self::Catalogue
            | Self::Followed
            | Self::Safety
            | Self::Courier
            | Self::Display
            | Self::About => Some(Self::Me),
            Self::Regions | Self::Changes => Some(Self::Catalogue),
            Self::County | Self::SignIn | Self::StepUp { .. } | Self::NotFound => Some(Self::Home),
        }
    }

    /// Message with the title of the page.
    pub(crate) fn title_key(&self) -> &'static str {
        match self {
            Self::Home => "title-home",
            Self::County => "title-county",
            Self::SignIn | Self::StepUp { .. } => "title-sign-in",
            Self::Guides => "title-guides",
            Self::Guide { .. } => "title-guide",
            Self::Draft { .. } => "title-draft",
            Self::Items => "title-items",
            Self::Item { .. } => "title-item",
            Self::Receipt { .. } => "title-receipt",
            Self::Wallet => "title-wallet",
            Self::Licence { .. } => "title-licence",
            Self::Me => "title-me",
            Self::Account => "title-account",
            Self::Sync => "title-sync",
            Self::Catalogue => "title-catalogue",
            Self::Regions => "title-regions",
            Self::Changes => "title-changes",
            Self::Followed => "title-followed",
            Self::Safety => "title-safety",
            Self::Courier => "title-courier",
            Self::Display => "title-display",
            Self::About => "title-about",
            Self::NotFound => "title-not-found",
        }
    }

    /// Whether the page is one thing of a list that stands beside it where there is room.
    pub(crate) fn is_detail(&self) -> bool {
        matches!(
            self,
            Self::Guide { .. }
                | Self::Item { .. }
                | Self::Receipt { .. }
                | Self::Licence { .. }
                | Self::Account
                | Self::Sync
                | Self::Catalogue
                | Self::Regions
                | Self::Changes
                | Self::Followed
                | Self::Safety
                | Self::Courier
                | Self::Display
                | Self::About
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_route() -> Vec<Route> {
        let case: CaseId = "0190b3f0-5a1e-7cc0-9d5e-3a1f00000001".parse().unwrap();
        let licence: LicenceId =
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
                .parse()
                .unwrap();
        vec![
            Route::Home,
            Route::County,
            Route::SignIn,
            Route::StepUp { assurance: 3 },
            Route::Guides,
            Route::Guide { item: "000131001000".into() },
            Route::Draft { case },
            Route::Items,
            Route::Item { case },
            Route::Receipt { case },
            Route::Wallet,
            Route::Licence { licence },
            Route::Me,
            Route::Account,
            Route::Sync,
            Route::Catalogue,
            Route::Regions,
            Route::Changes,
            Route::Followed,
            Route::Safety,
            Route::Courier,
            Route::Display,
            Route::About,
            Route::NotFound,
        ]
    }

    #[test]
    fn every_address_leads_back_to_its_page() {
        for route in every_route() {
            assert_eq!(Route::recognize(&route.to_path()), Some(route));
        }
    }

    #[test]
    fn a_wrong_address_is_not_found() {
        for address in ["/nowhere", "/items/not-a-case", "/wallet/1.2.3"] {
            assert_eq!(Route::recognize(address), Some(Route::NotFound));
        }
    }

    #[test]
    fn the_way_up_ends_at_a_tab() {
        for route in every_route() {
            let mut page = route;
            for _ in 0..3 {
                page = page.parent().unwrap_or(page);
            }
            assert!(Tab::ALL.iter().any(|tab| tab.route() == page), "{page:?}");
        }
    }

    #[test]
    fn a_tab_is_its_own_tab() {
        for tab in Tab::ALL {
            assert_eq!(tab.route().tab(), Some(tab));
        }
    }
}
