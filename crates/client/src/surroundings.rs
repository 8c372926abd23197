//! All that is not the engine's own: time, chance, the network, the keyring. A window
//! passes in the real ones; a simulation holds them all. Nothing in here decides anything.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;
use uuid::{Builder, Uuid};

use crate::{keyring::Keyring, transport::Transport};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills a buffer with random bytes fit for keys.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Opens an address in the system's browser, for signing in.
pub type Browser = Arc<dyn Fn(&Url) -> std::io::Result<()> + Send + Sync>;

/// What the engine is given when it is opened.
#[derive(Clone)]
pub struct Surroundings {
    /// Wall clock of the device; may be wrong, and may jump.
    pub clock: Clock,
    /// Source of keys, ids and jitter.
    pub random: Random,
    /// The network.
    pub transport: Arc<dyn Transport>,
    /// Where keys and tokens are kept.
    pub keyring: Arc<dyn Keyring>,
    /// The system's browser.
    pub browser: Browser,
}

impl Surroundings {
    /// The real clock and randomness of this device, with all else given.
    pub fn real(
        transport: Arc<dyn Transport>,
        keyring: Arc<dyn Keyring>,
        browser: Browser,
    ) -> Self {
        Self {
            clock: Arc::new(Timestamp::now),
            random: Arc::new(|bytes| rand::fill(bytes)),
            transport,
            keyring,
            browser,
        }
    }

    /// Now, by the device's clock.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// `N` random bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    /// A new UUIDv7 (RFC 9562) from this clock and this chance.
    pub(crate) fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A number below `bound`, for jitter. 0 where the bound is 0.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.bytes()).checked_rem(bound).unwrap_or(0)
    }
}
