//! A material: what it must be, what is attached for it, and how to attach something.

use std::rc::Rc;

use tongban_contract::{
    form::Fault,
    identifiers::AttachmentId,
    page::{
        AttachmentView, Detach, LicenceOffer, MaterialView, ProgressView, ReadAttachment,
        UseLicence,
    },
    problem::Problem,
    vocabulary::Necessity,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::{
    attach::{self, Stage},
    preview::Preview,
};
use crate::{
    bridge,
    form::{pen::Pen, place},
    format,
    i18n::{t, term},
    parts::{ConfirmDialog, Icon, ProblemCard, Progress, Prose, Shape},
};

/// Properties of [`MaterialCard`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) pen: Pen,
    pub(super) view: MaterialView,
    /// What a correction notice says of it.
    pub(super) notice: Vec<Fault>,
    /// Whether its faults are to be seen now.
    pub(super) faults_shown: bool,
}

/// What is being done with a material.
#[derive(Clone, PartialEq)]
enum Work {
    File { name: String, stage: Stage },
    Licence,
    Removing,
}

/// A material.
#[component]
pub(super) fn MaterialCard(props: &Props) -> Html {
    let work = use_state_eq(|| None::<Work>);
    let problem = use_state_eq(|| None::<Rc<Problem>>);
    let material = &props.view.material;
    let here = place::of_material(&material.id);
    let id = place::id(&here);
    let start = {
        let (pen, here) = (props.pen.clone(), here.clone());
        let (work, problem) = (work.setter(), problem.setter());
        Starter { pen, here, work, problem }
    };
    let on_files = {
        let (start, material) = (start.clone(), material.id.clone());
        Callback::from(move |event: Event| {
            let field: HtmlInputElement = event.target_unchecked_into();
            let files: Vec<File> = field
                .files()
                .map(|list| (0..list.length()).filter_map(|index| list.get(index)).collect())
                .unwrap_or_default();
            // So that the same file can be chosen again after it was removed.
            field.set_value("");
            start.files(material.clone(), files);
        })
    };
    let on_licence = {
        let (start, material) = (start.clone(), material.id.clone());
        Callback::from(move |offer: LicenceOffer| start.licence(material.clone(), offer))
    };
    let on_remove = Callback::from(move |attachment: AttachmentId| start.remove(attachment));
    let dismiss = {
        let problem = problem.setter();
        Callback::from(move |()| problem.set(None))
    };
    let wrong = props.faults_shown && !props.view.faults.is_empty();
    let busy = work.is_some();
    html! {
        <section class={classes!("card", "material-card", wrong.then_some("field-wrong"))} id={id.clone()} tabindex="-1"
            aria-label={material.name.clone()}>
            <h4 class="material-card-name" lang="zh-CN">{ &material.name }</h4>
            { tags(&props.view) }
            { notes(&props.view) }
            if !props.notice.is_empty() {
                <div class="field-notice">{ for props.notice.iter().map(|fault| html! {
                    <p><span class="field-notice-name">{ t!("notice-here") }</span><span lang="zh-CN">{ &fault.sentence }</span></p>
                }) }</div>
            }
            if !props.view.attached.is_empty() {
                <ul class="attached" aria-label={t!("attached-to", name = material.name.as_str())}>
                    { for props.view.attached.iter().map(|attached| html! {
                        <Attached key={attached.id.to_string()} case={props.pen.case()} attached={attached.clone()} {busy}
                            on_remove={on_remove.clone()} />
                    }) }
                </ul>
            }
            { working(work.as_ref()) }
            if let Some(problem) = problem.as_ref() {
                <ProblemCard problem={problem.clone()} {dismiss} />
            }
            { for props.view.offers.iter().map(|offer| {
                let onclick = {
                    let (on_licence, offer) = (on_licence.clone(), offer.clone());
                    Callback::from(move |_: MouseEvent| on_licence.emit(offer.clone()))
                };
                html! {
                    <button type="button" class="button offer" {onclick} disabled={busy} key={offer.licence.to_string()}>
                        <Icon shape={Shape::Wallet} />
                        <span class="offer-words">
                            <span>{ t!("use-licence", name = offer.name.as_str()) }</span>
                            <span class="offer-holder" lang="zh-CN">{ &offer.holder }</span>
                        </span>
                    </button>
                }
            }) }
            if material.electronic && !material.exempt {
                { pickers(&id, &material.name, busy, !props.view.attached.is_empty(), &on_files) }
            }
            <div class="field-faults" id={format!("{id}-faults")} aria-live="polite" lang="zh-CN">
                if wrong {
                    { for props.view.faults.iter().map(|fault| html! { <p>{ &fault.sentence }</p> }) }
                }
            </div>
        </section>
    }
}

