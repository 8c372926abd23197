//! Choosing the county whose guides are kept: level by level, then the progress of
//! fetching them.

use std::rc::Rc;

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{
        AccountView, BrowseGuides, ChooseCounty, DivisionView, GuideFilter, ListDivisions, Topic,
        UpdateCatalogue,
    },
    problem::Problem,
};
use yew::prelude::*;

use crate::{
    format,
    frame::focus_on,
    hooks::{State, use_act, use_ask, use_overview},
    i18n::t,
    parts::{Empty, Go, Icon, ProblemCard, Progress, Shape, Skeleton},
    route::Route,
};

/// Id of the heading of a level.
const LEVEL: &str = "county-level";
/// Id of what is said once the guides are here.
const READY: &str = "county-ready";

/// What the engine answers as long as it has no catalogue at all.
const NO_CATALOGUE: &str = "catalogue.none";

/// Choosing the county.
#[component]
pub(crate) fn County() -> Html {
    let path = use_state_eq(Vec::<DivisionView>::new);
    let moved = use_state_eq(|| false);
    let chosen = use_state_eq(|| None::<DivisionView>);
    let choose = use_act::<ChooseCounty>(Callback::noop());

    let overview = use_overview();
    if let Some(county) = &*chosen {
        // A place that was refused is no longer chosen; a download that failed goes on here.
        let taken = overview.catalogue.county.as_ref() == Some(&county.code);
        if taken || choose.problem.is_none() {
            let (county, problem) = (county.clone(), choose.problem.clone());
            let on_other = {
                let (chosen, dismiss) = (chosen.setter(), choose.dismiss.clone());
                Callback::from(move |()| {
                    dismiss.emit(());
                    chosen.set(None);
                })
            };
            return html! { <Fetching {county} under_way={choose.busy} {problem} {on_other} /> };
        }
    }
    let pick = {
        let (path, chosen, run) = (path.clone(), chosen.setter(), choose.run.clone());
        let moved = moved.setter();
        Callback::from(move |division: DivisionView| {
            if descends(&division) {
                // The province is gone into by itself where there is but one.
                moved.set(division.code.level() > DivisionLevel::Province);
                let mut longer = (*path).clone();
                longer.push(division);
                path.set(longer);
            } else {
                run.emit(ChooseCounty { division: division.code.clone() });
                chosen.set(Some(division));
            }
        })
    };
    let crumb = |(index, division): (usize, &DivisionView)| {
        let path = path.clone();
        let moved = moved.setter();
        let onclick = Callback::from(move |_: MouseEvent| {
            moved.set(true);
            path.set(path.iter().take(index).cloned().collect());
        });
        html! {
            <li key={division.code.to_string()}>
                <button type="button" class="crumb" {onclick}>
                    <span lang="zh-CN">{ &division.name }</span><span class="unseen">{ t!("county-choose-again") }</span>
                    <Icon shape={Shape::Clear} />
                </button>
            </li>
        }
    };
    let parent = path.last().map(|division| division.code.clone());
    let key = parent.as_ref().map_or_else(String::new, ToString::to_string);
    html! {
        <div class="county">
            <p class="county-why">{ t!("county-why") }</p>
            if !path.is_empty() {
                <ol class="crumbs" aria-label={t!("county-chosen-so-far")}>{ for path.iter().enumerate().map(crumb) }</ol>
            }
            if let Some(problem) = &choose.problem {
                <ProblemCard problem={problem.clone()} dismiss={choose.dismiss.clone()} />
            }
            <Level {key} {parent} {pick} busy={choose.busy} moved={*moved} />
        </div>
    }
}

/// Whether the levels below must be looked at: guides are kept by county.
fn descends(division: &DivisionView) -> bool {
    division.has_children && division.code.level() < DivisionLevel::County
}

/// Properties of [`Level`].
#[derive(Properties, PartialEq)]
struct LevelProps {
    parent: Option<DivisionCode>,
    pick: Callback<DivisionView>,
    busy: bool,
    /// Whether the person came here from another level: what they pressed is not there any more.
    moved: bool,
}

