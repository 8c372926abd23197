//! The page of Tongban, compiled to WebAssembly. It draws what the engine has on the
//! device and hands over what the person does; it holds no rule and no data of its own.
//!
//! # Layout
//! - [`bridge`]: the only module that calls the engine; [`topics`] tells what changed.
//! - [`hooks`]: reading with re-reading upon news (`use_ask`), acting (`use_act`).
//! - [`route`]: every address of the page; [`filter`]: what those of guides say besides.
//! - [`i18n`], [`mod@format`]: everything that is said, in three languages.
//! - [`app`], [`frame`]: providers, and what is around every page.
//! - [`parts`]: pieces that several pages share.
//! - [`pages`], [`form`]: the pages, and the controls of an application's form.

mod app;
mod bridge;
mod filter;
mod form;
mod format;
mod frame;
mod hooks;
mod i18n;
mod pages;
mod parts;
mod route;
mod topics;

fn main() {
    console_error_panic_hook::set_once();
    yew::Renderer::<app::App>::new().render();
}