fn tags(view: &MaterialView) -> Html {
    let material = &view.material;
    let must = matches!(material.necessity, Necessity::Required);
    html! {
        <p class="tags">
            if material.exempt {
                <span class="tag tag-exempt">{ t!("guide-exempt") }</span>
            } else if !material.necessity.code().is_empty() {
                <span class={classes!("tag", must.then_some("tag-must"))}>
                    { term("necessity", material.necessity.code(), material.necessity.term()) }
                </span>
            }
            if !material.source.code().is_empty() {
                <span class="tag">{ term("source", material.source.code(), material.source.term()) }</span>
            }
            if material.licence_type.is_some() {
                <span class="tag">{ t!("guide-licence-stands") }</span>
            }
        </p>
    }
}

fn notes(view: &MaterialView) -> Html {
    let material = &view.material;
    html! {
        <>
            if material.exempt {
                <p class="material-card-note">{ t!("guide-exempt-text") }</p>
            }
            if !material.notes.is_empty() {
                <p class="material-card-note"><Prose text={material.notes.clone()} /></p>
            }
            if !material.standard.is_empty() {
                <p class="material-card-note"><span class="material-note-name">{ t!("guide-standard") }</span><Prose text={material.standard.clone()} /></p>
            }
            if !material.electronic {
                <p class="material-card-note">{ t!("material-paper-only") }</p>
            }
        </>
    }
}

fn working(work: Option<&Work>) -> Html {
    let said = |words: String| html! { <p class="working" role="status"><Icon shape={Shape::Sync} />{ words }</p> };
    match work {
        None => Html::default(),
        Some(Work::Licence) => said(t!("licence-being-used")),
        Some(Work::Removing) => said(t!("attachment-being-removed")),
        Some(Work::File { name, stage: Stage::Keeping }) => {
            said(t!("attachment-being-kept", name = name.as_str()))
        }
        Some(Work::File { name, stage: Stage::Reading(done, total) }) => html! {
            <Progress label={t!("attachment-being-read", name = name.as_str())}
                progress={ProgressView { done: *done, total: *total }} />
        },
    }
}

/// Buttons to choose files, and on a phone to take a photo. The fields themselves are out of
/// sight; their labels are the buttons.
fn pickers(id: &str, name: &str, busy: bool, more: bool, on_files: &Callback<Event>) -> Html {
    let (files, camera) = (format!("{id}-file"), format!("{id}-camera"));
    html! {
        <div class="pickers">
            <input class="picker" type="file" id={files.clone()} accept="image/*,application/pdf" multiple=true
                onchange={on_files} disabled={busy} aria-describedby={format!("{id}-faults")} />
            <label class="button picker-button" for={files}>
                { if more { t!("attach-more") } else { t!("attach") } }<span class="unseen" lang="zh-CN">{ name }</span>
            </label>
            <input class="picker picker-camera" type="file" id={camera.clone()} accept="image/*" capture="environment"
                onchange={on_files} disabled={busy} />
            <label class="button picker-button picker-camera-button" for={camera}>
                { t!("attach-photo") }<span class="unseen" lang="zh-CN">{ name }</span>
            </label>
        </div>
    }
}

/// Begins work on a material.
#[derive(Clone)]
struct Starter {
    pen: Pen,
    here: String,
    work: UseStateSetter<Option<Work>>,
    problem: UseStateSetter<Option<Rc<Problem>>>,
}

