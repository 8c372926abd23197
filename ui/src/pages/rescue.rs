//! What became of a vault that was damaged, told on the home page until the person has read
//! it: what was rescued, what was not, and what to do.

use tongban_contract::page::{DismissRescues, RescueView};
use yew::prelude::*;

use crate::{
    format,
    hooks::use_act,
    i18n::t,
    parts::{Icon, ProblemCard, Shape},
};

/// Properties of [`Rescues`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) rescues: Vec<RescueView>,
}

/// What became of a vault that was damaged.
#[component]
pub(super) fn Rescues(props: &Props) -> Html {
    let dismiss = use_act::<DismissRescues>(Callback::noop());
    if props.rescues.is_empty() {
        return Html::default();
    }
    let onclick = {
        let run = dismiss.run.clone();
        Callback::from(move |_: MouseEvent| run.emit(DismissRescues {}))
    };
    let told = |rescue: &RescueView| {
        html! {
            <>
                <p><strong>{ format::moment(rescue.at) }</strong>{ " " }{ happened(rescue) }</p>
                <ul>{ for next(rescue).into_iter().map(|step| html! { <li>{ step }</li> }) }</ul>
            </>
        }
    };
    html! {
        <section class="note note-warn note-long" role="alert" aria-label={t!("rescue")}>
            <span class="note-picture"><Icon shape={Shape::Warning} /></span>
            <div class="note-text">
                { for props.rescues.iter().map(told) }
                if let Some(problem) = &dismiss.problem {
                    <ProblemCard problem={problem.clone()} dismiss={dismiss.dismiss.clone()} />
                }
                <button type="button" class="button small" {onclick} disabled={dismiss.busy}>
                    { t!("rescue-read") }
                </button>
            </div>
        </section>
    }
}

/// What happened, and what is lost as far as that is known.
fn happened(rescue: &RescueView) -> String {
    if !rescue.readable {
        return t!("rescue-nothing");
    }
    let kept = t!("rescue-kept", drafts = rescue.drafts, filed = rescue.filed);
    let lost: Vec<String> = [
        (rescue.lost_drafts > 0).then(|| t!("rescue-lost-drafts", count = rescue.lost_drafts)),
        (rescue.lost_filed > 0).then(|| t!("rescue-lost-filed", count = rescue.lost_filed)),
        (rescue.lost_files > 0).then(|| t!("rescue-lost-files", count = rescue.lost_files)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let lost = if !lost.is_empty() {
        t!("rescue-lost", what = lost.join(&t!("rescue-and")))
    } else if rescue.unsure {
        t!("rescue-unsure")
    } else {
        t!("rescue-all")
    };
    format!("{kept} {lost}")
}

/// What the person does next, step by step.
fn next(rescue: &RescueView) -> Vec<String> {
    let lost = !rescue.readable || rescue.unsure || rescue.lost_drafts + rescue.lost_filed > 0;
    let steps = [
        Some(t!("rescue-sync")),
        (rescue.held_back > 0).then(|| t!("rescue-held-back", count = rescue.held_back)),
        (rescue.reopened > 0).then(|| t!("rescue-reopened", count = rescue.reopened)),
        lost.then(|| t!("rescue-again")),
        Some(t!("rescue-file", name = rescue.kept_as.as_str())),
    ];
    steps.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, speak};

    #[test]
    fn what_is_lost_and_what_to_do_is_said_in_every_language() {
        for language in Language::ALL {
            speak(language);
            let gone = RescueView { kept_as: "kept.db".to_owned(), ..RescueView::default() };
            assert_eq!(next(&gone).len(), 3);
            assert!(next(&gone).iter().any(|step| step.contains("kept.db")));
            let some =
                RescueView { readable: true, drafts: 7, held_back: 1, lost_files: 2, ..gone };
            assert!(happened(&some).contains('7') && happened(&some).contains('2'));
            assert_eq!(next(&some).len(), 3);
        }
    }
}
