//! Rows of a list of guides.

use tongban_contract::{numbers::DivisionCode, page::GuideRow};
use yew::prelude::*;

use super::{Badges, Go, Pieces};
use crate::{
    filter::{Filter, Looked},
    i18n::t,
    route::Route,
};

/// Properties of [`GuideRows`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) rows: Vec<GuideRow>,
    /// The one that is open beside the list.
    #[prop_or_default]
    pub(crate) open: Option<AttrValue>,
    /// What the list is narrowed to that they are of. Of one that asks about a place, a row leads
    /// to the guide there, and not to the person's own.
    #[prop_or_default]
    pub(crate) filter: Filter,
}

/// Rows of a list of guides.
#[component]
pub(crate) fn GuideRows(props: &Props) -> Html {
    let region = props.filter.region_code();
    let query = |row: &GuideRow| {
        let there = |region: &DivisionCode| row.division.clone().unwrap_or_else(|| region.clone());
        Looked::new(region.as_ref().map(there).as_ref(), props.filter.clone()).query()
    };
    let row = |row: &GuideRow| {
        let current = props.open.as_deref() == Some(row.item.as_str());
        html! {
            <li key={row.item.clone()}>
                <Go to={Route::Guide { item: row.item.clone() }} {current} query={query(row)}
                    class={classes!("row", current.then_some("row-current"))}>
                    <span class="row-title"><Pieces pieces={row.name.clone()} /></span>
                    if !row.alias.is_empty() {
                        <span class="row-alias">{ t!("guide-also-called") }<Pieces pieces={row.alias.clone()} /></span>
                    }
                    <span class="row-facts">
                        if let Some(days) = row.promised_days {
                            <span>{ limit(days) }</span>
                        }
                        if let Some(number) = row.visits {
                            <span>{ visits(number) }</span>
                        }
                        if row.has_form {
                            <span class="row-form">{ t!("guide-fileable") }</span>
                        }
                    </span>
                    <span class="row-foot">
                        <span class="row-office" lang="zh-CN">
                            { if row.department.is_empty() { &row.division_name } else { &row.department } }
                        </span>
                        <Badges badges={row.badges.clone()} />
                    </span>
                    if !row.serves || row.also > 0 {
                        <span class="row-places">
                            if !row.serves {
                                <span class="tag">{ t!("guide-elsewhere") }</span>
                                <span lang="zh-CN">{ &row.division_name }</span>
                            }
                            if row.also > 0 {
                                <span>{ t!("guide-also", count = row.also) }</span>
                            }
                        </span>
                    }
                </Go>
            </li>
        }
    };
    html! { <ul class="rows">{ for props.rows.iter().map(row) }</ul> }
}

/// The promised limit in words.
pub(crate) fn limit(days: u32) -> String {
    if days == 0 { t!("guide-limit-at-once") } else { t!("guide-limit", days = days) }
}

/// Visits in words.
pub(crate) fn visits(number: u32) -> String {
    if number == 0 { t!("guide-visits-none") } else { t!("guide-visits", count = number) }
}
