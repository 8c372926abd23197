//! The targets, by what they read.

pub(crate) mod courier;
pub(crate) mod exchange;
pub(crate) mod licence;
pub(crate) mod manifest;
pub(crate) mod small;
pub(crate) mod snapshot;
pub(crate) mod tus;
pub(crate) mod update;
