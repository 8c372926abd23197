//! Signing in as an app does it: the page in a browser, the code, the tokens, and what
//! happens to those who should not be signed in.

mod browser;
mod foreign;
mod page;
mod request;
mod tokens;
