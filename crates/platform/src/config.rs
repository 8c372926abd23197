//! What a node is started with.

use std::{path::PathBuf, time::Duration};

use age::secrecy::SecretString;
use url::Url;

use crate::serve::Bounds;

/// Level of compression where nothing else is said: the highest below zstd's “ultra” levels,
/// which take more memory to unpack.
pub const ZSTD_LEVEL: i32 = 19;

/// Settings of one platform node.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the database, the object store and the published catalogue.
    pub data_dir: PathBuf,
    /// Folder of the catalogue's sources.
    pub assets: PathBuf,
    /// Address under which clients reach the platform: the OpenID Connect issuer.
    pub public_url: Url,
    /// Whether the people of a demonstration are seeded and shown on the sign-in page.
    pub demo: bool,
    /// Time the automatic office takes for a step; none where people do it.
    pub auto_office: Option<Duration>,
    /// Level of compression of catalogue files, 1 to 22.
    pub zstd_level: i32,
    /// Requests a second that one address may make, and one account from wherever, after a
    /// burst of twice as many.
    pub requests_per_second: u32,
    /// What a connection may take of the node.
    pub bounds: Bounds,
    /// RSA key with which a new node signs id tokens, in PKCS #1 PEM; none makes one. A node
    /// that has a key keeps it.
    pub id_token_key: Option<SecretString>,
}

impl Config {
    /// A node with the usual settings, without a demonstration.
    pub fn new(data_dir: impl Into<PathBuf>, assets: impl Into<PathBuf>, public_url: Url) -> Self {
        Self {
            data_dir: data_dir.into(),
            assets: assets.into(),
            public_url,
            demo: false,
            auto_office: None,
            zstd_level: ZSTD_LEVEL,
            requests_per_second: 200,
            bounds: Bounds::default(),
            id_token_key: None,
        }
    }

    /// The issuer: the public address without a slash at its end.
    pub fn issuer(&self) -> String {
        self.public_url.as_str().trim_end_matches('/').to_owned()
    }
}
