//! A link that leaves the app. Nothing opens before the person has been told the host.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{ConfirmDialog, Icon, Shape};
use crate::{bridge, hooks::use_toast, i18n::t};

/// Properties of [`OutsideLink`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The address.
    pub(crate) url: AttrValue,
    /// What the person reads.
    pub(crate) children: Html,
}

/// A link to another site, opened in the system browser.
#[component]
pub(crate) fn OutsideLink(props: &Props) -> Html {
    let asking = use_state(|| false);
    let toast = use_toast();
    let open = {
        let asking = asking.setter();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let leave = {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(false))
    };
    let go = {
        let (asking, url) = (asking.setter(), props.url.clone());
        Callback::from(move |()| {
            asking.set(false);
            let (url, toast) = (url.clone(), toast.clone());
            spawn_local(async move {
                if let Err(problem) = bridge::open_address(&url).await {
                    toast.emit(problem.detail);
                }
            });
        })
    };
    html! {
        <>
            <button type="button" class="text-button" onclick={open}>
                { props.children.clone() }<Icon shape={Shape::Outside} />
            </button>
            if *asking {
                <ConfirmDialog title={t!("outside-title")} confirm={t!("outside-open")} on_confirm={go} on_cancel={leave}>
                    <p>{ t!("outside-text", host = host(&props.url)) }</p>
                </ConfirmDialog>
            }
        </>
    }
}

/// The host (with its port) of an address, as the person should compare it.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // What stands before an @ is a name to sign in with, made to look like a host.
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_is_named_and_no_disguise_of_it() {
        for (url, named) in [
            ("https://zwfw.example.gov.cn/item?x=1", "zwfw.example.gov.cn"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("https://www.gov.cn@evil.example/path", "evil.example"),
            ("https://evil.example\\@www.gov.cn/", "evil.example"),
        ] {
            assert_eq!(host(url), named);
        }
    }
}
