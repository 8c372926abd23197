//! What a guide says differently from before, field by field.

use tongban_contract::difference::{GuideDifference, GuideField, Said};
use yew::prelude::*;

use super::{limit, visits};
use crate::{
    format,
    i18n::{t, term},
};

/// Fields that are named where there is room for a line only.
const NAMED: usize = 2;

/// Properties of [`Differences`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) differences: Vec<GuideDifference>,
}

/// What a guide says differently from before.
#[component]
pub(crate) fn Differences(props: &Props) -> Html {
    html! { <ul class="differences">{ for props.differences.iter().map(difference) }</ul> }
}

fn difference(one: &GuideDifference) -> Html {
    let words =
        |said: &Said| html! { <span class="difference-said">{ words(one.field, said) }</span> };
    let content = match (&one.before, &one.after) {
        (Some(Said::Condition(_)), Some(Said::Condition(_))) => {
            html! { <p>{ t!("difference-condition-changed") }</p> }
        }
        (before, after) => html! {
            <>
                <p class="difference-line">
                    <span class="difference-when">{ t!("difference-before") }</span>
                    { before.as_ref().map_or_else(nothing, |said| html! { <del>{ words(said) }</del> }) }
                </p>
                <p class="difference-line">
                    <span class="difference-when">{ t!("difference-after") }</span>
                    { after.as_ref().map_or_else(nothing, |said| html! { <ins>{ words(said) }</ins> }) }
                </p>
            </>
        },
    };
    html! {
        <li class="difference">
            <p class="difference-field">
                { name(one.field) }
                if !one.of.is_empty() {
                    <span class="difference-of" lang="zh-CN">{ &one.of }</span>
                }
            </p>
            { content }
        </li>
    }
}

fn nothing() -> Html {
    html! { <span class="difference-nothing">{ t!("difference-nothing") }</span> }
}

/// The fields that differ, in one line: the first ones by name.
pub(crate) fn named(differences: &[GuideDifference]) -> String {
    let mut names: Vec<String> = Vec::new();
    for one in differences {
        let name = name(one.field);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len() > NAMED;
    names.truncate(NAMED);
    let names = names.join(&t!("list-comma"));
    if more {
        t!("differences-more", names = names, count = differences.len())
    } else {
        t!("differences-all", names = names)
    }
}

fn name(field: GuideField) -> String {
    term("field", field.code(), field.term())
}

fn words(field: GuideField, said: &Said) -> Html {
    let chinese = |text: &str| html! { <span lang="zh-CN">{ text }</span> };
    match said {
        Said::Text(text) => match (field, text.as_str()) {
            (GuideField::CrossRegion, "province") => html! { { t!("guide-scope-province") } },
            (GuideField::CrossRegion, "cross-province") => {
                html! { { t!("guide-scope-cross-province") } }
            }
            (GuideField::MaterialLicence | GuideField::ResultLicence, code) => {
                html! { { t!("difference-licence", code = code) } }
            }
            (_, text) => chinese(text),
        },
        Said::Texts(texts) => chinese(&texts.join("、")),
        Said::Number(number) => html! { { counted(field, *number) } },
        Said::Flag(true) => html! { { t!("yes") } },
        Said::Flag(false) => html! { { t!("no") } },
        Said::Day(day) => html! { { format::day(*day) } },
        Said::Terms(terms) => {
            let kind = vocabulary(field);
            let terms: Vec<String> =
                terms.iter().map(|one| term(kind, &one.code, &one.term)).collect();
            html! { { terms.join(&t!("list-comma")) } }
        }
        Said::Condition(_) => html! { { t!("guide-by-situation") } },
    }
}

/// A number with what it counts.
fn counted(field: GuideField, number: f64) -> String {
    // Counts are never larger, and whole but for days of steps.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let whole = number as u32;
    match field {
        GuideField::PromisedDays | GuideField::StatutoryDays => limit(whole),
        GuideField::StepDays | GuideField::SpecialProcedureDays => {
            t!("guide-step-days", days = format::days(number))
        }
        GuideField::Visits => visits(whole),
        GuideField::MaterialOriginals | GuideField::MaterialCopies => {
            t!("difference-copies", count = whole)
        }
        _ => whole.to_string(),
    }
}

/// The vocabulary that the terms of a field are of.
fn vocabulary(field: GuideField) -> &'static str {
    match field {
        GuideField::Type => "item-type",
        GuideField::Level => "level",
        GuideField::Audiences => "audience",
        GuideField::ProjectType => "project",
        GuideField::Channels => "channel",
        GuideField::MaterialNecessity => "necessity",
        GuideField::MaterialSource => "source",
        _ => "item-state",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, speak};

    fn changed(field: GuideField) -> GuideDifference {
        GuideDifference { field, of: String::new(), before: None, after: None }
    }

    #[test]
    fn a_line_names_two_fields_and_counts_the_rest() {
        speak(Language::ZhCn);
        let hours = changed(GuideField::Hours);
        assert_eq!(named(std::slice::from_ref(&hours)), "办理时间有变化");
        // Of several materials each is a difference, and the field is named once.
        let materials = [changed(GuideField::Material), changed(GuideField::Material)];
        assert_eq!(named(&materials), "申请材料有变化");
        let all = [changed(GuideField::Visits), hours, changed(GuideField::Phone)];
        assert_eq!(named(&all), "到现场次数、办理时间等 3 处有变化");
    }

    #[test]
    fn a_number_is_said_with_what_it_counts() {
        speak(Language::ZhCn);
        for (field, number, expected) in [
            (GuideField::PromisedDays, 0.0, "当场办结"),
            (GuideField::StatutoryDays, 20.0, "20 个工作日"),
            (GuideField::StepDays, 0.5, "0.5 个工作日"),
            (GuideField::Visits, 0.0, "不用跑"),
            (GuideField::MaterialCopies, 2.0, "2 份"),
            (GuideField::Assurance, 3.0, "3"),
        ] {
            assert_eq!(counted(field, number), expected);
        }
    }
}
