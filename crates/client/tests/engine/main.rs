//! The engine against the real reference platform over TCP, with real encrypted vaults:
//! what a person does, and what a network, a platform, a disk and a crash do to it.
//!
//! - `world`: platform, device and browser. `wire`: the real transport with a will. `person`:
//!   what a person does and is told. `certified`: a provider that nobody here wrote.
//! - `search` judges the search by `queries.tsv`.
//! - everything else: one subject each; names tell the situation.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod accounts;
mod applications;
mod bad_input;
mod certificates;
#[path = "../certified/mod.rs"]
mod certified;
mod courier;
mod crash;
mod damage;
mod exactly_once;
mod feed;
mod followed;
mod given_up;
mod journey;
mod lists;
mod locking;
mod network;
mod person;
mod regions;
mod search;
mod secrets;
mod sessions;
mod sockets;
mod spare;
mod states;
mod unavailable;
mod updating;
mod versions;
mod wire;
mod world;
