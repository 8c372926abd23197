//! The regions whose guides are kept on this device, or have yet to come, and removing one.

use tongban_contract::page::{DropRegion, KeptView, UpdateCatalogue};
use yew::prelude::*;

use crate::{
    frame::focus_on,
    hooks::{use_act, use_overview, use_toast},
    i18n::t,
    parts::{ConfirmDialog, ProblemCard},
};

/// Id of the heading.
const KEPT: &str = "kept";

/// The regions whose guides are on this device.
#[component]
pub(super) fn Kept() -> Html {
    let overview = use_overview();
    let toast = use_toast();
    let asked = use_state_eq(|| None::<KeptView>);
    let update = use_act::<UpdateCatalogue>(Callback::noop());
    let call_off = use_act::<DropRegion>(toast.reform(|()| {
        focus_on(KEPT);
        t!("kept-called-off")
    }));
    let calling_off = call_off.busy;
    let catalogue = &overview.catalogue;
    let has_own = |kept: &KeptView| {
        catalogue.county.as_ref().is_some_and(|county| kept.division.contains(county))
    };
    let with_own = asked.as_ref().is_some_and(has_own);
    let remove = {
        let (asked, run) = (asked.clone(), update.run.clone());
        use_act::<DropRegion>(Callback::from(move |()| {
            if with_own {
                toast.emit(t!("kept-drop-later"));
                run.emit(UpdateCatalogue {});
            } else if let Some(kept) = &*asked {
                toast.emit(t!("kept-dropped", name = kept.name.as_str()));
            }
            asked.set(None);
        }))
    };
    let leave = {
        let (asked, dismiss) = (asked.setter(), remove.dismiss.clone());
        Callback::from(move |()| {
            asked.set(None);
            dismiss.emit(());
        })
    };
    let row = |kept: &KeptView| {
        let own = catalogue.county.as_ref() == Some(&kept.division);
        let ask = {
            let (asked, kept) = (asked.setter(), kept.clone());
            Callback::from(move |_: MouseEvent| asked.set(Some(kept.clone())))
        };
        html! {
            <li key={kept.division.to_string()} class="region">
                <span class="region-name" lang="zh-CN">{ &kept.name }</span>
                if own {
                    <span class="tag">{ t!("kept-own") }</span>
                } else {
                    <button type="button" class="button small" onclick={ask}
                        aria-label={t!("kept-drop-label", name = kept.name.as_str())}>
                        { t!("kept-drop") }
                    </button>
                }
            </li>
        }
    };
    // One's own county first.
    let mut regions: Vec<&KeptView> = catalogue.kept.iter().collect();
    regions.sort_by_key(|kept| !has_own(kept));
    // Whoever ordered one by mistake must not get it as soon as there is a network.
    let awaited = |region: &KeptView| {
        let division = region.division.clone();
        let call_off =
            call_off.run.reform(move |_: MouseEvent| DropRegion { division: division.clone() });
        html! {
            <li key={region.division.to_string()} class="region">
                <span class="region-words">
                    <span class="region-name" lang="zh-CN">{ &region.name }</span>
                    <span class="region-facts">{ t!("kept-awaited") }</span>
                </span>
                <button type="button" class="button small" onclick={call_off} disabled={calling_off}
                    aria-label={t!("kept-call-off-label", name = region.name.as_str())}>
                    { t!("kept-call-off") }
                </button>
            </li>
        }
    };
    html! {
        <section aria-labelledby={KEPT}>
            <h2 class="heading" id={KEPT} tabindex="-1">{ t!("kept") }</h2>
            <ul class="rows">
                { for regions.into_iter().map(row) }
                { for catalogue.awaited.iter().map(awaited) }
            </ul>
            if let Some(problem) = &call_off.problem {
                <ProblemCard problem={problem.clone()} dismiss={call_off.dismiss.clone()} />
            }
            if let Some(kept) = &*asked {
                <ConfirmDialog title={t!("kept-drop-title", name = kept.name.as_str())} confirm={t!("kept-drop")}
                    danger=true busy={remove.busy} on_cancel={leave} on_confirm={{
                        let division = kept.division.clone();
                        remove.run.reform(move |()| DropRegion { division: division.clone() })
                    }}>
                    <p>{ t!("kept-drop-text") }</p>
                    if with_own {
                        <p>{ t!("kept-drop-with-own") }</p>
                    }
                    if let Some(problem) = &remove.problem {
                        <ProblemCard problem={problem.clone()} />
                    }
                </ConfirmDialog>
            }
        </section>
    }
}
