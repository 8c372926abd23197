//! A slow and late network: two forwarders in a row, one that lets so many bytes a second
//! pass and one that holds everything back, and one before both that counts.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use tongban_tests::link::{Line, Link};

use crate::wire::Meter;

/// 1 Mbit/s, each way.
const BYTES_PER_SECOND: u32 = 125_000;
/// Half of a round trip.
const LATE: Duration = Duration::from_millis(150);

/// The network, up as long as this is kept.
pub(super) struct SlowLine {
    /// Where the device finds the platform, and what passes is counted.
    pub(super) meter: Meter,
    _links: [Link; 2],
}

impl SlowLine {
    /// The network to `target`.
    pub(super) async fn to(target: SocketAddr) -> Result<Self> {
        let mut slow = Link::to(target)?;
        slow.becomes(Line::Slow(BYTES_PER_SECOND)).await?;
        let mut late = Link::to(slow.address())?;
        late.becomes(Line::Late(LATE)).await?;
        Ok(Self { meter: Meter::to(late.address()).await?, _links: [slow, late] })
    }
}
