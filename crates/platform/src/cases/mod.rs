//! Cases in handling: the flow of an item, the rules of every transition, and how a
//! case is kept and told to its applicant. The rules ([`plan`]) know no database; all
//! effects go through [`engine`].

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::Platform;

pub mod clock;
pub mod deadline;
pub mod engine;
pub mod events;
pub mod feed;
pub mod flow;
pub mod number;
pub mod plan;
pub mod record;
pub mod store;
pub mod words;

#[cfg(test)]
mod plan_tests;

/// The addresses by which applicants follow their cases, besides the exchange.
pub fn router() -> OpenApiRouter<Arc<Platform>> {
    events::router()
}
