//! Tells the engine that somebody is there, so that it locks the vault when nobody is.

use gloo::{events::EventListener, utils::window};
use tongban_contract::page::StillHere;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;

/// Shortest time between two tellings, in milliseconds: the engine counts minutes.
const PAUSE: f64 = 15_000.0;

/// Tells of keys and presses, where there is anything to lock.
#[hook]
pub(super) fn use_presence(pinned: bool) {
    use_effect_with(pinned, |pinned| {
        let listeners: Vec<EventListener> =
            if *pinned { ["keydown", "pointerdown", "wheel"].map(listener).into() } else { vec![] };
        move || drop(listeners)
    });
}

fn listener(event: &'static str) -> EventListener {
    let last = std::cell::Cell::new(0.0);
    EventListener::new(&window(), event, move |_| {
        let now = js_sys::Date::now();
        // A clock that was set back must not silence it.
        if (now - last.get()).abs() < PAUSE {
            return;
        }
        last.set(now);
        spawn_local(async {
            // An engine that does not hear it locks a little early.
            let _ = bridge::ask(StillHere {}).await;
        });
    })
}
