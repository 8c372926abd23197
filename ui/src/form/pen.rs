//! Writing on a draft: the effects of [`Desk`]. What is typed is sent when typing rests,
//! when a field or the page is left, and when the window is hidden. Sending goes on after
//! the page has been left, until everything is on the device.

use std::{cell::RefCell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Timeout, utils::document};
use serde_json::Value;
use tongban_contract::{
    identifiers::CaseId,
    page::{AddEntry, Answer, AnswerSituation, DraftView, ReadDraft, RemoveEntry, Topic},
    problem::Problem,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::desk::{Desk, Step};
use crate::{bridge, topics};

/// How long typing must rest.
const REST: u32 = 200;
/// Who types without rest is saved as often as this.
const LONGEST: f64 = 1_000.0;

/// Writes on one draft.
#[derive(Clone)]
pub(crate) struct Pen {
    case: CaseId,
    desk: Rc<RefCell<Desk>>,
    rest: Rc<RefCell<Rest>>,
    redraw: Callback<()>,
}

#[derive(Default)]
struct Rest {
    timer: Option<Timeout>,
    since: Option<f64>,
}

impl PartialEq for Pen {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.desk, &other.desk)
    }
}

/// The pen for a draft. The component must be keyed by the draft.
#[hook]
pub(crate) fn use_pen(case: CaseId) -> Pen {
    let update = use_force_update();
    let pen = use_memo((), move |()| Pen {
        case,
        desk: Rc::default(),
        rest: Rc::default(),
        redraw: Callback::from(move |()| update.force_update()),
    });
    {
        let pen = pen.clone();
        use_effect_with((), move |()| {
            pen.news();
            let subscription = topics::subscribe({
                let pen = pen.clone();
                move |topic| {
                    // A licence that has come or gone changes what is offered.
                    if *topic == (Topic::Item { case }) || *topic == Topic::Licences {
                        pen.news();
                    }
                }
            });
            let hidden = EventListener::new(&document(), "visibilitychange", {
                let pen = pen.clone();
                move |_| pen.flush()
            });
            move || {
                drop((subscription, hidden));
                pen.flush();
            }
        });
    }
    Pen::clone(&pen)
}

impl Pen {
    /// The application.
    pub(crate) fn case(&self) -> CaseId {
        self.case
    }

    /// Looks at the desk.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Desk) -> T) -> T {
        look(&self.desk.borrow())
    }

    /// Something was typed; it is sent when typing rests.
    pub(crate) fn typed(&self, place: &str, value: Value) {
        self.desk.borrow_mut().typed(place, value);
        let now = js_sys::Date::now();
        let mut rest = self.rest.borrow_mut();
        let since = *rest.since.get_or_insert(now);
        if now - since < LONGEST {
            let pen = self.clone();
            rest.timer = Some(Timeout::new(REST, move || pen.flush()));
        }
        drop(rest);
        self.redraw.emit(());
    }

    /// Something was chosen; it is sent at once.
    pub(crate) fn chosen(&self, place: &str, value: Value) {
        {
            let mut desk = self.desk.borrow_mut();
            desk.typed(place, value);
            desk.touch(place);
        }
        self.flush();
    }

    /// A field was left.
    pub(crate) fn left(&self, place: &str) {
        self.desk.borrow_mut().touch(place);
        self.flush();
    }

    /// Sends whatever has not been sent.
    pub(crate) fn flush(&self) {
        *self.rest.borrow_mut() = Rest::default();
        self.desk.borrow_mut().gather();
        self.go_on();
    }

    /// Changes a list.
    pub(crate) fn restructure(&self, step: Step) {
        *self.rest.borrow_mut() = Rest::default();
        self.desk.borrow_mut().restructure(step);
        self.go_on();
    }

    /// Takes the problem off the page.
    pub(crate) fn dismiss(&self) {
        self.desk.borrow_mut().dismiss();
        self.redraw.emit(());
    }

    /// The draft may look different now.
    pub(crate) fn news(&self) {
        let ticket = self.desk.borrow_mut().news();
        self.read(ticket);
    }

    /// Does something to the draft beside the queue, such as attaching a file, which may
    /// take a while and must not keep answers waiting. `place` counts as touched then.
    pub(crate) async fn beside(
        &self,
        place: &str,
        command: impl Future<Output = Result<DraftView, Problem>>,
    ) -> Result<(), Problem> {
        let ticket = self.desk.borrow_mut().ticket();
        let view = command.await?;
        {
            let mut desk = self.desk.borrow_mut();
            desk.touch(place);
            desk.told(ticket, view);
        }
        self.go_on();
        Ok(())
    }

    fn go_on(&self) {
        self.redraw.emit(());
        let next = self.desk.borrow_mut().next();
        let Some((_, step)) = next else {
            let ticket = self.desk.borrow_mut().read();
            return self.read(ticket);
        };
        let pen = self.clone();
        spawn_local(async move {
            let reply = send(pen.case, step).await;
            pen.desk.borrow_mut().answered(reply);
            pen.go_on();
        });
    }

    fn read(&self, ticket: Option<u64>) {
        let Some(ticket) = ticket else { return };
        let pen = self.clone();
        spawn_local(async move {
            let reply = bridge::ask(ReadDraft { case: pen.case }).await;
            pen.desk.borrow_mut().was_read(ticket, reply);
            pen.go_on();
        });
    }
}

async fn send(case: CaseId, step: Step) -> Result<DraftView, Problem> {
    match step {
        Step::Keep { place, value, .. } => {
            if let Some(situation) = place.strip_prefix("/situation/") {
                let situation = super::place::unescaped(situation);
                let option = value.as_str().unwrap_or_default().to_owned();
                bridge::ask(AnswerSituation { case, situation, option }).await
            } else {
                let pointer = place.strip_prefix("/answers").unwrap_or(&place).to_owned();
                bridge::ask(Answer { case, pointer, value }).await
            }
        }
        Step::Add { pointer } => bridge::ask(AddEntry { case, pointer }).await,
        Step::Remove { pointer } => bridge::ask(RemoveEntry { case, pointer }).await,
    }
}
