//! The overview (account, network, sync, catalogue, settings), read once for the whole
//! page and given to every component below.

use std::rc::Rc;

use tongban_contract::page::{Overview, OverviewView, Topic};
use yew::prelude::*;

use super::use_ask;

/// Properties of [`OverviewProvider`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) children: Html,
}

/// Reads the overview and gives it to its children; nothing of them is drawn before it is there.
#[component]
pub(crate) fn OverviewProvider(props: &Props) -> Html {
    let overview = use_ask(Overview {}, |topic| {
        matches!(
            topic,
            Topic::Account | Topic::Sync | Topic::Catalogue | Topic::Items | Topic::Licences
        )
    });
    // A later read that fails must not take away the page on which somebody is writing.
    let last = use_mut_ref(|| None::<Rc<OverviewView>>);
    if let Some(view) = overview.ready() {
        *last.borrow_mut() = Some(view.clone());
    }
    let view = last.borrow().clone();
    match view {
        Some(view) => html! {
            <ContextProvider<Rc<OverviewView>> context={view}>
                { props.children.clone() }
            </ContextProvider<Rc<OverviewView>>>
        },
        None => html! { <main class="opening">{ overview.show(|_| Html::default()) }</main> },
    }
}

/// The overview as it is now.
///
/// # Panics
/// Outside of [`OverviewProvider`]; every page is inside.
#[hook]
pub(crate) fn use_overview() -> Rc<OverviewView> {
    #[expect(
        clippy::expect_used,
        reason = "a component outside of the provider is a mistake of ours"
    )]
    use_context::<Rc<OverviewView>>()
        .expect("a component that shows the overview is inside of its provider")
}
