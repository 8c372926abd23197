//! The whole page: providers around the frame, and the language and size of type that
//! the person has set.

use gloo::utils::document;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    bridge,
    frame::Frame,
    hooks::{OverviewProvider, ToastProvider, use_overview},
    i18n::{self, Language},
    topics,
};

/// The whole page.
#[component]
pub(crate) fn App() -> Html {
    use_effect_with((), |()| {
        spawn_local(async {
            // Without news the page still shows what it reads; the overview tells of a
            // broken bridge by itself.
            let _ = bridge::hear_topics(|topic| topics::tell(&topic)).await;
        });
    });
    html! {
        <OverviewProvider>
            <BrowserRouter>
                <Settled />
            </BrowserRouter>
        </OverviewProvider>
    }
}

/// Applies the settings, then draws the frame in them.
#[component]
fn Settled() -> Html {
    let settings = use_overview().settings.clone();
    let language = Language::from_code(&settings.language);
    i18n::speak(language);
    use_effect_with((language, settings.care_mode), |(language, care)| {
        apply(*language, *care);
    });
    html! {
        // Another language draws everything anew.
        <ToastProvider key={language.code()}>
            <Frame />
        </ToastProvider>
    }
}

fn apply(language: Language, care: bool) {
    let Some(root) = document().document_element() else { return };
    // The document's own elements take any attribute.
    let _ = root.set_attribute("lang", language.code());
    let _ = root.class_list().toggle_with_force("care", care);
    let _ = match document().body() {
        // The name by which WeUI knows its own large mode.
        Some(body) if care => body.set_attribute("data-weui-mode", "care"),
        Some(body) => body.remove_attribute("data-weui-mode"),
        None => Ok(()),
    };
}
