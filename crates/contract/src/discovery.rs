//! What a platform says of itself at its well-known address (RFC 8615), so that its
//! address is all a device needs to be told.

use serde::{Deserialize, Serialize};

/// Path of [`PlatformInfo`] below the platform's address.
pub const WELL_KNOWN_PATH: &str = "/.well-known/tongban.json";

/// A platform, as it presents itself. A device pins the key it saw first, or the one
/// it was configured with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlatformInfo {
    /// Name shown to the person, such as 湖北省政务服务平台（演示）.
    pub name: String,
    /// OpenID Connect issuer, an absolute address.
    pub issuer: String,
    /// Client id under which this app is registered there (a public client).
    pub client_id: String,
    /// minisign public key (its base64 line) for the catalogue and licences.
    pub public_key: String,
    /// age recipient (`age1…`, X25519) for which couriers are sealed; none where the
    /// platform takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_recipient: Option<String>,
}
