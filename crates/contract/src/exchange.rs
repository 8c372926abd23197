//! `POST /v1/exchange`: one sync in one round trip.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    courier::{CourierKey, CourierRegistration},
    identifiers::FeedId,
    operation::{Operation, OperationResult},
};

/// Version of the exchange that this crate speaks.
pub const EXCHANGE_VERSION: u32 = 1;

/// Most operations that one exchange carries.
pub const MOST_OPERATIONS: usize = 50;

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExchangeRequest {
    /// Version of the exchange.
    pub version: u32,
    /// Feed that the cursor belongs to; absent before the first exchange.
    #[serde(default)]
    pub feed: Option<FeedId>,
    /// `seq` of the last change applied; 0 before the first.
    pub cursor: u64,
    /// Mark of that place in the feed, as the platform gave it. Where the platform finds
    /// another change there, it has been restored from a backup, and begins the feed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Queued operations, oldest first; those of one application in their order.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// Key with which this device signs its couriers; sent until the platform confirms it,
    /// and again after a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_key: Option<CourierKey>,
}

/// What the platform answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExchangeReply {
    /// Version of the exchange.
    pub version: u32,
    /// The feed. Where it is not the one asked for, `changes` begin at its start.
    pub feed: FeedId,
    /// One result per operation that was sent, in their order.
    pub results: Vec<OperationResult>,
    /// Changes after the cursor, in order.
    pub changes: Vec<Change>,
    /// `seq` of the last change in this reply, or the cursor asked with.
    pub cursor: u64,
    /// Mark of that place in the feed, to be sent with the cursor the next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// The courier key that was sent, where the platform knows it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<CourierRegistration>,
    /// Whether there are more changes than this reply carries.
    #[serde(default)]
    pub more: bool,
    /// The platform's clock, so that a client can notice a wrong one of its own.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub server_time: Timestamp,
}
