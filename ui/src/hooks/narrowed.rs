//! `use_narrowed`: what a list of guides is narrowed to, and the address, which says the same once
//! typing rests.

use std::{cell::RefCell, rc::Rc};

use gloo::{
    events::{EventListener, EventListenerOptions},
    timers::callback::Timeout,
    utils::window,
};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    filter::{Filter, Looked},
    route::Route,
};

/// How long typing must rest until the address says what was typed, in milliseconds. A list is
/// drawn sooner than the whole page is for another address, and WebKit refuses a page that
/// changes its address a hundred times in ten seconds, as a key that is held down would.
const REST: u32 = 300;

/// What a list is narrowed to.
pub(crate) struct Narrowed {
    /// What it is.
    pub(crate) filter: Filter,
    /// Narrows it to something that was chosen.
    pub(crate) on_filter: Callback<Filter>,
    /// Narrows it to words that are being typed.
    pub(crate) on_words: Callback<String>,
}

/// What was typed and is still to be told to the address.
#[derive(Default)]
struct Untold {
    filter: RefCell<Option<Filter>>,
    rest: RefCell<Option<Timeout>>,
    /// What was told last, until the address is heard to say it.
    told: RefCell<Option<Filter>>,
}

/// What a list is narrowed to on the page `shown`: its own, or that of a guide beside it.
#[hook]
pub(crate) fn use_narrowed(shown: Route) -> Narrowed {
    let location = use_location();
    let navigator = use_navigator();
    let looked = location.and_then(|location| location.query::<Looked>().ok()).unwrap_or_default();
    let (at, in_address) = (looked.at(), looked.filter);
    let filter = use_state_eq(|| in_address.clone());
    let untold = use_memo((), |()| Untold::default());
    {
        let (filter, untold) = (filter.clone(), untold.clone());
        use_effect_with(in_address, move |in_address| {
            // What this list told it says nothing new; more may have been typed since.
            let told = untold.told.take();
            if told.as_ref() == Some(in_address) {
                return;
            }
            untold.forget();
            filter.set(in_address.clone());
        });
    }
    let tell = use_callback((navigator, shown, at), |filter: Filter, (navigator, shown, at)| {
        if let Some(navigator) = navigator {
            shown.show(navigator, &Looked::new(at.as_ref(), filter).query(), true);
        }
    });
    // Whoever opens a guide, or anything else, shall find the words when coming back.
    {
        let untold = untold.clone();
        use_effect_with(tell.clone(), move |tell| {
            let tell = tell.clone();
            let first = EventListenerOptions::run_in_capture_phase();
            let listener = EventListener::new_with_options(&window(), "click", first, move |_| {
                untold.tell(&tell);
            });
            move || drop(listener)
        });
    }
    {
        let untold = untold.clone();
        // Another page's address is not this list's to change.
        use_effect_with((), move |()| move || untold.forget());
    }
    let on_filter = {
        let (set, tell, untold) = (filter.setter(), tell.clone(), untold.clone());
        Callback::from(move |narrowed: Filter| {
            *untold.filter.borrow_mut() = Some(narrowed.clone());
            untold.tell(&tell);
            set.set(narrowed);
        })
    };
    let on_words = {
        let filter = filter.clone();
        Callback::from(move |q: String| {
            let narrowed = Filter { q, ..(*filter).clone() };
            untold.keep(narrowed.clone(), &tell);
            filter.set(narrowed);
        })
    };
    Narrowed { filter: (*filter).clone(), on_filter, on_words }
}

impl Untold {
    /// Tells this once typing has rested.
    fn keep(self: &Rc<Self>, filter: Filter, tell: &Callback<Filter>) {
        *self.filter.borrow_mut() = Some(filter);
        let (untold, tell) = (self.clone(), tell.clone());
        *self.rest.borrow_mut() = Some(Timeout::new(REST, move || untold.tell(&tell)));
    }

    /// Tells what is still to be told.
    fn tell(&self, tell: &Callback<Filter>) {
        // Taken before anything is called that may come back here.
        let filter = self.filter.take();
        if let Some(filter) = filter {
            *self.told.borrow_mut() = Some(filter.clone());
            tell.emit(filter);
        }
    }

    /// It is not to be told any more.
    fn forget(&self) {
        *self.filter.borrow_mut() = None;
        *self.rest.borrow_mut() = None;
    }
}
