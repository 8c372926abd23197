//! A division, chosen level by level from the one the person lives in, and how a chosen
//! one is called.

use serde_json::Value;
use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{DivisionView, ListDivisions},
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::field::Around;
use crate::{
    hooks::{use_ask, use_overview},
    i18n::t,
    parts::ProblemCard,
};

/// Digits of the levels, from the province down.
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// Properties of [`DivisionField`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) around: Around,
    /// Digits of the level that must be reached.
    pub(super) digits: u8,
    pub(super) value: Value,
    pub(super) on_chosen: Callback<Value>,
}

/// A division, chosen level by level.
#[component]
pub(super) fn DivisionField(props: &Props) -> Html {
    let overview = use_overview();
    let home = overview.catalogue.county.as_ref().map_or("", DivisionCode::as_str);
    let digits = usize::from(props.digits);
    let value = props.value.as_str().unwrap_or_default();
    let chosen = if value.is_empty() { start(home, digits) } else { value };
    let selects = lines(chosen, digits).into_iter().map(|line| {
        let onchange = {
            let (parent, on_chosen) = (line.parent.clone(), props.on_chosen.clone());
            Callback::from(move |code: String| {
                // Taking a level back leaves the one above it.
                let answer = if code.is_empty() { parent.clone() } else { code };
                on_chosen.emit(if answer.is_empty() { Value::Null } else { Value::String(answer) });
            })
        };
        html! {
            <Level key={line.parent.clone()} id={format!("{}.{}", props.around.id, line.digits)} parent={line.parent.clone()}
                chosen={line.chosen} digits={line.digits} enabled={props.around.enabled} {onchange} />
        }
    });
    props.around.group(false, html! {
        <>
            <div class="levels">{ for selects }</div>
            if !value.is_empty() {
                <p class="division-chosen">{ t!("division-chosen") }<DivisionName code={value.to_owned()} /></p>
            }
        </>
    })
}

/// One select: below which division, and what is chosen there.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    parent: String,
    chosen: String,
    digits: usize,
}

/// Where choosing starts while nothing is chosen: as deep as the person's own county,
/// but one level above the one asked for.
fn start(home: &str, digits: usize) -> &str {
    let depth = LEVELS
        .into_iter()
        .filter(|level| *level < digits && *level <= home.len())
        .max()
        .unwrap_or_default();
    home.get(..depth).unwrap_or_default()
}

/// The selects to be shown for what is chosen so far, down to `digits`.
fn lines(chosen: &str, digits: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut parent = "";
    for level in LEVELS.into_iter().filter(|level| *level <= digits) {
        let own = chosen.get(..level).unwrap_or_default();
        lines.push(Line { parent: parent.to_owned(), chosen: own.to_owned(), digits: level });
        if own.is_empty() {
            break;
        }
        parent = own;
    }
    lines
}

/// Properties of [`Level`].
#[derive(Properties, PartialEq)]
struct LevelProps {
    id: String,
    parent: String,
    chosen: String,
    digits: usize,
    enabled: bool,
    onchange: Callback<String>,
}

/// One level.
#[component]
fn Level(props: &LevelProps) -> Html {
    let divisions = use_ask(ListDivisions { parent: props.parent.parse().ok() }, |_| false);
    let name = level_name(props.digits);
    let onchange = props
        .onchange
        .reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    let rows: &[DivisionView] = divisions.ready().map_or(&[], |rows| rows.as_slice());
    if let crate::hooks::State::Failed(problem) = &divisions.state {
        return html! { <ProblemCard problem={problem.clone()} retry={divisions.again.clone()} /> };
    }
    let open = props.chosen.is_empty();
    html! {
        <div class="level">
            <label for={props.id.clone()}>{ name.clone() }</label>
            <select class="input select" id={props.id.clone()} data-next={open.then_some("")} {onchange}
                disabled={!props.enabled || divisions.ready().is_none()}>
                <option value="" selected={open}>{ t!("division-choose", level = name) }</option>
                { for rows.iter().map(|row| html! {
                    <option value={row.code.as_str().to_owned()} selected={row.code.as_str() == props.chosen} lang="zh-CN">
                        { &row.name }
                    </option>
                }) }
            </select>
        </div>
    }
}

fn level_name(digits: usize) -> String {
    match digits {
        2 => t!("level-province"),
        4 => t!("level-city"),
        6 => t!("level-county"),
        9 => t!("level-township"),
        _ => t!("level-village"),
    }
}

/// Properties of [`DivisionName`].
#[derive(Properties, PartialEq)]
pub(super) struct NameProps {
    pub(super) code: String,
}

/// The name of a division with the names above it.
#[component]
pub(super) fn DivisionName(props: &NameProps) -> Html {
    let known = lines(&props.code, props.code.len());
    html! {
        <span class="division-name" lang="zh-CN">
            { for known.into_iter().map(|line| html! { <Part key={line.chosen.clone()} parent={line.parent.clone()} code={line.chosen.clone()} /> }) }
        </span>
    }
}

/// Properties of [`Part`].
#[derive(Properties, PartialEq)]
struct PartProps {
    parent: String,
    code: String,
}

#[component]
fn Part(props: &PartProps) -> Html {
    let divisions = use_ask(ListDivisions { parent: props.parent.parse().ok() }, |_| false);
    let row = divisions
        .ready()
        .and_then(|rows| rows.iter().find(|row| row.code.as_str() == props.code).cloned());
    match row {
        // Cities that are provinces at once repeat their name.
        Some(row) if row.name == "市辖区" && row.code.level() == DivisionLevel::City => {
            Html::default()
        }
        Some(row) => html! { { row.name } },
        None => Html::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choosing_starts_at_the_county_of_the_person() {
        assert_eq!(start("420506", 12), "420506");
        assert_eq!(start("420506", 6), "4205");
        assert_eq!(start("", 12), "");
        assert_eq!(start("42", 12), "42");
    }

    #[test]
    fn every_level_chosen_opens_the_next() {
        let shown = |chosen: &str, digits| -> Vec<(String, String)> {
            lines(chosen, digits).into_iter().map(|line| (line.parent, line.chosen)).collect()
        };
        assert_eq!(shown("", 12), [(String::new(), String::new())]);
        assert_eq!(
            shown("4205", 6),
            [("".into(), "42".into()), ("42".into(), "4205".into()), ("4205".into(), "".into())]
                as [(String, String); 3]
        );
        assert_eq!(shown("420506001002", 12).len(), 5);
        assert_eq!(shown("420506001002", 12).last().unwrap().1, "420506001002");
    }
}
