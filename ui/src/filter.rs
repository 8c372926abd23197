//! What the list of guides is narrowed to: as an address says it, of the list or of a guide that
//! is open beside it, and as the engine is asked.

use serde::{Deserialize, Serialize};
use tongban_contract::{
    numbers::DivisionCode,
    page::{BrowseGuides, GuideFilter, GuideSort, SearchGuides},
};
use yew_router::query::ToQuery as _;

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
pub(crate) const ORDERS: [(&str, GuideSort); 3] =
    [("days", GuideSort::Days), ("visits", GuideSort::Visits), ("name", GuideSort::Name)];

impl Filter {
    /// As an address says it, behind the question mark; empty where all is shown.
    pub(crate) fn query(&self) -> String {
        encoded(self)
    }

    /// The rows of the list.
    pub(crate) fn search(&self, limit: u32) -> SearchGuides {
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
    pub(crate) fn browse(&self) -> BrowseGuides {
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
    pub(crate) fn region_code(&self) -> Option<DivisionCode> {
        self.region.parse().ok()
    }

    /// Whether the numbers of [`Self::browse`] are those of the rows: it knows no words.
    pub(crate) fn is_counted(&self) -> bool {
        self.q.trim().is_empty()
    }

    /// How many of the filters are set that are not always in view.
    pub(crate) fn more(&self) -> usize {
        let Self { item_type, badge, department, region, .. } = self;
        [item_type, badge, department, region].into_iter().filter(|set| !set.is_empty()).count()
    }

    /// Without those that are not always in view, and in the usual order.
    pub(crate) fn without_more(&self) -> Self {
        let Self { q, theme, audience, .. } = self.clone();
        Self { q, theme, audience, ..Self::default() }
    }
}

/// What the address of a guide says besides the item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Looked {
    /// Code of the division where it is looked at; empty for where the person is, and anything
    /// that is no code is as if nothing was said.
    #[serde(skip_serializing_if = "String::is_empty")]
    at: String,
    /// What the list beside it is narrowed to.
    #[serde(flatten)]
    pub(crate) filter: Filter,
}

impl Looked {
    /// At this place, or where the person is, beside such a list.
    pub(crate) fn new(at: Option<&DivisionCode>, filter: Filter) -> Self {
        Self { at: at.map(ToString::to_string).unwrap_or_default(), filter }
    }

    /// Where the guide is looked at; none for where the person is.
    pub(crate) fn at(&self) -> Option<DivisionCode> {
        self.at.parse().ok()
    }

    /// As the address says it, behind the question mark.
    pub(crate) fn query(&self) -> String {
        encoded(self)
    }
}

fn encoded(query: &impl Serialize) -> String {
    // Plain texts always make a query.
    query.to_query().map(Into::into).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tongban_contract::vocabulary::Theme;
    use yew_router::query::FromQuery as _;

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
    fn an_address_says_what_is_set_and_nothing_else() {
        for theme in Theme::ALL {
            let filter = Filter { theme: theme.code().to_owned(), ..Filter::default() };
            assert_eq!(filter.query(), format!("theme={}", theme.code()));
        }
        assert_eq!((Filter::default().query(), Looked::default().query()), Default::default());
    }

    #[test]
    fn the_address_of_a_guide_keeps_the_list_beside_it() {
        let at: DivisionCode = "420502".parse().unwrap();
        for at in [None, Some(&at)] {
            let looked = Looked::new(at, narrowed());
            assert_eq!(looked.at().as_ref(), at);
            let read = Looked::from_query(&looked.query()).unwrap();
            assert_eq!(read, looked);
            let list = Filter::from_query(&looked.query()).unwrap();
            assert_eq!(list, narrowed());
        }
        let read = Looked::from_query("at=夷陵区").unwrap();
        assert_eq!(read.at(), None);
    }
}
