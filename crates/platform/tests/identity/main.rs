//! Signing in as an app does it: the page in a browser, the code, the tokens, and what
//! happens to those who should not be signed in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod browser;
mod foreign;
#[path = "../node/mod.rs"]
mod node;
mod page;
mod request;
mod tokens;
