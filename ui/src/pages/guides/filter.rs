//! What the list of guides is narrowed to: as the address says it, and as the engine is asked.

use serde::{Deserialize, Serialize};
use tongban_contract::{
    numbers::DivisionCode,
    page::{BrowseGuides, GuideFilter, GuideSort, SearchGuides},
};
use yew_router::{navigator::Navigator, prelude::*};

use crate::route::Route;

/// What the list is narrowed to. It is part of the address, so that going back finds it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    /// Words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    /// Code of a theme; empty for all, as in all that follow.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) theme: String,
    /// Code of an audience.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) audience: String,
    /// Code of a type of item.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub(crate) item_type: String,
    /// Code of a handling promise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) badge: String,
    /// Name of a department.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) department: String,
    /// Code of a division.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) region: String,
    /// Order: one of [`ORDERS`]; empty for the best match first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sort: String,
}

/// The orders besides the usual one, as the address says them.
pub(super) const ORDERS: [(&str, GuideSort); 3] =
    [("days", GuideSort::Days), ("visits", GuideSort::Visits), ("name", GuideSort::Name)];

impl Filter {
    /// Opens the list narrowed to this.
    pub(crate) fn open(&self, navigator: Option<&Navigator>) {
        if let Some(navigator) = navigator {
            // Plain texts always make a query.
            let _ = navigator.push_with_query(&Route::Guides, self.clone());
        }
    }

    /// The address of the list narrowed to this theme, for a link.
    pub(crate) fn address(&self) -> String {
        format!("{}?theme={}", Route::Guides.to_path(), self.theme)
    }

    /// The rows of the list.
    pub(super) fn search(&self, limit: u32) -> SearchGuides {
        let sort = ORDERS.iter().find(|(code, _)| *code == self.sort);
        SearchGuides {
            query: self.q.clone(),
            filter: self.chosen(),
            sort: sort.map_or_else(GuideSort::default, |(_, sort)| *sort),
            offset: 0,
            limit,
        }
    }

    /// What else it can be narrowed to.
    pub(super) fn browse(&self) -> BrowseGuides {
        BrowseGuides { filter: self.chosen() }
    }

    fn chosen(&self) -> GuideFilter {
        let given = |code: &String| (!code.is_empty()).then(|| code.clone());
        GuideFilter {
            theme: given(&self.theme),
            audience: given(&self.audience),
            item_type: given(&self.item_type),
            badge: given(&self.badge),
            department: given(&self.department),
            region: self.region_code(),
        }
    }

    /// The division; none where the address names none that can be.
    pub(super) fn region_code(&self) -> Option<DivisionCode> {
        self.region.parse().ok()
    }

    /// Whether the numbers of [`Self::browse`] are those of the rows: it knows no words.
    pub(super) fn is_counted(&self) -> bool {
        self.q.trim().is_empty()
    }

    /// How many of the filters are set that are not always in view.
    pub(super) fn more(&self) -> usize {
        let Self { item_type, badge, department, region, .. } = self;
        [item_type, badge, department, region].into_iter().filter(|set| !set.is_empty()).count()
    }

    /// Without those that are not always in view, and in the usual order.
    pub(super) fn without_more(&self) -> Self {
        let Self { q, theme, audience, .. } = self.clone();
        Self { q, theme, audience, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use tongban_contract::vocabulary::Theme;

    use super::*;

    fn narrowed() -> Filter {
        Filter {
            q: "社保".into(),
            theme: "health".into(),
            audience: "1".into(),
            item_type: "07".into(),
            badge: "no-visit".into(),
            department: "夷陵区民政局".into(),
            region: "420506".into(),
            sort: "visits".into(),
        }
    }

    #[test]
    fn an_empty_filter_asks_for_everything() {
        let all = Filter::default().search(20);
        assert_eq!(
            (all.query.as_str(), all.filter, all.sort),
            ("", GuideFilter::default(), GuideSort::Relevance)
        );
    }

    #[test]
    fn every_filter_is_asked_for_and_counted_alike() {
        let asked = narrowed().search(40);
        assert_eq!(
            (asked.query.as_str(), asked.limit, asked.sort),
            ("社保", 40, GuideSort::Visits)
        );
        let expected = GuideFilter {
            theme: Some("health".into()),
            audience: Some("1".into()),
            item_type: Some("07".into()),
            badge: Some("no-visit".into()),
            department: Some("夷陵区民政局".into()),
            region: Some("420506".parse().unwrap()),
        };
        assert_eq!(asked.filter, expected);
        assert_eq!(narrowed().browse().filter, expected);
    }

    #[test]
    fn an_address_that_makes_no_sense_narrows_nothing() {
        let filter =
            Filter { region: "夷陵区".into(), sort: "luck".into(), ..Filter::default() };
        let asked = filter.search(20);
        assert_eq!((asked.filter, asked.sort), (GuideFilter::default(), GuideSort::Relevance));
    }

    #[test]
    fn clearing_leaves_words_theme_and_audience() {
        assert_eq!(narrowed().more(), 4);
        let left = narrowed().without_more();
        assert_eq!((left.more(), left.sort.as_str()), (0, ""));
        assert_eq!(
            (left.q.as_str(), left.theme.as_str(), left.audience.as_str()),
            ("社保", "health", "1")
        );
    }

    #[test]
    fn every_theme_has_an_address_of_its_own() {
        for theme in Theme::ALL {
            let filter = Filter { theme: theme.code().to_owned(), ..Filter::default() };
            assert_eq!(filter.address(), format!("/guides?theme={}", theme.code()));
        }
    }
}
