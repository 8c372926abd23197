//! A field to search in, heard with every key. Letters of an input method that are not yet a
//! word are waited for.

use std::rc::Rc;

use gloo::events::EventListener;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Icon, Shape};
use crate::i18n::t;

/// Properties of [`SearchField`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// What is searched for now.
    pub(crate) words: AttrValue,
    /// Something else is searched for.
    pub(crate) on_words: Callback<String>,
    /// Whether a search is under way.
    #[prop_or_default]
    pub(crate) busy: bool,
}

/// A field to search in.
#[component]
pub(crate) fn SearchField(props: &Props) -> Html {
    let place = use_node_ref();
    let told = use_mut_ref(String::new);

    // Words that come from elsewhere (an address, a suggestion) are shown; what was typed
    // here is in the field already, and perhaps further on.
    {
        let (place, told) = (place.clone(), told.clone());
        use_effect_with(props.words.clone(), move |words| {
            if *told.borrow() != words.as_str()
                && let Some(field) = place.cast::<HtmlInputElement>()
            {
                field.set_value(words);
                *told.borrow_mut() = words.to_string();
            }
        });
    }
    let latest = use_mut_ref(Callback::noop);
    latest.borrow_mut().clone_from(&props.on_words);
    let tell = {
        let (place, told) = (place.clone(), told.clone());
        Rc::new(move || {
            let Some(field) = place.cast::<HtmlInputElement>() else { return };
            let words = field.value();
            if *told.borrow() != words {
                told.borrow_mut().clone_from(&words);
                let on_words = latest.borrow().clone();
                on_words.emit(words);
            }
        })
    };
    // Yew knows no listener for the end of an input method's composition.
    {
        let (place, tell) = (place.clone(), tell.clone());
        use_effect_with((), move |()| {
            let listener = place
                .cast::<HtmlInputElement>()
                .map(|field| EventListener::new(&field, "compositionend", move |_| tell()));
            move || drop(listener)
        });
    }
    let oninput = {
        let tell = tell.clone();
        Callback::from(move |event: InputEvent| {
            if !event.is_composing() {
                tell();
            }
        })
    };
    let onsubmit = {
        let tell = tell.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            tell();
        })
    };
    let clear = {
        let place = place.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(field) = place.cast::<HtmlInputElement>() {
                field.set_value("");
                // A field on the page can always have the focus.
                let _ = field.focus();
            }
            tell();
        })
    };
    html! {
        <form class="search" role="search" {onsubmit}>
            <span class={classes!("search-picture", props.busy.then_some("search-busy"))}><Icon shape={Shape::Search} /></span>
            <input class="search-input" ref={place} type="search" enterkeyhint="search" autocomplete="off"
                spellcheck="false" aria-label={t!("search-label")} placeholder={t!("search-placeholder")}
                {oninput} />
            if !props.words.is_empty() {
                <button type="button" class="search-clear" onclick={clear} aria-label={t!("search-clear")}>
                    <Icon shape={Shape::Clear} />
                </button>
            }
        </form>
    }
}
