//! The client's engine and the platform in one process, with a network, clocks and power
//! that fail by chance, and a model of what the person did. After every step it is checked
//! that *every item is in exactly one visible state, and the platform holds at most one
//! copy*; in the end, when the network is good, that everything filed has arrived.
//!
//! Everything random comes from a seed, so that a breach can be played again. The engine,
//! the vault (SQLCipher), the platform and its database are the real ones; only the network
//! between them is a function call.
//!
//! # Layout
//! - [`run`]: one run, step by step. `model`: what the person did. `checks`: what must hold.
//! - `world`: the platform, the devices, and what can happen to them. `item`: what is filed.
//! - [`mod@torture`]: the same question to real processes that are killed.
//! - `line`: the network of one device. `chance`: what can be repeated. `sign_in_page`: what a
//!   browser would do with it.

#![allow(
    clippy::indexing_slicing,
    reason = "a device that is not there is a fault of the simulation"
)]

mod chance;
mod checks;
mod item;
mod line;
mod model;
pub mod run;
mod sign_in_page;
pub mod torture;
mod world;

use std::path::PathBuf;

pub use run::{Breach, play};
pub use torture::torture;
pub use world::Template;

/// The folder of the sample catalogue and the calendars.
pub fn samples() -> PathBuf {
    std::env::var_os("TONGBAN_ASSETS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets"),
        PathBuf::from,
    )
}
