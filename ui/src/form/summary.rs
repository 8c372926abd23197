//! The answers as they are read through before filing: what was asked, and what was said.

use serde_json::Value;
use tongban_contract::form::{ChoiceOption, Control, Input, Node};
use yew::prelude::*;

use super::division::DivisionName;
use crate::i18n::t;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Words(String),
    /// A division, to be called by its name.
    Division(String),
    Nothing,
}

/// A group of answers under its heading.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    heading: String,
    lines: Vec<(String, Said)>,
}

/// The answers, group by group.
pub(crate) fn summary(nodes: &[Node]) -> Html {
    let part = |part: Part| {
        html! {
            <section class="review-part">
                if !part.heading.is_empty() {
                    <h4 class="review-heading" lang="zh-CN">{ part.heading }</h4>
                }
                <dl class="facts">{ for part.lines.into_iter().map(|(label, said)| html! {
                    <div class="fact"><dt lang="zh-CN">{ label }</dt><dd lang="zh-CN">{ words(said) }</dd></div>
                }) }</dl>
            </section>
        }
    };
    html! { <>{ for parts(nodes).into_iter().map(part) }</> }
}

fn words(said: Said) -> Html {
    match said {
        Said::Words(words) => html! { { words } },
        Said::Division(code) => html! { <DivisionName {code} /> },
        Said::Nothing => html! { <span class="review-nothing">{ t!("review-nothing") }</span> },
    }
}

fn parts(nodes: &[Node]) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    collect(nodes, &mut parts);
    parts.retain(|part| !part.lines.is_empty());
    parts
}

fn collect(nodes: &[Node], parts: &mut Vec<Part>) {
    for node in nodes {
        match node {
            Node::Vertical { children } | Node::Horizontal { children } => collect(children, parts),
            Node::Group { label, children } => {
                parts.push(Part { heading: label.clone(), lines: Vec::new() });
                collect(children, parts);
                parts.push(Part::default());
            }
            Node::Label { .. } => {}
            Node::Control(control) => {
                if let Some(part) = parts.last_mut() {
                    part.lines.push((control.label.clone(), said(control)));
                }
            }
            Node::List(list) => {
                for (index, entry) in list.entries.iter().enumerate() {
                    let heading = t!("list-entry", label = list.label.as_str(), number = index + 1);
                    parts.push(Part { heading, lines: Vec::new() });
                    collect(std::slice::from_ref(entry), parts);
                }
                parts.push(Part::default());
            }
        }
    }
}

fn said(control: &Control) -> Said {
    let value = &control.value;
    match &control.input {
        _ if value.is_null() => Said::Nothing,
        Input::Boolean | Input::Commitment => {
            Said::Words(if *value == Value::Bool(true) { t!("yes") } else { t!("no") })
        }
        Input::Choice { options } => Said::Words(label(options, value)),
        Input::MultipleChoice { options } => {
            let chosen = value.as_array().map(Vec::as_slice).unwrap_or_default();
            Said::Words(
                chosen.iter().map(|value| label(options, value)).collect::<Vec<_>>().join("、"),
            )
        }
        Input::Number { unit, .. } => {
            Said::Words(format!("{} {unit}", super::written::write(value)).trim_end().to_owned())
        }
        Input::Division { .. } => Said::Division(super::written::write(value)),
        Input::Text { .. } | Input::Date => Said::Words(super::written::write(value)),
    }
}

fn label(options: &[ChoiceOption], value: &Value) -> String {
    let option = options.iter().find(|option| option.value == *value);
    option.map_or_else(|| super::written::write(value), |option| option.label.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tongban_contract::form::ListControl;

    use super::*;
    use crate::i18n::{Language, speak};

    fn control(label: &str, input: Input, value: Value) -> Node {
        Node::Control(Box::new(Control {
            pointer: format!("/{label}"),
            label: label.into(),
            hint: String::new(),
            required: true,
            enabled: true,
            input,
            value,
            faults: Vec::new(),
        }))
    }

    #[test]
    fn answers_are_said_in_the_words_of_the_form() {
        speak(Language::ZhCn);
        let options = vec![
            ChoiceOption { value: json!("own"), label: "自有".into() },
            ChoiceOption { value: json!("rent"), label: "租赁".into() },
        ];
        let list = ListControl {
            pointer: "/family".into(),
            label: "家庭成员".into(),
            hint: String::new(),
            entries: vec![control("姓名", Input::Date, json!("2001-02-03"))],
            can_add: true,
            can_remove: true,
            faults: Vec::new(),
        };
        let nodes = vec![
            Node::Group {
                label: "店面".into(),
                children: vec![
                    control("来源", Input::Choice { options: options.clone() }, json!("rent")),
                    control("设施", Input::MultipleChoice { options }, json!(["own", "later"])),
                    control(
                        "面积",
                        Input::Number { integer: false, unit: "平方米".into() },
                        json!(12.5),
                    ),
                    control("外卖", Input::Boolean, json!(false)),
                    control("地址", Input::Division { digits: 12 }, json!("420506001002")),
                    control("备注", Input::Date, Value::Null),
                ],
            },
            Node::List(Box::new(list)),
        ];
        let parts = parts(&nodes);
        let said: Vec<Said> = parts[0].lines.iter().map(|(_, said)| said.clone()).collect();
        let words = |text: &str| Said::Words(text.into());
        assert_eq!(
            said,
            [
                words("租赁"),
                words("自有、later"),
                words("12.5 平方米"),
                words("否"),
                Said::Division("420506001002".into()),
                Said::Nothing
            ]
        );
        assert_eq!(
            (parts[0].heading.as_str(), parts[1].heading.as_str(), parts.len()),
            ("店面", "家庭成员 1", 2)
        );
    }
}
