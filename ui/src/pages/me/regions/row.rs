//! One region whose guides can be kept: how large it is, and whether it is here already.

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{KeptView, RegionView},
};
use yew::prelude::*;

use crate::{
    format,
    i18n::t,
    parts::{Icon, Shape},
};

/// How a region stands to what is on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its guides are not here.
    Away,
    /// They are.
    Kept,
    /// They are, with those of a larger region of this name.
    Within(String),
}

/// How a region stands to those that are kept.
pub(super) fn standing(kept: &[KeptView], region: &DivisionCode) -> Standing {
    match kept.iter().find(|kept| kept.division.contains(region)) {
        None => Standing::Away,
        Some(kept) if kept.division == *region => Standing::Kept,
        Some(kept) => Standing::Within(kept.name.clone()),
    }
}

/// Properties of [`Row`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) region: RegionView,
    /// Whether it is the whole of what is listed below it.
    pub(super) whole: bool,
    pub(super) standing: Standing,
    /// Looks into it; none where nothing lies in it.
    pub(super) open: Option<Callback<RegionView>>,
    /// Keeps its guides.
    pub(super) fetch: Callback<RegionView>,
    /// Whether it is being fetched.
    pub(super) fetching: bool,
    /// Whether anything is.
    pub(super) busy: bool,
}

/// One region.
#[component]
pub(super) fn Row(props: &Props) -> Html {
    let region = &props.region;
    let with = |act: &Callback<RegionView>| {
        let region = region.clone();
        act.reform(move |_: MouseEvent| region.clone())
    };
    let name = match (props.whole, region.division.level()) {
        (true, DivisionLevel::Province) => {
            t!("regions-whole-province", name = region.name.as_str())
        }
        (true, _) => t!("regions-whole-city", name = region.name.as_str()),
        (false, _) => region.name.clone(),
    };
    let action = match &props.standing {
        Standing::Kept => html! {
            <span class="region-here"><Icon shape={Shape::Done} />{ t!("regions-kept") }</span>
        },
        Standing::Within(larger) => html! {
            <span class="region-within">{ t!("regions-within", name = larger.as_str()) }</span>
        },
        Standing::Away => html! {
            <button type="button" class="button small" onclick={with(&props.fetch)} disabled={props.busy}
                aria-label={t!("regions-fetch-label", name = region.name.as_str())}>
                { if props.fetching { t!("catalogue-updating") } else { t!("regions-fetch") } }
            </button>
        },
    };
    let facts = html! {
        <span class="region-facts">
            <span>{ t!("guide-count", count = format::count(region.guides)) }</span>
            <span>{ t!("regions-size", bytes = format::bytes(region.bytes), room = format::bytes(region.room)) }</span>
        </span>
    };
    html! {
        <li class="region">
            if let Some(open) = &props.open {
                <button type="button" class="region-open" onclick={with(open)}>
                    <span class="region-name"><span lang="zh-CN">{ name }</span><Icon shape={Shape::Forward} /></span>
                    <span class="unseen">{ t!("regions-look") }</span>
                    { facts }
                </button>
            } else {
                <div class="region-words">
                    <span class="region-name" lang={(!props.whole).then_some("zh-CN")}>{ name }</span>
                    { facts }
                </div>
            }
            { action }
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_kept_by_itself_or_with_a_larger_one() {
        let kept = |code: &str, name: &str| KeptView {
            division: code.parse().unwrap(),
            name: name.to_owned(),
        };
        let all = [kept("4205", "湖北省宜昌市"), kept("420102", "湖北省武汉市江岸区")];
        let standing = |code: &str| standing(&all, &code.parse().unwrap());
        assert_eq!(standing("4205"), Standing::Kept);
        assert_eq!(standing("420506"), Standing::Within("湖北省宜昌市".to_owned()));
        assert_eq!(standing("4201"), Standing::Away, "a county of it is not all of it");
        assert_eq!(standing("42"), Standing::Away);
    }
}
