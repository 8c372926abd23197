//! Where the focus is when the page changes: on the title, or on the thing that was
//! opened beside a list. So that a screen reader says where it is, and the Tab key goes on
//! from there.

use std::collections::BTreeMap;

use gloo::{
    events::EventListener,
    utils::{document, window},
};
use wasm_bindgen::JsCast as _;
use web_sys::{FocusOptions, HtmlElement, HtmlSelectElement};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{filter::Looked, route::Route};

/// The title in the bar.
pub(super) const TITLE: &str = "page-title";
/// The content of the page; where it is wide it scrolls, and not the window.
pub(super) const MAIN: &str = "main";
/// The thing that is open beside its list.
pub(crate) const DETAIL: &str = "detail";

/// How far each address was scrolled, and which one is shown.
#[derive(Default)]
struct Scrolled {
    shown: String,
    far: BTreeMap<String, f64>,
}

/// Names the window after the page; moves the focus and scrolls when another page is shown.
#[hook]
pub(super) fn use_focus(route: &Route, title: &str) {
    let location = use_location();
    // A guide at another place is another page; a list that is narrowed is the same one.
    let at = location.and_then(|location| location.query::<Looked>().ok()?.at());
    let first = use_mut_ref(|| true);
    let scrolled = use_mut_ref(Scrolled::default);
    use_effect_with((route.clone(), title.to_owned()), |(_, title)| {
        document().set_title(&format!("{title} · 通办"));
    });
    {
        let scrolled = scrolled.clone();
        use_effect_with((), move |()| {
            let listener = EventListener::new(&window(), "scroll", move |_| {
                let far = window().scroll_y().unwrap_or_default();
                let mut scrolled = scrolled.borrow_mut();
                let shown = scrolled.shown.clone();
                scrolled.far.insert(shown, far);
            });
            move || drop(listener)
        });
    }
    use_effect_with((route.clone(), at), move |(route, _)| {
        let mut scrolled = scrolled.borrow_mut();
        scrolled.shown = route.to_path();
        // The page that the app opens with leaves the focus where a browser puts it.
        if std::mem::replace(&mut *first.borrow_mut(), false) {
            return;
        }
        if is_choosing() {
            return;
        }
        move_focus(if route.is_detail() { DETAIL } else { TITLE });
        for pane in [DETAIL, MAIN] {
            if let Some(pane) = document().get_element_by_id(pane) {
                pane.set_scroll_top(0);
            }
        }
        // Whoever comes back to a list is where they left it.
        let far = scrolled.far.get(&scrolled.shown).copied().filter(|_| route.parent().is_none());
        window().scroll_to_with_x_and_y(0.0, far.unwrap_or_default());
    });
}

/// Moves the focus to the element with this id, and the element into view.
pub(crate) fn focus_on(id: &str) {
    if let Some(element) = element(id) {
        // An element that cannot have the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Whether the person is choosing from a list that is on the page, perhaps one after the other:
/// what they choose changes the address, and they stay where they are.
fn is_choosing() -> bool {
    let active = document().active_element();
    active.is_some_and(|element| element.is_instance_of::<HtmlSelectElement>())
}

fn move_focus(id: &str) {
    if let Some(element) = element(id) {
        let still = FocusOptions::new();
        still.set_prevent_scroll(true);
        let _ = element.focus_with_options(&still);
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
