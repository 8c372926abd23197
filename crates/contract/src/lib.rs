//! What crosses a boundary: messages between client and platform, views between
//! engine and page, and codes that can only hold a valid value. No I/O; builds to wasm.
//!
//! # Layout
//! - [`numbers`]: citizen IDs, organisation codes, divisions, licence identifiers.
//! - [`vocabulary`]: the coded terms of GB/T 39046 (item type, level, audience …).
//! - [`identifiers`]: UUIDs and digests, each a type of its own.
//! - [`guide`], [`form`], [`catalogue`], [`update`]: what is published to everyone.
//! - [`merge_patch`]: what a place changes of an item; [`difference`]: what a guide says
//!   differently from before.
//! - [`operation`], [`change`], [`exchange`]: what one account and the platform tell each other;
//!   [`entry`]: how one of them is read, whatever is wrong with the next.
//! - [`courier`]: operations and files sealed for the platform, whoever carries them.
//! - [`case`], [`licence`], [`calendar`]: what changes carry and what limits count.
//! - [`discovery`]: what a platform says of itself.
//! - [`problem`]: every error that crosses a boundary.
//! - [`page`]: commands, views and topics between the engine and a page.

pub mod calendar;
pub mod case;
pub mod catalogue;
pub mod change;
pub mod courier;
pub mod difference;
pub mod discovery;
pub mod entry;
pub mod exchange;
pub mod form;
pub mod guide;
pub mod identifiers;
pub mod licence;
pub mod merge_patch;
pub mod numbers;
pub mod operation;
pub mod page;
pub mod problem;
pub mod update;
pub mod vocabulary;
