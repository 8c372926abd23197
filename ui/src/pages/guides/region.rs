//! For which place guides are looked at: a region that is kept, then what lies in it, level by
//! level.

use tongban_contract::{
    numbers::DivisionCode,
    page::{KeptView, ListDivisions, Topic},
};
use yew::prelude::*;

use super::select::{Choice, Select};
use crate::{
    hooks::{use_ask, use_overview},
    i18n::t,
};

/// Properties of [`Region`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The place; none for all.
    pub(super) region: Option<DivisionCode>,
    /// Another one was chosen: its code, or nothing.
    pub(super) on_choice: Callback<String>,
}

/// For which place guides are looked at.
#[component]
pub(super) fn Region(props: &Props) -> Html {
    let overview = use_overview();
    let region = props.region.as_ref();
    let kept = region.and_then(|region| kept_with(&overview.catalogue.kept, region));
    let mut choices: Vec<Choice> =
        overview.catalogue.kept.iter().map(|kept| choice(&kept.division, &kept.name)).collect();
    // One whose guides are no longer kept.
    if let Some(gone) = region.filter(|_| kept.is_none()) {
        choices.push(choice(gone, gone.as_str()));
    }
    let chosen = kept.map(|kept| &kept.division).or(region).map(DivisionCode::to_string);
    html! {
        <div class="filter-field">
            <Select id="filter-region" label={t!("filter-region")} labelled=true all={t!("filter-all-regions")}
                {choices} chosen={chosen.unwrap_or_default()} chinese=true on_choice={props.on_choice.clone()} />
            if let (Some(kept), Some(region)) = (kept, region) {
                <Below key={kept.division.to_string()} parent={kept.division.clone()} name={kept.name.clone()}
                    region={region.clone()} on_choice={props.on_choice.clone()} />
            }
        </div>
    }
}

fn choice(division: &DivisionCode, name: &str) -> Choice {
    Choice { code: division.to_string(), name: name.to_owned(), guides: None }
}

/// The kept region that a division is, or lies in.
fn kept_with<'a>(kept: &'a [KeptView], division: &DivisionCode) -> Option<&'a KeptView> {
    kept.iter().find(|kept| kept.division.contains(division))
}

/// Properties of [`Below`].
#[derive(Properties, PartialEq)]
struct BelowProps {
    parent: DivisionCode,
    /// Name of it.
    name: AttrValue,
    /// The place that is chosen, somewhere in it.
    region: DivisionCode,
    on_choice: Callback<String>,
}

/// What lies below a division that is chosen; nothing where nothing does.
#[component]
fn Below(props: &BelowProps) -> Html {
    let parent = &props.parent;
    let divisions =
        use_ask(ListDivisions { parent: Some(parent.clone()) }, |topic| *topic == Topic::Catalogue);
    let Some(divisions) = divisions.ready().filter(|divisions| !divisions.is_empty()) else {
        return Html::default();
    };
    let choices: Vec<Choice> =
        divisions.iter().map(|division| choice(&division.code, &division.name)).collect();
    let chosen = divisions.iter().find(|division| division.code.contains(&props.region));
    let whole = parent.to_string();
    let on_choice = props.on_choice.reform(
        move |code: String| {
            if code.is_empty() { whole.clone() } else { code }
        },
    );
    html! {
        <>
            <Select id={format!("filter-region-{parent}")} label={t!("filter-region-below", name = props.name.as_str())}
                all={t!("filter-whole-region")} {choices} chinese=true {on_choice}
                chosen={chosen.map(|division| division.code.to_string()).unwrap_or_default()} />
            if let Some(division) = chosen.filter(|division| division.has_children) {
                <Below key={division.code.to_string()} parent={division.code.clone()} name={division.name.clone()}
                    region={props.region.clone()} on_choice={props.on_choice.clone()} />
            }
        </>
    }
}

/// Properties of [`RegionName`].
#[derive(Properties, PartialEq)]
pub(super) struct NameProps {
    pub(super) region: DivisionCode,
}

/// The name of a division; its code until it is known.
#[component]
pub(super) fn RegionName(props: &NameProps) -> Html {
    let beside = use_ask(ListDivisions { parent: props.region.parent() }, |topic| {
        *topic == Topic::Catalogue
    });
    let own = beside
        .ready()
        .and_then(|list| list.iter().find(|division| division.code == props.region))
        .map_or_else(|| props.region.to_string(), |division| division.name.clone());
    html! { <span lang="zh-CN">{ own }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_in_the_region_that_is_kept() {
        let kept = |code: &str| KeptView { division: code.parse().unwrap(), name: code.to_owned() };
        let all = [kept("4201"), kept("420506")];
        let within =
            |code: &str| kept_with(&all, &code.parse().unwrap()).map(|kept| kept.name.clone());
        assert_eq!(within("420506100200").as_deref(), Some("420506"));
        assert_eq!(within("420102").as_deref(), Some("4201"));
        assert_eq!(within("420502"), None);
    }
}
