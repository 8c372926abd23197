//! One list to choose from, each choice with the number of guides that it leads to.

use tongban_contract::page::FacetView;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{format, i18n::t};

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is chosen by it.
    pub(super) code: String,
    /// What it is called.
    pub(super) name: String,
    /// How many guides it leads to, where that is known.
    pub(super) guides: Option<u32>,
}

/// The choices of `facets` that lead somewhere, and the one that is chosen wherever it leads.
/// `named` says what one is called, by its code and by what the engine calls it; the engine
/// may not know the one that is chosen.
pub(super) fn choices(
    facets: &[FacetView],
    chosen: &str,
    counted: bool,
    named: impl Fn(&str, Option<&str>) -> String,
) -> Vec<Choice> {
    let choice = |code: &str, name: Option<&str>, guides: u32| Choice {
        code: code.to_owned(),
        name: named(code, name),
        guides: counted.then_some(guides),
    };
    let mut choices: Vec<Choice> = facets
        .iter()
        .filter(|facet| facet.guides > 0 || facet.code == chosen)
        .map(|facet| choice(&facet.code, Some(&facet.name), facet.guides))
        .collect();
    if !chosen.is_empty() && choices.iter().all(|choice| choice.code != chosen) {
        choices.push(choice(chosen, None, 0));
    }
    choices
}

/// Properties of [`Select`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) id: AttrValue,
    /// What is chosen by it.
    pub(super) label: AttrValue,
    /// Whether the label stands above it, and is not only told to screen readers.
    #[prop_or_default]
    pub(super) labelled: bool,
    /// The first line, which narrows nothing.
    pub(super) all: AttrValue,
    pub(super) choices: Vec<Choice>,
    /// Code of the choice; empty for none.
    pub(super) chosen: AttrValue,
    /// Whether the names of the choices are Chinese in every language.
    #[prop_or_default]
    pub(super) chinese: bool,
    pub(super) on_choice: Callback<String>,
}

/// A list to choose from.
#[component]
pub(super) fn Select(props: &Props) -> Html {
    let place = use_node_ref();
    {
        let (place, chosen) = (place.clone(), props.chosen.clone());
        // Once a hand has chosen, a browser heeds no mark on an option any more.
        use_effect(move || {
            if let Some(list) = place.cast::<HtmlSelectElement>()
                && list.value() != chosen.as_str()
            {
                list.set_value(&chosen);
            }
        });
    }
    let onchange = props
        .on_choice
        .reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    let option = |choice: &Choice| {
        let words = match choice.guides {
            Some(guides) => t!(
                "filter-choice",
                name = choice.name.as_str(),
                count = format::count(u64::from(guides))
            ),
            None => choice.name.clone(),
        };
        html! {
            <option key={choice.code.clone()} value={choice.code.clone()}
                selected={choice.code == *props.chosen} lang={props.chinese.then_some("zh-CN")}>{ words }</option>
        }
    };
    html! {
        <>
            if props.labelled {
                <label class="filter-name" for={props.id.clone()}>{ props.label.clone() }</label>
            }
            <select class="select" id={props.id.clone()} ref={place} {onchange}
                aria-label={(!props.labelled).then(|| props.label.clone())}>
                <option key="" value="" selected={props.chosen.is_empty()}>{ props.all.clone() }</option>
                { for props.choices.iter().map(option) }
            </select>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facet(code: &str, guides: u32) -> FacetView {
        FacetView { code: code.to_owned(), name: code.to_uppercase(), guides }
    }

    fn named(code: &str, name: Option<&str>) -> String {
        name.unwrap_or(code).to_owned()
    }

    #[test]
    fn what_leads_nowhere_is_not_offered_but_what_is_chosen_is() {
        let facets = [facet("a", 3), facet("b", 0), facet("c", 1)];
        let codes = |chosen| -> Vec<(String, Option<u32>)> {
            choices(&facets, chosen, true, named).into_iter().map(|c| (c.code, c.guides)).collect()
        };
        let pair = |code: &str, guides| (code.to_owned(), Some(guides));
        assert_eq!(codes(""), [pair("a", 3), pair("c", 1)]);
        assert_eq!(codes("b"), [pair("a", 3), pair("b", 0), pair("c", 1)]);
        assert_eq!(codes("z"), [pair("a", 3), pair("c", 1), pair("z", 0)]);
    }

    #[test]
    fn numbers_that_are_not_those_of_the_rows_are_not_said() {
        let offered = choices(&[facet("a", 3)], "", false, named);
        assert_eq!(offered, [Choice { code: "a".into(), name: "A".into(), guides: None }]);
    }
}
