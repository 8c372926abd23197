//! An attached picture, looked at. Its bytes come from the engine and are given back to the
//! browser's memory when it is closed.

use js_sys::Array;
use tongban_contract::{page::ReadAttachment, problem::Problem};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlDialogElement, Url};
use yew::prelude::*;

use crate::{
    bridge,
    i18n::t,
    parts::{ProblemCard, Skeleton},
};

/// Address of a picture in the browser's memory, valid until dropped.
struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        // Fails for no address that was made here.
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// Properties of [`Preview`].
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub(super) what: ReadAttachment,
    pub(super) name: AttrValue,
    pub(super) media_type: AttrValue,
    pub(super) on_close: Callback<()>,
}

/// An attached picture; draw it only while it is looked at.
#[component]
pub(super) fn Preview(props: &Props) -> Html {
    let place = use_node_ref();
    let picture = use_state(|| None::<Result<std::rc::Rc<Address>, std::rc::Rc<Problem>>>);
    {
        let (place, picture) = (place.clone(), picture.setter());
        let (what, media_type) = (props.what.clone(), props.media_type.clone());
        use_effect_with((), move |()| {
            let dialog = place.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // Fails only for a dialogue that is open already.
                let _ = dialog.show_modal();
            }
            spawn_local(async move {
                picture.set(Some(
                    load(&what, &media_type).await.map(std::rc::Rc::new).map_err(std::rc::Rc::new),
                ));
            });
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
            }
        });
    }
    let oncancel = props.on_close.reform(|event: Event| event.prevent_default());
    let onclick = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <dialog class="dialog preview" ref={place} {oncancel} aria-label={props.name.clone()}>
            { match picture.as_ref() {
                None => html! { <Skeleton rows=1 /> },
                Some(Ok(address)) => html! {
                    <img class="preview-picture" src={address.0.clone()} alt={t!("preview-picture", name = props.name.as_str())} />
                },
                Some(Err(problem)) => html! { <ProblemCard problem={problem.clone()} /> },
            } }
            <p class="preview-name" lang="zh-CN">{ props.name.clone() }</p>
            <button type="button" class="button wide" {onclick}>{ t!("preview-close") }</button>
        </dialog>
    }
}

async fn load(what: &ReadAttachment, media_type: &str) -> Result<Address, Problem> {
    let bytes = bridge::read_attachment(what).await?;
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let address = Blob::new_with_buffer_source_sequence_and_options(&Array::of1(&bytes), &options)
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    address.map(Address).map_err(|_| {
        Problem::new(
            "attachment.not-shown",
            "这张图片现在显示不出来。",
            "图片还在，不影响提交；请稍后再看。",
        )
    })
}
