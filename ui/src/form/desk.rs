//! What the person has typed and the engine has not yet kept, as pure state: which answer
//! is sent when, which view of the draft counts, and what a field shows meanwhile.
//!
//! Steps are sent one at a time, in the order in which they were made. Every request has a
//! ticket; a view counts only where its request was made after the last answer was kept, so
//! that a late reply never puts an older answer over a newer one. What was typed stays in
//! its field until a view that knows it has come.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use serde_json::Value;
use tongban_contract::{form::Node, page::DraftView, problem::Problem};

/// One thing to be kept by the engine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// An answer, or an option of a situation, at its place in the filing.
    Keep {
        /// `/answers/…` or `/situation/…`.
        place: String,
        value: Value,
        /// Which writing of this place it is.
        version: u64,
    },
    /// Another entry of a list.
    Add { pointer: String },
    /// An entry less.
    Remove { pointer: String },
}

#[derive(Clone, Debug, PartialEq)]
struct Typed {
    value: Value,
    version: u64,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// Not yet on its way.
    Fresh,
    /// On its way.
    Sent,
    /// Kept; shown until a view that was asked for with this ticket or a later one.
    Kept(u64),
}

/// How things stand with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saving {
    /// Everything is on the device.
    Saved,
    /// Something is on its way there.
    UnderWay,
    /// Something could not be kept and waits for another try.
    Failed,
}

/// The state of one draft on the page.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    view: Option<Rc<DraftView>>,
    unread: Option<Rc<Problem>>,
    problem: Option<Rc<Problem>>,
    typed: BTreeMap<String, Typed>,
    touched: BTreeSet<String>,
    /// Left while what was typed there is not known to the view: its faults are old ones.
    left: BTreeSet<String>,
    queue: VecDeque<Step>,
    in_flight: Option<(u64, Step)>,
    reading: Option<u64>,
    news: bool,
    held: bool,
    tickets: u64,
    fresh_from: u64,
    versions: u64,
}

impl Desk {
    /// The draft as it was last told.
    pub(crate) fn view(&self) -> Option<&Rc<DraftView>> {
        self.view.as_ref()
    }

    /// Why there is no view.
    pub(crate) fn unread(&self) -> Option<&Rc<Problem>> {
        self.unread.as_ref()
    }

    /// Why the last step was not kept.
    pub(crate) fn problem(&self) -> Option<&Rc<Problem>> {
        self.problem.as_ref()
    }

    /// Takes the problem off the page; what was typed stays.
    pub(crate) fn dismiss(&mut self) {
        self.problem = None;
    }

    /// The value shown at a place of which the view says `known`.
    pub(crate) fn value(&self, place: &str, known: &Value) -> Value {
        self.typed.get(place).map_or_else(|| known.clone(), |typed| typed.value.clone())
    }

    /// Whether faults of this place are to be shown.
    pub(crate) fn is_touched(&self, place: &str) -> bool {
        self.touched.contains(place)
    }

    /// The person has left this place. Faults are shown from the view on that knows what
    /// was typed: one that flashed up and went would move the page under a click.
    pub(crate) fn touch(&mut self, place: &str) {
        let places =
            if self.typed.contains_key(place) { &mut self.left } else { &mut self.touched };
        places.insert(place.to_owned());
    }

    /// How things stand.
    pub(crate) fn saving(&self) -> Saving {
        let waits = self.typed.values().any(|typed| typed.stage == Stage::Fresh);
        let under_way = self.in_flight.is_some() || !self.queue.is_empty();
        match (under_way, waits, &self.problem) {
            (false, true, Some(_)) => Saving::Failed,
            (false, false, _) => Saving::Saved,
            _ => Saving::UnderWay,
        }
    }

    /// Whether the list is being changed, so that its buttons wait.
    pub(crate) fn is_restructuring(&self) -> bool {
        let flying = self.in_flight.iter().map(|(_, step)| step);
        flying.chain(&self.queue).any(|step| !matches!(step, Step::Keep { .. }))
    }

    /// Something was typed.
    pub(crate) fn typed(&mut self, place: &str, value: Value) {
        self.versions += 1;
        let typed = Typed { value, version: self.versions, stage: Stage::Fresh };
        self.typed.insert(place.to_owned(), typed);
    }

    /// Puts everything typed on its way. While a list is being changed it is held back, as
    /// its places are about to move.
    pub(crate) fn gather(&mut self) {
        if self.is_restructuring() {
            self.held = true;
            return;
        }
        let mut fresh: Vec<_> =
            self.typed.iter_mut().filter(|(_, typed)| typed.stage == Stage::Fresh).collect();
        fresh.sort_by_key(|(_, typed)| typed.version);
        for (place, typed) in fresh {
            typed.stage = Stage::Sent;
            // What still waits in the queue for this place is overtaken.
            self.queue
                .retain(|step| !matches!(step, Step::Keep { place: other, .. } if other == place));
            let (place, value) = (place.clone(), typed.value.clone());
            self.queue.push_back(Step::Keep { place, value, version: typed.version });
        }
    }

    /// Changes a list, after everything typed so far.
    pub(crate) fn restructure(&mut self, step: Step) {
        if !self.is_restructuring() {
            self.gather();
            self.queue.push_back(step);
        }
    }

    /// The next step to send, with its ticket; none while one is under way.
    pub(crate) fn next(&mut self) -> Option<(u64, Step)> {
        if self.in_flight.is_some() {
            return None;
        }
        let step = self.queue.pop_front()?;
        let next = (self.ticket(), step);
        self.in_flight = Some(next.clone());
        Some(next)
    }

