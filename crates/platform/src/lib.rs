//! The reference provincial platform: it does the platform's side of the contract
//! well enough to run a county. It knows accounts, files, cases and departments; it
//! knows nothing of any client.
//!
//! # Layout
//! - [`platform`]: what every handler shares; opening it, its router.
//! - [`serve`](mod@serve): its connections, from the first to the last. [`health`]: how it is.
//! - [`config`], [`clock`], [`database`], [`keys`]: what a node is started with and keeps.
//! - [`backup`]: keeping a copy of a node, and making a node of a copy.
//! - [`error`], [`extract`], [`limits`]: the edge: problems out, bodies and tokens in.
//! - [`identity`]: accounts and the OpenID Connect provider.
//! - [`files`]: tus 1.0 uploads into an object store addressed by SHA-256.
//! - [`catalogue`]: reads the catalogue's sources, publishes and serves the signed files.
//! - [`exchange`], [`cases`]: operations in, changes out, and the flow of a case between.
//! - [`courier`]: sealed operations with their files, whoever brings them.
//! - [`licences`]: issuing e-licences, and whether one may be handed in.
//! - [`office`]: what departments see, and the automatic office of a demo.
//! - [`demo`]: the people of a demonstration.
//! - `fuzzing`: the readers of what comes from outside, for `tongban-fuzz`.
//! - [`openapi`]: the description of all this at `/openapi.json`.

pub mod backup;
pub mod cases;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod courier;
pub mod database;
pub mod demo;
pub mod error;
pub mod exchange;
pub mod extract;
pub mod files;
#[doc(hidden)]
pub mod fuzzing;
pub mod health;
pub mod identity;
pub mod keys;
pub mod licences;
pub mod limits;
pub mod office;
pub mod openapi;
pub mod platform;
pub mod serve;

pub use config::Config;
pub use error::{Error, Result};
pub use platform::{Platform, router};
pub use serve::serve;
