//! `use_ask`: reads a view and reads it again upon news. The old value stays on the page
//! while the new one is fetched; a reply that is no longer wanted is ignored.

use std::{cell::RefCell, rc::Rc};

use tongban_contract::{
    page::{Command, Topic},
    problem::Problem,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::course::Course;
use crate::{
    bridge,
    parts::{ProblemCard, Skeleton},
    topics,
};

/// What is known of a view.
#[derive(Debug, PartialEq)]
pub(crate) enum State<T> {
    /// Nothing yet.
    Pending,
    /// The view.
    Ready(Rc<T>),
    /// Why it could not be read.
    Failed(Rc<Problem>),
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Pending => Self::Pending,
            Self::Ready(view) => Self::Ready(view.clone()),
            Self::Failed(problem) => Self::Failed(problem.clone()),
        }
    }
}

/// A view that is read with [`use_ask`].
#[derive(Clone, PartialEq)]
pub(crate) struct Asked<T> {
    /// What is known of it.
    pub(crate) state: State<T>,
    /// Whether another command is being answered, while the old view is still shown.
    pub(crate) busy: bool,
    /// Reads it again.
    pub(crate) again: Callback<()>,
}

impl<T> Asked<T> {
    /// The view, once there is one.
    pub(crate) fn ready(&self) -> Option<&Rc<T>> {
        match &self.state {
            State::Ready(view) => Some(view),
            State::Pending | State::Failed(_) => None,
        }
    }

    /// Draws the view; a skeleton until it is there, and the problem where it is not to be had.
    pub(crate) fn show(&self, draw: impl FnOnce(&Rc<T>) -> Html) -> Html {
        match &self.state {
            State::Pending => html! { <Skeleton /> },
            State::Failed(problem) => {
                html! { <ProblemCard problem={problem.clone()} retry={self.again.clone()} /> }
            }
            State::Ready(view) => draw(view),
        }
    }
}

struct Reading<C> {
    command: C,
    wants: Box<dyn Fn(&Topic) -> bool>,
    course: Course,
}

#[derive(PartialEq)]
struct Known<T> {
    state: State<T>,
    busy: bool,
}

/// Reads the reply of `command`, and again whenever `wants` says yes to a topic.
#[hook]
pub(crate) fn use_ask<C, W>(command: C, wants: W) -> Asked<C::Reply>
where
    C: Command + Clone + PartialEq + 'static,
    C::Reply: PartialEq + 'static,
    W: Fn(&Topic) -> bool + 'static,
{
    let known = use_state_eq(|| Rc::new(Known { state: State::Pending, busy: true }));
    let reading = {
        let command = command.clone();
        use_mut_ref(|| Reading { command, wants: Box::new(|_| false), course: Course::default() })
    };
    reading.borrow_mut().wants = Box::new(wants);

    {
        let (reading, known) = (reading.clone(), known.clone());
        use_effect_with(command, move |command| {
            let mark = {
                let mut reading = reading.borrow_mut();
                reading.command = command.clone();
                reading.course.begin()
            };
            known.set(Rc::new(Known { state: known.state.clone(), busy: true }));
            read(reading.clone(), known.setter(), mark);
            move || reading.borrow_mut().course.end()
        });
    }
    let again = {
        let (reading, setter) = (reading.clone(), known.setter());
        use_callback((), move |(), ()| {
            let mark = reading.borrow_mut().course.news();
            if let Some(mark) = mark {
                read(reading.clone(), setter.clone(), mark);
            }
        })
    };
    {
        let again = again.clone();
        use_effect_with((), move |()| {
            let subscription = topics::subscribe(move |topic| {
                if (reading.borrow().wants)(topic) {
                    again.emit(());
                }
            });
            move || drop(subscription)
        });
    }
    Asked { state: known.state.clone(), busy: known.busy, again }
}

fn read<C>(reading: Rc<RefCell<Reading<C>>>, known: UseStateSetter<Rc<Known<C::Reply>>>, mark: u32)
where
    C: Command + Clone + 'static,
    C::Reply: PartialEq + 'static,
{
    spawn_local(async move {
        loop {
            let command = reading.borrow().command.clone();
            let reply = bridge::ask(command).await;
            let verdict = reading.borrow_mut().course.reply(mark);
            if verdict.counts {
                let state = match reply {
                    Ok(view) => State::Ready(Rc::new(view)),
                    Err(problem) => State::Failed(Rc::new(problem)),
                };
                known.set(Rc::new(Known { state, busy: false }));
            }
            if !verdict.again {
                break;
            }
        }
    });
}
