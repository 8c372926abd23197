//! What the platform does as others see it: over sockets, from its command line, after being
//! killed. One program, so that the node that they share is compiled and linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod backup;
mod bounds;
mod catalogue;
mod courier;
mod description;
mod duplicates;
mod exchange;
mod flow;
mod identity;
mod import;
mod isolation;
mod node;
mod office;
mod stopping;
mod synthesise;
mod updates;
mod uploads;
