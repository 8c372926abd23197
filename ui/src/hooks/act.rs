//! `use_act`: hands something the person does to the engine, and shows that it is under
//! way or why it failed.

use std::rc::Rc;

use tongban_contract::{page::Command, problem::Problem};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;

/// An action of the person.
pub(crate) struct Act<C> {
    /// Does it. A second call while it is under way does nothing.
    pub(crate) run: Callback<C>,
    /// Whether it is under way.
    pub(crate) busy: bool,
    /// Why the last one failed.
    pub(crate) problem: Option<Rc<Problem>>,
    /// Takes the problem off the page.
    pub(crate) dismiss: Callback<()>,
}

#[derive(Clone, Default)]
struct Standing {
    busy: bool,
    problem: Option<Rc<Problem>>,
}

/// An action whose reply goes to `done`.
#[hook]
pub(crate) fn use_act<C>(done: Callback<C::Reply>) -> Act<C>
where
    C: Command + 'static,
    C::Reply: 'static,
{
    let standing = use_state(Standing::default);
    let under_way = use_mut_ref(|| false);
    let latest_done = use_mut_ref(Callback::noop);
    *latest_done.borrow_mut() = done;

    let setter = standing.setter();
    let run = use_callback((), move |command: C, ()| {
        if std::mem::replace(&mut *under_way.borrow_mut(), true) {
            return;
        }
        setter.set(Standing { busy: true, problem: None });
        let (under_way, latest_done, setter) =
            (under_way.clone(), latest_done.clone(), setter.clone());
        spawn_local(async move {
            let reply = bridge::ask(command).await;
            *under_way.borrow_mut() = false;
            match reply {
                Ok(reply) => {
                    setter.set(Standing::default());
                    let done = latest_done.borrow().clone();
                    done.emit(reply);
                }
                Err(problem) => {
                    setter.set(Standing { busy: false, problem: Some(Rc::new(problem)) })
                }
            }
        });
    });
    let dismiss = {
        let setter = standing.setter();
        use_callback((), move |(), ()| setter.set(Standing::default()))
    };
    Act { run, busy: standing.busy, problem: standing.problem.clone(), dismiss }
}
