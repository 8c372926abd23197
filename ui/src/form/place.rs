//! Places in a filing (`/answers/…`, `/situation/…`, `/materials/…`): their names as ids of
//! the page, and the way to them from a list of faults.

use gloo::utils::document;
use tongban_contract::form::Fault;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

/// What can have the focus in a group of several; the first that is meant before others.
const MEANT: [&str; 3] = ["[data-next]", "input:checked", "input, select, textarea, button"];

/// Id of the section of situations.
pub(crate) const SITUATION: &str = "part-situation";
/// Id of the section of the form.
pub(crate) const FORM: &str = "part-form";
/// Id of the section of materials.
pub(crate) const MATERIALS: &str = "part-materials";

/// The id of the section that a place is in.
pub(crate) fn part(place: &str) -> &'static str {
    match place.split('/').nth(1) {
        Some("situation") => SITUATION,
        Some("materials") => MATERIALS,
        _ => FORM,
    }
}

/// The id of the element at a place. Different places have different ids.
pub(crate) fn id(place: &str) -> String {
    let mut id = String::from("at");
    for letter in place.chars() {
        match letter {
            '/' => id.push('-'),
            letter if letter.is_ascii_alphanumeric() || letter == '_' => id.push(letter),
            other => id.push_str(&format!(".{:x}.", u32::from(other))),
        }
    }
    id
}

/// The place of a material.
pub(crate) fn of_material(material: &str) -> String {
    format!("/materials/{}", escaped(material))
}

/// The place of a question of situation.
pub(crate) fn of_situation(situation: &str) -> String {
    format!("/situation/{}", escaped(situation))
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A segment of a pointer as it was before it was escaped (RFC 6901).
pub(crate) fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// Brings a place into view and puts the focus there. A place that is not on the page is
/// looked for in what it belongs to.
pub(crate) fn go_to(place: &str) {
    let mut place = place;
    loop {
        if let Some(element) = document().get_element_by_id(&id(place)) {
            return focus(&element);
        }
        match place.rsplit_once('/') {
            Some((above, _)) if !above.is_empty() => place = above,
            // Not asked for at the moment: the part it would be in.
            _ => return show(part(place)),
        }
    }
}

/// Brings an element into view and puts the focus on it, or on the first thing in it that
/// can be filled in.
pub(crate) fn focus(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    element.scroll_into_view_with_scroll_into_view_options(&options);
    let fields = ["INPUT", "SELECT", "TEXTAREA", "BUTTON"];
    let target = if fields.contains(&element.tag_name().as_str()) {
        Some(element.clone())
    } else {
        MEANT.iter().find_map(|selector| element.query_selector(selector).ok().flatten())
    };
    if let Ok(target) = target.unwrap_or_else(|| element.clone()).dyn_into::<HtmlElement>() {
        // What cannot have the focus leaves it where it is; it is in view all the same.
        let _ = target.focus();
    }
}

/// Brings a section of the page into view and puts the focus on it, so that a screen reader
/// says what it is.
pub(crate) fn show(id: &str) {
    if let Some(section) = document().get_element_by_id(id) {
        section.scroll_into_view();
        if let Ok(section) = section.dyn_into::<HtmlElement>() {
            // It is in view all the same.
            let _ = section.focus();
        }
    }
}

/// A list of faults, each a way to its place.
pub(crate) fn faults(faults: &[Fault]) -> Html {
    let fault = |fault: &Fault| {
        let place = fault.pointer.clone();
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            go_to(&place);
        });
        html! {
            <li>
                <a class="fault-link" href={format!("#{}", id(&fault.pointer))} {onclick} lang="zh-CN"><span>{ &fault.sentence }</span></a>
            </li>
        }
    };
    html! { <ul class="fault-links">{ for faults.iter().map(fault) }</ul> }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn different_places_have_different_ids() {
        let places = [
            "/answers/a/b",
            "/answers/a-b",
            "/answers/a_b",
            "/answers/a.b",
            "/answers/名称",
            "/answers/a~1b",
        ];
        let ids: BTreeSet<String> = places.iter().map(|place| id(place)).collect();
        assert_eq!(ids.len(), places.len());
        assert_eq!(id("/answers/applicant/name"), "at-answers-applicant-name");
        assert!(ids.iter().all(|id| !id.contains(char::is_whitespace)));
    }

    #[test]
    fn every_place_is_in_one_part() {
        for (place, id) in [
            ("/situation/premises", SITUATION),
            ("/answers/applicant/name", FORM),
            ("/answers", FORM),
            ("/materials/id_card", MATERIALS),
        ] {
            assert_eq!(part(place), id);
        }
    }

    #[test]
    fn a_name_survives_being_a_segment() {
        for name in ["premises", "a/b", "a~b", "~1"] {
            let place = of_situation(name);
            assert_eq!(unescaped(place.strip_prefix("/situation/").unwrap()), name);
        }
        assert_eq!(of_material("id_card"), "/materials/id_card");
    }
}
