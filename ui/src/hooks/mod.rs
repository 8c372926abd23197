//! How components read from the engine and act on it.

mod act;
mod ask;
mod course;
mod followed;
mod narrowed;
mod overview;
mod toast;

pub(crate) use act::use_act;
pub(crate) use ask::{State, use_ask};
pub(crate) use followed::use_followed;
pub(crate) use narrowed::{Narrowed, use_narrowed};
pub(crate) use overview::{OverviewProvider, use_overview};
pub(crate) use toast::{ToastProvider, use_toast};