impl Starter {
    /// One file after the other; one that is refused does not stop the next.
    fn files(&self, material: String, files: Vec<File>) {
        let me = self.clone();
        me.problem.set(None);
        spawn_local(async move {
            for file in files {
                let name = file.name();
                let tell = {
                    let (work, name) = (me.work.clone(), name.clone());
                    move |stage| work.set(Some(Work::File { name: name.clone(), stage }))
                };
                let attached = attach::attach(me.pen.case(), material.clone(), file, tell);
                if let Err(mut problem) = me.pen.beside(&me.here, attached).await {
                    problem.detail = format!("{name}：{}", problem.detail);
                    me.problem.set(Some(Rc::new(problem)));
                }
            }
            me.work.set(None);
        });
    }

    fn licence(&self, material: String, offer: LicenceOffer) {
        let command = UseLicence { case: self.pen.case(), material, licence: offer.licence };
        self.run(Work::Licence, bridge::ask(command));
    }

    fn remove(&self, attachment: AttachmentId) {
        let command = Detach { case: self.pen.case(), attachment };
        self.run(Work::Removing, bridge::ask(command));
    }

    fn run(
        &self,
        work: Work,
        command: impl Future<Output = Result<tongban_contract::page::DraftView, Problem>> + 'static,
    ) {
        let me = self.clone();
        me.problem.set(None);
        me.work.set(Some(work));
        spawn_local(async move {
            if let Err(problem) = me.pen.beside(&me.here, command).await {
                me.problem.set(Some(Rc::new(problem)));
            }
            me.work.set(None);
        });
    }
}

/// Properties of [`Attached`].
#[derive(Properties, PartialEq)]
struct AttachedProps {
    case: tongban_contract::identifiers::CaseId,
    attached: AttachmentView,
    busy: bool,
    on_remove: Callback<AttachmentId>,
}

/// What is asked about something attached.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Picture,
    Removing,
}

/// One thing attached.
#[component]
fn Attached(props: &AttachedProps) -> Html {
    let open = use_state_eq(|| Open::Nothing);
    let AttachmentView { id, name, media_type, bytes, licence } = &props.attached;
    let set = |to: Open| {
        let open = open.setter();
        Callback::from(move |()| open.set(to))
    };
    let confirm = {
        let (open, on_remove, id) = (open.setter(), props.on_remove.clone(), *id);
        Callback::from(move |()| {
            open.set(Open::Nothing);
            on_remove.emit(id);
        })
    };
    html! {
        <li class="attachment">
            <span class="attachment-picture"><Icon shape={if licence.is_some() { Shape::Wallet } else { Shape::File }} /></span>
            <span class="attachment-words">
                <span class="attachment-name" lang="zh-CN">{ name }</span>
                <span class="attachment-size">
                    { if licence.is_some() { t!("attachment-licence") } else { format::bytes(*bytes) } }
                </span>
            </span>
            if media_type.starts_with("image/") {
                <button type="button" class="text-button" onclick={set(Open::Picture).reform(|_: MouseEvent| ())}>
                    { t!("attachment-look") }<span class="unseen" lang="zh-CN">{ name }</span>
                </button>
            }
            <button type="button" class="text-button" onclick={set(Open::Removing).reform(|_: MouseEvent| ())} disabled={props.busy}>
                { t!("attachment-remove") }<span class="unseen" lang="zh-CN">{ name }</span>
            </button>
            { match *open {
                Open::Nothing => Html::default(),
                Open::Picture => html! {
                    <Preview what={ReadAttachment { case: props.case, attachment: *id }} name={name.clone()}
                        media_type={media_type.clone()} on_close={set(Open::Nothing)} />
                },
                Open::Removing => html! {
                    <ConfirmDialog title={if licence.is_some() { t!("attachment-remove-licence-title") } else { t!("attachment-remove-title") }} confirm={t!("attachment-remove-confirm")} danger=true
                        on_confirm={confirm} on_cancel={set(Open::Nothing)}>
                        <p lang="zh-CN">{ name }</p>
                        <p>{ if licence.is_some() { t!("attachment-remove-licence") } else { t!("attachment-remove-text") } }</p>
                    </ConfirmDialog>
                },
            } }
        </li>
    }
}
