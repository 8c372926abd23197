//! Choosing other regions whose guides are kept as well: level by level, each with its size.
//! The list is the platform's, so it needs a network.

mod row;

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{KeepRegion, ListRegions, ProgressView, RegionView, StopUpdate, Topic},
};
use yew::prelude::*;

use self::row::Row;
use crate::{
    frame::focus_on,
    hooks::{State, use_act, use_ask, use_overview, use_toast},
    i18n::t,
    parts::{Empty, Icon, ProblemCard, Progress, Shape},
};

/// Id of the heading of a level.
const LEVEL: &str = "regions-level";

/// Choosing other regions.
#[component]
pub(super) fn Regions() -> Html {
    let overview = use_overview();
    let toast = use_toast();
    let path = use_state_eq(Vec::<RegionView>::new);
    let moved = use_state_eq(|| false);
    let fetched = use_state_eq(|| None::<RegionView>);
    let keep = {
        let fetched = fetched.clone();
        use_act::<KeepRegion>(Callback::from(move |()| {
            if let Some(region) = &*fetched {
                toast.emit(t!("regions-fetched", name = region.name.as_str()));
            }
        }))
    };
    let fetch = {
        let (fetched, run) = (fetched.setter(), keep.run.clone());
        Callback::from(move |region: RegionView| {
            run.emit(KeepRegion { division: region.division.clone() });
            fetched.set(Some(region));
        })
    };
    let again = {
        let (fetch, fetched) = (fetch.clone(), fetched.clone());
        Callback::from(move |()| {
            if let Some(region) = &*fetched {
                fetch.emit(region.clone());
            }
        })
    };
    let open = {
        let (path, moved) = (path.clone(), moved.setter());
        Callback::from(move |region: RegionView| {
            // The province is gone into by itself.
            moved.set(region.division.level() > DivisionLevel::Province);
            path.set(path.iter().cloned().chain([region]).collect());
        })
    };
    // Above the province there is nothing to go back to.
    let crumb = |(index, region): (usize, &RegionView)| {
        let (path, moved) = (path.clone(), moved.setter());
        let onclick = Callback::from(move |_: MouseEvent| {
            moved.set(true);
            path.set(path.iter().take(index).cloned().collect());
        });
        html! {
            <li key={region.division.to_string()}>
                <button type="button" class="crumb" {onclick}>
                    <span lang="zh-CN">{ &region.name }</span><span class="unseen">{ t!("regions-up") }</span>
                    <Icon shape={Shape::Clear} />
                </button>
            </li>
        }
    };
    let stop = use_act::<StopUpdate>(Callback::noop());
    let on_stop = stop.run.reform(|()| StopUpdate {});
    let catalogue = &overview.catalogue;
    let progress = catalogue.progress.or(keep.busy.then_some(ProgressView { done: 0, total: 0 }));
    let under_way = fetched.as_ref().filter(|_| keep.busy);
    let label = under_way.map_or_else(
        || t!("catalogue-fetching"),
        |region| t!("regions-fetching", name = region.name.as_str()),
    );
    let above = path.last().cloned();
    let key = above.as_ref().map_or_else(String::new, |region| region.division.to_string());
    html! {
        <div class="panel">
            <p class="hint">{ t!("regions-why") }</p>
            if path.len() > 1 {
                <ol class="crumbs" aria-label={t!("regions-chosen")}>
                    { for path.iter().enumerate().skip(1).map(crumb) }
                </ol>
            }
            if let Some(progress) = progress {
                <section class="card">
                    <Progress {label} {progress} {on_stop} />
                    <p class="hint">{ t!("regions-fetching-text") }</p>
                </section>
            } else if let Some(problem) = &keep.problem {
                <ProblemCard problem={problem.clone()} retry={again} dismiss={keep.dismiss.clone()} />
            }
            <Level {key} {above} moved={*moved} {open} {fetch} fetching={under_way.map(|region| region.division.clone())}
                busy={progress.is_some()} />
        </div>
    }
}

/// Properties of [`Level`].
#[derive(Properties, PartialEq)]
struct LevelProps {
    /// The region above, once one is chosen.
    above: Option<RegionView>,
    /// Whether the person came here from another level: what they pressed is not there any more.
    moved: bool,
    /// Looks into a region.
    open: Callback<RegionView>,
    /// Keeps the guides of a region.
    fetch: Callback<RegionView>,
    /// The one that is being fetched.
    fetching: Option<DivisionCode>,
    /// Whether anything is being fetched, so that nothing else can be.
    busy: bool,
}

/// The regions of one level, below the whole of the one above.
#[component]
fn Level(props: &LevelProps) -> Html {
    let overview = use_overview();
    let parent = props.above.as_ref().map(|region| region.division.clone());
    // What is kept is in the overview, and asking goes to the network: it is asked again only
    // where that failed, whenever something is heard of the network.
    let failed = use_mut_ref(|| false);
    let regions = {
        let failed = failed.clone();
        use_ask(ListRegions { parent: parent.clone() }, move |topic| {
            *failed.borrow() && *topic == Topic::Sync
        })
    };
    *failed.borrow_mut() = matches!(regions.state, State::Failed(_));
    // A list of one is no choice, and below the province everybody has come by themselves.
    {
        let open = props.open.clone();
        let only = regions.ready().filter(|_| parent.is_none()).and_then(|list| only_way(list));
        use_effect_with(only, move |only| {
            if let Some(only) = only {
                open.emit(only.clone());
            }
        });
    }
    let is_there = regions.ready().is_some();
    let moved = props.moved;
    use_effect_with(is_there, move |is_there| {
        if *is_there && moved {
            focus_on(LEVEL);
        }
    });
    let kept = &overview.catalogue.kept;
    let row = |region: &RegionView, whole: bool| {
        let division = &region.division;
        html! {
            <Row key={division.to_string()} region={region.clone()} {whole} standing={row::standing(kept, division)}
                open={(!whole && division.level() < DivisionLevel::County).then(|| props.open.clone())}
                fetch={props.fetch.clone()} fetching={props.fetching.as_ref() == Some(division)} busy={props.busy} />
        }
    };
    regions.show(|list| {
        if list.is_empty() && props.above.is_none() {
            return html! {
                <Empty shape={Shape::Place} title={t!("regions-none")} text={t!("regions-none-text")} />
            };
        }
        let heading = match parent.as_ref().map(DivisionCode::level) {
            None | Some(DivisionLevel::Province) => t!("regions-in-province"),
            Some(_) => t!("regions-in-city"),
        };
        html! {
            <>
                if let Some(above) = &props.above {
                    <ul class="rows regions-whole">{ row(above, true) }</ul>
                }
                if !list.is_empty() {
                    <section aria-labelledby={LEVEL}>
                        <h2 class="heading" id={LEVEL} tabindex="-1">{ heading }</h2>
                        <ul class="rows">{ for list.iter().map(|region| row(region, false)) }</ul>
                    </section>
                }
            </>
        }
    })
}

/// The region that alone leads on, where there is just one.
fn only_way(regions: &[RegionView]) -> Option<RegionView> {
    match regions {
        [only] => Some(only.clone()),
        _ => None,
    }
}
