//! The parts of an application in their order, with what is still wrong in each.

use tongban_contract::page::DraftView;
use yew::prelude::*;

use crate::{form::place, i18n::t};

/// A part of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Situation,
    Form,
    Materials,
    Submit,
}

impl Part {
    /// The id of its section.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Situation => place::SITUATION,
            Self::Form => place::FORM,
            Self::Materials => place::MATERIALS,
            Self::Submit => "part-submit",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> String {
        match self {
            Self::Situation => t!("part-situation"),
            Self::Form => t!("part-form"),
            Self::Materials => t!("part-materials"),
            Self::Submit => t!("part-submit"),
        }
    }
}

/// A part with the number of its faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) part: Part,
    pub(super) faults: usize,
}

/// The parts of this application.
pub(super) fn steps(view: &DraftView) -> Vec<Step> {
    let faults = |part: Part| {
        view.faults.iter().filter(|fault| place::part(&fault.pointer) == part.id()).count()
    };
    [
        (Part::Situation, !view.situations.is_empty()),
        (Part::Form, true),
        (Part::Materials, !view.materials.is_empty()),
        (Part::Submit, true),
    ]
    .into_iter()
    .filter(|(_, there)| *there)
    .map(|(part, _)| Step { part, faults: faults(part) })
    .collect()
}

/// Properties of [`Way`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) steps: Vec<Step>,
    /// Whether filing was tried, so that what is missing is in the way now.
    pub(super) tried: bool,
}

/// The parts, each a way to its section.
#[component]
pub(super) fn Way(props: &Props) -> Html {
    let step = |(index, step): (usize, &Step)| {
        let Step { part, faults } = *step;
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            place::show(part.id());
        });
        let done = faults == 0 && part != Part::Submit;
        html! {
            <li key={part.id()}>
                <a class={classes!("way-step", done.then_some("way-done"), (props.tried && faults > 0).then_some("way-wrong"))}
                    href={format!("#{}", part.id())} {onclick}>
                    <span class="way-number" aria-hidden="true">{ index + 1 }</span>
                    <span class="way-name">{ part.name() }</span>
                    if done {
                        <span class="way-state">{ t!("way-done") }</span>
                    } else if faults > 0 {
                        <span class="way-state">{ t!("way-faults", count = faults) }</span>
                    }
                </a>
            </li>
        }
    };
    html! {
        <nav class="way" aria-label={t!("way")}>
            <ol>{ for props.steps.iter().enumerate().map(step) }</ol>
        </nav>
    }
}