/// The divisions of one level.
#[component]
fn Level(props: &LevelProps) -> Html {
    let divisions =
        use_ask(ListDivisions { parent: props.parent.clone() }, |topic| *topic == Topic::Catalogue);
    // A list of one is no choice.
    {
        let (pick, only) = (props.pick.clone(), divisions.ready().and_then(|list| only_way(list)));
        use_effect_with(only, move |only| {
            if let Some(only) = only {
                pick.emit(only.clone());
            }
        });
    }
    let (is_there, moved) = (divisions.ready().is_some(), props.moved);
    use_effect_with(is_there, move |is_there| {
        if *is_there && moved {
            focus_on(LEVEL);
        }
    });
    let heading = match props.parent.as_ref().map(DivisionCode::level) {
        None => t!("county-choose-province"),
        Some(DivisionLevel::Province) => t!("county-choose-city"),
        Some(_) => t!("county-choose-county"),
    };
    // On the first start there is nothing to read from yet: it is fetched, not read again.
    if props.parent.is_none()
        && matches!(&divisions.state, State::Failed(problem) if problem.code == NO_CATALOGUE)
    {
        return html! { <ListOfPlaces /> };
    }
    divisions.show(|list| {
        if list.is_empty() && props.parent.is_none() {
            return html! { <ListOfPlaces /> };
        }
        if list.is_empty() {
            return html! { <Empty shape={Shape::Place} title={t!("county-none")} text={t!("county-none-text")} /> };
        }
        html! {
            <section aria-labelledby={LEVEL}>
                <h2 class="heading" id={LEVEL} tabindex="-1">{ heading }</h2>
                <ul class="choices">{ for list.iter().map(|division| {
                    let (pick, picked) = (props.pick.clone(), division.clone());
                    let onclick = Callback::from(move |_: MouseEvent| pick.emit(picked.clone()));
                    html! {
                        <li key={division.code.to_string()}>
                            <button type="button" class="choice" {onclick} disabled={props.busy} lang="zh-CN">
                                { &division.name }
                            </button>
                        </li>
                    }
                }) }</ul>
            </section>
        }
    })
}

/// The division that alone leads on, where there is just one.
fn only_way(divisions: &[DivisionView]) -> Option<DivisionView> {
    match divisions {
        [only] if descends(only) => Some(only.clone()),
        _ => None,
    }
}

/// The list of places itself comes with the catalogue: on the first start it must be fetched.
#[component]
fn ListOfPlaces() -> Html {
    let overview = use_overview();
    let update = use_act::<UpdateCatalogue>(Callback::noop());
    {
        let run = update.run.clone();
        use_effect_with((), move |()| run.emit(UpdateCatalogue {}));
    }
    if let Some(progress) = overview.catalogue.progress {
        return html! { <Progress label={t!("county-list-fetching")} {progress} /> };
    }
    match &update.problem {
        Some(problem) => {
            let retry = update.run.reform(|()| UpdateCatalogue {});
            html! { <ProblemCard problem={problem.clone()} {retry} /> }
        }
        None if update.busy => html! {
            <>
                <p role="status">{ t!("county-list-fetching") }</p>
                <Skeleton />
            </>
        },
        None => {
            html! { <Empty shape={Shape::Place} title={t!("county-none")} text={t!("county-none-at-all")} /> }
        }
    }
}

/// Properties of [`Fetching`].
#[derive(Properties, PartialEq)]
struct FetchingProps {
    county: DivisionView,
    /// Whether choosing it is still being answered.
    under_way: bool,
    /// Why choosing it came to no good end.
    problem: Option<Rc<Problem>>,
    /// Choosing another one.
    on_other: Callback<()>,
}

