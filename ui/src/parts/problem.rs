//! A problem as the person is told it: what happened, what to do next, and small print
//! for whoever helps them.

use std::rc::Rc;

use tongban_contract::problem::Problem;
use yew::prelude::*;

use super::{Go, Icon, Shape};
use crate::{i18n::t, route::Route};

/// What the engine answers whoever must sign in first: trying again would not help.
const SIGN_IN_FIRST: &str = "sign-in.needed";

/// What the engine answers whoever wished that something ends: told in the same place as what
/// went wrong, and calmly.
const WISHED: &str = "catalogue.stopped";

/// Properties of [`ProblemCard`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// What happened.
    pub(crate) problem: Rc<Problem>,
    /// Does again what failed.
    #[prop_or_default]
    pub(crate) retry: Option<Callback<()>>,
    /// Takes it off the page.
    #[prop_or_default]
    pub(crate) dismiss: Option<Callback<()>>,
    /// Other ways on.
    #[prop_or_default]
    pub(crate) children: Html,
}

/// A problem, told as it appears.
#[component]
pub(crate) fn ProblemCard(props: &Props) -> Html {
    let Problem { detail, next, code, faults, assurance, .. } = &*props.problem;
    let button = |words: String, class: &'static str, act: &Callback<()>| {
        let act = act.clone();
        let onclick = Callback::from(move |_: MouseEvent| act.emit(()));
        html! { <button type="button" class={classes!("button", class)} {onclick}>{ words }</button> }
    };
    let wished = code == WISHED;
    let (role, shape) = if wished { ("status", Shape::Info) } else { ("alert", Shape::Warning) };
    html! {
        <div class={classes!("problem", wished.then_some("problem-wished"))} {role}>
            <span class="problem-picture"><Icon {shape} /></span>
            <div class="problem-text">
                <p class="problem-detail" lang="zh-CN">{ detail }</p>
                <p class="problem-next" lang="zh-CN">{ next }</p>
                if !faults.is_empty() {
                    <ul class="problem-faults" lang="zh-CN">
                        { for faults.iter().map(|fault| html! { <li>{ &fault.sentence }</li> }) }
                    </ul>
                }
                <div class="problem-ways">
                    if let Some(assurance) = *assurance {
                        <Go to={Route::StepUp { assurance }} class="button primary">{ t!("sign-in-again") }</Go>
                    } else if code == SIGN_IN_FIRST {
                        <Go to={Route::SignIn} class="button primary">{ t!("sign-in") }</Go>
                    } else {
                        { for props.retry.iter().map(|act| button(t!("try-again"), "primary", act)) }
                    }
                    { props.children.clone() }
                    { for props.dismiss.iter().map(|act| button(t!("close"), "", act)) }
                </div>
                if !wished {
                    <p class="problem-code">{ t!("problem-code", code = code.as_str()) }</p>
                }
            </div>
        </div>
    }
}
