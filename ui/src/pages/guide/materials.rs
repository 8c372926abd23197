//! Materials of a guide, and the situations that select them. Which material belongs to
//! which answer is decided by the engine once an application is begun; here a material
//! that depends on one says so.

use tongban_contract::{
    guide::{Item, Material, Situation},
    vocabulary::Necessity,
};
use yew::prelude::*;

use super::section;
use crate::{
    i18n::{t, term},
    parts::Prose,
};

/// The list, or that there is nothing to hand in.
fn list(item: &Item) -> Option<Html> {
    if item.materials.is_empty() {
        // Who made a form has thought of materials; elsewhere a list may just not say.
        let words =
            if item.has_form { t!("guide-no-materials") } else { t!("guide-materials-not-said") };
        return Some(html! { <p>{ words }</p> });
    }
    Some(html! {
        <>
            if !item.situations.is_empty() {
                <div class="situations">
                    <p>{ t!("guide-situations") }</p>
                    <ul>{ for item.situations.iter().map(situation) }</ul>
                </div>
            }
            <ol class="materials">{ for item.materials.iter().map(material) }</ol>
        </>
    })
}

/// The section of materials.
pub(super) fn materials(item: &Item) -> Html {
    let name = match item.materials.len() {
        0 => t!("guide-materials-name"),
        count => t!("guide-materials", count = count),
    };
    section("guide-materials", name, list(item))
}

fn situation(situation: &Situation) -> Html {
    let options: Vec<&str> = situation.options.iter().map(|option| option.label.as_str()).collect();
    html! { <li lang="zh-CN">{ &situation.question }<span class="options">{ options.join(" / ") }</span></li> }
}

fn material(material: &Material) -> Html {
    let necessity = match material.necessity {
        Necessity::Required => "tag tag-must",
        Necessity::Optional | Necessity::Deferrable | Necessity::Other(_) => "tag",
    };
    // What a department's list does not say has no code.
    let said = |code: &str| !code.is_empty();
    let source = said(material.source.code())
        .then(|| term("source", material.source.code(), material.source.term()));
    let note = |name: String, text: &str| {
        if text.is_empty() {
            return Html::default();
        }
        html! { <p class="material-note"><span class="material-note-name">{ name }</span><Prose text={text.to_owned()} /></p> }
    };
    html! {
        <li class="material">
            <p class="material-name" lang="zh-CN">{ &material.name }</p>
            <p class="tags">
                if material.exempt {
                    <span class="tag tag-exempt">{ t!("guide-exempt") }</span>
                } else if said(material.necessity.code()) {
                    <span class={necessity}>
                        { term("necessity", material.necessity.code(), material.necessity.term()) }
                    </span>
                }
                if material.when.is_some() {
                    <span class="tag">{ t!("guide-by-situation") }</span>
                }
                if material.licence_type.is_some() {
                    <span class="tag">{ t!("guide-licence-stands") }</span>
                }
            </p>
            <p class="material-facts">{ [source, copies(material), media(material)].into_iter().flatten()
                .collect::<Vec<_>>().join(" · ") }</p>
            if material.exempt {
                <p class="material-note">{ t!("guide-exempt-text") }</p>
            }
            { note(t!("guide-notes"), &material.notes) }
            { note(t!("guide-standard"), &material.standard) }
            { note(t!("guide-basis"), &material.basis) }
        </li>
    }
}

fn copies(material: &Material) -> Option<String> {
    match (material.originals, material.copies) {
        (0, 0) => None,
        (originals, 0) => Some(t!("guide-originals", count = originals)),
        (0, copies) => Some(t!("guide-copies", count = copies)),
        (originals, copies) => {
            Some(t!("guide-originals-and-copies", originals = originals, copies = copies))
        }
    }
}

fn media(material: &Material) -> Option<String> {
    match (material.paper, material.electronic) {
        (true, true) => Some(t!("guide-paper-or-electronic")),
        (true, false) => Some(t!("guide-paper")),
        (false, true) => Some(t!("guide-electronic")),
        (false, false) => None,
    }
}
