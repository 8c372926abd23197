//! What whole-system tests, the tour and the benchmarks stand on: the real programs, the
//! real desktop services, a network that can be cut. Nothing here knows a page's content;
//! that is in `main_job` and in the tests.
//!
//! Everything runs within Xvfb and a session bus of its own, which `cargo xtask` sets up.

pub mod browser;
pub mod desktop;
pub mod host;
pub mod link;
pub mod main_job;
pub mod page;
pub mod platform;
pub mod programs;
pub mod samples;
pub mod screen;
pub mod stage;
pub mod window;