/// The guides of the county on their way, then what to do first.
#[component]
fn Fetching(props: &FetchingProps) -> Html {
    let overview = use_overview();
    let update = use_act::<UpdateCatalogue>(Callback::noop());
    let tried_again = use_mut_ref(|| false);
    let catalogue = &overview.catalogue;
    let arrived = catalogue.county.as_ref() == Some(&props.county.code);
    let under_way = props.under_way || update.busy;
    let retry = {
        let (run, tried_again) = (update.run.clone(), tried_again.clone());
        Callback::from(move |()| {
            *tried_again.borrow_mut() = true;
            run.emit(UpdateCatalogue {});
        })
    };
    // Its whole name comes with its guides.
    let whole = Some(&catalogue.county_name).filter(|name| arrived && !name.is_empty());
    let name = whole.unwrap_or(&props.county.name);

    if let Some(progress) = catalogue.progress {
        return html! {
            <div class="fetching">
                <Progress label={t!("county-fetching", name = name.as_str())} {progress} />
                <p class="hint">{ t!("county-fetching-text") }</p>
                if arrived {
                    <Go to={Route::Home} class="button wide" replace=true>{ t!("county-go-on-meanwhile") }</Go>
                }
            </div>
        };
    }
    let first = props.problem.clone().filter(|_| !*tried_again.borrow());
    if let Some(problem) = update.problem.clone().or(first).filter(|_| !under_way) {
        return html! {
            <ProblemCard {problem} {retry}>
                <button type="button" class="button" onclick={props.on_other.reform(|_: MouseEvent| ())}>
                    { t!("county-choose-another") }
                </button>
            </ProblemCard>
        };
    }
    if !arrived || under_way {
        return html! {
            <div class="fetching">
                <p role="status">{ t!("county-fetching", name = name.as_str()) }</p>
                <Skeleton rows={3} />
            </div>
        };
    }
    html! { <Ready county={props.county.code.clone()} name={name.clone()} /> }
}

/// Properties of [`Ready`].
#[derive(Properties, PartialEq)]
struct ReadyProps {
    county: DivisionCode,
    name: AttrValue,
}

/// Its guides are here: how many there are for somebody there, and what to do first.
#[component]
fn Ready(props: &ReadyProps) -> Html {
    let overview = use_overview();
    let filter = GuideFilter { region: Some(props.county.clone()), ..GuideFilter::default() };
    let known = use_ask(BrowseGuides { filter }, |topic| *topic == Topic::Catalogue);
    let is_there = known.ready().is_some();
    use_effect_with(is_there, |is_there| {
        if *is_there {
            focus_on(READY);
        }
    });
    let signed_out = matches!(overview.account, AccountView::SignedOut);
    known.show(|known| {
        if known.total == 0 {
            return html! {
                <div id={READY} tabindex="-1" role="status">
                    <Empty shape={Shape::Guide} title={t!("county-no-guides", name = props.name.as_str())} text={t!("county-no-guides-text")}>
                        <Go to={Route::Home} class="button primary wide" replace=true>{ t!("to-home") }</Go>
                    </Empty>
                </div>
            };
        }
        html! {
            <div id={READY} tabindex="-1" role="status">
                <Empty shape={Shape::Done} title={t!("county-ready", name = props.name.as_str())}
                    text={t!("county-ready-text", count = format::count(u64::from(known.total)))}>
                    if signed_out {
                        <Go to={Route::SignIn} class="button primary wide" replace=true>{ t!("sign-in") }</Go>
                        <Go to={Route::Home} class="button wide" replace=true>{ t!("county-look-first") }</Go>
                    } else {
                        <Go to={Route::Home} class="button primary wide" replace=true>{ t!("to-home") }</Go>
                    }
                </Empty>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn division(code: &str, has_children: bool) -> DivisionView {
        DivisionView { code: code.parse().unwrap(), name: code.to_owned(), has_children }
    }

    #[test]
    fn a_county_is_the_end_of_choosing() {
        assert!(descends(&division("42", true)));
        assert!(descends(&division("4205", true)));
        assert!(!descends(&division("420506", true)), "townships are not chosen");
        assert!(!descends(&division("4290", false)), "nothing lies below");
    }

    #[test]
    fn one_province_alone_is_not_asked_for() {
        assert_eq!(only_way(&[division("42", true)]), Some(division("42", true)));
        assert_eq!(only_way(&[division("42", true), division("43", true)]), None);
        assert_eq!(
            only_way(&[division("420506", true)]),
            None,
            "a county is always chosen by the person"
        );
    }
}