    /// The step under way was answered.
    pub(crate) fn answered(&mut self, reply: Result<DraftView, Problem>) {
        let Some((ticket, step)) = self.in_flight.take() else { return };
        match reply {
            Ok(view) => {
                if let Step::Remove { pointer } = &step {
                    self.shift(pointer);
                }
                self.problem = None;
                let counts = ticket >= self.fresh_from;
                self.fresh_from = self.tickets;
                if let Step::Keep { place, version, .. } = &step
                    && let Some(typed) = self.typed.get_mut(place)
                    && typed.version == *version
                {
                    typed.stage = Stage::Kept(if counts { ticket } else { self.fresh_from });
                }
                if counts {
                    self.adopt(ticket, view);
                } else {
                    self.news = true;
                }
            }
            Err(problem) => {
                if let Step::Keep { place, version, .. } = &step
                    && let Some(typed) = self.typed.get_mut(place)
                    && typed.version == *version
                {
                    typed.stage = Stage::Fresh;
                }
                self.problem = Some(Rc::new(problem));
            }
        }
        if std::mem::take(&mut self.held) {
            self.gather();
        }
    }

    /// The draft may look different now. Answers a ticket where a read is to begin.
    pub(crate) fn news(&mut self) -> Option<u64> {
        self.news = true;
        self.read()
    }

    /// A read that was put off and can begin now.
    pub(crate) fn read(&mut self) -> Option<u64> {
        let idle = self.reading.is_none() && self.in_flight.is_none() && self.queue.is_empty();
        if !idle || !std::mem::take(&mut self.news) {
            return None;
        }
        let ticket = self.ticket();
        self.reading = Some(ticket);
        Some(ticket)
    }

    /// A read was answered.
    pub(crate) fn was_read(&mut self, ticket: u64, reply: Result<DraftView, Problem>) {
        if self.reading == Some(ticket) {
            self.reading = None;
        }
        match reply {
            Ok(view) if ticket >= self.fresh_from => self.adopt(ticket, view),
            // It may be older than what is on the page.
            Ok(_) => self.news = true,
            // A page on which somebody writes is not taken away.
            Err(problem) if self.view.is_none() => self.unread = Some(Rc::new(problem)),
            Err(_) => {}
        }
    }

    /// A ticket for a command beside the queue, such as attaching a file.
    pub(crate) fn ticket(&mut self) -> u64 {
        let ticket = self.tickets;
        self.tickets += 1;
        ticket
    }

    /// A command beside the queue was done, and answered with this view.
    pub(crate) fn told(&mut self, ticket: u64, view: DraftView) {
        let counts = ticket >= self.fresh_from;
        self.fresh_from = self.tickets;
        if counts {
            self.adopt(ticket, view);
        } else {
            self.news = true;
        }
    }

    fn adopt(&mut self, ticket: u64, view: DraftView) {
        if self.view.is_none() {
            // What was filled in some other day has been seen by the person before.
            touch_answered(&view.form, &mut self.touched);
        }
        self.unread = None;
        self.typed.retain(|_, typed| !matches!(typed.stage, Stage::Kept(from) if ticket >= from));
        let known = |place: &String| !self.typed.contains_key(place);
        self.touched.extend(self.left.extract_if(.., known));
        self.view = Some(Rc::new(view));
    }

    /// An entry is gone: places behind it move up.
    fn shift(&mut self, entry: &str) {
        let entry = format!("/answers{entry}");
        let typed = std::mem::take(&mut self.typed);
        self.typed = typed
            .into_iter()
            .filter_map(|(place, typed)| Some((shifted(&place, &entry)?, typed)))
            .collect();
        let touched = std::mem::take(&mut self.touched);
        self.touched = touched.into_iter().filter_map(|place| shifted(&place, &entry)).collect();
        let left = std::mem::take(&mut self.left);
        self.left = left.into_iter().filter_map(|place| shifted(&place, &entry)).collect();
    }
}

/// Where a place is once the list's entry at `entry` is gone; none where it was in it.
fn shifted(place: &str, entry: &str) -> Option<String> {
    let unmoved = || Some(place.to_owned());
    let Some((list, removed)) = entry.rsplit_once('/') else { return unmoved() };
    let Some(rest) = place.strip_prefix(list).and_then(|rest| rest.strip_prefix('/')) else {
        return unmoved();
    };
    let (index, below) =
        rest.split_once('/').map_or((rest, None), |(index, below)| (index, Some(below)));
    let (Ok(index), Ok(removed)) = (index.parse::<usize>(), removed.parse::<usize>()) else {
        return unmoved();
    };
    if index == removed {
        return None;
    }
    let index = if index > removed { index - 1 } else { index };
    Some(match below {
        Some(below) => format!("{list}/{index}/{below}"),
        None => format!("{list}/{index}"),
    })
}

fn touch_answered(nodes: &[Node], touched: &mut BTreeSet<String>) {
    for node in nodes {
        match node {
            Node::Vertical { children }
            | Node::Horizontal { children }
            | Node::Group { children, .. } => {
                touch_answered(children, touched);
            }
            Node::Control(control) if !control.value.is_null() => {
                touched.insert(format!("/answers{}", control.pointer));
            }
            Node::List(list) => touch_answered(&list.entries, touched),
            Node::Control(_) | Node::Label { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
