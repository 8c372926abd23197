//! What each version changed of the guides on this device, newest first.

use tongban_contract::page::{
    CatalogueChangeView, GuideChange, GuideChangeKind, ListCatalogueChanges, Topic,
};
use yew::prelude::*;

use crate::{
    format,
    hooks::use_ask,
    i18n::t,
    parts::{Empty, Go, Shape},
    route::Route,
};

/// Versions that are shown at first, and added each time.
const VERSIONS: usize = 5;
/// Guides of a kind that are shown at first, and added each time.
const GUIDES: usize = 20;

/// In the order in which they are shown.
const KINDS: [GuideChangeKind; 3] =
    [GuideChangeKind::Added, GuideChangeKind::Changed, GuideChangeKind::Removed];

/// What each version changed.
#[component]
pub(super) fn Changes() -> Html {
    let changes = use_ask(ListCatalogueChanges {}, |topic| *topic == Topic::Catalogue);
    let shown = use_state_eq(|| VERSIONS);
    let more = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(*shown + VERSIONS))
    };
    changes.show(|versions| {
        if versions.is_empty() {
            return html! {
                <Empty shape={Shape::Guide} title={t!("changes-none")} text={t!("changes-none-text")} />
            };
        }
        html! {
            <div class="panel">
                { for versions.iter().take(*shown).map(version) }
                if versions.len() > *shown {
                    <button type="button" class="button wide" onclick={more}>{ t!("more-rows") }</button>
                }
                <p class="hint">{ t!("changes-hint") }</p>
            </div>
        }
    })
}

fn version(change: &CatalogueChangeView) -> Html {
    let id = format!("changes-{}", change.version);
    let of = |kind: GuideChangeKind| -> Vec<GuideChange> {
        change.guides.iter().filter(|guide| guide.kind == kind).cloned().collect()
    };
    html! {
        <section key={change.version} class="version" aria-labelledby={id.clone()}>
            <h2 class="heading" {id}>{ t!("changes-version", day = format::moment(change.published_at), version = change.version.to_string()) }</h2>
            { for KINDS.into_iter().map(|kind| html! { <Kind {kind} guides={of(kind)} /> }) }
        </section>
    }
}

/// Properties of [`Kind`].
#[derive(Properties, PartialEq)]
struct KindProps {
    kind: GuideChangeKind,
    guides: Vec<GuideChange>,
}

/// What became of some guides; nothing where it became of none.
#[component]
fn Kind(props: &KindProps) -> Html {
    let shown = use_state_eq(|| GUIDES);
    if props.guides.is_empty() {
        return Html::default();
    }
    let more = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(*shown + GUIDES))
    };
    let name = match props.kind {
        GuideChangeKind::Added => t!("changes-added"),
        GuideChangeKind::Changed => t!("changes-changed"),
        GuideChangeKind::Removed => t!("changes-removed"),
    };
    let row = |guide: &GuideChange| {
        let name = html! { <span lang="zh-CN">{ &guide.name }</span> };
        html! {
            <li key={guide.item.clone()}>
                if props.kind == GuideChangeKind::Removed {
                    <p class="row change-gone">{ name }</p>
                } else {
                    <Go to={Route::Guide { item: guide.item.clone() }} class="row change">{ name }</Go>
                }
            </li>
        }
    };
    html! {
        <>
            <h3 class="change-kind">{ name }<span class="change-count">{ props.guides.len() }</span></h3>
            <ul class="rows">{ for props.guides.iter().take(*shown).map(row) }</ul>
            if props.guides.len() > *shown {
                <button type="button" class="button wide" onclick={more}>{ t!("more-rows") }</button>
            }
        </>
    }
}
