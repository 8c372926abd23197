//! Language and care mode (关怀模式).

use tongban_contract::page::{ChangeSettings, Settings};
use yew::prelude::*;

use crate::{
    hooks::{use_act, use_overview},
    i18n::{Language, t},
    parts::ProblemCard,
};

/// Language and care mode.
#[component]
pub(super) fn Display() -> Html {
    let settings = use_overview().settings.clone();
    let change = use_act::<ChangeSettings>(Callback::noop());
    let current = Language::from_code(&settings.language);
    let choice = |language: Language| {
        let (run, settings) = (change.run.clone(), settings.clone());
        let onchange = Callback::from(move |_: Event| {
            let settings = Settings { language: language.code().to_owned(), ..settings.clone() };
            run.emit(ChangeSettings { settings });
        });
        html! {
            <label class="option" lang={language.code()}>
                <input type="radio" name="language" checked={language == current} {onchange} disabled={change.busy} />
                <span>{ language.own_name() }</span>
            </label>
        }
    };
    let care = {
        let (run, settings) = (change.run.clone(), settings.clone());
        Callback::from(move |_: Event| {
            let settings = Settings { care_mode: !settings.care_mode, ..settings.clone() };
            run.emit(ChangeSettings { settings });
        })
    };
    html! {
        <div class="panel">
            if let Some(problem) = &change.problem {
                <ProblemCard problem={problem.clone()} dismiss={change.dismiss.clone()} />
            }
            <fieldset class="card options">
                <legend class="card-title">{ t!("display-language") }</legend>
                { for Language::ALL.into_iter().map(choice) }
                <p class="hint">{ t!("display-language-hint") }</p>
            </fieldset>
            <section class="card options">
                <label class="option option-switch">
                    <span>{ t!("care-mode") }</span>
                    <input type="checkbox" role="switch" class="switch" checked={settings.care_mode} onchange={care}
                        disabled={change.busy} aria-describedby="care-hint" />
                </label>
                <p class="hint" id="care-hint">{ t!("care-mode-hint") }</p>
            </section>
        </div>
    }
}
